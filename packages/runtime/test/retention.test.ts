/**
 * Retained data: every policy at every way of ending a frame, and what the summary says.
 *
 * Longer than 300 lines: every policy meets every way of ending a frame.
 */
import { array, f32, i32, Importance, kilobytes, registerReset, RetentionPolicy, SmartAlloc, struct, u8, type FrameRetained } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Small = struct({ a: f32, b: i32 }, { name: "Small" });
const make = (): SmartAlloc => {
  const alloc = new SmartAlloc({ frameArenaSize: kilobytes(64), heapSize: kilobytes(64), slabPageSize: 4096, slabPagesPerClass: 1 });
  alloc.scratchPool("level", { capacity: 256 });
  return alloc;
};

const ENDS: readonly (readonly [string, (alloc: SmartAlloc, inFrame: () => void) => void])[] = [
  ["endFrame", (alloc, inFrame) => { alloc.beginFrame(); inFrame(); alloc.endFrame(); }],
  ["withFrame", (alloc, inFrame) => { alloc.withFrame(inFrame); }],
  ["a throw out of withFrame", (alloc, inFrame) => { expect(() => alloc.withFrame(() => { inFrame(); throw new Error("lost"); })).toThrow("lost"); }],
  ["a frame guard", (alloc, inFrame) => { using _frame = alloc.frame(); inFrame(); }],
  ["endFrameWithSummary", (alloc, inFrame) => { alloc.beginFrame(); inFrame(); alloc.endFrameWithSummary(); }],
  ["endFrameWithPromotions", (alloc, inFrame) => { alloc.beginFrame(); inFrame(); alloc.endFrameWithPromotions(); }],
];

describe.each(ENDS)("by %s", (_, frame) => {
  test("data goes where its policy says, and the handle with it", () => {
    const alloc = make();
    const policies = ["discard", "promoteToPool", "promoteToHeap", { promoteToScratch: "level" }] as const;
    const kept: FrameRetained<{ a: number; b: number }>[] = [];
    frame(alloc, () => {
      for (const [i, policy] of policies.entries()) {
        const retained = alloc.frameRetained(Small, policy, { a: i + 0.5 });
        retained.value.b = i * 10;
        kept.push(retained);
      }
      expect(kept.map(({ place }) => place)).toEqual(["frame", "frame", "frame", "frame"]);
    });
    expect(kept.map(({ place, isAlive }) => [place, isAlive])).toEqual([["none", false], ["pool", true], ["heap", true], ["scratch", true]]);
    // Whatever later frames write, the data is its own.
    alloc.withFrame(() => alloc.memory.u8.fill(0xff, alloc.frameAllocBytes(1024), alloc.memory.beginByte));
    alloc.withFrame(() => { for (let i = 0; i < 20; i += 1) Object.assign(alloc.frameAlloc(Small), { a: -1, b: -1 }); });
    expect(kept.slice(1).map(({ value }) => [value.a, value.b])).toEqual([[1.5, 10], [2.5, 20], [3.5, 30]]);
    errorOf("FA004", () => kept[0]?.value);
  });
});

test("plain endFrame promotes: the handle is returned and lives in the pool", () => {
  const alloc = make();
  const carry = (): FrameRetained<number> => {
    alloc.beginFrame();
    const d = alloc.frameRetained(42, "promoteToPool");
    alloc.endFrame();
    return d;
  };
  const d = carry();
  expect([d.place, d.value]).toEqual(["pool", 42]);
  d.value = 43;
  expect(d.value).toBe(43);
  d.release();
  errorOf("FA401", () => d.value);
});

