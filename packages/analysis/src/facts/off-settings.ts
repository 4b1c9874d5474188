/**
 * Settings that show something to whoever looks for a fault: members called `show...` that are false where they are declared, and that nothing in the program turns on.
 *
 * May, by name, over the whole program: a literal or a field that says false, and none, nor an assignment, that says true. Known misses: settings by other names; what is off at first by any
 * other name may be what a game is made with, and counts as on.
 */
import type { Place } from "../dataflow/places.ts";
import { originOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { joined, union } from "../source/joined.ts";
import { ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";

const SHOWS = /^_?show[A-Z]/;

export class OffSettings {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Whether the place is a member that is such a setting. */
  areOff(place: Place): boolean {
    const key = /\.([\w$]+)$/.exec(place ?? "")?.[1];
    if (key === undefined || !SHOWS.test(key)) return false;
    return isOff.of(this.#program, key);
  }
}

const saidIn = onceFor((module: ModuleIR): { readonly on: ReadonlySet<string>; readonly off: ReadonlySet<string> } => {
  const on = new Set<string>();
  const off = new Set<string>();
  const add = (fn: FunctionIR, key: string | null, temp: Temp): void => {
    const value = key !== null && SHOWS.test(key) ? originOf(functionIndex(fn), temp) : null;
    if (key !== null && value?.op === "const" && typeof value.value === "boolean") (value.value ? on : off).add(key);
  };
  const { listed, fieldValues } = moduleOps(module);
  for (const { fn, op } of listed) {
    if (op.op === "set") add(fn, op.key, op.src);
    else if (op.op === "object") for (const part of op.parts) add(fn, part.key, part.value);
  }
  for (const { fn, value } of fieldValues) add(fn, fn.name, value);
  return { on, off };
});

const keysThatAreOff = joined(saidIn, (parts): ReadonlySet<string> => {
  const on = union(parts.map((each) => each.on));
  return new Set([...union(parts.map((each) => each.off))].filter((key) => !on.has(key)));
});

const isOff = new ProgramQuestion((program) => program, ({ modules }: Program, key: string) => keysThatAreOff(modules).has(key));
