/** What becomes of frame memory that an agent's budget, or a tag's, does not allow: by every way of asking for it, with padding and guards, and where it is counted. */
import { AllocConfig, array, f32, i32, SmartAlloc, soa, struct, type AllocOptions, type BudgetEventName } from "@framealloc/runtime";
import { describe, expect, test, vi } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const newAlloc = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false, ...options });

describe.each([false, true])("debug %s", (debug) => {
  test("promote: whatever asks for frame memory gets it, frame after frame", () => {
    const alloc = newAlloc({ debug, threadBudget: { frameBudget: 100, frameExceededPolicy: "promote" } });
    for (let frame = 0; frame < 4; frame += 1) {
      alloc.beginFrame();
      const views = Array.from({ length: 20 }, () => alloc.frameAlloc(Vec3));
      const tried = Array.from({ length: 20 }, () => alloc.tryFrameAlloc(Vec3));
      for (const [i, view] of [...views, ...tried].entries()) if (view !== undefined) view.x = i;
      expect([...views, ...tried].map((view) => view?.x)).toEqual(Array.from({ length: 40 }, (_, i) => i));
      const vec = alloc.frameVec(i32);
      for (let i = 0; i < 100; i += 1) expect(vec.tryPush(i)).toBe(true);
      expect([vec.at(-1), alloc.frameSlice(f32, 50).length, alloc.frameAlloc4(Vec3).length, alloc.frameBox(Vec3, { z: 3 }).value.z]).toEqual([99, 50, 4, 3]);
      const map = alloc.frameMap("number", i32, 30);
      for (let i = 0; i < 30; i += 1) map.set(i, -i);
      expect([map.get(29), views[19]?.x, vec.at(0)]).toEqual([-29, 19, 0]);
      alloc.endFrame();
    }
    expect([alloc.budgets().usage(), alloc.leakReport().leaks]).toEqual([0, []]);
  });

  test("promoted frame values count: for the tag, its budget and that of everything, until the frame ends", () => {
    const alloc = newAlloc({ debug, threadBudget: { frameBudget: 100, frameExceededPolicy: "promote" } });
    alloc.budgets().registerTagBudget("ai", 500, 2000);
    const told: string[] = [];
    for (const name of ["softLimitExceeded", "hardLimitExceeded"] satisfies BudgetEventName[]) alloc.budgets().on(name, ({ event }) => told.push(event));
    alloc.beginFrame();
    let count = 0;
    alloc.withTag("ai", () => {
      const error = errorOf("FA302", () => { for (; count < 1000; count += 1) alloc.frameAlloc(Vec3); });
      expect(error.capacity).toBe(2000);
      expect(alloc.tryFrameAlloc(Vec3)).toBeUndefined();
    });
    expect(told).toEqual(["softLimitExceeded", "hardLimitExceeded", "hardLimitExceeded"]);
    const ai = alloc.tagStats()[0];
    expect([ai?.frame.count, ai?.frame.bytes]).toEqual([count, alloc.budgets().usage("ai")]);
    expect(alloc.budgets().usage("ai")).toBeGreaterThan(2000 - 32);
    if (!debug) expect(count).toBe(Math.floor(2000 / 12));
    alloc.endFrame();
    expect(alloc.budgets().usage()).toBe(0);
  });

  test.each(["fail", "promote", "warn"] as const)("padding exceeds a budget as bytes do: %s", (frameExceededPolicy) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const alloc = newAlloc({ debug, threadBudget: { frameBudget: 160, frameExceededPolicy } });
    for (const ask of [() => alloc.frameAllocBytes(1, 1024), () => alloc.frameVec(i32, 1)]) {
      alloc.beginFrame();
      alloc.frameAllocBytes(debug ? 129 : 157, 1);
      if (frameExceededPolicy === "fail") errorOf("FA303", ask);
      else ask();
      alloc.endFrame();
    }
    warn.mockRestore();
  });

  test("a tag's hard limit that padding passes is FA302", () => {
    const alloc = newAlloc({ debug });
    alloc.budgets().registerTagBudget("ai", 200, 200);
    alloc.withFrame(() => {
      alloc.withTag("ai", () => {
        alloc.frameAllocBytes(100);
        errorOf("FA302", () => alloc.frameAllocBytes(1, 4096));
      });
    });
  });

  test("a budget that is set while the frame is open counts once what the frame holds", () => {
    const alloc = newAlloc({ debug, budgets: true });
    alloc.beginFrame();
    alloc.frameAllocBytes(400);
    alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: 1000 });
    expect(alloc.frameRemaining()).toBe(1000 - alloc.frameUsage());
    alloc.frameAllocBytes(400);
    errorOf("FA303", () => alloc.frameAllocBytes(400));
    alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: 2000 });
    alloc.budgets().setGlobalLimit(1500);
    alloc.frameAllocBytes(400);
    expect(alloc.frameRemaining()).toBe(1500 - alloc.frameUsage());
    errorOf("FA301", () => alloc.frameAllocBytes(400));
    alloc.endFrame();
  });
});

test.each([false, true])("pool values that were promoted are freed as others are, whatever stands for them, debug %s", (debug) => {
  const alloc = newAlloc({ debug, threadBudget: { poolBudget: 0, poolExceededPolicy: "promote" } });
  const values = [alloc.poolAlloc(array(f32, 4)), alloc.poolAlloc(soa(Vec3, 2)), alloc.poolAlloc(Vec3), alloc.poolAlloc(array(Vec3, 2))];
  const box = alloc.poolBox(array(f32, 4), [1, 2]);
  errorOf("FA206", () => alloc.heapFree(values[0] as object));
  for (const value of values) alloc.poolFree(value);
  box.release();
  errorOf("FA401", () => alloc.poolFree(values[0] as object));
  errorOf("FA206", () => alloc.poolFree(alloc.heapAlloc(array(f32, 3))));
  expect([alloc.leakReport().leaks.length, alloc.budgets().usage()]).toEqual([1, 12]);
});

test("listeners hear of a promoted frame value with its size", () => {
  const alloc = newAlloc({ threadBudget: { frameBudget: 0, frameExceededPolicy: "promote" } });
  const told: string[] = [];
  alloc.enableLifecycleTracking();
  alloc.onFrameEvent((event) => { if (event.type === "alloc") told.push(`${event.kind} ${event.sizeBytes}`); });
  alloc.withFrame(() => void alloc.frameAlloc(Vec3));
  expect(told).toEqual(["frame 12"]);
});
