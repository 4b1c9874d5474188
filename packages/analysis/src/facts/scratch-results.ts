/**
 * What callers do with a scratch object that a function gives back: read it in the same expression, or keep it until somebody overwrites it.
 *
 * Theory: by declaration, must, over all calls in sight. Of a function whose parameter is the scratch by default (`out = scratch`) only calls count that leave
 * it to that; there must be one.
 * Known misses: calls that nobody can name; a default that is passed on by a wrapper.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import { keepsArguments } from "../knowledge/scratch-apis.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { ProgramCalls } from "./program-calls.ts";
import { definition, type ScratchObject, type ScratchObjects } from "./scratch-objects.ts";

export class ScratchResults {
  readonly #program: Program;
  /** Made when it is first asked for: few objects are given back. */
  readonly #calls: () => ProgramCalls;

  constructor(program: Program, calls: () => ProgramCalls) {
    this.#program = program;
    this.#calls = calls;
  }

  /** Every call in sight, and there is one, does nothing with the result but read it in the same expression. `slot`: of the parameter that must be left out. */
  isReadAtOnce(fn: FunctionIR, slot: number | null): boolean {
    const all = this.#calls().of(fn);
    const calls = slot === null ? all : all.filter(({ op }) => op.args.length <= slot && !op.args.some((arg) => arg.spread));
    if (slot !== null && calls.length === 0) return true;
    const isExported = this.#program.modules.some((module) => module.functions.includes(fn) && module.exports.some((entry) => entry.kind === "local" && module.variables[entry.variable]?.name === fn.name));
    // A function without a name that nobody calls was handed to somebody who may read the result at once.
    if (calls.length === 0) return fn.name === "" && fn.class === null;
    if (slot === null && isExported && !this.#program.settings.wholeProgram) return false;
    return calls.every(({ module, fn: caller, op }) => {
      const keeps = (temp: Temp): boolean => valueUses(caller).of(temp).some((use) => {
        if (use.role === "alias") return keeps(use.to);
        if (use.role === "argument") return use.op.op !== "call" || this.#program.tracer.targets(module, caller, use.op.dst).apis.some(keepsArguments);
        return !["read-from", "written-to", "receiver", "callee", "compared"].includes(use.role);
      });
      return !keeps(op.dst);
    });
  }
}

/** The scratch object that a value is when a parameter was left out: `out = scratch`. */
export function defaultScratch(objects: ScratchObjects, module: ModuleIR, fn: FunctionIR, value: Temp): { readonly object: ScratchObject; readonly slot: number } | null {
  const loaded = definition(fn, value);
  const slot = loaded?.op === "load" ? fn.params.findIndex((param) => !param.rest && param.variable === loaded.variable) : -1;
  if (loaded?.op !== "load" || slot === -1) return null;
  for (const { op } of functionIndex(fn).stores(loaded.variable)) {
    for (const made of functionIndex(fn).definitions(op.src) ?? []) {
      const object = "op" in made && made.op === "copy" ? objects.of(module, fn, made.src) : null;
      if (object !== null) return { object, slot };
    }
  }
  return null;
}
