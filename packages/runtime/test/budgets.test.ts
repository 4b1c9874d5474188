/** Budgets of tags, of all memory and of agents: what is counted, what is denied, what is told. */
import { AllocConfig, array, f64, kilobytes, SmartAlloc, struct, u8, type AllocOptions, type BudgetEvent, type BudgetEventName } from "@framealloc/runtime";
import { describe, expect, test, vi } from "vitest";
import { codeOf } from "./agent-programs.ts";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const K = array(u8, 1024);
const EVENTS: readonly BudgetEventName[] = ["softLimitExceeded", "hardLimitExceeded", "newPeak", "globalLimitExceeded", "threadBudgetExceeded", "threadBudgetWarning"];
const newAlloc = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: false, ...options });

/** Notes the events of an allocator: "softLimitExceeded ai 600". */
function listen(alloc: SmartAlloc, ...names: readonly BudgetEventName[]): string[] {
  const told: string[] = [];
  for (const name of names.length > 0 ? names : EVENTS) alloc.budgets().on(name, ({ event, tag, usedBytes }: BudgetEvent) => told.push(`${event} ${tag} ${usedBytes}`));
  return told;
}

describe.each([false, true])("debug %s", (debug) => {
  test("E27: 1 MB is denied under a global limit of 1024: FA301", () => {
    const alloc = newAlloc({ debug, heapSize: kilobytes(2048) });
    alloc.budgets().setGlobalLimit(1024);
    const told = listen(alloc, "globalLimitExceeded");
    const error = errorOf("FA301", () => alloc.heapAlloc(array(u8, 2 ** 20)));
    expect([error.requested, error.used, error.capacity]).toEqual([2 ** 20, 0, 1024]);
    expect(alloc.tryHeapAlloc(array(u8, 1025))).toBeUndefined();
    const within = alloc.heapAlloc(K);
    expect([within.length, alloc.budgets().usage(), told]).toEqual([1024, 1024, ["globalLimitExceeded  0", "globalLimitExceeded  0"]]);
    errorOf("FA301", () => alloc.poolAlloc(Pair));
    alloc.heapFree(within);
    expect([alloc.budgets().usage(), alloc.poolAlloc(Pair).a]).toEqual([0, 0]);
  });

  test("E27: a tag over its hard limit: FA302, with nothing changed; soft, hard and peak events once each", () => {
    const alloc = newAlloc({ debug });
    alloc.budgets().registerTagBudget("ai", 32, 64);
    const told = listen(alloc, "softLimitExceeded", "hardLimitExceeded");
    const peaks = listen(alloc, "newPeak");
    const pairs = alloc.withTag("ai", () => [1, 2, 3, 4].map(() => alloc.poolAlloc(Pair)));
    expect(told).toEqual(["softLimitExceeded ai 48"]);
    const error = errorOf("FA302", () => alloc.withTag("ai", () => alloc.poolAlloc(Pair)));
    expect([error.requested, error.used, error.capacity]).toEqual([16, 64, 64]);
    expect(told).toEqual(["softLimitExceeded ai 48", "hardLimitExceeded ai 64"]);
    // Outside of the tag there is room; and a path with the tag in it is the tag's.
    alloc.poolFree(alloc.withTag("physics", () => alloc.poolAlloc(Pair)));
    errorOf("FA302", () => alloc.withTag("ai", () => alloc.withTag("paths", () => alloc.heapAlloc(Pair))));
    expect(peaks.filter((each) => each.startsWith("newPeak ai"))).toEqual(["newPeak ai 16", "newPeak ai 32", "newPeak ai 48", "newPeak ai 64"]);
    // Freed elsewhere, it comes off the tag it was allocated under.
    for (const pair of pairs) alloc.poolFree(pair);
    expect(alloc.budgets().stats()).toEqual([
      { tag: "", usedBytes: 0, peakBytes: 80, softLimit: Infinity, hardLimit: Infinity },
      { tag: "ai", usedBytes: 0, peakBytes: 64, softLimit: 32, hardLimit: 64 },
    ]);
    for (let i = 0; i < 3; i += 1) alloc.withTag("ai", () => alloc.poolAlloc(Pair));
    expect(told.filter((each) => each.startsWith("soft"))).toHaveLength(2);
  });

  test("boxes, and frees that fail", () => {
    const alloc = newAlloc({ debug, budgets: true });
    const budgets = alloc.budgets();
    budgets.setGlobalLimit(64);
    const box = alloc.poolBox(Pair);
    expect(budgets.usage()).toBe(16);
    box.release();
    errorOf("FA401", () => box.release());
    const pair = alloc.poolAlloc(Pair);
    alloc.poolFree(pair);
    errorOf("FA401", () => alloc.poolFree(pair));
    errorOf("argument", () => alloc.poolBox(Pair, 5 as never));
    expect(budgets.usage()).toBe(0);
  });

  test("frame memory counts until its frame ends, and is bounded by what is left", () => {
    const alloc = newAlloc({ debug, budgets: true });
    const budgets = alloc.budgets();
    budgets.registerTagBudget("ai", 2000, 4000);
    for (let frame = 0; frame < 3; frame += 1) {
      alloc.beginFrame();
      alloc.frameAllocBytes(8000);
      alloc.withTag("ai", () => {
        const held = alloc.poolAlloc(K);
        alloc.frameAllocBytes(1000);
        expect(budgets.usage("ai")).toBeGreaterThanOrEqual(2024);
        const error = errorOf("FA302", () => alloc.frameAllocBytes(2100));
        expect([error.requested ?? 0, error.capacity]).toEqual([expect.toSatisfy((bytes: number) => bytes >= 2100), 4000]);
        alloc.poolFree(held);
        alloc.frameAllocBytes(2100);
        errorOf("FA302", () => alloc.frameSlice(u8, 1000));
      });
      alloc.frameAllocBytes(3000);
      alloc.endFrame();
      expect([budgets.usage("ai"), budgets.usage()]).toEqual([0, 0]);
    }
  });

  test("recycled frame objects do not slip under a limit that has come down", () => {
    const alloc = newAlloc({ debug, budgets: true });
    const frame = (count: number): void => {
      alloc.beginFrame();
      try {
        for (let i = 0; i < count; i += 1) alloc.frameAlloc(Pair).a = i;
      } finally {
        alloc.endFrame();
      }
    };
    frame(100);
    frame(100);
    alloc.budgets().setGlobalLimit(800);
    errorOf("FA301", () => frame(100));
    expect(alloc.budgets().usage()).toBe(0);
    alloc.budgets().setGlobalLimit(Infinity);
    frame(100);
    expect(alloc.frameNumber()).toBe(4);
  });
});

