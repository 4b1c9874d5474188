/** FA206 reads the releases that take what they did not make, as far as it is known what that is. */
import { describeOwned, madeOwnedHere, ownership, related } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA206 = defineRule({
  code: "FA206",
  name: "foreign-free",
  families: ["threading"],
  severity: "error",
  since: "0.1.0",
  summary: "memory released by what did not allocate it",
  formerly: [],
  docs: {
    why: `
An allocator takes back only what its own counterpart of the call gave: a pool value by \`poolFree\` of the same allocator, a heap value by its
\`heapFree\`, a box by its own \`release\`. Anything else throws, and the memory stays taken.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Tile = struct({ height: f32 });

export function level(alloc: SmartAlloc): number {
  const tile = alloc.poolAlloc(Tile);
  const height = tile.height;
  alloc.heapFree(tile);
  return height;
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Tile = struct({ height: f32 });

export function level(alloc: SmartAlloc): number {
  const tile = alloc.poolAlloc(Tile);
  const height = tile.height;
  alloc.poolFree(tile);
  return height;
}`,
    misses: "allocators and values that come from parameters of which no caller is known.",
  },
  needs: { owned: ownership },

  check({ owned }, report) {
    for (const event of owned.foreign) {
      const what = describeOwned(event.made, event.name);
      report({
        at: event.at,
        message: { kind: `${what} is not memory that \`${event.by}\` takes back`, allocator: `${what} belongs to another allocator than the one that \`${event.by}\` is called on`,
          part: `\`${event.by}\` of a part of ${what}`, plain: `\`${event.by}\` of ${what}, which no allocator made` }[event.reason],
        related: [...(event.reason === "plain" ? [] : madeOwnedHere(event.made)), ...(event.inner === null ? [] : [{ at: event.inner, message: "released here" }])],
        chain: related(event.chain, "reached through this call"),
        help: event.reason === "part" ? "free the whole allocation" : event.reason === "plain" ? "leave it to the garbage collector" : "free it with the counterpart of the call that made it, on the same allocator",
      });
    }
  },
});
