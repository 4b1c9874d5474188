/** FA003 reads the fact `exhausted-arenas`: sizes that the text tells, added up over a frame, against the arena of its allocator. */
import { byteText, exhaustedArenas } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA003 = defineRule({
  code: "FA003",
  name: "arena-exhausted",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "one frame takes more than its arena holds",
  formerly: [],
  docs: {
    why: `
The arena of a frame has the size that the allocator was made with, 16 MB by itself, and never grows. What does not fit throws, and it does so on every
frame that gets this far.`,
    bad: `
import { kilobytes, megabytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc({ frameArenaSize: kilobytes(256) });

export function decode(): number {
  alloc.beginFrame();
  const pixels = alloc.frameSlice(u8, megabytes(1));
  const { length } = pixels;
  alloc.endFrame();
  return length;
}`,
    good: `
import { megabytes, SmartAlloc, u8 } from "@framealloc/runtime";

const alloc = new SmartAlloc({ frameArenaSize: megabytes(8) });

export function decode(): number {
  alloc.beginFrame();
  const pixels = alloc.frameSlice(u8, megabytes(1));
  const { length } = pixels;
  alloc.endFrame();
  return length;
}`,
    misses: "sizes and numbers of rounds that the text does not tell; vecs that grow; frames with a rollback or a scope in them.",
  },
  weighsSizes: true,
  needs: { exhaustedArenas },

  check({ exhaustedArenas: events }, report) {
    for (const { at, allocator, bytes, capacity, made, parts } of events) {
      report({
        at,
        message: `this frame of \`${allocator}\` takes ${byteText(bytes)} with it, and the arena has ${byteText(capacity)}`,
        related: [...parts.map((part) => ({ at: part.at, message: `${byteText(part.bytes)} allocated here` })), { at: made, message: `the allocator, with an arena of ${byteText(capacity)}` }],
        help: "raise `frameArenaSize`, end the frame between, or take large memory from `heapAlloc`",
      });
    }
  },
});
