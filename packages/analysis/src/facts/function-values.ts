/** The functions that a value may be, as far as the tracer names them: a callback's body, through `bind` and unions. */
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { TracedType } from "../source/traced-type.ts";

export interface FunctionValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
}

const MAX_BINDS = 4;

/** In a fixed order; empty when none can be named. */
export function functionsOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, depth = 0): readonly FunctionValue[] {
  const known = functionsIn(program.tracer.typeOf(module, fn, temp));
  if (known.length > 0 || depth > MAX_BINDS) return known;
  const bound = definitionOf(fn, temp);
  // `f.bind(x)` has no body of its own.
  if (bound?.op === "call" && bound.key === "bind" && bound.receiver !== null) return functionsOf(program, module, fn, bound.receiver, depth + 1);
  return known;
}

function functionsIn(type: TracedType): readonly FunctionValue[] {
  if (type.kind === "function") return [{ module: type.module, function: type.function }];
  if (type.kind === "union") return type.members.flatMap(functionsIn);
  return [];
}

function definitionOf(fn: FunctionIR, temp: Temp): Op | undefined {
  for (const block of fn.blocks) for (const op of block.ops) if ("dst" in op && op.dst === temp) return op;
  return undefined;
}
