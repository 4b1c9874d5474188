/** Whatever watches an allocator makes no garbage in the steady state, also where its memory is shared. */
import { f32, kilobytes, megabytes, SmartAlloc, struct } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
class Item {
  n = 0;
}

const WATCHERS: Readonly<Record<string, (alloc: SmartAlloc) => void>> = {
  "budgets of tags and of all": (alloc) => {
    alloc.budgets().registerTagBudget("ai", megabytes(1), megabytes(2));
    alloc.budgets().setGlobalLimit(megabytes(4));
  },
  "budgets without a limit": (alloc) => { alloc.budgets(); },
  "a thread budget": (alloc) => alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: megabytes(1), poolBudget: megabytes(1) }),
  statistics: (alloc) => alloc.enableStatistics(),
  "lifecycle tracking": (alloc) => alloc.enableLifecycleTracking(),
  "the behaviour filter": (alloc) => alloc.enableBehaviorFilter(),
};

const WORK: Readonly<Record<string, (alloc: SmartAlloc) => void>> = {
  "pool and heap values": (alloc) => {
    alloc.poolFree(alloc.poolAlloc(Vec3));
    alloc.heapFree(alloc.heapAlloc(Vec3));
  },
  instances: (alloc) => alloc.poolFree(alloc.poolAlloc(Item)),
  boxes: (alloc) => alloc.poolBox(Vec3).release(),
  frames: (alloc) => {
    alloc.beginFrame();
    alloc.frameAlloc(Vec3).x = 1;
    alloc.frameVec(f32).push(2);
    alloc.endFrame();
  },
};

test.each(Object.keys(WATCHERS).flatMap((watcher) => Object.keys(WORK).flatMap((work) => [false, true].map((isShared) => [work, watcher, isShared ? "shared" : "local"] as const))))("%s under %s, %s memory", (work, watcher, kind) => {
  const alloc = new SmartAlloc({ frameArenaSize: kilobytes(64), heapSize: kilobytes(64), debug: false, memory: kind === "shared" ? "shared" : "local" });
  if (kind === "shared") alloc.share();
  WATCHERS[watcher]?.(alloc);
  const run = (): void => WORK[work]?.(alloc);
  const tagged = (): void => alloc.withTag("ai", run);
  run();
  expect(expectNoAlloc(tagged)).toBe(0);
});
