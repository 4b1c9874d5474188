/** Listeners that do what they please: take themselves out, throw, allocate. What they are told of goes on, and its counts stay right. */
import { AllocConfig, array, DiagnosticsHooks, f64, SmartAlloc, struct, u8, type AllocOptions } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f64, b: f64 });
const newAlloc = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false, ...options });

/** What is thrown by itself while `fn` runs and right after. */
async function thrownBy(fn: () => void): Promise<readonly string[]> {
  const thrown: string[] = [];
  const note = (error: Error): void => void thrown.push(error.message);
  // The test runner has listeners of its own, which would count it as a failure.
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", note);
  try {
    fn();
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  } finally {
    process.off("uncaughtException", note);
    for (const other of others) process.on("uncaughtException", other);
  }
  return thrown;
}

describe("a listener that takes itself out", () => {
  test("does not keep the event from the next one, whoever tells", () => {
    const alloc = newAlloc({ budgets: true });
    alloc.enableLifecycleTracking();
    const hooks = new DiagnosticsHooks();
    hooks.attach(alloc);
    const seen: string[] = [];
    for (const [name, on] of [
      ["lifecycle", (listener: () => void) => alloc.onFrameEvent(listener)],
      ["hooks", (listener: () => void) => hooks.addListener(listener)],
      ["budgets", (listener: () => void) => alloc.budgets().on("newPeak", listener)],
    ] as const) {
      for (let i = 0; i < 3; i += 1) {
        const off = on(() => {
          off();
          seen.push(`${name} ${i}`);
        });
      }
    }
    const all = (...names: readonly string[]): string[] => names.flatMap((name) => [0, 1, 2].map((i) => `${name} ${i}`));
    // One event each.
    alloc.beginFrame();
    expect(seen).toEqual(all("hooks", "lifecycle"));
    alloc.poolAlloc(Pair);
    expect(seen).toEqual(all("hooks", "lifecycle", "budgets"));
  });

  test("and comes back is told of the next event, not of this one again", () => {
    const alloc = newAlloc();
    alloc.enableLifecycleTracking();
    let count = 0;
    const listener = (): void => {
      count += 1;
      off();
      off = alloc.onFrameEvent(listener);
    };
    let off = alloc.onFrameEvent(listener);
    alloc.withFrame(() => 0);
    expect(count).toBe(2);
  });

  test("one that listens twice is told twice, until each is ended", () => {
    const alloc = newAlloc({ budgets: true });
    let count = 0;
    const listener = (): void => void (count += 1);
    const [first, second] = [alloc.budgets().on("newPeak", listener), alloc.budgets().on("newPeak", listener)];
    alloc.poolAlloc(Pair);
    first();
    alloc.poolAlloc(Pair);
    second();
    alloc.poolAlloc(Pair);
    expect(count).toBe(3);
    errorOf("argument", () => alloc.budgets().on("newPeak", 1 as never));
  });
});

test("a listener of budgets that throws leaves nothing charged that is not there, and the frame ends", async () => {
  const alloc = newAlloc({ budgets: true });
  alloc.budgets().registerTagBudget("tag", 100, 1000);
  let count = 0;
  alloc.budgets().on("softLimitExceeded", () => { throw new Error("its own"); });
  alloc.budgets().on("softLimitExceeded", () => { count += 1; });
  const thrown = await thrownBy(() => {
    alloc.withTag("tag", () => {
      const bytes = alloc.poolAlloc(array(u8, 200));
      expect([alloc.budgets().usage("tag"), alloc.stats().pool.usedBytes]).toEqual([200, 200]);
      alloc.poolFree(bytes);
      alloc.withFrame(() => alloc.frameAllocBytes(200));
    });
  });
  expect([thrown, count, alloc.inFrame(), alloc.budgets().usage("tag")]).toEqual([["its own", "its own"], 2, false, 0]);
});

