/** FA604 reads the facts `retainedHandles` and `oversizedPromotions`: data retained for nothing, or for a pool that has no room for its size. */
import { oversizedPromotions, retainedHandles } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA604 = defineRule({
  code: "FA604",
  name: "retention-mismatch",
  families: ["async-safety", "dirtymem"],
  severity: "hint",
  since: "0.1.0",
  summary: "retained data that nothing uses after its frame, or that is too large for the pool it is promoted to",
  docs: {
    why: `
A promotion copies the data out of the frame and takes memory for it. That is waste when the handle is only released afterwards: a frame value
would have done. A pool serves its size classes alone; what is larger than the largest goes to the heap, and says so better with \`promoteToHeap\`.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

export function score(alloc: SmartAlloc, points: number): number {
  alloc.beginFrame();
  const best = alloc.frameRetained(points, "promoteToPool");
  const shown = best.value + 1;
  alloc.endFrame();
  best.release();
  return shown;
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

export function score(alloc: SmartAlloc, points: number): number {
  alloc.beginFrame();
  const best = alloc.frameBox(points);
  const shown = best.value + 1;
  alloc.endFrame();
  return shown;
}`,
    misses: "policies and types that are not constant; pools whose classes a configuration changes; handles that some path uses.",
  },
  weighsSizes: true,
  needs: { retained: retainedHandles, oversized: oversizedPromotions },

  check({ retained, oversized }, report) {
    for (const { at, site, retention, fate, releasedAt } of retained.handles) {
      if (fate !== "unused" || releasedAt === null) continue;
      report({
        at,
        message: `${named(site.binding)} is retained for the ${retention} and released without a use after its frame`,
        related: [{ at: site.at, message: "allocated here" }, ...site.via.slice(1).map((call) => ({ at: call, message: "made in this call" })), { at: releasedAt, message: "released here" }],
        help: "make it with `frameBox`, which dies with the frame",
      });
    }
    for (const { at, binding, bytes, largest } of oversized) {
      report({
        at,
        message: `${named(binding)} takes ${bytes} bytes and is promoted to a pool whose largest class has ${largest}`,
        related: [{ at, message: "allocated here" }],
        help: "promote it with `\"promoteToHeap\"`, or configure larger `slabSizeClasses`",
      });
    }
  },
});

function named(binding: string | null): string {
  return binding === null ? "retained data" : `retained data \`${binding}\``;
}
