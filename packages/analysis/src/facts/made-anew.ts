/**
 * Whether a branch asks what this very call has emptied or made anew: `this.visited.clear(); for (...) { if (this.visited.has(node)) continue; this.visited.add(node); ... }` goes through every node in
 * every frame, and looks like what is done once for each.
 *
 * Theory: must, of the function and its callees two levels deep: what is emptied on every way to the branch. In functions that suspend that may be long ago. Known misses: what another function
 * empties every frame, and lists of keys that are deleted one by one.
 */
import type { Place, Places } from "../dataflow/places.ts";
import type { Regions } from "../dataflow/regions.ts";
import type { BlockId, Temp } from "../source/ir.ts";
import type { BranchEffects } from "./branch-effects.ts";
import { holderOf, lookups, lookupsOf } from "./lookups.ts";
import { isChance } from "./place-writes.ts";

/** `temp` is what is asked, and `place` where that is. */
export function asksWhatIsMadeAnew(branch: BranchEffects, places: Places, regions: Regions, id: BlockId, place: Place, temp: Temp): boolean {
  const variable = places.variableOf(place);
  const sources = variable === null ? lookups(places, temp) : lookupsOf(places, variable);
  return sources.some((source) => isMadeAnew(branch, places, regions, id, holderOf(places, source)));
}

/** The same of a place that was looked up in what its text says: `this.visited.has()`, `this.done[v3]`. */
export function isInWhatIsMadeAnew(branch: BranchEffects, places: Places, regions: Regions, id: BlockId, place: Place): boolean {
  const [, asked, indexed] = /^(.*)\.(?:has|get|includes|indexOf)\(\)$|^(.*)\[[^[\]]*\]$/.exec(place ?? "") ?? [];
  return isMadeAnew(branch, places, regions, id, asked ?? indexed ?? null);
}

function isMadeAnew(branch: BranchEffects, places: Places, { dominators }: Regions, id: BlockId, holder: Place): boolean {
  if (holder === null || places.fn.async || places.fn.generator) return false;
  return branch.writesTo(`${holder}[-]`).some(({ block, write }) => !isChance(write) && block !== id && dominators.dominates(block, id));
}
