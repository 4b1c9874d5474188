/** FA004 reads the typestate of frames: uses of a value on a path on which its frame is over. */
import { describeSite, frameTypestate, madeHere, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA004 = defineRule({
  code: "FA004",
  name: "use-after-frame",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame value used after its frame ended",
  formerly: [],
  docs: {
    why: `
After \`endFrame\` the bytes belong to the next frame. A read gives stale or foreign data, a write damages whatever lives there now.`,
    bad: `
import { i32, SmartAlloc } from "@framealloc/runtime";

export function collect(alloc: SmartAlloc): void {
  alloc.beginFrame();
  const hits = alloc.frameVec(i32);
  hits.push(1);
  alloc.endFrame();
  hits.push(42);
}`,
    good: `
import { i32, SmartAlloc } from "@framealloc/runtime";

export function collect(alloc: SmartAlloc): number {
  alloc.beginFrame();
  const hits = alloc.frameVec(i32);
  hits.push(42);
  const count = hits.length;
  alloc.endFrame();
  return count;
}`,
    misses: "values reached through objects that an unresolved call gave.",
  },
  needs: { frames: frameTypestate },

  check({ frames }, report) {
    const reported = new Set<string>();
    for (const event of frames.usesAfter) {
      // One use of one of several values is one fault.
      const place = `${event.at.file}:${event.at.span.start}`;
      if (reported.has(place)) continue;
      reported.add(place);
      report({
        at: event.at,
        message: `${describeSite(event.site)} is used after its frame ended`,
        related: [...madeHere(event.site), ...related(event.ended, "its frame ends here")],
        chain: related(event.chain, "reached through this call"),
        help: "use it before `endFrame`, copy the scalars out, or allocate it with `poolAlloc`",
      });
    }
  },
});
