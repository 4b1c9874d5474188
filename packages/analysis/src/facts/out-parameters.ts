/**
 * Whether a parameter is an out-parameter: the first thing that the function does with it, in the order of its blocks, is to write into it. May; what it does
 * through other functions is not followed, and counts as reading.
 */
import { valueUses } from "../dataflow/value-uses.ts";
import { writesWhole } from "../knowledge/scratch-apis.ts";
import type { FunctionIR } from "../source/ir.ts";

export function writesFirst(fn: FunctionIR, slot: number): boolean {
  const param = fn.params[slot];
  if (param === undefined || param.rest) return false;
  const uses = valueUses(fn);
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "load" || op.variable !== param.variable) continue;
      for (const use of uses.of(op.dst)) {
        if (use.role === "written-to" || (use.role === "receiver" && use.op.key !== null && writesWhole(use.op.key))) return true;
        if (use.role !== "read-from" || !uses.of(use.op.dst).some((each) => each.role === "callee")) return false;
      }
    }
  }
  return false;
}
