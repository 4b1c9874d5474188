/**
 * Parts of a branch that always end in what ends the branch: `if (!this.done) { ...; if (late) { ...; this.done = true; } }`. The branch may be taken in every frame, such a part only once.
 *
 * Theory: must, over the ways from the part to the end of the branch, those into cold code aside. Known misses: what ends a condition in another function under a test of its own.
 */
import type { Place } from "../dataflow/places.ts";
import { headsAround } from "../dataflow/loops.ts";
import type { Regions } from "../dataflow/regions.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import type { Condition } from "./cold-tests.ts";

/** Blocks inside of the branch, itself aside, that are not known to be cold yet. `isRarelySet` is asked of a place that must not be filled all the time. */
export function partsThatEnd(branch: BranchEffects, regions: Regions, id: BlockId, condition: Condition, isRarelySet: (place: Place) => boolean): readonly BlockId[] {
  if (condition.kind !== "empty" && condition.kind !== "full") return [];
  const { place, kind } = condition;
  const outlives = branch.outlives(place);
  if (!outlives && kind === "full") return [];
  const ends = (at: BlockId): boolean => (outlives ? branch.changes(at, place, kind === "full") : branch.putsWhatWasMissed(at, place));
  const all = regions.inside(id);
  if (!all.some(ends) || (kind === "empty" ? branch.isReset(id, place) : !isRarelySet(place))) return [];
  return all.filter((inner) => inner !== id && !branch.isCold(inner) && regions.mustPass(id, ends, (at) => branch.isCold(at), inner));
}

/** Cold itself, or a part of what is, no path reaches it otherwise; not of what any of the elements of a list may come to before the block `id`. */
export function isWithinCold(branch: BranchEffects, { dominators }: Regions, fn: FunctionIR, at: BlockId, id: BlockId): boolean {
  if (branch.isCold(at)) return true;
  for (let over = dominators.immediate(at); over !== null; over = dominators.immediate(over)) if (branch.isCold(over)) return headsAround(fn, over).every((head) => headsAround(fn, id).includes(head));
  return false;
}