describe("a handle", () => {
  test("is released once, by hand or by `using`, and its memory comes back", () => {
    const alloc = make();
    const Slots = array(u8, 4096);
    for (let round = 0; round < 5; round += 1) {
      const { promoted } = framed(alloc, () => alloc.frameRetained(Slots, "promoteToPool"));
      expect(promoted.length).toBe(1);
      using handle = promoted[0] as FrameRetained<Uint8Array>;
      expect(handle.value.length).toBe(4096);
    }
    const { promoted } = framed(alloc, () => alloc.frameRetained(Slots, "promoteToPool"));
    promoted[0]?.release();
    errorOf("FA401", () => promoted[0]?.release());
    promoted[0]?.[Symbol.dispose]();
  });

  test("released in its frame is promoted nowhere", () => {
    const alloc = make();
    const { promoted, summary } = framed(alloc, () => alloc.frameRetained(Small, "promoteToPool").release());
    expect([promoted.length, summary.promoted.pool.count, summary.discarded.count]).toEqual([0, 0, 0]);
  });

  test("of a scratch pool is stale when the pool is reset or removed", () => {
    const alloc = make();
    const [one, two] = [0, 1].map(() => framed(alloc, () => alloc.frameRetained(Small, { promoteToScratch: "level" })).promoted[0] as FrameRetained<object>);
    expect(one?.isAlive).toBe(true);
    alloc.scratchPool("level").reset();
    expect([one?.isAlive, two?.isAlive]).toEqual([false, false]);
    const third = framed(alloc, () => alloc.frameRetained(Small, RetentionPolicy.PromoteToScratch("level"))).promoted[0];
    alloc.scratch().remove("level");
    expect(third?.isAlive).toBe(false);
    errorOf("FA004", () => third?.value);
  });

  test("of a class goes back to where instances come from when its scratch pool is reset, once", () => {
    class Ghost {
      name = "";
    }
    const alloc = make();
    const promote = (): FrameRetained<Ghost> => framed(alloc, () => alloc.frameRetained(Ghost, { promoteToScratch: "level" })).promoted[0] as FrameRetained<Ghost>;
    const first = promote();
    const instance = first.value;
    alloc.scratchPool("level").reset();
    expect([first.isAlive, alloc.poolAlloc(Ghost) === instance]).toEqual([false, true]);

    const [second, third] = [promote(), promote()];
    const released = second.value;
    second.release();
    const reused = alloc.poolAlloc(Ghost);
    expect(reused).toBe(released);
    alloc.scratch().remove("level");
    // What was released before and is somebody else's now is left alone.
    const fourth = alloc.poolAlloc(Ghost);
    expect([third.isAlive, fourth === reused]).toEqual([false, false]);
  });

  test("holds values of every type", () => {
    const alloc = make();
    class Point {
      x = 0;
    }
    registerReset(Point, (point) => { point.x = 0; });
    const shared = { any: "thing" };
    const { promoted } = framed(alloc, () => {
      alloc.frameRetained(i32, "promoteToPool", 7);
      alloc.frameRetained(array(f32, 3), "promoteToHeap", [1, 2, 3]);
      alloc.frameRetained(array(Small, 2), "promoteToPool").value.at(1).b = 9;
      alloc.frameRetained(Point, "promoteToPool").value.x = 5;
      alloc.frameRetained(shared, "promoteToHeap");
    });
    const [number, floats, smalls, point, object] = promoted.map(({ value }) => value) as [number, Float32Array, { at(i: number): { b: number } }, Point, object];
    expect([number, [...floats], smalls.at(1).b, point.x, object]).toEqual([7, [1, 2, 3], 9, 5, shared]);
    for (const handle of promoted) handle.release();
    // The instance is handed out again, cleaned.
    expect(alloc.poolAlloc(Point).x).toBe(0);
  });

  test("cannot be cloned, and says how it stands", () => {
    const alloc = make();
    const { promoted } = framed(alloc, () => alloc.frameRetained(Small, "promoteToPool", { a: 1 }));
    errorOf("FA201", () => structuredClone(promoted[0]));
    expect(JSON.stringify(promoted[0])).toBe('{"a":1,"b":0}');
  });
});