describe.each([false, true])("what listeners allocate when a frame ends, debug %s", (debug) => {
  test("is counted once, and the frame's own too", () => {
    const alloc = newAlloc({ debug, budgets: true });
    alloc.enableLifecycleTracking();
    const used: number[] = [];
    alloc.onFrameEvent(({ type }) => {
      if (type !== "frameEnd") return;
      used.push(alloc.budgets().usage());
      alloc.poolFree(alloc.poolAlloc(Pair));
      alloc.frameAlloc(Pair);
    });
    let bytes = 0;
    for (let i = 0; i < 4; i += 1) {
      alloc.withFrame(() => {
        alloc.frameAllocBytes(800);
        bytes = alloc.frameUsage();
        expect(alloc.budgets().usage()).toBe(bytes);
      });
    }
    expect(alloc.budgets().usage()).toBe(0);
    expect(used).toEqual([bytes, bytes, bytes, bytes]);
    expect(alloc.stats()).toMatchObject({ frame: { allocationCount: 8 }, pool: { allocationCount: 4, usedBytes: 0 } });
  });
});

test("values that were promoted for want of budget are there still when listeners are told of the frame's end", () => {
  const alloc = newAlloc({ threadBudget: { frameBudget: 8, frameExceededPolicy: "promote" } });
  alloc.enableLifecycleTracking();
  const seen: number[] = [];
  let value: { a: number } | undefined;
  alloc.onFrameEvent(({ type }) => {
    if (type !== "frameEnd") return;
    const other = alloc.heapAlloc(Pair);
    other.a = 1;
    seen.push(value?.a ?? NaN);
    alloc.heapFree(other);
  });
  for (let i = 0; i < 3; i += 1) {
    alloc.withFrame(() => {
      value = alloc.frameAlloc(Pair);
      value.a = 7;
    });
  }
  expect(seen).toEqual([7, 7, 7]);
});

