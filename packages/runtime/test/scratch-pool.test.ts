/** Scratch pools at their edges; retention.test.ts has what they are for. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

test("the last byte serves, and what does not fit is told with what was asked", () => {
  const pool = small().scratchPool("one", { capacity: 64 });
  pool.slice(i32, 13);
  expect(pool.alloc(Vec3).x).toBe(0);
  expect(errorOf("FA301", () => pool.alloc(Vec3))).toMatchObject({ requested: 12, used: 64, capacity: 64 });
  expect(errorOf("FA301", () => pool.slice(i32, 3))).toMatchObject({ requested: 12, used: 64, capacity: 64 });
  pool.reset();
  expect([pool.slice(u8, 64).length, pool.stats()]).toEqual([64, { name: "one", usedBytes: 64, count: 1, highWaterMark: 64, capacity: 64 }]);
  pool.reset();
  expect(pool.stats()).toMatchObject({ usedBytes: 0, count: 0, highWaterMark: 64 });
});

test("a removed one is told as removed, by every call", () => {
  class Point {}
  const alloc = small();
  const pool = alloc.scratchPool("one", { capacity: 64 });
  alloc.scratch().remove("one");
  for (const call of [() => pool.alloc(Vec3), () => pool.alloc(Point), () => pool.slice(f32, 1), () => pool.slice(Point, 1), () => pool.reset()]) errorOf("FA401", call);
  expect([pool.tryAlloc(Vec3), alloc.scratch().get("one")]).toEqual([undefined, undefined]);
});

test.each([false, true])("retained data is stale when its pool was reset, and when it was removed (debug: %s)", (debug) => {
  const alloc = small({ debug });
  for (const end of [() => alloc.scratchPool("one").reset(), () => alloc.scratch().remove("one")]) {
    alloc.scratchPool("one", { capacity: 64 });
    alloc.beginFrame();
    const handle = alloc.frameRetained(Vec3, { promoteToScratch: "one" }, { x: 1 });
    alloc.endFrame();
    expect([handle.place, handle.value.x]).toEqual(["scratch", 1]);
    end();
    expect(handle.isAlive).toBe(false);
    errorOf("FA004", () => handle.value);
  }
});

test("memory of a pool is zero to its last byte, whatever was there, also when its capacity is odd", () => {
  const alloc = small({ heapSize: 1024 });
  const dirty = alloc.heapAlloc(array(u8, 1000));
  dirty.fill(9);
  alloc.heapFree(dirty);
  const pool = alloc.scratchPool("odd", { capacity: 13 });
  expect([...pool.slice(u8, pool.stats().capacity)]).toEqual(new Array(16).fill(0));
});

test("a removed pool gives all its bytes back, also below a memory limit", () => {
  const alloc = small({ heapSize: 2048, memoryLimit: 1024 });
  for (let i = 0; i < 20; i += 1) {
    const value = alloc.heapAlloc(array(u8, 1000));
    errorOf("FA301", () => alloc.scratchPool("one", { capacity: 30 }));
    alloc.heapFree(value);
    expect(alloc.scratchPool("one", { capacity: 1021 }).stats().capacity).toBe(1024);
    alloc.scratchPool("one").slice(u8, 1024);
    expect(alloc.scratch().remove("one")).toBe(true);
  }
});

test("a pool that is made after the memory grew lies in the memory that there is", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = small({ memory: wasm, frameArenaSize: 1024, heapSize: 1024, slabPagesPerClass: 0 });
  alloc.heapFree(alloc.heapAlloc(Vec3));
  wasm.grow(1);
  const pool = alloc.scratchPool("late", { capacity: 256 });
  const value = pool.alloc(Vec3);
  value.y = 2;
  expect([value.y, pool.slice(f32, 2).length]).toEqual([2, 2]);
  // It has its bytes to itself.
  const other = alloc.heapAlloc(array(u8, 300)).fill(9);
  expect([value.y, other.every((byte) => byte === 9)]).toEqual([2, true]);
});

test("`resetAll` resets all, `reset` one", () => {
  const alloc = small({ heapSize: 2 ** 20 + 1024 });
  const pools = ["one", "two", "three"].map((name) => alloc.scratchPool(name, { capacity: 64 }));
  const used = (): number[] => pools.map((pool) => pool.stats().usedBytes);
  for (const pool of pools) pool.alloc(Vec3);
  expect([alloc.scratch().reset("two"), used()]).toEqual([true, [12, 0, 12]]);
  alloc.scratch().resetAll();
  expect(used()).toEqual([0, 0, 0]);
  expect(alloc.scratchPool("default").capacity).toBe(2 ** 20);
});

test("a promotion that throws takes nothing of its pool, and what comes next lies where it would have", () => {
  const alloc = small();
  const pool = alloc.scratchPool("one", { capacity: 64 });
  alloc.beginFrame();
  const bad = alloc.frameRetained(Vec3, { promoteToScratch: "one" }, { x: 1 });
  const good = alloc.frameRetained(Vec3, { promoteToScratch: "one" }, { x: 2 });
  // Reading a field of what is promoted fails.
  Object.defineProperty(bad.value, "y", { get: () => { throw new Error("no"); } });
  const { summary } = alloc.endFrameWithPromotions();
  expect([summary.failed.internalError.count, bad.isAlive, bad.failure, good.value.x]).toEqual([1, false, "internalError", 2]);
  expect(pool.stats()).toMatchObject({ usedBytes: 12, count: 1 });
  pool.alloc(Vec3);
  expect([good.value.x, pool.stats().usedBytes, pool.alloc(Vec3).x]).toEqual([2, 24, 0]);
});

test("a memory that grows does not hold on to pools that were removed", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = small({ memory: wasm, frameArenaSize: 1024, heapSize: 4096, slabPagesPerClass: 0 });
  const listeners = alloc.memory["listeners"];
  const before = listeners.length;
  for (let i = 0; i < 10; i += 1) {
    const pool = alloc.scratchPool(`pool ${i}`, { capacity: 256 });
    pool.alloc(Vec3);
    pool.slice(f32, 3);
    expect(listeners.length).toBeGreaterThan(before);
    alloc.scratch().remove(`pool ${i}`);
    expect(listeners.length).toBe(before);
  }
  const kept = alloc.scratchPool("kept", { capacity: 256 });
  const value = kept.alloc(Vec3);
  value.z = 4;
  wasm.grow(1);
  alloc.memory.refresh();
  expect([value.z, kept.alloc(Vec3).z]).toEqual([4, 0]);
});

describe("what is allocated in a pool counts, as heap memory", () => {
  const tagged = (alloc: SmartAlloc, path: string): readonly number[] => {
    const { count = 0, bytes = 0 } = alloc.tagStats().find((tag) => tag.path === path)?.heap ?? {};
    return [count, bytes];
  };

  test("for the tag and the phase in force, wherever the pool was made", () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false });
    const pool = alloc.scratchPool("level", { capacity: 1024 });
    alloc.beginFrame();
    alloc.withPhase("load", () => {
      alloc.withTag("ai", () => {
        pool.alloc(Vec3);
        pool.slice(u8, 100);
        pool.tryAlloc(Vec3);
      });
    });
    alloc.withTag("level", () => void alloc.frameRetained(Vec3, { promoteToScratch: "level" }));
    expect(alloc.phaseStats().map(({ count, bytes }) => [count, bytes])).toEqual([[3, 124]]);
    alloc.endFrame();
    pool.reset();
    expect([tagged(alloc, "ai"), tagged(alloc, "level")]).toEqual([[3, 124], [1, 12]]);
  });

  test("for statistics, until the pool is reset or removed", () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false });
    const pool = alloc.scratchPool("level", { capacity: 1024 });
    pool.alloc(Vec3);
    alloc.enableStatistics();
    const told: string[] = [];
    alloc.enableLifecycleTracking();
    alloc.onFrameEvent((event) => { if (event.type === "alloc" || event.type === "free") told.push(`${event.type} ${event.kind} ${event.sizeBytes}`); });
    pool.slice(u8, 100);
    expect([alloc.stats().heap.usedBytes, alloc.stats().heap.activeCount]).toEqual([112, 2]);
    pool.reset();
    const { usedBytes, activeCount, peakBytes, allocatedBytes, allocationCount, deallocationCount } = alloc.stats().heap;
    expect([usedBytes, activeCount, peakBytes, allocatedBytes, allocationCount, deallocationCount]).toEqual([0, 0, 112, 112, 2, 2]);
    pool.alloc(Vec3);
    alloc.scratch().remove("level");
    expect([alloc.stats().heap.usedBytes, alloc.stats().heap.allocationCount]).toEqual([0, 3]);
    expect(told).toEqual(["alloc scratch 100", "free scratch 112", "alloc scratch 12", "free scratch 12"]);
  });

  test("for budgets, which may deny it", () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false });
    alloc.budgets().registerTagBudget("ai", 50, 100);
    alloc.budgets().setGlobalLimit(1000);
    const pool = alloc.scratchPool("level", { capacity: 4096 });
    const Chunk = array(u8, 21);
    alloc.withTag("ai", () => {
      pool.alloc(array(u8, 70));
      errorOf("FA302", () => pool.alloc(array(u8, 31)));
      errorOf("FA302", () => pool.slice(u8, 31));
      expect([pool.tryAlloc(array(u8, 31)), pool.slice(u8, 10).length, pool.tryAlloc(Chunk), pool.stats().usedBytes]).toEqual([undefined, 10, undefined, 80]);
    });
    errorOf("FA301", () => pool.slice(u8, 921));
    errorOf("argument", () => pool.slice(u8, -1));
    errorOf("argument", () => pool.slice(array(u8, 8) as never, 1));
    expect([alloc.budgets().usage("ai"), alloc.budgets().usage()]).toEqual([80, 80]);
    alloc.beginFrame();
    alloc.withTag("ai", () => void alloc.frameRetained(Vec3, { promoteToScratch: "level" }));
    const { failed } = alloc.endFrameWithSummary();
    expect([failed.budgetExceeded.count, failed.scratchPoolFull.count, alloc.budgets().usage("ai")]).toEqual([1, 0, 80]);
    pool.reset();
    expect([alloc.budgets().usage("ai"), alloc.budgets().usage()]).toEqual([0, 0]);
    pool.alloc(Vec3);
    alloc.scratch().remove("level");
    expect(alloc.budgets().usage()).toBe(0);
  });
});