describe("what cannot be promoted", () => {
  test("says why, keeps nothing half, and loses nothing else", () => {
    const alloc = make();
    const Large = array(u8, 200);
    const Huge = array(u8, kilobytes(100));
    const failures: FrameRetained<unknown>[] = [];
    const spare = new SmartAlloc({ frameArenaSize: kilobytes(512), heapSize: 1024, slabSizeClasses: [16], slabPageSize: 64, slabPagesPerClass: 1, largeThreshold: 16 });
    spare.scratchPool("level", { capacity: 256 });
    spare.beginFrame();
    const good = spare.frameRetained(Small, "promoteToPool", { b: 1 });
    failures.push(
      spare.frameRetained(Huge, "promoteToPool"),
      spare.frameRetained(Huge, { promoteToScratch: "level" }),
      spare.frameRetained(Small, { promoteToScratch: "nowhere" }),
    );
    const first = spare.frameRetained(Large, { promoteToScratch: "level" });
    failures.push(spare.frameRetained(Large, { promoteToScratch: "level" }));
    const four = [1, 2, 3].map((b) => spare.frameRetained(Small, "promoteToPool", { b }));
    failures.push(spare.frameRetained(Small, "promoteToPool"));
    const { promoted, summary } = spare.endFrameWithPromotions();
    expect(promoted).toEqual([good, first, ...four]);
    expect(failures.map(({ failure }) => failure)).toEqual(["tooLarge", "tooLarge", "scratchPoolNotFound", "scratchPoolFull", "budgetExceeded"]);
    expect(failures.map(({ isAlive }) => isAlive)).toEqual([false, false, false, false, false]);
    expect(summary.failed).toEqual({
      tooLarge: { count: 2, bytes: 2 * kilobytes(100) },
      scratchPoolNotFound: { count: 1, bytes: 8 },
      scratchPoolFull: { count: 1, bytes: 200 },
      budgetExceeded: { count: 1, bytes: 8 },
      internalError: { count: 0, bytes: 0 },
    });
    expect(errorOf("FA004", () => failures[3]?.value).message).toContain("scratchPoolFull");
    expect(alloc.retainedCount()).toBe(0);
  });
});

test("a promotion that throws ends with its frame, and the handle has what was thrown", () => {
  const alloc = make();
  const lost = new Error("lost");
  alloc.beginFrame();
  const one = alloc.frameRetained(Small, "promoteToPool");
  const other = alloc.frameRetained(Small, "promoteToPool", { b: 2 });
  // Whatever a promotion may run into: here a field of the view that cannot be read.
  Object.defineProperty(one.value, "a", { get() { throw lost; } });
  const { promoted, summary } = alloc.endFrameWithPromotions();
  expect([promoted, summary.failed.internalError.count, one.failure, alloc.inFrame()]).toEqual([[other], 1, "internalError", false]);
  expect(errorOf("FA004", () => one.value).cause).toBe(lost);
  // What it had taken already went back.
  expect(alloc.leakReport().totalCount).toBe(1);
});

test("the summary tells by target, tag and phase; the tag stays with the data", () => {
  const alloc = make();
  alloc.beginFrame();
  alloc.withTag("ai", () => alloc.withPhase("think", () => {
    alloc.frameRetained(Small, "discard");
    alloc.frameRetained(Small, "promoteToPool");
  }));
  alloc.withTag("fx", () => alloc.frameRetained(array(f32, 4), "promoteToHeap"));
  alloc.frameRetained("text", { promoteToScratch: "level" });
  const summary = alloc.endFrameWithSummary();
  expect(summary.discarded).toEqual({ count: 1, bytes: 8 });
  expect(summary.promoted).toEqual({ pool: { count: 1, bytes: 8 }, heap: { count: 1, bytes: 16 }, scratch: { count: 1, bytes: 0 } });
  expect(summary.byTag.get("ai")).toMatchObject({ discarded: { count: 1 }, promoted: { count: 1, bytes: 8 }, failed: { count: 0 } });
  expect([...summary.byTag.keys()]).toEqual(["ai", "fx", ""]);
  expect(summary.byPhase.get("think")).toMatchObject({ discarded: { count: 1 }, promoted: { count: 1 } });
  expect([...summary.byPhase.keys()]).toEqual(["think", ""]);
  const ai = alloc.tagStats().find(({ path }) => path === "ai");
  expect([ai?.frame, ai?.pool]).toEqual([{ bytes: 16, count: 2 }, { bytes: 8, count: 1 }]);
});

