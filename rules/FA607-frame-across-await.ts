/** FA607 reads the fact `suspensions`: frames that stand open at an `await` or `yield`. */
import { related, suspensions } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA607 = defineRule({
  code: "FA607",
  name: "frame-across-await",
  families: ["async-safety"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame still open at an `await` or `yield`",
  formerly: [],
  docs: {
    why: `
A frame belongs to one turn. While the function waits, other code of the agent runs inside the frame that it left open: its \`beginFrame\` is
refused, and its values are taken back by an \`endFrame\` that is not its own.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

export async function save(alloc: SmartAlloc, write: () => Promise<void>): Promise<void> {
  alloc.beginFrame();
  await write();
  alloc.endFrame();
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

export async function save(alloc: SmartAlloc, write: () => Promise<void>): Promise<void> {
  alloc.beginFrame();
  alloc.endFrame();
  await write();
}`,
    misses: "frames of an allocator that is one of several on the same path.",
  },
  needs: { suspensions },

  check({ suspensions: { openFrames } }, report) {
    for (const event of openFrames) {
      report({
        at: event.at,
        message: `frame of \`${event.allocator}\` is still open at this \`${event.form}\``,
        related: related(event.begun, "the frame begins here"),
        help: "end the frame before it",
      });
    }
  },
});
