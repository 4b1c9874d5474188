/**
 * Facts: answers about a program that rules read. A fact is computed at most once a run, on first demand;
 * a fact that needs another asks for it, and a cycle is an internal error.
 */
import type { Program } from "./program.ts";
import { note, type Remembered, remembered } from "./source/reads.ts";

export interface Fact<T> {
  readonly name: string;
  readonly compute: (program: Program, get: FactReader) => T;
}

export interface FactReader {
  <T>(fact: Fact<T>): T;
  /** What is known already; undefined for a fact that nobody asked for, or that failed. */
  readonly known: <T>(fact: Fact<T>) => T | undefined;
}

/** Names a fact; the definition is the only place that says how it is computed. */
export function defineFact<T>(name: string, compute: (program: Program, get: FactReader) => T): Fact<T> {
  return { name, compute };
}

/** The facts of one program, each computed on first demand. */
export function createFactReader(program: Program): FactReader {
  const known = new Map<Fact<unknown>, Remembered<unknown> | "running">();
  const read = <T>(fact: Fact<T>): T => {
    const entry = known.get(fact);
    if (entry === "running") throw new Error(`fact \`${fact.name}\` needs itself`);
    // The map is keyed by the fact itself, so the value has the fact's type.
    if (entry !== undefined) {
      note(entry);
      return entry.value as T;
    }
    known.set(fact, "running");
    try {
      const answer = remembered(() => fact.compute(program, reader));
      known.set(fact, answer);
      return answer.value;
    } catch (error) {
      known.delete(fact);
      throw error;
    }
  };
  const peek = <T>(fact: Fact<T>): T | undefined => {
    const entry = known.get(fact);
    return entry === undefined || entry === "running" ? undefined : (entry.value as T);
  };
  const reader: FactReader = Object.assign(read, { known: peek });
  return reader;
}
