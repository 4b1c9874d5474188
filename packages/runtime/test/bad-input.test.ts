/** What JavaScript callers pass that no type allows: a clear error, and all is as it was. */
import { AllocConfig, alignOf, array, f32, FrameArena, FrameBarrier, HandleAllocator, layoutOf, offsetOf, registerReset, sizeOf, SmartAlloc, soa, struct, TransferChannel, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Point = struct({ x: f32, y: f32 }, { name: "Point" });
const newAlloc = (debug: boolean): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug });
/** Of any type. */
const any = (value: unknown): never => value as never;

describe.each([false, true])("debug %s", (debug) => {
  const NO_TYPES: readonly unknown[] = [undefined, null, {}, [], "x", 7, true, () => 1, async () => 1, { f() {} }.f, parseInt, { sizeBytes: "4" }];

  test.each([false, true])("what is no type is refused by every way to allocate, and by the next one again, budgets %s", (budgets) => {
    const alloc = newAlloc(debug);
    if (budgets) alloc.budgets();
    const scratch = alloc.scratchPool("s", { capacity: 1024 });
    const group = alloc.groups().createGroup("g");
    alloc.beginFrame();
    const ways: readonly ((type: never) => unknown)[] = [
      (type) => alloc.frameAlloc(type), (type) => alloc.tryFrameAlloc(type), (type) => alloc.frameSlice(type, 2), (type) => alloc.frameAllocBatch(type, 2), (type) => alloc.frameAlloc4(type),
      (type) => alloc.poolAlloc(type), (type) => alloc.tryPoolAlloc(type), (type) => alloc.heapAlloc(type), (type) => alloc.groups().alloc(group, type),
      (type) => alloc.handles().alloc(type), (type) => alloc.handles().tryAlloc(type), (type) => new HandleAllocator(4096).alloc(type),
      (type) => scratch.alloc(type), (type) => scratch.tryAlloc(type), (type) => scratch.slice(type, 2),
    ];
    for (const way of ways) {
      for (const type of NO_TYPES) {
        for (let i = 0; i < 2; i += 1) errorOf("argument", () => way(any(type)));
      }
    }
    expect(alloc.stats()).toMatchObject({ activeAllocations: 0, allocationCount: 0, totalAllocated: 0 });
    expect([alloc.frameUsage(), scratch.stats().count]).toEqual([0, 0]);
    expect(alloc.frameAlloc(Point).x).toBe(0);
  });

  test("many of what lies in no row are refused", () => {
    const alloc = newAlloc(debug);
    alloc.beginFrame();
    for (const type of [array(f32, 2), soa(Point, 2)]) errorOf("argument", () => alloc.frameSlice(any(type), 2));
    errorOf("argument", () => alloc.frameSlice(class { a = 1; }, 2 ** 32));
    expect([alloc.frameUsage(), alloc.frameStats().count]).toEqual([0, 0]);
  });

  test("a constructor or a reset that throws leaves nothing half done", () => {
    const alloc = newAlloc(debug);
    let fails = 0;
    const maybeFail = (): void => {
      fails -= 1;
      if (fails === 0) throw new Error("own");
    };
    const failing = (left: number, call: () => unknown): void => {
      fails = left;
      expect(call).toThrow("own");
      fails = 0;
      expect([alloc.frameUsage(), alloc.frameStats().count]).toEqual([0, 0]);
    };
    class Made {
      a = 0;
      constructor() { maybeFail(); }
    }
    class Cleaned { a = 0; }
    registerReset(Cleaned, maybeFail);
    alloc.beginFrame();
    failing(3, () => alloc.frameSlice(Made, 4));
    // Two were made and wait, outside of debug mode too.
    failing(1, () => alloc.frameAlloc4(Made));
    expect(new Set([...alloc.frameSlice(Made, 3), alloc.frameAlloc(Made), ...alloc.frameSlice(Cleaned, 3)]).size).toBe(7);
    alloc.endFrame();
    // Debug mode hands none out again.
    if (debug) return;
    alloc.beginFrame();
    failing(2, () => alloc.frameSlice(Cleaned, 3));
    failing(1, () => alloc.frameAlloc(Cleaned));
    expect(new Set([alloc.frameAlloc(Cleaned), ...alloc.frameSlice(Cleaned, 3)]).size).toBe(4);
    alloc.endFrame();
  });
});

test.each([false, true])("a decision on a budget that is none is refused, and nothing is allocated; debug %s", (debug) => {
  const alloc = newAlloc(debug);
  let says = "maybe";
  alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: 0, poolBudget: 0, frameExceededPolicy: "custom", poolExceededPolicy: "custom", onExceeded: () => any(says) });
  alloc.beginFrame();
  for (const decision of ["maybe", "custom", ""]) {
    says = decision;
    errorOf("argument", () => alloc.poolAlloc(Point));
    errorOf("argument", () => alloc.frameAlloc(Point));
  }
  expect(alloc.stats()).toMatchObject({ activeAllocations: 0, totalAllocated: 0 });
  says = "allow";
  alloc.poolFree(alloc.poolAlloc(Point));
  alloc.frameAlloc(Point);
});

test("questions about what is no type", () => {
  for (const ask of [sizeOf, alignOf, layoutOf, (type: never) => offsetOf(type, "x")]) for (const type of [undefined, null, {}, "f32", class {}]) errorOf("argument", () => ask(any(type)));
  errorOf("argument", () => offsetOf(any(array(u8, 3)), "x"));
});

