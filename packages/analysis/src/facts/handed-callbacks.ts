/**
 * Whether a hot call of a parameter leads to this function: only when some hot caller passes it. `batch(fn) { begin(); fn(); end(); }` runs in each frame what frames hand to it, and not what others do.
 *
 * Theory: may, upwards over the hot callers of the function whose parameter is called, through at most four that pass a parameter of theirs on. What is passed and cannot be named may be anything, but an imported name that is not seen is no function of the program.
 * The answer grows with the hot callers. Known misses: a parameter that a closure calls, which counts as before.
 */
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { testedParameter } from "./argument-truth.ts";
import type { CallEdge } from "./call-edges.ts";
import { functionsOf } from "./function-values.ts";
import { callOf } from "./keyed-calls.ts";
import { isUnseenImport } from "./unseen-imports.ts";

/** A function that runs, with the hot calls that lead to it. */
export interface Heard {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly callers: readonly { readonly caller: Heard; readonly edge: CallEdge }[];
  /** Somebody else calls it every frame, with arguments that are not seen. */
  readonly isEntry: boolean;
}

const MAX_DEPTH = 4;

/** True for calls of anything but a parameter. */
export function isHanded(program: Program, caller: Heard, edge: CallEdge): boolean {
  if (caller.function.params.length === 0 || edge.how !== "call") return true;
  const call = callOf(caller.function, edge);
  const isThrough = call !== undefined && call.receiver !== null && (call.key === "call" || call.key === "apply");
  if (call === undefined || (call.receiver !== null && !isThrough)) return true;
  const position = testedParameter(caller.module, caller.function, isThrough && call.receiver !== null ? call.receiver : call.callee);
  return position === null || isPassed(program, caller, position, edge.target, 0);
}

function isPassed(program: Program, taker: Heard, position: number, target: FunctionIR, depth: number): boolean {
  if (taker.isEntry || depth > MAX_DEPTH) return true;
  return taker.callers.some(({ caller, edge }) => {
    if (edge.args === null || edge.how !== "call") return true;
    const arg = edge.args[position];
    if (arg === undefined) return false;
    const outer = testedParameter(caller.module, caller.function, arg.temp);
    if (outer !== null) return isPassed(program, caller, outer, target, depth + 1);
    const passed = functionsOf(program, caller.module, caller.function, arg.temp);
    if (passed.length === 0) return !isUnseenImport(program, caller.module, caller.function, arg.temp);
    return passed.some((value) => value.function === target);
  });
}