describe.each([false, true])("what is told of while it is freed or taken, debug %s", (debug) => {
  test("a value that a listener frees again is freed once", async () => {
    for (const kind of ["pool", "heap"] as const) {
      const alloc = newAlloc({ debug });
      alloc.enableLifecycleTracking();
      const free = (value: object): void => (kind === "pool" ? alloc.poolFree(value) : alloc.heapFree(value));
      const values = Array.from({ length: 2 }, () => (kind === "pool" ? alloc.poolAlloc(Pair) : alloc.heapAlloc(Pair)));
      const [first] = values;
      if (first === undefined) throw new Error("two were made");
      const off = alloc.onFrameEvent((event) => { if (event.type === "free") free(first); });
      const thrown = await thrownBy(() => free(first));
      off();
      expect(thrown).toHaveLength(1);
      expect(thrown[0]).toContain("[FA401]");
      const { activeCount, deallocationCount } = alloc.stats()[kind];
      expect([activeCount, deallocationCount]).toEqual([1, 1]);
      const after = Array.from({ length: 3 }, () => (kind === "pool" ? alloc.poolAlloc(Pair) : alloc.heapAlloc(Pair)));
      expect(new Set(after).size).toBe(3);
      for (const [i, value] of after.entries()) value.a = i;
      expect(after.map(({ a }) => a)).toEqual([0, 1, 2]);
      expect(alloc.leakReport().leaks.reduce((sum, { count }) => sum + count, 0)).toBe(4);
    }
  });

  test("a handle that a listener frees again, allocates beside and defragments around", async () => {
    const alloc = newAlloc({ debug });
    alloc.enableLifecycleTracking();
    const handles = alloc.handles();
    const [first, second] = [handles.alloc(Pair), handles.alloc(Pair)];
    handles.resolve(second).a = 2;
    let made = first;
    let isTold = false;
    alloc.onFrameEvent((event) => {
      if (event.type !== "free" || isTold) return;
      isTold = true;
      made = handles.alloc(Pair);
      handles.resolve(made).a = 3;
      handles.defragment();
      handles.free(first);
    });
    const thrown = await thrownBy(() => handles.free(first));
    expect(thrown).toHaveLength(1);
    expect(thrown[0]).toContain("[FA401]");
    expect(handles.stats()).toMatchObject({ activeHandles: 2, totalAllocated: 32 });
    expect([second, made].map((handle) => handles.resolve(handle).a)).toEqual([2, 3]);
    handles.free(second);
    handles.free(made);
    handles.defragment();
    expect(handles.stats()).toMatchObject({ activeHandles: 0, holeBytes: 0 });
  });

  test("a group that is made while another one is freed keeps what is in it", () => {
    const alloc = newAlloc({ debug });
    alloc.enableLifecycleTracking();
    const groups = alloc.groups();
    const old = groups.createGroup("old");
    const freed = Array.from({ length: 4 }, () => groups.alloc(old, Pair));
    let made: ReturnType<typeof groups.createGroup> | undefined;
    const kept: (typeof freed)[number][] = [];
    alloc.onFrameEvent((event) => {
      if (event.type !== "free" || made !== undefined) return;
      made = groups.createGroup("new");
      for (let i = 0; i < 4; i += 1) kept.push(groups.alloc(made, Pair));
      for (const [i, value] of kept.entries()) value.a = i + 1;
    });
    groups.freeGroup(old);
    const later = groups.createGroup("later");
    for (let i = 0; i < 8; i += 1) groups.alloc(later, Pair).a = 9;
    expect(kept.map(({ a }) => a)).toEqual([1, 2, 3, 4]);
    expect(groups.stats()).toMatchObject({ totalGroups: 2, totalAllocations: 12 });
    if (made !== undefined) groups.freeGroup(made);
    groups.freeGroup(later);
    expect(alloc.stats().heap.activeCount).toBe(0);
    expect(alloc.leakReport().leaks).toEqual([]);
  });

  test("a page that the pool takes is there for a listener too", () => {
    const alloc = newAlloc({ debug, slabSizeClasses: [64], slabPageSize: 128, slabPagesPerClass: 2 });
    alloc.enableLifecycleTracking();
    let refills = 0;
    alloc.onFrameEvent((event) => {
      if (event.type !== "slabRefill") return;
      refills += 1;
      // Which leaves the page that was taken without a slot in use, if it has none yet.
      if (refills === 1) alloc.poolFree(alloc.poolAlloc(Pair));
    });
    alloc.poolFree(alloc.poolAlloc(Pair));
    for (let round = 0; round < 3; round += 1) {
      const values = Array.from({ length: 4 }, () => alloc.poolAlloc(Pair));
      for (const [i, value] of values.entries()) value.a = i;
      expect(values.map(({ a }) => a)).toEqual([0, 1, 2, 3]);
      for (const value of values) alloc.poolFree(value);
    }
    expect(refills).toBeGreaterThan(0);
    expect(alloc.stats().pool.activeCount).toBe(0);
  });
});

test("a frame's end knows what is in use, with what listeners allocate and free", () => {
  const alloc = newAlloc();
  const handle = alloc.handles().alloc(Pair);
  const before = [alloc.poolAlloc(Pair), alloc.heapAlloc(Pair)] as const;
  alloc.enableLifecycleTracking();
  let held = alloc.poolAlloc(Pair);
  const ends: (readonly [number, number])[] = [];
  alloc.onFrameEvent((event) => {
    if (event.type === "frameBegin") {
      alloc.poolFree(held);
      held = alloc.poolAlloc(Pair);
      alloc.groups().alloc(alloc.groups().createGroup("g"), Pair);
    }
    if (event.type === "frameEnd") ends.push([event.poolBytes, event.heapBytes]);
  });
  const expected: (readonly [number, number])[] = [];
  const frame = (inFrame: () => void): void => {
    alloc.withFrame(() => {
      inFrame();
      const { poolAllocated, heapAllocated } = alloc.stats();
      expected.push([poolAllocated, heapAllocated]);
    });
  };
  frame(() => {});
  frame(() => { alloc.poolFree(before[0]); alloc.handles().free(handle); });
  frame(() => { alloc.poolFree(held); alloc.heapFree(before[1]); held = alloc.poolAlloc(Pair); });
  expect(ends).toEqual(expected);
  expect(ends).toEqual([[32, 48], [16, 48], [16, 48]]);
});
