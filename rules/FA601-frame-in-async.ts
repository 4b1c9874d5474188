/** FA601 reads the fact `async-frames`: frame allocations written in async functions, without a frame that opens and closes between suspensions. */
import { asyncFrames, functionName, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA601 = defineRule({
  code: "FA601",
  name: "frame-in-async",
  families: ["async-safety"],
  severity: "error",
  since: "0.1.0",
  summary: "a frame allocation in an async function, whose frame does not open and close there between two suspensions",
  formerly: ["FA701"],
  docs: {
    why: `
An async function runs in pieces, and the frame loop goes on between them. A frame that it did not open itself may be over by its next piece, and
one that it leaves open at an \`await\` is everybody's. Memory for async work has to be of a kind that no frame takes back.`,
    bad: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

export async function upload(alloc: SmartAlloc, send: (size: number) => Promise<void>): Promise<void> {
  const samples = alloc.frameSlice(f32, 64);
  await send(samples.length);
}`,
    good: `
import { f32, type SmartAlloc } from "@framealloc/runtime";

export async function upload(alloc: SmartAlloc, send: (size: number) => Promise<void>): Promise<void> {
  const size = alloc.withFrame(() => alloc.frameSlice(f32, 64).length);
  await send(size);
}`,
    misses: "an allocator that no path names; a frame that is open when the function returns; helpers that it calls: `await-crossing` sees what they made and keep.",
  },
  needs: { asyncFrames },

  check({ asyncFrames: allocations }, report) {
    for (const { at, call, module, fn, across } of allocations) {
      const name = functionName(module, fn);
      const who = name === "" ? "an async function" : `async \`${name}\``;
      report({
        at,
        message: `\`${call}\` allocates frame memory in ${who}, and no frame opens and closes around it between two waits`,
        related: across === null ? [{ at: { file: fn.file, span: fn.nameSpan }, message: "the async function" }] : [...related(across.begun, "the frame begins here"), { at: across.at, message: "suspended here, in the frame" }],
        help: "allocate with `TaskAlloc`, `poolAlloc` or `poolBox`, or open and close a frame here with no suspension between",
      });
    }
  },
});
