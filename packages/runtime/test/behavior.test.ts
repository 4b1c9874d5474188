/** The behaviour filter: each threshold from both sides, by driving an allocator; that reports repeat; that memory stays that of the tags. */
import { array, BehaviorThresholds, CollectingSink, f64, installSink, setStrictMode, SmartAlloc, struct, u8, type BehaviorReport, type GivenThresholds } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { afterEach, describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const Big = array(u8, 5000);
const sink = new CollectingSink();
let done = installSink(sink);
afterEach(() => {
  done();
  sink.clear();
  done = installSink(sink);
  setStrictMode("warn");
});

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

/** In a frame of its own: `allocs` frame allocations under "t", so many of them promoted; the promoted ones are released when `lived` frames have passed. */
function survive(alloc: SmartAlloc, allocs: number, promoted: number, lived: number): void {
  const kept: { release(): void }[] = [];
  frames(alloc, 1, () => alloc.withTag("t", () => {
    for (let i = 0; i < promoted; i += 1) kept.push(alloc.frameRetained(Pair, "promoteToPool"));
    for (let i = promoted; i < allocs; i += 1) alloc.frameAlloc(Pair);
  }));
  frames(alloc, lived);
  for (const each of kept) each.release();
}

/** `count` pool values under "t", so many of them freed in their frame. */
function scratch(alloc: SmartAlloc, count: number, freed: number): void {
  const later: object[] = [];
  frames(alloc, 1, () => alloc.withTag("t", () => {
    for (let i = 0; i < count; i += 1) {
      const value = alloc.poolAlloc(Pair);
      if (i < freed) alloc.poolFree(value);
      else later.push(value);
    }
  }));
  frames(alloc, 1, () => { for (const value of later) alloc.poolFree(value); });
}

/** Promotes in so many of `count` frames. */
function churn(alloc: SmartAlloc, count: number, promotions: number): void {
  frames(alloc, count, (i) => alloc.withTag("t", () => {
    // Enough of what does not survive, so that the share of what does stays small.
    for (let k = 0; k < 10; k += 1) alloc.frameAlloc(Pair);
    if (i < promotions) alloc.frameRetained(Pair, "promoteToPool");
  }));
}

/** So many heap allocations in 60 frames, all freed in the frame after. */
function heap(alloc: SmartAlloc, count: number): void {
  let held: object[] = [];
  frames(alloc, 61, (i) => alloc.withTag("t", () => {
    for (const value of held) alloc.heapFree(value);
    const until = Math.floor((Math.min(i + 1, 60) * count) / 60);
    const from = Math.floor((Math.min(i, 60) * count) / 60);
    held = Array.from({ length: until - from }, () => alloc.heapAlloc(Pair));
  }));
}

type Row = readonly [name: string, thresholds: "default" | "strict" | "relaxed", over: (alloc: SmartAlloc) => void, expected: string, at: (alloc: SmartAlloc) => void];

describe("over a threshold it is an issue, at it not", () => {
  const rows: readonly Row[] = [
    ["FA501", "default", (alloc) => survive(alloc, 20, 1, 128), "FA501 t frame 128 > 60", (alloc) => survive(alloc, 20, 1, 60)],
    ["FA501", "strict", (alloc) => survive(alloc, 50, 1, 11), "FA501 t frame 11 > 10", (alloc) => survive(alloc, 50, 1, 10)],
    ["FA501", "relaxed", (alloc) => survive(alloc, 50, 1, 301), "FA501 t frame 301 > 300", (alloc) => survive(alloc, 50, 1, 300)],
    ["FA502", "default", (alloc) => survive(alloc, 10, 6, 20), "FA502 t frame 0.6 > 0.5", (alloc) => survive(alloc, 10, 5, 20)],
    ["FA502", "relaxed", (alloc) => survive(alloc, 50, 41, 99), "FA502 t frame 0.82 > 0.8", (alloc) => survive(alloc, 50, 40, 99)],
    ["FA510", "default", (alloc) => scratch(alloc, 10, 9), "FA510 t pool 0.9 > 0.8", (alloc) => scratch(alloc, 10, 8)],
    ["FA510", "strict", (alloc) => scratch(alloc, 10, 6), "FA510 t pool 0.6 > 0.5", (alloc) => scratch(alloc, 10, 5)],
    ["FA510", "relaxed", (alloc) => scratch(alloc, 100, 96), "FA510 t pool 0.96 > 0.95", (alloc) => scratch(alloc, 100, 95)],
    ["FA520", "default", (alloc) => churn(alloc, 20, 15), "FA520 t frame 0.75 > 0.5", (alloc) => churn(alloc, 20, 10)],
    ["FA520", "strict", (alloc) => churn(alloc, 10, 3), "FA520 t frame 0.3 > 0.2", (alloc) => churn(alloc, 10, 2)],
    ["FA530", "default", (alloc) => heap(alloc, 101), "FA530 t heap 101 > 100", (alloc) => heap(alloc, 100)],
    ["FA530", "strict", (alloc) => heap(alloc, 11), "FA530 t heap 11 > 10", (alloc) => heap(alloc, 10)],
  ];

  test.each(rows)("%s, %s", (code, name, over, expected, at) => {
    const bad = watched(name);
    over(bad);
    const report = bad.behaviorReport();
    expect(found(report).filter((text) => text.startsWith(code))).toEqual([expected]);
    const issue = report.issues.find((each) => each.code === code);
    // The line of this file that did it.
    expect(issue?.location).toMatch(/^at .*behavior\.test\.ts:\d+:\d+/);
    expect(issue?.message).toContain('under the tag "t"');
    const good = watched(name);
    at(good);
    expect(found(good.behaviorReport()).filter((text) => text.startsWith(code))).toEqual([]);
  });

  test("fewer samples than the least say nothing", () => {
    const alloc = watched();
    survive(alloc, 9, 9, 100);
    scratch(alloc, 9, 9);
    expect(found(alloc.behaviorReport())).toEqual([]);
    const enough = watched({ minSamples: 9 });
    survive(enough, 9, 9, 100);
    expect(found(enough.behaviorReport()).map((text) => text.slice(0, 5))).toEqual(["FA501", "FA502"]);
  });

  test("heap allocations outside of frames, and those spread over more than 60 frames, are fine; groups and handles count", () => {
    const alloc = watched("strict");
    for (let i = 0; i < 20; i += 1) alloc.heapAlloc(Pair);
    frames(alloc, 600, (i) => { if (i % 6 === 0) alloc.heapFree(alloc.heapAlloc(Pair)); });
    expect(found(alloc.behaviorReport())).toEqual([]);
    const group = alloc.groups().createGroup("g");
    frames(alloc, 1, () => { for (let i = 0; i < 6; i += 1) { alloc.groups().alloc(group, Pair); alloc.handles().alloc(Pair); } });
    // Nine of the sixty frames before had one too.
    expect(found(alloc.behaviorReport())).toEqual(["FA530  heap 21 > 10"]);
  });

  test("a promotion to the pool or the heap is no allocation in a frame", () => {
    const alloc = watched("strict");
    frames(alloc, 30, () => { for (let k = 0; k < 9; k += 1) alloc.frameAlloc(Pair); alloc.frameRetained(Pair, "promoteToHeap").value.a = 1; });
    expect(found(alloc.behaviorReport()).map((text) => text.slice(0, 5))).toEqual(["FA501", "FA520"]);
  });
});

describe("the report", () => {
  const run = (): BehaviorReport => {
    const alloc = watched("strict");
    survive(alloc, 10, 9, 30);
    scratch(alloc, 10, 9);
    heap(alloc, 30);
    alloc.withTag("z", () => scratch(alloc, 10, 9));
    return alloc.behaviorReport();
  };

  test("is the same for the same program", () => {
    expect(String(run())).toBe(String(run()));
    expect(run()).toEqual(run());
  });

  test("is in order of severity, and tells how many; issues are diagnostics", () => {
    const report = run();
    expect(report.issues.map(({ code, tag }) => `${code} ${tag}`)).toEqual(["FA501 t", "FA502 t", "FA530 t", "FA510 t", "FA510 z::t"]);
    expect([report.hasErrors(), report.hasWarnings(), report.issuesAtLevel("warning").length, report.issuesAtLevel("hint").length, report.filterEnabled]).toEqual([false, true, 3, 5, true]);
    expect(report.summary()).toBe("0 errors, 3 warnings, 2 hints in 96 frames and 2 tags");
    expect(String(report)).toMatch(/\n\[framealloc\]\[FA502\] warning: 9 of 10 frame allocations survive their frame, expected at most 20 %, under the tag "t"\n {2}note: at .*\n {2}help: /);
    expect(report.stats.filter(({ kind }) => kind === "pool")).toMatchObject([{ tag: "t", totalAllocs: 10, sameFrameFrees: 9 }, { tag: "z::t", totalAllocs: 10, sameFrameFrees: 9 }]);
  });

  test("what is new is emitted, once; in strict mode it throws", () => {
    sink.clear();
    const alloc = watched();
    scratch(alloc, 10, 9);
    alloc.behaviorReport();
    alloc.behaviorReport();
    expect(sink.diagnostics.map(({ code }) => code)).toEqual(["FA510"]);
    heap(alloc, 101);
    setStrictMode("warning");
    expect(() => alloc.behaviorReport()).toThrow("[framealloc][FA530] warning: ");
    expect(alloc.behaviorReport().issues).toHaveLength(2);
  });

  test("without the filter it is empty; turned on again it begins anew, and counts nothing from before", () => {
    const alloc = new SmartAlloc({ heapSize: 100_000, frameArenaSize: 100_000, debug: false });
    survive(alloc, 20, 19, 100);
    const off = alloc.behaviorReport();
    expect([off.issues, off.filterEnabled, off.framesAnalyzed, off.hasWarnings()]).toEqual([[], false, 0, false]);
    alloc.enableBehaviorFilter();
    expect(alloc.behaviorReport().stats).toEqual([]);
    survive(alloc, 10, 6, 20);
    expect(found(alloc.behaviorReport())).toEqual(["FA502 t frame 0.6 > 0.5"]);
    alloc.enableBehaviorFilter("relaxed");
    expect([alloc.behaviorReport().issues, alloc.behaviorReport().framesAnalyzed]).toEqual([[], 0]);
    frames(alloc, 1, () => { for (let i = 0; i < 101; i += 1) alloc.frameAlloc(Pair); });
    expect(found(alloc.behaviorReport())).toEqual(["FA602  frame 101 > 100"]);
  });

  test("thresholds of the manual, and what is refused", () => {
    expect([BehaviorThresholds.default(), BehaviorThresholds.strict(), BehaviorThresholds.relaxed()].map((each) => Object.values(each))).toEqual([[60, 0.5, 0.8, 0.5, 100, 10], [10, 0.2, 0.5, 0.2, 10, 5], [300, 0.8, 0.95, 0.8, 1000, 50]]);
    const alloc = new SmartAlloc({ frameArenaSize: 1000, heapSize: 1000 });
    for (const bad of ["lenient", 5, null, { minSamples: -1 }, { minSamples: Number.NaN }, { samples: 3 }]) errorOf("argument", () => { alloc.enableBehaviorFilter(bad as GivenThresholds); });
  });
});

test("allocation is what it was: values, errors and freeing, over memory of every kind", () => {
  const alloc = watched();
  frames(alloc, 3, () => {
    const a = alloc.poolAlloc(Pair);
    a.a = 1;
    const b = alloc.heapAlloc(Big);
    b[4999] = 7;
    const slices = [alloc.frameSlice(f64, 3), alloc.frameVec(f64, 2), alloc.frameMap("string", f64, 2), alloc.frameAlloc2(Pair), alloc.tryFrameAlloc(Pair), alloc.frameAllocBytes(10, 64)];
    expect([a.a, b[4999], slices.length, alloc.frameAllocBytes(1, 64) % 64]).toEqual([1, 7, 6, 0]);
    alloc.poolFree(a);
    alloc.heapFree(b);
    errorOf("FA401", () => { alloc.poolFree(a); });
  });
  errorOf("FA001", () => alloc.frameAlloc(Pair));
  expect(alloc.tryFrameAlloc(Pair)).toBeUndefined();
});

test("frames in their steady state make no garbage with statistics and the filter on", () => {
  const alloc = new SmartAlloc({ frameArenaSize: 100_000, heapSize: 100_000, debug: false, statistics: true });
  alloc.enableBehaviorFilter();
  const kept: object[] = [];
  expectNoAlloc(() => {
    alloc.beginFrame();
    const tag = alloc.tagScope("t");
    for (let i = 0; i < 20; i += 1) {
      const f = alloc.frameAlloc(Pair);
      f.a = i;
      alloc.frameSlice(f64, 4)[0] = f.a;
      alloc.poolFree(alloc.poolAlloc(Pair));
      const box = alloc.frameBox(f);
      box.value.b = 2;
    }
    if (kept.length > 0) alloc.poolFree(kept.pop() as object);
    kept.push(alloc.poolAlloc(Pair));
    tag[Symbol.dispose]();
    alloc.endFrame();
  });
  expect(found(alloc.behaviorReport()).map((text) => text.slice(0, 5))).toEqual(["FA510"]);
});
