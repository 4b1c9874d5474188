/** FA005 reads the typestate of frames: explicit exits that leave one open, and ends without a begin. */
import { frameTypestate, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA005 = defineRule({
  code: "FA005",
  name: "unbalanced-frame",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "an exit that leaves a frame open, or an `endFrame` without `beginFrame`",
  formerly: [],
  docs: {
    why: `
A frame left open is never reset: the next \`beginFrame\` is refused, and the arena fills up frame by frame until an allocation fails far from
the fault. An early \`return\` between begin and end is how it happens.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

export function tick(alloc: SmartAlloc, paused: boolean): void {
  alloc.beginFrame();
  if (paused) return;
  alloc.endFrame();
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

export function tick(alloc: SmartAlloc, paused: boolean): void {
  alloc.beginFrame();
  try {
    if (paused) return;
  } finally {
    alloc.endFrame();
  }
}`,
    misses: "calls that might throw; frames begun and ended in different functions that no analysed code pairs.",
  },
  needs: { frames: frameTypestate },

  check({ frames }, report) {
    for (const event of frames.unbalanced) {
      report({
        at: event.at,
        message: `this \`${event.exit}\` leaves the frame of \`${event.allocator}\` open`,
        related: related(event.begun, "the frame begins here"),
        help: "end the frame in a `finally`, or open it with `using frame = alloc.frame()` or `withFrame`",
      });
    }
    for (const event of frames.outside) {
      if (event.what !== "end") continue;
      report({
        at: event.at,
        message: "`endFrame` where no frame is open",
        related: related(event.ended, "the frame was already ended here"),
        chain: related(event.chain, "called here, outside a frame"),
        help: "pair each `endFrame` with one `beginFrame`",
      });
    }
  },
});
