/** FA401 reads the typestate of what has an owner: uses and releases on a path on which it was released before. */
import { describeOwned, madeOwnedHere, ownership, related, releasesHere } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

export const FA401 = defineRule({
  code: "FA401",
  name: "stale-handle",
  families: ["dirtymem"],
  severity: "error",
  since: "0.1.0",
  summary: "a value, box or handle used or released after its release",
  formerly: [],
  docs: {
    why: `
A released block is the next allocation's. A box or a handle that is used afterwards throws; a view of pool or heap memory does not: it
reads and writes what somebody else keeps there. A second release would free that somebody's memory.`,
    bad: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Enemy = struct({ x: f32, health: f32 });

export function despawn(alloc: SmartAlloc): number {
  const enemy = alloc.poolAlloc(Enemy);
  enemy.x = 4;
  alloc.poolFree(enemy);
  return enemy.x;
}`,
    good: `
import { f32, SmartAlloc, struct } from "@framealloc/runtime";

const Enemy = struct({ x: f32, health: f32 });

export function despawn(alloc: SmartAlloc): number {
  const enemy = alloc.poolAlloc(Enemy);
  enemy.x = 4;
  const x = enemy.x;
  alloc.poolFree(enemy);
  return x;
}`,
    misses: "values that an unresolved call gave or released; a value released in one method and used in another whose order no caller shows.",
  },
  needs: { owned: ownership },

  check({ owned }, report) {
    const reported = new Set<string>();
    for (const event of owned.stale) {
      // One use of one of several values is one fault, and so is the call that begins with it.
      const place = `${event.at.file}:${event.at.span.start}`;
      if (reported.has(place)) continue;
      reported.add(place);
      const what = describeOwned(event.made, event.name);
      report({
        at: event.at,
        message: event.again === null ? `${what} is used after it was released` : `${what} is released again by \`${event.again}\``,
        related: [...madeOwnedHere(event.made), ...releasesHere(event.releases), ...(event.inner === null ? [] : [{ at: event.inner, message: event.again === null ? "used here" : "released here" }])],
        chain: related(event.chain, "reached through this call"),
        help: event.again === null ? "use it before its release, or ask `isAlive` (`isValid` for a handle) first" : "release it once, where its owner lets go of it",
      });
    }
    for (const { at, made, name, releases } of owned.deadReturns) {
      if (reported.has(`${at.file}:${at.span.start}`)) continue;
      report({
        at,
        message: `${describeOwned(made, name)} is returned after it was released`,
        related: [...madeOwnedHere(made), ...releasesHere(releases)],
        help: "return a copy of its numbers, or leave the release to the caller",
      });
    }
  },
});