describe("an agent's own budget", () => {
  test("fail: FA303 for frame and pool", () => {
    const alloc = newAlloc();
    alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: 1000, poolBudget: 32 });
    const told = listen(alloc, "threadBudgetExceeded");
    alloc.beginFrame();
    alloc.frameAllocBytes(900);
    const error = errorOf("FA303", () => alloc.frameAllocBytes(200));
    expect([error.requested, error.used, error.capacity]).toEqual([200, 900, 1000]);
    const pairs = [alloc.poolAlloc(Pair), alloc.poolAlloc(Pair)];
    errorOf("FA303", () => alloc.poolAlloc(Pair));
    expect(alloc.tryPoolAlloc(Pair)).toBeUndefined();
    for (const pair of pairs) alloc.poolFree(pair);
    alloc.poolFree(alloc.poolAlloc(Pair));
    alloc.endFrame();
    expect(told).toEqual(["threadBudgetExceeded  900", "threadBudgetExceeded  32", "threadBudgetExceeded  32"]);
  });

  test("warn and allow go on; a warning comes at the threshold", () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const alloc = newAlloc({ threadBudget: { frameBudget: 1000, poolBudget: 32, frameExceededPolicy: "warn", poolExceededPolicy: "warn", warningThreshold: 50 } });
    const told = listen(alloc, "threadBudgetWarning");
    alloc.withFrame(() => void alloc.frameAllocBytes(2000));
    for (let i = 0; i < 3; i += 1) alloc.poolAlloc(Pair);
    expect(warn.mock.calls.map(([text]) => /FA303\] warning: this agent's (\w+) budget/.exec(String(text))?.[1])).toEqual(["frame", "pool"]);
    expect(told).toEqual(["threadBudgetWarning  2000", "threadBudgetWarning  16"]);
    warn.mockClear();
    alloc.setThreadBudgetConfig(alloc.agentId, { frameBudget: 1000, frameExceededPolicy: "allow", poolBudget: 0, poolExceededPolicy: "allow" });
    alloc.withFrame(() => void alloc.frameAllocBytes(2000));
    alloc.poolAlloc(Pair);
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });

  test("promote: frame values go to the heap until the frame ends, pool values until they are freed", () => {
    const alloc = newAlloc({ threadBudget: { frameBudget: 1600, poolBudget: 32, frameExceededPolicy: "promote", poolExceededPolicy: "promote" } });
    for (let frame = 0; frame < 3; frame += 1) {
      alloc.beginFrame();
      const pairs = Array.from({ length: 200 }, (_, i) => {
        const pair = alloc.frameAlloc(Pair);
        expect([pair.a, pair.b]).toEqual([0, 0]);
        pair.a = i;
        return pair;
      });
      expect(alloc.frameUsage()).toBe(1600);
      expect(pairs.map(({ a }) => a)).toEqual(Array.from({ length: 200 }, (_, i) => i));
      const slice = alloc.frameSlice(f64, 50);
      slice.fill(frame);
      expect(pairs.map(({ a }) => a)).toEqual(Array.from({ length: 200 }, (_, i) => i));
      alloc.endFrame();
      // The heap is whole again.
      const large = alloc.heapAlloc(array(u8, kilobytes(60)));
      alloc.heapFree(large);
    }
    const pooled = [1, 2, 3, 4].map(() => alloc.poolAlloc(Pair));
    const box = alloc.poolBox(Pair, { b: 7 });
    expect(alloc.leakReport().leaks.map(({ kind, count }) => [kind, count])).toEqual([["heap", 3], ["pool", 2]]);
    expect(box.value.b).toBe(7);
    box.release();
    for (const pair of pooled) alloc.poolFree(pair);
    errorOf("FA401", () => alloc.poolFree(pooled[3] as object));
    expect([alloc.leakReport().leaks, alloc.budgets().usage()]).toEqual([[], 0]);
  });

  test("custom: a function decides", () => {
    const asked: string[] = [];
    const alloc = newAlloc();
    alloc.setThreadBudgetConfig(alloc.agentId, {
      frameBudget: 100, poolBudget: 16, frameExceededPolicy: "custom", poolExceededPolicy: "custom",
      onExceeded: ({ kind, usedBytes, limitBytes, requestedBytes }) => {
        asked.push(`${kind} ${usedBytes} ${limitBytes} ${requestedBytes}`);
        return requestedBytes > 500 ? "fail" : "allow";
      },
    });
    alloc.beginFrame();
    errorOf("FA303", () => alloc.frameAllocBytes(600));
    alloc.frameAllocBytes(200);
    alloc.endFrame();
    alloc.poolAlloc(Pair);
    alloc.poolAlloc(Pair);
    errorOf("FA303", () => alloc.poolAlloc(K));
    expect(asked).toEqual(["frame 0 100 600", "frame 0 100 200", "pool 16 16 16", "pool 32 16 1024"]);
  });

  test("values out of their range are refused", () => {
    const alloc = newAlloc();
    for (const config of [null, { frameBudget: -1 }, { poolBudget: NaN }, { frameExceededPolicy: "stop" }, { poolExceededPolicy: "custom" }, { warningThreshold: 101 }, { frameBuget: 1 }]) errorOf("argument", () => alloc.setThreadBudgetConfig(0, config as never));
    errorOf("argument", () => alloc.setThreadBudgetConfig(1, {}));
    expect(errorOf("argument", () => alloc.setThreadBudgetConfig(0, { frameBuget: 1 } as never)).message).toContain("frameBuget");
    alloc.setThreadBudgetConfig(0, { frameBudget: undefined, poolExceededPolicy: undefined, warningThreshold: undefined } as never);
    alloc.withFrame(() => void alloc.frameAllocBytes(8));
    errorOf("config", () => newAlloc({ budgets: 1 as never }));
    for (const [tag, soft, hard] of [["", 1, 2], ["a", 2, 1], ["a", -1, 2], ["a", 1, NaN]] as const) errorOf("argument", () => alloc.budgets().registerTagBudget(tag, soft, hard));
    errorOf("argument", () => alloc.budgets().setGlobalLimit(-1));
  });
});

