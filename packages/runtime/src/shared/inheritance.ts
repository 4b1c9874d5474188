/** Taking over what agents have in a region that died, or left. While one agent does so nobody gets their numbers (seats.ts). */
import { holderIn, isHeldIn, MAX_AGENTS } from "./block-state.ts";
import { inEmptySeat, settleSeat } from "./seats.ts";
import type { TransferRegion } from "./transfer-region.ts";

/**
 * Takes over what a dead agent had, calls `alsoWhile` while nobody else can sit there, and gives its number to whoever comes; the same for one that it was taking over itself. The number of
 * blocks; undefined when nobody sits there, or another agent does so.
 */
export function reclaim(region: TransferRegion, dead: number, alsoWhile: (agent: number) => void): number | undefined {
  return settleSeat(region.words, dead, region.agent, (agent) => {
    alsoWhile(agent);
    return region.adopt(agent);
  });
}

/** Takes over what agents had that left, and that nobody who sits there has taken over since; false when that is nothing. Looks at all blocks. */
export function inherit(region: TransferRegion): boolean {
  const left = new Set<number>();
  region.forEachBlock((ptr, word) => {
    for (const agent of [region.ownerOf(ptr), isHeldIn(word) ? holderIn(word) : MAX_AGENTS]) if (agent >= 0 && agent < MAX_AGENTS && !region.isSeated(agent)) left.add(agent);
  });
  let count = 0;
  for (const agent of left) count += inEmptySeat(region.words, agent, region.agent, () => region.adopt(agent)) ?? 0;
  return count > 0;
}
