/** What the behaviour filter finds by place: allocations in loops, and frames that are used after the task that opened them. */
import { CollectingSink, f64, installSink, SmartAlloc, struct, type BehaviorReport, type GivenThresholds } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { LoopSites } from "../src/behavior/loop-sites.ts";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
// What reports emit is behavior.test.ts's.
installSink(new CollectingSink());

function watched(thresholds?: GivenThresholds): SmartAlloc {
  const alloc = new SmartAlloc({ frameArenaSize: 1_000_000, heapSize: 1_000_000, debug: false });
  alloc.enableBehaviorFilter(thresholds);
  return alloc;
}

function frames(alloc: SmartAlloc, count: number, body: (i: number) => void = () => {}): void {
  for (let i = 0; i < count; i += 1) {
    alloc.beginFrame();
    body(i);
    alloc.endFrame();
  }
}

const found = (report: BehaviorReport): string[] => report.issues.map(({ code, tag, kind, observed, threshold }) => `${code} ${tag} ${kind} ${Math.round(observed * 1000) / 1000} > ${threshold}`);

describe("by place", () => {
  test("FA602: one place that allocates more than the limit in a frame; at the limit, or from two places, not", () => {
    const one = watched();
    frames(one, 1, () => { for (let i = 0; i < 101; i += 1) one.frameAlloc(Pair); });
    expect(one.behaviorReport().issues).toMatchObject([{ code: "FA602", severity: "warning", kind: "frame", location: expect.stringMatching(/behavior-places\.test\.ts:\d+/) as string }]);
    const limit = watched();
    frames(limit, 3, () => { for (let i = 0; i < 100; i += 1) limit.frameAlloc(Pair); });
    const two = watched();
    frames(two, 40, () => {
      for (let i = 0; i < 60; i += 1) two.frameAlloc(Pair);
      for (let i = 0; i < 60; i += 1) two.frameAlloc(Pair);
    });
    expect([...found(limit.behaviorReport()), ...found(two.behaviorReport())]).toEqual([]);
  });

  test("FA602 of boxes, raw bytes, and pool values; not of pool values that are freed in the round", () => {
    const alloc = watched({ loopAllocationLimit: 20, minSamples: 1000 });
    frames(alloc, 1, () => {
      for (let i = 0; i < 21; i += 1) alloc.frameBox(i);
      for (let i = 0; i < 21; i += 1) alloc.frameAllocBytes(8);
      for (let i = 0; i < 21; i += 1) alloc.poolAlloc(Pair);
      for (let i = 0; i < 50; i += 1) alloc.heapFree(alloc.heapAlloc(Pair));
    });
    expect(found(alloc.behaviorReport())).toEqual(["FA602  frame 21 > 20", "FA602  frame 21 > 20", "FA602  pool 21 > 20"]);
  });

  test("a place that is found among others is counted alone in the next frame", () => {
    const alloc = watched();
    frames(alloc, 2, () => {
      alloc.frameAlloc(Pair);
      for (let i = 0; i < 101; i += 1) alloc.frameAlloc(Pair);
    });
    expect(found(alloc.behaviorReport())).toEqual(["FA602  frame 101 > 100"]);
  });

  test("kinds without a place of that sort are looked at less and less", () => {
    let looks = 0;
    let place = "";
    const places: string[] = [];
    const sites = new LoopSites(10, (found) => { places.push(found); }, () => { looks += 1; return place; });
    for (let frame = 1; frame <= 200; frame += 1) {
      for (place of ["a", "b"]) for (let i = 0; i < 8; i += 1) sites.add("x", frame);
    }
    // Five on the way to the limit, and every one of the frames 2, 19, 52 and 117, after pauses of 16, 32 and 64.
    expect([looks, places]).toEqual([5 + 4 * 16, []]);
  });

  test("FA601: a frame that is allocated in after its task; FA603: a box, vec or map that is used after it", async () => {
    const alloc = watched();
    alloc.beginFrame();
    const box = alloc.frameBox(7);
    alloc.frameAlloc(Pair);
    expect(found(alloc.behaviorReport())).toEqual([]);
    await Promise.resolve();
    expect(box.isAlive).toBe(true);
    expect(box.value).toBe(7);
    alloc.withTag("late", () => alloc.frameAlloc(Pair));
    alloc.endFrame();
    expect(box.isAlive).toBe(false);
    expect(alloc.behaviorReport().issues.map(({ code, tag, location }) => [code, tag, /behavior-places\.test\.ts:\d+/.test(location ?? "")])).toEqual([["FA601", "late", true], ["FA603", "", true]]);
    expect(alloc.behaviorReport().hasErrors()).toBe(true);
  });

  test.each(["box", "vec", "map", "view"] as const)("FA603 of a %s: in the task of its frame it is stale and no more, later it is an issue too", async (what) => {
    const alloc = new SmartAlloc({ frameArenaSize: 100_000, debug: what === "view" });
    alloc.enableBehaviorFilter();
    const use = (): (() => unknown) => {
      alloc.beginFrame();
      const values = { box: alloc.frameBox(1), vec: alloc.frameVec(f64, 4), map: alloc.frameMap("number", f64, 4), view: alloc.frameAlloc(Pair) };
      alloc.endFrame();
      return { box: () => values.box.value, vec: () => values.vec.push(1), map: () => values.map.get(1), view: () => values.view.a }[what];
    };
    errorOf("FA004", use());
    expect(found(alloc.behaviorReport())).toEqual([]);
    const later = use();
    await Promise.resolve();
    errorOf("FA004", later);
    expect(found(alloc.behaviorReport())).toEqual(["FA603  frame 1 > 0"]);
  });

  test("FA603 in debug mode also of views, while their frame is open; not of what is allocated after the suspension", async () => {
    const alloc = new SmartAlloc({ frameArenaSize: 100_000, debug: true });
    alloc.enableBehaviorFilter();
    const make = (): { a: number } => alloc.frameAlloc(Pair);
    alloc.beginFrame();
    const before = make();
    before.a = 1;
    await Promise.resolve();
    const after = make();
    after.a = 2;
    expect(found(alloc.behaviorReport())).toEqual(["FA601  frame 1 > 0"]);
    expect([before.a, after.a]).toEqual([1, 2]);
    expect(found(alloc.behaviorReport())).toEqual(["FA601  frame 1 > 0", "FA603  frame 1 > 0"]);
    alloc.endFrame();
    errorOf("FA004", () => before.a);
    alloc.beginFrame();
    const kept = make();
    await Promise.resolve();
    alloc.endFrame();
    errorOf("FA004", () => kept.a);
  });

  test("frames that begin and end between two suspensions are fine, whatever runs in between", async () => {
    const alloc = watched();
    const loop = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i += 1) {
        frames(alloc, 2, () => { alloc.frameBox(alloc.frameAlloc(Pair).a).value += 1; });
        await Promise.resolve();
      }
    };
    await Promise.all([loop(20), loop(30)]);
    expect(found(alloc.behaviorReport())).toEqual([]);
  });
});