test("importances stand for policies", () => {
  const alloc = make();
  const { promoted } = framed(alloc, () => {
    alloc.frameWithImportance(Small, "ephemeral");
    alloc.frameWithImportance(Small, Importance.Reusable);
    alloc.frameWithImportance(Small, "persistent", { b: 3 });
    alloc.frameWithImportance({ any: 1 }, Importance.Scratch("level"));
  });
  expect(promoted.map(({ place }) => place)).toEqual(["pool", "heap", "scratch"]);
});

test("scopes and rollbacks discard what was retained in them", () => {
  const alloc = make();
  alloc.beginFrame();
  const kept = alloc.frameRetained(Small, "promoteToPool");
  let inScope: FrameRetained<unknown>;
  {
    using _scope = alloc.frameScope();
    inScope = alloc.frameRetained(Small, "promoteToPool");
    expect(alloc.retainedCount()).toBe(2);
  }
  const point = alloc.frameCheckpoint();
  const rolledBack = alloc.frameRetained(Small, "promoteToHeap");
  alloc.rollbackTo(point);
  expect([kept, inScope, rolledBack].map(({ isAlive }) => isAlive)).toEqual([true, false, false]);
  expect(alloc.retainedCount()).toBe(1);
  alloc.clearRetained();
  expect([kept.isAlive, alloc.retainedCount()]).toEqual([false, 0]);
  expect(alloc.endFrameWithPromotions().promoted).toEqual([]);
});

test("bad calls change nothing", () => {
  const alloc = make();
  errorOf("FA001", () => alloc.frameRetained(Small, "discard"));
  errorOf("FA005", () => alloc.endFrameWithSummary());
  alloc.beginFrame();
  const before = alloc.frameUsage();
  for (const wrong of ["keep", undefined, null, {}, { promoteToScratch: 1 }] as never[]) {
    errorOf("argument", () => alloc.frameRetained(Small, wrong));
    errorOf("argument", () => alloc.frameWithImportance(Small, wrong));
  }
  expect([alloc.frameUsage(), alloc.retainedCount()]).toEqual([before, 0]);
  alloc.frameRetained(Small, "promoteToPool");
  // The report of the failed call above is not waited for any more.
  expect(alloc.endFrameWithPromotions().promoted.length).toBe(1);
});

describe("scratch pools", () => {
  test("hold until they are reset, over frames", () => {
    const alloc = make();
    const pool = alloc.scratchPool("level");
    const value = pool.alloc(Small);
    value.b = 4;
    const many = pool.slice(f32, 10);
    many.fill(2);
    alloc.withFrame(() => undefined);
    expect([value.b, many[9], pool.stats()]).toEqual([4, 2, { name: "level", usedBytes: 48, count: 2, highWaterMark: 48, capacity: 256 }]);
    pool.reset();
    expect([pool.alloc(Small).b, [...pool.slice(f32, 10)].every((each) => each === 0)]).toEqual([0, true]);
    expect(alloc.scratchPool("level")).toBe(pool);
  });

  test("say when they are full, and when they were removed", () => {
    const alloc = make();
    const pool = alloc.scratchPool("level");
    expect(errorOf("FA301", () => pool.alloc(array(u8, 300)))).toMatchObject({ requested: 300, used: 0, capacity: 256 });
    errorOf("FA301", () => pool.slice(u8, 257));
    expect(pool.tryAlloc(array(u8, 257))).toBeUndefined();
    pool.slice(u8, 256);
    expect(alloc.scratch().remove("level")).toBe(true);
    expect(alloc.scratch().remove("level")).toBe(false);
    for (const call of [() => pool.alloc(u8), () => pool.slice(u8, 1), () => pool.reset()]) errorOf("FA401", call);
    expect(alloc.scratchPool("level", { capacity: 64 }).stats().capacity).toBe(64);
  });

  test("give their memory back, and do not touch each other", () => {
    const alloc = make();
    for (let i = 0; i < 50; i += 1) {
      const one = alloc.scratchPool("one", { capacity: kilobytes(20) });
      const two = alloc.scratchPool("two", { capacity: kilobytes(20) });
      one.slice(u8, kilobytes(20)).fill(1);
      expect(two.slice(u8, kilobytes(20)).every((each) => each === 0)).toBe(true);
      alloc.scratch().resetAll();
      expect(alloc.scratch().stats().map(({ name, usedBytes }) => [name, usedBytes])).toEqual([["level", 0], ["one", 0], ["two", 0]]);
      alloc.scratch().remove("one");
      alloc.scratch().remove("two");
    }
    errorOf("FA301", () => alloc.scratchPool("three", { capacity: kilobytes(100) }));
    expect(alloc.scratch().reset("three")).toBe(false);
    for (const wrong of [-1, 0.5, NaN]) errorOf("argument", () => alloc.scratchPool("four", { capacity: wrong }));
    errorOf("argument", () => alloc.scratchPool(""));
  });
});

