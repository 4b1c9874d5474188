/** Every public operation fails cleanly: when memory runs out under it, and when it is called with what it cannot take. */
import { array, f32, f64, i32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";
import { failNth } from "./fail-nth.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const options = { heapSize: 0, slabPagesPerClass: 0, memory: "local" } as const;

test("frame operations, at every size of the arena", () => {
  const failures = failNth({
    make: (frameArenaSize) => new SmartAlloc({ ...options, frameArenaSize }),
    snapshot: (alloc) => [alloc.frameStats(), alloc.retainedCount(), alloc.tagPath(), [...alloc.memory.u8]],
    codes: ["FA003"],
    steps: [
      (alloc) => alloc.frameAlloc(Vec3),
      (alloc) => alloc.frameAlloc(f64),
      (alloc) => alloc.frameAlloc(array(u8, 5)),
      (alloc) => alloc.frameAllocBytes(3, 16),
      (alloc) => alloc.frameAllocBatch(Vec3, 3),
      (alloc) => alloc.frameAlloc2(Vec3),
      (alloc) => alloc.frameAlloc4(u8),
      (alloc) => alloc.frameAlloc8(i32),
      (alloc) => alloc.frameSlice(f32, 7),
      (alloc) => alloc.frameBox(Vec3, { x: 1 }),
      (alloc) => alloc.frameVec(i32, 5),
      (alloc) => void alloc.frameVec(i32, 0).isAlive,
      (alloc) => alloc.frameMap("number", Vec3, 3),
      (alloc) => alloc.frameMap("string", f64, 2),
      (alloc) => alloc.frameRetained(Vec3, "discard", { y: 2 }),
      (alloc) => alloc.frameWithImportance(array(u8, 9), "reusable"),
      (alloc) => alloc.withTag("tag", () => alloc.frameAllocBytes(12)),
      (alloc) => alloc.withPhase("phase", () => alloc.frameAlloc(Vec3)),
    ],
  }, 800);
  expect(failures).toBeGreaterThan(300);
});

test("frames under a budget, at every size of it", () => {
  const failures = failNth({
    make: (budget) => {
      const alloc = new SmartAlloc({ ...options, frameArenaSize: 1024 });
      alloc.setFrameBudget(budget);
      return alloc;
    },
    snapshot: (alloc) => [alloc.frameStats(), [...alloc.memory.u8]],
    codes: ["FA301"],
    steps: [(alloc) => alloc.frameAlloc(Vec3), (alloc) => alloc.frameSlice(f32, 9), (alloc) => alloc.frameAlloc4(Vec3), (alloc) => alloc.frameVec(i32, 6), (alloc) => alloc.frameBox(Vec3, { x: 1 })],
  }, 200);
  expect(failures).toBeGreaterThan(20);
});

test("promotions, at every size of the heap: what has no room is discarded, and everything else is as it was", () => {
  let failures = 0;
  for (let heapSize = 0; heapSize <= 256; heapSize += 8) {
    const alloc = new SmartAlloc({ ...options, frameArenaSize: 1024, heapSize });
    alloc.beginFrame();
    const kept = [1, 2, 3, 4, 5].map((x) => alloc.frameRetained(Vec3, "promoteToHeap", { x }));
    const { promoted, summary } = alloc.endFrameWithPromotions();
    expect(promoted.length + summary.failed.budgetExceeded.count + summary.failed.tooLarge.count).toBe(5);
    expect(kept.filter(({ isAlive }) => isAlive).map(({ value }) => value.x)).toEqual(promoted.map((handle) => (handle.value as { x: number }).x));
    failures += 5 - promoted.length;
    for (const handle of promoted) handle.release();
    expect([...alloc.memory.u8.subarray(alloc.memory.endByte - 1024)].every((byte) => byte === 0)).toBe(true);
  }
  expect(failures).toBeGreaterThan(20);
});

test("scratch pools, at every size of the heap and of the pool", () => {
  for (let heapSize = 0; heapSize <= 256; heapSize += 8) {
    const alloc = new SmartAlloc({ ...options, frameArenaSize: 0, heapSize });
    try {
      const pool = alloc.scratchPool("one", { capacity: 64 });
      let count = 0;
      while (pool.tryAlloc(Vec3) !== undefined) count += 1;
      errorOf("FA301", () => pool.alloc(Vec3));
      errorOf("FA301", () => pool.slice(f32, 17));
      expect([count, pool.stats().usedBytes]).toEqual([5, 60]);
    } catch (error) {
      expect(error).toMatchObject({ code: "FA301", requested: 64 });
      expect(alloc.scratch().stats()).toEqual([]);
    }
  }
});

test("a growing vec, at every size of the arena", () => {
  for (let frameArenaSize = 0; frameArenaSize <= 256; frameArenaSize += 8) {
    const alloc = new SmartAlloc({ ...options, frameArenaSize });
    alloc.beginFrame();
    const vec = alloc.frameVec(i32);
    const taken: number[] = [];
    while (vec.tryPush(taken.length)) taken.push(taken.length);
    expect(taken.length).toBe(frameArenaSize / 4);
    errorOf("FA003", () => vec.push(1));
    errorOf("FA003", () => vec.resize(taken.length + 1));
    errorOf("FA003", () => vec.extend([1]));
    expect([...vec]).toEqual(taken);
  }
});

test("pool and heap operations, at every size of the heap", () => {
  const failures = failNth({
    make: (capacity) => new SmartAlloc({ frameArenaSize: 64, slabSizeClasses: [16], slabPageSize: 64, slabPagesPerClass: capacity >= 64 ? 1 : 0, heapSize: capacity, largeThreshold: 16, memory: "local" }),
    snapshot: (alloc) => [...alloc.memory.u8],
    codes: ["FA304", "FA301"],
    steps: [
      (alloc) => alloc.poolAlloc(Vec3),
      (alloc) => alloc.poolBox(Vec3, { y: 1 }),
      (alloc) => alloc.poolAlloc(array(u8, 40)),
      (alloc) => alloc.heapAlloc(Vec3),
      (alloc) => alloc.heapBox(array(Vec3, 2)),
      (alloc) => alloc.poolFree(alloc.poolAlloc(f32)),
    ],
  }, 256);
  expect(failures).toBeGreaterThan(20);
});

test("transfers, at every size of the region", () => {
  for (const memory of ["shared", "local"] as const) {
    for (let transferSize = 0; transferSize < 300; transferSize += 4) {
      const alloc = new SmartAlloc({ ...options, frameArenaSize: 64, memory, transferSize });
      const handles = [];
      try {
        for (let i = 0; i < 6; i += 1) handles.push(alloc.frameBoxForTransfer(array(f32, 8), [i]));
      } catch (error) {
        expect(error).toMatchObject({ code: "FA301", requested: 32 });
      }
      for (const [i, handle] of handles.entries()) {
        const box = handle.receive();
        expect(box.value[0]).toBe(i);
        box.release();
      }
    }
  }
});

describe("the forms that try give undefined and throw nothing for want of memory", () => {
  test("in a frame and outside", () => {
    const alloc = new SmartAlloc({ ...options, frameArenaSize: 4 });
    expect(alloc.tryFrameAlloc(Vec3)).toBeUndefined();
    alloc.beginFrame();
    expect([alloc.tryFrameAlloc(Vec3), alloc.tryFrameAlloc(f64), alloc.tryPoolAlloc(Vec3), alloc.tryPoolBox(f32, 1), alloc.tryHeapAlloc(Vec3), alloc.tryHeapBox(Vec3)]).toEqual(new Array(6).fill(undefined));
    expect(alloc.tryFrameAlloc(f32)?.value).toBe(0);
    expect(alloc.tryPoolBox({ any: 1 })?.value).toEqual({ any: 1 });
  });
});

test("types that are none are refused by every operation, and nothing is changed", () => {
  const alloc = new SmartAlloc({ ...options, frameArenaSize: 256 });
  alloc.beginFrame();
  const before = alloc.frameStats();
  for (const wrong of [{}, { sizeBytes: 4, alignBytes: 4 }]) {
    for (const call of [
      () => alloc.frameAlloc(wrong as never), () => alloc.frameSlice(wrong as never, 1), () => alloc.frameAllocBatch(wrong as never, 1), () => alloc.frameAlloc2(wrong as never),
      () => alloc.poolAlloc(wrong as never), () => alloc.tryPoolAlloc(wrong as never), () => alloc.heapAlloc(wrong as never), () => alloc.frameVec(wrong as never),
    ]) errorOf("argument", call);
  }
  expect(alloc.frameStats()).toEqual(before);
});
