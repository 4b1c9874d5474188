/** Statistics: exact figures after every step of a random program, beside a model that adds up by hand; peaks; merging; no garbage. */
import { array, f64, mergeStats, SmartAlloc, struct, u8, type AllocStats, type Group, type Handle } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const Big = array(u8, 5000);
class Point {
  x = 0;
}
const config = { frameArenaSize: 65_536, heapSize: 262_144, slabPageSize: 4096 } as const;

/** What statistics should say, added up step by step. */
class Model {
  readonly kinds = { frame: { used: 0, count: 0, peak: 0, bytes: 0, allocs: 0 }, pool: { used: 0, count: 0, peak: 0, bytes: 0, allocs: 0 }, heap: { used: 0, count: 0, peak: 0, bytes: 0, allocs: 0 } };
  peak = 0;

  add(kind: "frame" | "pool" | "heap", bytes: number, count = 1): void {
    const of = this.kinds[kind];
    of.used += bytes;
    of.count += count;
    of.bytes += bytes;
    of.allocs += count;
    of.peak = Math.max(of.peak, of.used);
    const { frame, pool, heap } = this.kinds;
    this.peak = Math.max(this.peak, frame.used + pool.used + heap.used);
  }

  take(kind: "frame" | "pool" | "heap", bytes: number, count = 1): void {
    this.kinds[kind].used -= bytes;
    this.kinds[kind].count -= count;
  }

  check(stats: AllocStats): void {
    for (const name of ["frame", "pool", "heap"] as const) {
      const { used, count, peak, bytes, allocs } = this.kinds[name];
      expect(stats[name], name).toMatchObject({ usedBytes: used, activeCount: count, peakBytes: peak, allocatedBytes: bytes, allocationCount: allocs, deallocationCount: allocs - count });
    }
    const { frame, pool, heap } = this.kinds;
    expect(stats).toMatchObject({
      enabled: true, totalAllocated: frame.used + pool.used + heap.used, peakAllocated: this.peak, frameAllocated: frame.used, poolAllocated: pool.used, heapAllocated: heap.used,
      allocationCount: frame.allocs + pool.allocs + heap.allocs, activeAllocations: frame.count + pool.count + heap.count,
    });
  }
}