test("a reset needs a class and a function", () => {
  for (const Class of [undefined, null, {}, "x", () => 1]) errorOf("argument", () => registerReset(any(Class), () => {}));
  for (const fields of [undefined, null, 7, "x", () => 1]) errorOf("argument", () => struct(any(fields)));
  for (const source of [undefined, null, "16", {}, 4n]) errorOf("config", () => new FrameArena(any(source)));
  errorOf("argument", () => registerReset(class { a = 1; }, any("clear")));
});

test("an error says what it can of an array that holds itself", () => {
  const itself: unknown[] = [];
  itself.push(itself, "x");
  expect(errorOf("config", () => new SmartAlloc({ slabSizeClasses: any(itself) })).message).toContain('[a Array, "x"]');
});

describe("positions in a vec", () => {
  class Made { a = 0; }
  const alloc = newAlloc(false);
  alloc.beginFrame();
  const numbers = alloc.frameVec(f32);
  const points = alloc.frameVec(Point);
  const made = alloc.frameVec(Made);
  for (let i = 0; i < 3; i += 1) {
    numbers.push(i);
    points.push({ x: i });
    made.push(new Made());
  }

  test.each([["numbers", numbers, 9], ["structs", points, { x: 9 }], ["instances", made, new Made()]] as const)("%s lie at whole ones alone", (_, vec, value) => {
    const before = [...vec].map((each) => JSON.stringify(each));
    for (const index of [0.5, 1.5, NaN, -1, 3, 2 ** 32, -(2 ** 32), any("1"), any(null), any(true)] as number[]) {
      errorOf("argument", () => vec.get(index));
      errorOf("argument", () => vec.set(index, any(value)));
    }
    for (const index of [0.5, -0.5, NaN, 3, -4, 2 ** 32]) expect(vec.at(index)).toBeUndefined();
    expect([...vec].map((each) => JSON.stringify(each))).toEqual(before);
    expect(JSON.stringify(vec.get(-0))).toBe(before[0]);
  });

  test("a length of -0 is 0", () => {
    const vec = alloc.frameVec(u8);
    vec.push(1);
    vec.truncate(-0);
    expect(vec.length).toBe(0);
    vec.resize(-0);
    expect(vec.length).toBe(0);
  });
});

describe("options and listeners", () => {
  test("memory of channels is of a kind that there is; barriers share it unless they are told not to", () => {
    for (const memory of ["shared", "locale", "", 7, null, true]) errorOf("argument", () => new TransferChannel(4, { memory: any(memory) }));
    expect(["shared", "auto", "local"].map((memory) => new FrameBarrier(2, { memory: any(memory) }).share().buffer instanceof SharedArrayBuffer)).toEqual([true, true, false]);
    for (const memory of ["auto", "local", undefined] as const) expect([new TransferChannel(4, any({ memory })).capacity, new FrameBarrier(2, any({ memory })).arrivedCount()]).toEqual([4, 0]);
  });

  test("items of a channel have room in memory", () => {
    for (const itemBytes of [2 ** 31, 2 ** 40, 2 ** 53]) errorOf("argument", () => new TransferChannel(4, { itemBytes }));
    errorOf("argument", () => new TransferChannel(2 ** 16, { itemBytes: 2 ** 16 }));
  });

  test("a budget tells of the events that there are", () => {
    const budgets = newAlloc(false).budgets();
    for (const event of ["hardLimit", "", "toString", undefined, 7]) errorOf("argument", () => budgets.on(any(event), () => {}));
    budgets.on("threadBudgetWarning", () => {})();
  });

  test("who decides on a budget is a function, also while nobody asks it", () => {
    const alloc = newAlloc(false);
    for (const onExceeded of ["warn", null, {}]) errorOf("argument", () => alloc.setThreadBudgetConfig(alloc.agentId, { onExceeded: any(onExceeded) }));
    alloc.setThreadBudgetConfig(alloc.agentId, any({ onExceeded: undefined }));
  });

  test("a part of all lies between 0 and 1, and what is undefined is left out", () => {
    const alloc = newAlloc(false);
    for (const name of ["frameSurvivalRate", "poolSameFrameFreeRate"]) for (const rate of [80, 1.01, Infinity, -0.1]) errorOf("argument", () => alloc.enableBehaviorFilter({ [name]: rate }));
    alloc.enableBehaviorFilter({ frameSurvivalRate: 1, poolSameFrameFreeRate: 0, promotionChurnRate: 3, heapInHotPathCount: Infinity });
    alloc.enableBehaviorFilter(any({ minSamples: undefined }));
    expect(alloc.behaviorReport().filterEnabled).toBe(true);
  });

  test("who hears of evictions is a function, or nobody", () => {
    const streaming = newAlloc(false).streaming(1024);
    for (const listener of ["log", null, {}]) errorOf("argument", () => { streaming.setEvictionCallback(any(listener)); });
    streaming.setEvictionCallback(undefined);
  });
});

test("an error names what it was given", () => {
  const alloc = newAlloc(false);
  const named = (value: unknown): string => errorOf("argument", () => alloc.poolAlloc(any(value))).reason;
  expect([alloc.poolAlloc(Point), Object.create(null), new Date(), Math.max, 5n].map(named).map((text) => text.replace(/^.* is /, ""))).toEqual(["a object", "a object", "a Date", "function max", "5n"]);
});
