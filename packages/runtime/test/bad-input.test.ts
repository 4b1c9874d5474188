/** What JavaScript callers pass that no type allows: a clear error, and all is as it was. */
import { AllocConfig, alignOf, array, f32, FrameArena, HandleAllocator, layoutOf, offsetOf, registerReset, sizeOf, SmartAlloc, soa, struct, u8 } from "@framealloc/runtime";
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