/** Numbers from a seed: the same every time. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe.each([["release", { debug: false }], ["budgets", { debug: false, budgets: true }], ["debug", { debug: true }]] as const)("%s", (name, mode) => {
  test("every figure is what was done", () => {
    const alloc = new SmartAlloc({ ...config, ...mode, statistics: true });
    const model = new Model();
    const next = random(7);
    const pool: object[] = [];
    const heap: [object, number][] = [];
    const handles: Handle<unknown>[] = [];
    const groups: [Group, number][] = [];
    // In debug mode the guards of frame values count as used.
    const frameBytes = name === "debug" ? 0 : 16;
    for (let step = 0; step < 1500; step += 1) {
      switch (next(10)) {
        case 0: if (!alloc.inFrame()) alloc.beginFrame(); break;
        case 1: if (alloc.inFrame() && next(3) === 0) { alloc.endFrame(); model.take("frame", model.kinds.frame.used, model.kinds.frame.count); } break;
        case 2: if (alloc.inFrame() && frameBytes > 0) { alloc.frameAlloc(Pair); model.add("frame", 16); } break;
        case 3: if (alloc.inFrame() && frameBytes > 0) { const scope = alloc.frameScope(); alloc.frameAlloc(Pair); model.add("frame", 16); scope[Symbol.dispose](); model.take("frame", 16); } break;
        case 4: { const type = next(4) === 0 ? Point : Pair; const value = alloc.tryPoolAlloc(type as typeof Pair); if (value !== undefined) { pool.push(value); model.add("pool", type === Point ? 0 : 16); } break; }
        case 5: { const value = pool.splice(next(pool.length + 1), 1)[0]; if (value !== undefined) { alloc.poolFree(value); model.take("pool", value instanceof Point ? 0 : 16); } break; }
        case 6: { const [type, bytes] = next(2) === 0 ? [Big, 5000] as const : [Pair, 16] as const; const value: object | undefined = alloc.tryHeapAlloc(type as typeof Pair); if (value !== undefined) { heap.push([value, bytes]); model.add("heap", bytes); } break; }
        case 7: { const found = heap.splice(next(heap.length + 1), 1)[0]; if (found !== undefined) { alloc.heapFree(found[0]); model.take("heap", found[1]); } break; }
        case 8: if (next(2) === 0) { const handle = alloc.handles().tryAlloc(Pair); if (handle !== undefined) { handles.push(handle); model.add("heap", 16); } } else { const handle = handles.pop(); if (handle !== undefined) { alloc.handles().free(handle); model.take("heap", 16); } } break;
        default:
          if (next(2) === 0) {
            const group = alloc.groups().createGroup("g");
            for (let i = 0; i < 3; i += 1) { alloc.groups().alloc(group, Pair); model.add("heap", 16); }
            groups.push([group, 3]);
          } else {
            const found = groups.pop();
            if (found !== undefined) { alloc.groups().freeGroup(found[0]); for (let i = 0; i < found[1]; i += 1) model.take("heap", 16); }
          }
      }
      if (step % 50 === 0) model.check(alloc.stats());
    }
    model.check(alloc.stats());
    expect(Math.min(...[model.kinds.pool, model.kinds.heap].map(({ peak }) => peak))).toBeGreaterThan(0);
  });
});

test("nothing stays zero: refills, fragmentation, frames, capacity; and the deferred", () => {
  const alloc = new SmartAlloc({ ...config, statistics: true, debug: false });
  expect(alloc.stats()).toMatchObject({ slabRefillCount: 0, fragmentationRatio: 0, frameCount: 0 });
  const pairs = Array.from({ length: 300 }, () => alloc.poolAlloc(Pair));
  expect(alloc.stats().slabRefillCount).toBe(2);
  const blocks = Array.from({ length: 4 }, () => alloc.heapAlloc(Big));
  for (const i of [0, 2]) alloc.heapFree(blocks[i] as object);
  const { fragmentationRatio, heap } = alloc.stats();
  const rest = heap.capacityBytes - 4 * 5008;
  expect(fragmentationRatio).toBeCloseTo(10_000 / (rest + 10_000), 6);
  expect(heap).toMatchObject({ usedBytes: 10_000, peakBytes: 20_000, allocatedBytes: 20_000, deallocationCount: 2 });
  alloc.withFrame(() => { alloc.frameAlloc(Pair); });
  alloc.withFrame(() => { alloc.frameAlloc(Pair); alloc.frameAlloc(Pair); });
  expect(alloc.stats()).toMatchObject({ frameCount: 2, frame: { usedBytes: 0, activeCount: 0, peakBytes: 32, allocatedBytes: 48, allocationCount: 3, deallocationCount: 3, capacityBytes: 65_536 } });
  for (const pair of pairs) alloc.poolFree(pair);

  const owner = new SmartAlloc({ ...config, memory: "shared", statistics: true });
  const other = SmartAlloc.attach(owner.share());
  expect(other.stats().enabled).toBe(true);
  other.receive(owner.frameBoxForTransfer(Pair).detach()).release();
  expect(owner.stats().deferredFreeCount).toBe(0);
  owner.processDeferredFrees();
  expect(owner.stats().deferredFreeCount).toBe(1);
});

test("turned on late, they know what is in use; off, they are what is counted anyway", () => {
  const alloc = new SmartAlloc({ ...config, debug: false });
  const a = alloc.poolAlloc(Pair);
  alloc.poolFree(alloc.poolAlloc(Pair));
  const handle = alloc.handles().alloc(Pair);
  alloc.groups().alloc(alloc.groups().createGroup("g"), Pair);
  expect(alloc.stats()).toMatchObject({ enabled: false, totalAllocated: 48, peakAllocated: 48, pool: { usedBytes: 16, activeCount: 1, allocationCount: 2, deallocationCount: 1, peakBytes: 16 }, heap: { usedBytes: 32, activeCount: 2 } });
  alloc.enableStatistics();
  alloc.enableStatistics();
  alloc.poolFree(a);
  alloc.handles().free(handle);
  expect(alloc.stats()).toMatchObject({ enabled: true, totalAllocated: 16, peakAllocated: 48, pool: { usedBytes: 0, peakBytes: 16 }, heap: { usedBytes: 16, peakBytes: 32 } });
  alloc.dispose();
  expect(alloc.stats()).toMatchObject({ enabled: false, totalAllocated: 0, frame: { capacityBytes: 0 } });
});

test("a value freed twice, or by another allocator, is refused as ever and counted for nothing", () => {
  const alloc = new SmartAlloc({ ...config, statistics: true, debug: false });
  const a = alloc.poolAlloc(Pair);
  alloc.poolFree(a);
  expect(() => { alloc.poolFree(a); }).toThrow("FA401");
  expect(() => { alloc.poolFree(alloc.heapAlloc(Pair)); }).toThrow("FA206");
  expect(alloc.stats()).toMatchObject({ poolAllocated: 0, heapAllocated: 16, deallocationCount: 1 });
});

test("those of several agents add up; plain data that can be posted", () => {
  const one = new SmartAlloc({ ...config, statistics: true, debug: false });
  const two = new SmartAlloc({ ...config, debug: false });
  one.poolAlloc(Pair);
  one.withFrame(() => { one.frameAlloc(Pair); });
  two.heapAlloc(Big);
  const both = mergeStats([structuredClone(one.stats()), two.stats()]);
  expect(both).toMatchObject({ enabled: false, totalAllocated: 5016, peakAllocated: 5032, allocationCount: 3, activeAllocations: 2, poolAllocated: 16, heapAllocated: 5000, frameCount: 1, frame: { allocatedBytes: 16, capacityBytes: 2 * 65_536 } });
  expect(mergeStats([])).toMatchObject({ enabled: false, totalAllocated: 0, fragmentationRatio: 0 });
});

test("counting makes no garbage", () => {
  const alloc = new SmartAlloc({ ...config, statistics: true, debug: false });
  const kept = new Float64Array(1);
  expectNoAlloc(() => {
    alloc.beginFrame();
    for (let i = 0; i < 50; i += 1) {
      const a = alloc.poolAlloc(Pair);
      a.a = i;
      const f = alloc.frameAlloc(Pair);
      f.b = a.a;
      kept[0] = f.b;
      alloc.poolFree(a);
      alloc.heapFree(alloc.heapAlloc(Pair));
    }
    alloc.endFrame();
  });
  expect(kept[0]).toBe(49);
});

test("off means free: nothing that watches is there, and values go the short ways; statistics bring the counting of values and no more", () => {
  const use = (alloc: SmartAlloc): SmartAlloc => {
    alloc.withFrame(() => alloc.withTag("t", () => { alloc.frameAlloc(Pair); alloc.frameBox(1); }));
    alloc.poolFree(alloc.poolAlloc(Pair));
    alloc.heapFree(alloc.heapAlloc(Pair));
    alloc.stats();
    return alloc;
  };
  /** Functions that stand in place of those of their class. */
  const replaced = (alloc: SmartAlloc): string[] => Object.entries({ pool: alloc["pool"], heap: alloc["heap"], frames: alloc["frames"], containers: alloc["containers"] })
    .flatMap(([name, part]) => Object.entries(part).filter(([key, value]) => typeof value === "function" && key in Object.getPrototypeOf(part)).map(([key]) => `${name}.${key}`));
  const watching = ({ usage, behavior, lifecycle }: NonNullable<SmartAlloc["watchers"]>): boolean[] => [usage !== undefined, behavior !== undefined, lifecycle !== undefined];
  const off = use(new SmartAlloc(config));
  expect([replaced(off), off["observation"], watching(off["watchers"] ?? expect.fail("tags are in use"))]).toEqual([[], undefined, [false, false, false]]);
  const on = use(new SmartAlloc({ ...config, statistics: true }));
  expect([replaced(on).sort(), watching(on["watchers"] ?? expect.fail("statistics are on"))]).toEqual([["heap.alloc", "heap.free", "pool.alloc", "pool.free"], [true, false, false]]);
  on.enableLifecycleTracking();
  expect(replaced(on)).toEqual(expect.arrayContaining(["frames.alloc", "frames.slice", "containers.box"]));
});
