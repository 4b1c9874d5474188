/**
 * The calls of each function with their arguments, as far as the tracer names what they call: the other direction of `call-edges.ts`. Callbacks that an API
 * runs are no calls here.
 *
 * Theory: may: each function that the tracer names for a call. In the order of the program text. Known misses: the tracer's; getters, setters and iterators.
 */
import { defineFact, type Fact } from "../fact.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";

export interface ProgramCall {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly op: Op & { readonly op: "call" | "new" | "super-call" };
}

export interface ProgramCalls {
  of(fn: FunctionIR): readonly ProgramCall[];
}

export const programCalls: Fact<ProgramCalls> = defineFact("program-calls", (program) => {
  const calls = new Map<FunctionIR, ProgramCall[]>();
  for (const module of program.modules) {
    for (const fn of module.functions) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op !== "call" && op.op !== "new" && op.op !== "super-call") continue;
          for (const target of program.tracer.targets(module, fn, op.dst).functions) {
            const known = calls.get(target.function);
            if (known === undefined) calls.set(target.function, [{ module, fn, op }]);
            else known.push({ module, fn, op });
          }
        }
      }
    }
  }
  return { of: (fn) => calls.get(fn) ?? [] };
});
