/** FA006 reads the typestate of frames: a begin on a path on which a frame of that allocator is open. */
import { frameTypestate, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA006 = defineRule({
  code: "FA006",
  name: "nested-begin",
  families: ["dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "`beginFrame` while a frame of that allocator is open",
  formerly: [],
  docs: {
    why: `
Frames do not nest. The second \`beginFrame\` is refused and changes nothing, so the first \`endFrame\` already takes back what the outer frame
still uses.`,
    bad: `
import { SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function tick(): void {
  alloc.beginFrame();
  alloc.beginFrame();
  alloc.endFrame();
}`,
    good: `
import { SmartAlloc } from "@framealloc/runtime";

const alloc = new SmartAlloc();

export function tick(): void {
  const owner = !alloc.inFrame();
  if (owner) alloc.beginFrame();
  if (owner) alloc.endFrame();
}`,
    misses: "an allocator that is one of several on the same path.",
  },
  needs: { frames: frameTypestate },

  check({ frames }, report) {
    for (const event of frames.nested) {
      const inner = event.inner === null ? [] : [{ at: event.inner, message: "this call begins it" }];
      report({
        at: event.at,
        message: event.inner === null ? `frame of \`${event.allocator}\` begins while one is open` : `this call begins a frame of \`${event.allocator}\` while one is open`,
        related: [...related(event.begun, "the open frame begins here"), ...inner],
        help: "ask `inFrame()` first, or use `frameScope` for a part of a frame",
      });
    }
  },
});