// Allocations that repeat those of a larger frame take a shorter way, which has to know of the bound; one that is watched takes it through others.
test.each([["", {}], [", watched from the beginning", { isTracked: true }], [", watched since", { isTracked: false }]])("a tag with less room than frames were large is bounded exactly, and no other%s", (_, { isTracked }: { readonly isTracked?: boolean }) => {
  const alloc = newAlloc();
  if (isTracked === true) alloc.enableLifecycleTracking();
  const fill = (count: number): number => {
    let made = 0;
    for (; made < count; made += 1) {
      const pair = alloc.tryFrameAlloc(Pair);
      if (pair === undefined) break;
      expect(pair.a).toBe(0);
      pair.a = made + 1;
    }
    return made;
  };
  const frame = (count: number): number => alloc.withFrame(() => fill(count));
  expect([frame(100), frame(100)]).toEqual([100, 100]);
  const slices = (count: number): number => {
    let made = 0;
    for (; made < count; made += 1) if (codeOf(() => alloc.frameSlice(f64, 2)) !== "") break;
    return made;
  };
  alloc.withFrame(() => slices(50));
  alloc.budgets().registerTagBudget("tiny", 40, 40);
  if (isTracked === false) alloc.enableLifecycleTracking();
  for (let round = 0; round < 3; round += 1) {
    // Two pairs of 16 bytes, and not half of the third.
    expect(alloc.withFrame(() => [alloc.withTag("tiny", () => fill(3)), fill(50)])).toEqual([2, 50]);
    expect(alloc.withFrame(() => [alloc.withTag("tiny", () => slices(3)), slices(50)])).toEqual([2, 50]);
    expect(frame(100)).toBe(100);
  }
});

test("a listener that throws leaves the counts as they are: what was allocated is there, and its error is thrown by itself", async () => {
  const alloc = newAlloc();
  const budgets = alloc.budgets();
  budgets.registerTagBudget("ai", 1, 1000);
  const heard: string[] = [];
  budgets.on("softLimitExceeded", () => { throw new Error("of the listener"); });
  budgets.on("softLimitExceeded", ({ tag }) => heard.push(tag));
  const errors: unknown[] = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => errors.push(error));
  const box = alloc.withTag("ai", () => alloc.poolBox(Pair));
  alloc.withFrame(() => alloc.withTag("ai", () => void alloc.frameAlloc(Pair)));
  expect([box.isAlive, budgets.usage(), alloc.inFrame(), heard]).toEqual([true, 16, false, ["ai"]]);
  box.release();
  expect(budgets.usage()).toBe(0);
  await new Promise((resolve) => setTimeout(resolve, 1));
  process.removeAllListeners("uncaughtException");
  for (const listener of others) process.on("uncaughtException", listener);
  expect(errors).toEqual([new Error("of the listener")]);
});
