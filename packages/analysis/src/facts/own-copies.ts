/**
 * Copies that are made when what a member holds is still shared: `if (this.tint === SHARED.tint) this.tint = { ... }`. A new object is no shared one, so the next call finds them different.
 *
 * Theory: must. Every way through the branch puts an object there that it made itself, and nothing else is put there on one way with it; what another arm puts there is shared again for as long as that arm is
 * taken. Known misses: copies that a callee makes (`clone()`).
 */
import type { Place, Places } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import type { Block, BlockId, Op, Temp } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { takenFrom } from "./taken-places.ts";
import { isOnOneWay } from "./ways-past.ts";

/** The member that the compared place is, or that its variable took; null where the branch makes no copy for it. */
export function ownCopy(branch: BranchEffects, places: Places, id: BlockId, compared: Place): Place {
  const place = takenFrom(places, id, compared) ?? compared;
  if (place === null || !place.includes(".") || !branch.outlives(place)) return null;
  const { dominators } = regionsOf(places.fn);
  if (!branch.mustPass(id, (at) => branch.block(at).ops.some((op) => isPutThere(places, op, place) && isMadeHere(places, branch.block(at), op.src)))) return null;
  return branch.writesTo(place).every(({ block }) => dominators.dominates(id, block) || branch.isCold(block) || !isOnOneWay(places.fn, block, id)) ? place : null;
}

function isPutThere(places: Places, op: Op, place: string): op is Op & { readonly op: "set" } {
  return places.memberSet(op) === place;
}

/** A new object, or a variable that the block gave one. */
function isMadeHere(places: Places, { ops }: Block, temp: Temp): boolean {
  const value = places.origin(temp);
  if (value?.op !== "load") return value?.op === "new" || value?.op === "object" || value?.op === "array";
  const given = ops.findLast((op) => op.op === "store" && op.variable === value.variable);
  const made = given?.op === "store" ? places.origin(given.src) : null;
  return made?.op === "new" || made?.op === "object" || made?.op === "array";
}
