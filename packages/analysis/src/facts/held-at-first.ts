/**
 * Members that are empty by now, and a variable that still has what they held: `const before = this.held; this.held = null; if (before) ...`. The next call finds the member empty.
 *
 * Theory: must, over the ways to the branch. What the member held is the only value that reaches the variable there, a block that every path to the branch passes empties the member, and nothing on one way
 * with it fills the member again. Known misses: members that are emptied behind the branch, but on every way (`BranchEffects.isConsumed`).
 */
import type { Place, Places } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import type { BlockId, VariableId } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { isOnOneWay } from "./ways-past.ts";

/** The member that gave the variable its value and is empty where the block begins; null for none. */
export function emptiedSince(branch: BranchEffects, places: Places, id: BlockId, variable: VariableId): Place {
  const { fn } = places;
  if (!places.isLocal(variable)) return null;
  const reaching = places.index.stores(variable).filter(({ block }) => isOnOneWay(fn, block, id));
  const [store, ...others] = reaching;
  const place = store === undefined || others.length > 0 ? null : places.of(store.op.src);
  if (place === null || !place.includes(".") || !branch.mayEmpty(place)) return null;
  const writes = branch.writesTo(place).filter(({ block }) => isOnOneWay(fn, block, id));
  const { dominators } = regionsOf(fn);
  return writes.every(({ write }) => write.empties) && writes.some(({ block, write }) => write.perhaps !== true && dominators.dominates(block, id)) ? place : null;
}