test("what is retained in a scope goes with it, also after those before it were cleared", () => {
  const alloc = make();
  alloc.beginFrame();
  const before = [alloc.frameRetained(Small, "promoteToPool"), alloc.frameRetained(Small, "promoteToPool")];
  const point = alloc.frameCheckpoint();
  const scope = alloc.frameScope();
  alloc.clearRetained();
  const inScope = alloc.frameRetained(Small, "promoteToPool", { a: 1 });
  scope[Symbol.dispose]();
  // Lies where the one in the scope lay.
  alloc.frameAlloc(Small).a = 2;
  const later = alloc.frameRetained(Small, "promoteToPool");
  expect([...before, inScope, later].map(({ isAlive }) => isAlive)).toEqual([false, false, false, true]);
  alloc.rollbackTo(point);
  const { promoted } = alloc.endFrameWithPromotions();
  expect([promoted.length, alloc.retainedCount(), later.isAlive]).toEqual([0, 0, false]);
});

function framed(alloc: SmartAlloc, fn: () => unknown): ReturnType<SmartAlloc["endFrameWithPromotions"]> {
  alloc.beginFrame();
  fn();
  return alloc.endFrameWithPromotions();
}

/** Instances lie in the pool from the start, so a program can free one that it retained. */
describe.each([false, true])("a retained instance that was freed by itself, debug %s", (debug) => {
  class Thing { a = 0; }
  const open = (): SmartAlloc => {
    const alloc = new SmartAlloc({ frameArenaSize: kilobytes(64), heapSize: kilobytes(64), slabPageSize: 4096, debug });
    alloc.scratchPool("level", { capacity: 256 });
    alloc.beginFrame();
    return alloc;
  };

  test("keeps no frame, scope or scratch pool from ending, nor others from being given back", () => {
    for (const end of ["endFrame", "scope", "clearRetained", "scratch"] as const) {
      const alloc = open();
      const scope = end === "scope" ? alloc.frameScope() : undefined;
      const policy = end === "scratch" ? ({ promoteToScratch: "level" } as const) : "discard";
      const [first, second] = [alloc.frameRetained(Thing, policy), alloc.frameRetained(Thing, policy)];
      alloc.frameAlloc(Small);
      if (end === "scratch") alloc.endFrame();
      alloc.poolFree(first.value);
      scope?.[Symbol.dispose]();
      if (end === "clearRetained") alloc.clearRetained();
      if (end === "scratch") expect(alloc.scratch().remove("level")).toBe(true);
      else alloc.endFrame();
      expect([alloc.inFrame(), alloc.frameUsage(), first.isAlive, second.isAlive, alloc.stats().pool.activeCount]).toEqual([false, 0, false, false, 0]);
      alloc.withFrame(() => alloc.frameAlloc(Small));
    }
  });

  test("is told when it is released, and is gone then", () => {
    const alloc = open();
    const retained = alloc.frameRetained(Thing, "promoteToPool");
    alloc.poolFree(retained.value);
    errorOf("FA401", () => retained.release());
    expect([retained.isAlive, alloc.retainedCount()]).toEqual([false, 0]);
    alloc.endFrame();
  });
});
