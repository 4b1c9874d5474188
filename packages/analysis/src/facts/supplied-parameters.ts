/** Branches that supply a missing parameter: `function f(out = new V())`, `if (out === undefined) out = ...`, `out ?? new V()`. Must, over the ways through the branch. */
import type { Places } from "../dataflow/places.ts";
import type { BlockId } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import type { Condition } from "./cold-tests.ts";

/** The position of the parameter; null for any other branch. */
export function suppliedParameter(branch: BranchEffects, places: Places, id: BlockId, condition: Condition): number | null {
  if (condition.kind !== "empty") return null;
  const variable = places.variableOf(condition.place);
  const position = places.fn.params.findIndex((param) => param.variable === variable && !param.rest);
  if (position < 0) return null;
  const fills = branch.mustPass(id, (at) => branch.writesIn(at).some((write) => write.place === condition.place));
  return fills || branch.supplies(id, condition.temp) ? position : null;
}
