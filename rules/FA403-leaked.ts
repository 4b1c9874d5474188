/** FA403 reads the typestate of what has an owner: what is still owed where the function that made it is left. */
import { describeOwned, madeOwnedHere, ownership } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA403 = defineRule({
  code: "FA403",
  name: "leaked",
  families: ["dirtymem"],
  severity: "warning",
  since: "0.1.0",
  summary: "something made that is neither released nor handed on, on some way out",
  formerly: [],
  docs: {
    why: `
The garbage collector does not free pool or heap memory, close a scope or unpin a handle. What is dropped without a release is gone until the
allocator is disposed; in a loop or a frame that is a pool that runs dry.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ length: f32 });

export function reachable(alloc: SmartAlloc, distance: number): boolean {
  const path = alloc.poolBox(Path);
  path.value.length = distance;
  if (path.value.length > 100) return false;
  path.release();
  return true;
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Path = struct({ length: f32 });

export function reachable(alloc: SmartAlloc, distance: number): boolean {
  using path = alloc.poolBox(Path);
  path.value.length = distance;
  return path.value.length <= 100;
}`,
    misses: "things put into a field, a container or a closure, which count as handed on; ways out by a call that throws.",
  },
  needs: { owned: ownership },

  check({ owned }, report) {
    for (const { at, made, resource, left } of owned.leaks) {
      report({
        at,
        message: `${describeOwned(made, made.api?.replace(/^.*[#.:]/, "") ?? resource, resource)} is not ${resource === "phase" ? "ended" : "released"} on every way out`,
        related: [...madeOwnedHere(made), { at: left, message: "left here without a release" }],
        help: HELP[resource] ?? "release it, make it with `using`, or hand it to an owner",
      });
    }
  },
});

/** What takes each kind of thing back. */
const HELP: Readonly<Record<string, string>> = {
  "pool value": "free it with `poolFree`, make it a `poolBox` with `using`, or hand it to an owner",
  "heap value": "free it with `heapFree`, make it a `heapBox` with `using`, or hand it to an owner",
  handle: "free it with `free`, or hand it to an owner",
  group: "free it with `freeGroup`, or hand it to an owner",
  phase: "call `endPhase` on every way out, or use `withPhase`",
  pin: "call `unpin` on every way out, or use `pinScope`",
  "tag scope": "declare it with `using`, or use `withTag`",
  "phase scope": "declare it with `using`, or use `withPhase`",
};
