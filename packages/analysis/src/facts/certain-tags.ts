/**
 * In the name of which tag an allocation is made, whoever calls: the innermost tag, of those that a module claims, that is in force there.
 *
 * Theory: must. A tag that the function opens itself decides; else the scope that a callback is written for; else what all calls in sight agree on. Null
 * where anything is left open: a text that is not known, a caller that nobody sees, two tags.
 */
import { placeKey } from "../dataflow/locations.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { functionsOf } from "./function-values.ts";
import type { ProgramCalls } from "./program-calls.ts";
import { isClaimed } from "./tag-allowances.ts";
import type { Nesting, TagContexts } from "./tag-contexts.ts";
import type { NamedTag, TagCall } from "./tag-uses.ts";

const MAX_DEPTH = 4;

export class CertainTags {
  readonly #program: Program;
  readonly #contexts: TagContexts;
  readonly #calls: ProgramCalls;
  /** The call that a function is the callback of. */
  readonly #around = new Map<FunctionIR, TagCall>();
  #byPlace: Map<string, NamedTag> | null = null;

  constructor(program: Program, contexts: TagContexts, calls: ProgramCalls, tagCalls: readonly TagCall[]) {
    this.#program = program;
    this.#contexts = contexts;
    this.#calls = calls;
    for (const call of tagCalls) {
      const arg = call.effect.kind === "around" ? call.op.args[call.effect.callback] : undefined;
      if (arg === undefined) continue;
      for (const value of functionsOf(program, call.module, call.fn, arg.temp)) this.#around.set(value.function, call);
    }
  }

  /** Of the allocation that is written at a place; null when it is not certain. */
  ofPlace(at: Location): NamedTag | null {
    this.#byPlace ??= this.#allocations();
    return this.#byPlace.get(placeKey(at)) ?? null;
  }

  #allocations(): Map<string, NamedTag> {
    const found = new Map<string, NamedTag>();
    for (const module of this.#program.modules) {
      if (module.role !== "project") continue;
      for (const fn of module.functions) {
        for (const block of fn.blocks) {
          for (const op of block.ops) {
            if (op.op !== "call" || !this.#isAllocation(module, fn, op)) continue;
            const tag = this.#at(fn, op, 0);
            if (tag !== null) found.set(placeKey({ file: module.file, span: op.span }), tag);
          }
        }
      }
    }
    return found;
  }

  #isAllocation(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
    return this.#program.tracer.targets(module, fn, op.dst).apis.some((api) => runtimeEffect(api)?.kind === "alloc");
  }

  #at(fn: FunctionIR, op: Op, depth: number): NamedTag | null {
    if (depth > MAX_DEPTH) return null;
    const opened = this.#contexts.at(fn, op, []);
    if (opened.some((nesting) => nesting.length > 0)) return agreed(opened, (nesting) => this.#claimed(nesting));
    const around = this.#around.get(fn);
    const calls = this.#calls.of(fn);
    if (around !== undefined) {
      if (calls.length > 0 || around.tags.length === 0) return null;
      return agreed(around.tags, (tag) => this.#claimed([tag]) ?? this.#at(around.fn, around.op, depth + 1));
    }
    return agreed(calls, (call) => this.#at(call.fn, call.op, depth + 1));
  }

  #claimed(nesting: Nesting): NamedTag | null {
    return nesting.findLast(({ text }) => isClaimed(this.#program.settings.tags, text)) ?? null;
  }
}

/** The first of the tags when all are one text. Asks no further than the first that is another. */
function agreed<T>(among: readonly T[], tagOf: (each: T) => NamedTag | null): NamedTag | null {
  let first: NamedTag | null = null;
  for (const each of among) {
    const tag = tagOf(each);
    if (tag === null || (first !== null && tag.text !== first.text)) return null;
    first ??= tag;
  }
  return first;
}
