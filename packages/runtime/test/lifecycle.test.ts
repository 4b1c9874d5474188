/** Lifecycle events and what is built on them: each event with its figures, none when off, listeners that fail, hooks, graphs, no garbage. */
import { AllocConfig, array, DeferredConfig, DiagnosticsHooks, f64, ProfilerHooks, SmartAlloc, SnapshotHistory, struct, u8, type DiagnosticsEvent, type FrameEvent, type ProfilerEvent } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const config = { frameArenaSize: 10_000, heapSize: 100_000, slabPageSize: 4096, debug: false } as const;

function tracked(options: object = {}): { readonly alloc: SmartAlloc; readonly events: FrameEvent[]; readonly of: (type: FrameEvent["type"]) => FrameEvent[] } {
  const alloc = new SmartAlloc({ ...config, ...options });
  const events: FrameEvent[] = [];
  alloc.onFrameEvent((event) => { events.push({ ...event }); });
  alloc.enableLifecycleTracking();
  return { alloc, events, of: (type) => events.filter((event) => event.type === type) };
}

describe("events", () => {
  test.each([false, true])("of what is only tried as of the rest, and not of what had no room; debug %s", (debug) => {
    const { alloc, of } = tracked({ debug });
    alloc.beginFrame();
    alloc.tryFrameAlloc(Pair);
    alloc.tryFrameAlloc(class { a = 1; });
    expect(alloc.tryFrameAlloc(array(u8, 10_000))).toBeUndefined();
    expect(of("alloc").map((event) => event.type === "alloc" && event.sizeBytes >= 16)).toEqual([true, false]);
  });

  test("frames: begin, every kind of allocation with its tag, free, end with peak and total", () => {
    const { alloc, events } = tracked();
    alloc.beginFrame();
    alloc.withTag("ai", () => alloc.frameAlloc(Pair));
    const value = alloc.poolAlloc(Pair);
    const scope = alloc.frameScope();
    alloc.frameAllocBytes(100);
    scope[Symbol.dispose]();
    alloc.poolFree(value);
    alloc.endFrame();
    expect(events.filter(({ type }) => type !== "slabRefill")).toMatchObject([
      { type: "frameBegin", agentId: 0, frameNumber: 1, timeUs: expect.any(Number) as number },
      { type: "alloc", kind: "frame", sizeBytes: 16, tag: "ai", frameNumber: 1, ptr: -1 },
      { type: "alloc", kind: "pool", sizeBytes: 16, tag: "", frameNumber: 1, ptr: expect.any(Number) as number },
      { type: "alloc", kind: "frame", sizeBytes: 100 },
      { type: "free", kind: "pool", sizeBytes: 16, frameNumber: 1 },
      { type: "frameEnd", frameNumber: 1, totalAllocated: 116, peak: 116 },
    ]);
    const end = events.find((event) => event.type === "frameEnd");
    const begin = events.find((event) => event.type === "frameBegin");
    if (end?.type !== "frameEnd" || begin?.type !== "frameBegin") throw new Error("no frame was told");
    expect(end.durationUs).toBeGreaterThanOrEqual(0);
    expect(end.timeUs - begin.timeUs).toBeCloseTo(end.durationUs, 0);
  });

  test("one allocation is one event, by whichever call: typed, batch, tuple, box, vec, map; groups, handles, heap, class instances", () => {
    const { alloc, of } = tracked();
    class Point { x = 0; }
    alloc.beginFrame();
    alloc.frameAlloc(Point);
    alloc.tryFrameAlloc(Pair);
    alloc.frameAllocBatch(Pair, 3);
    alloc.frameAlloc2(Pair);
    alloc.frameBox(Pair, { a: 1 });
    alloc.frameBox(5);
    alloc.frameVec(f64, 4);
    alloc.frameMap("number", f64, 4);
    alloc.frameRetained(Pair, "discard");
    expect(of("alloc").map((event) => (event.type === "alloc" ? event.sizeBytes : -1)).map((size, i) => (i === 7 ? size > 0 : size))).toEqual([0, 16, 48, 32, 16, 0, 32, true, 16]);
    alloc.endFrame();
    const handle = alloc.handles().alloc(Pair);
    const group = alloc.groups().createGroup("g");
    alloc.groups().alloc(group, Pair);
    alloc.heapFree(alloc.heapAlloc(Pair));
    alloc.handles().free(handle);
    alloc.groups().freeGroup(group);
    expect(of("alloc").slice(9).map((event) => (event.type === "alloc" ? event.kind : ""))).toEqual(["handle", "group", "heap"]);
    expect(of("free").map((event) => (event.type === "free" ? event.kind : ""))).toEqual(["heap", "handle", "group"]);
  });

  test("transfers, and frees across agents", () => {
    const { alloc: owner, of } = tracked({ memory: "shared", deferred: DeferredConfig.bounded(8) });
    const other = SmartAlloc.attach(owner.share());
    const seen: FrameEvent[] = [];
    other.onFrameEvent((event) => { seen.push({ ...event }); });
    other.enableLifecycleTracking();
    const token = owner.frameBoxForTransfer(Pair).detach();
    other.receive(token).release();
    owner.processDeferredFrees();
    const name = { ptr: token.ptr, generation: token.generation, sizeBytes: 16 };
    expect(of("transferInitiated")).toMatchObject([{ ...name, agentId: 0 }]);
    expect(seen).toMatchObject([{ type: "transferCompleted", ...name, agentId: 1 }, { type: "crossThreadFreeQueued", agentId: 1, toAgent: 0, sizeBytes: 16 }]);
    expect(of("deferredProcessed")).toMatchObject([{ agentId: 0, count: 1 }]);
    expect([owner.threadFrameStats(1), other.threadFrameStats(1)].map(({ crossThreadFrees }) => crossThreadFrees)).toEqual([1, 1]);
  });

  test("memory pressure once until there is room again; budgets; refills", () => {
    const { alloc, of } = tracked({ threadBudget: { poolBudget: 40 } });
    for (let frame = 0; frame < 2; frame += 1) {
      alloc.beginFrame();
      for (let i = 0; i < 10; i += 1) alloc.frameAllocBytes(990);
      // Still full: that is known.
      alloc.frameAllocBytes(40);
      alloc.endFrame();
    }
    // Ten times 990, each but the last rounded up to a multiple of 8.
    expect(of("memoryPressure")).toMatchObject([{ kind: "frame", usedBytes: 9 * 992 + 990, limitBytes: 10_000 }, { kind: "frame" }]);
    for (let round = 0; round < 2; round += 1) {
      const blocks = [1, 2].map(() => alloc.heapAlloc(array(u8, 47_000)));
      for (const block of blocks) alloc.heapFree(block);
      alloc.heapFree(alloc.heapAlloc(Pair));
    }
    expect(of("memoryPressure").slice(2)).toMatchObject([{ kind: "heap", usedBytes: 94_016 }, { kind: "heap" }]);
    alloc.budgets().registerTagBudget("ai", 10, 20);
    alloc.withTag("ai", () => { alloc.poolAlloc(Pair); errorOf("FA302", () => alloc.poolAlloc(Pair)); });
    alloc.poolAlloc(Pair);
    errorOf("FA303", () => alloc.poolAlloc(Pair));
    expect(of("budgetWarning")).toMatchObject([{ tag: "ai", usedBytes: 16, limitBytes: 10 }, { tag: "" }]);
    expect(of("budgetExceeded")).toMatchObject([{ tag: "ai", requestedBytes: 16, limitBytes: 20 }, { tag: "", limitBytes: 40 }]);
    expect(of("slabRefill")).toMatchObject([{ slotBytes: 16, slotCount: 256 }]);
  });

  test("nothing before it is on, nothing after a listener has left; turning on twice is turning on once", () => {
    const alloc = new SmartAlloc(config);
    let count = 0;
    const end = alloc.onFrameEvent(() => { count += 1; });
    alloc.withFrame(() => alloc.frameAlloc(Pair));
    expect([count, alloc.threadFrameStats(0).framesStarted]).toEqual([0, 0]);
    alloc.enableLifecycleTracking();
    alloc.enableLifecycleTracking();
    alloc.withFrame(() => alloc.frameAlloc(Pair));
    expect(count).toBe(3);
    end();
    end();
    alloc.withFrame(() => alloc.frameAlloc(Pair));
    expect([count, alloc.threadFrameStats(0)]).toEqual([3, { framesStarted: 2, framesCompleted: 2, currentFrame: 3, totalAllocated: 32, peakMemory: 16, crossThreadFrees: 0 }]);
    errorOf("argument", () => alloc.onFrameEvent(1 as never));
    errorOf("argument", () => alloc.threadFrameStats(1));
  });

  test("a listener that throws disturbs nothing, and its error is not lost; what listeners allocate is not told", async () => {
    const { alloc, of } = tracked();
    alloc.onFrameEvent((event) => {
      if (event.type !== "frameEnd") return;
      alloc.frameAlloc(Pair);
      throw new Error("a listener's own");
    });
    // The test runner has listeners of its own, which would count it as a failure.
    const others = process.listeners("uncaughtException");
    process.removeAllListeners("uncaughtException");
    try {
      const thrown = new Promise((resolve) => { process.once("uncaughtException", resolve); });
      alloc.withFrame(() => 0);
      expect([alloc.inFrame(), of("alloc")]).toEqual([false, []]);
      expect(await thrown).toMatchObject({ message: "a listener's own" });
    } finally {
      for (const other of others) process.on("uncaughtException", other);
    }
  });

  test("debug mode tells the same", () => {
    const { alloc, of } = tracked({ debug: true });
    alloc.withFrame(() => { alloc.frameAlloc(Pair); alloc.frameBox(Pair); alloc.poolFree(alloc.poolAlloc(Pair)); });
    expect([of("alloc").length, of("free").length]).toEqual([3, 1]);
  });

  test("the figures of another agent's frames are seen here", async () => {
    const [worker] = await startWorkers(1);
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false });
    const { agentId, stats } = await (worker ?? expect.fail("a worker")).run<{ agentId: number; stats: unknown }>("trackedFrames", { alloc: alloc.share(), count: 20 });
    expect(stats).toEqual({ framesStarted: 20, framesCompleted: 20, currentFrame: 20, totalAllocated: 8000, peakMemory: 400, crossThreadFrees: 0 });
    expect(alloc.threadFrameStats(agentId)).toEqual(stats);
  });
});

describe("hooks", () => {
  test("those of an overlay: events that may be kept, large allocations, deferred frees", () => {
    const alloc = new SmartAlloc({ ...config, memory: "shared" });
    const hooks = new DiagnosticsHooks({ largeAllocationBytes: 1000 });
    const events: DiagnosticsEvent[] = [];
    const end = hooks.addListener((event) => { events.push(event); });
    const detach = hooks.attach(alloc);
    alloc.budgets().registerTagBudget("ai", 10, 1000);
    alloc.withFrame(() => { alloc.frameAllocBytes(999); alloc.withTag("ai", () => { alloc.heapAlloc(array(u8, 1000)); }); });
    SmartAlloc.attach(alloc.share()).receive(alloc.frameBoxForTransfer(Pair).detach()).release();
    alloc.processDeferredFrees();
    expect(events).toMatchObject([
      { type: "frameBegin", frameNumber: 1 }, { type: "budgetWarning", tag: "ai", usedBytes: 1000 }, { type: "largeAllocation", sizeBytes: 1000, kind: "heap", tag: "ai" },
      { type: "frameEnd", frameNumber: 1, peak: 999 }, { type: "deferredFree", count: 1 },
    ]);
    end();
    alloc.withFrame(() => 0);
    expect([events.length, hooks.history.length]).toEqual([5, 2]);
    detach();
    alloc.withFrame(() => 0);
    expect(hooks.history.length).toBe(2);
  });

  test("a graph has at most as many points as are asked for, with the first and the last", () => {
    const alloc = new SmartAlloc(config);
    const hooks = new DiagnosticsHooks({ maxSnapshots: 50 });
    hooks.attach(alloc);
    expect(hooks.getMemoryGraphData(10)).toEqual({ frames: [], current: [], peak: [], maxValue: 0 });
    for (let i = 1; i <= 80; i += 1) alloc.withFrame(() => alloc.frameAllocBytes(i * 8));
    const all = hooks.getMemoryGraphData(1000);
    expect([all.frames, all.current, all.maxValue]).toEqual([Array.from({ length: 50 }, (_, i) => 31 + i), Array.from({ length: 50 }, (_, i) => (31 + i) * 8), 640]);
    for (let max = 0; max <= 60; max += 1) {
      const { frames, current, peak } = hooks.getMemoryGraphData(max);
      expect([frames.length, current.length, peak.length]).toEqual([Math.min(max, 50), Math.min(max, 50), Math.min(max, 50)]);
      expect(new Set(frames).size).toBe(frames.length);
      if (max > 1) expect([frames[0], frames.at(-1)]).toEqual([31, 80]);
    }
    expect(hooks.getMemoryGraphData(1).frames).toEqual([80]);
    errorOf("argument", () => hooks.getMemoryGraphData(-1));
    errorOf("argument", () => new DiagnosticsHooks({ largeAllocationBytes: Number.NaN }));
  });

  test("a history keeps the last 300", () => {
    const history = new SnapshotHistory();
    const { stats } = new SmartAlloc(config);
    void stats;
    const figures = new SmartAlloc(config).stats();
    for (let frameNumber = 1; frameNumber <= 400; frameNumber += 1) {
      history.push({ frameNumber, stats: figures });
      if (frameNumber === 10) expect([history.length, history.at(0)?.frameNumber, history.at(9)?.frameNumber, history.at(10), history.at(-1)]).toEqual([10, 1, 10, undefined, undefined]);
    }
    expect([history.length, history.at(0)?.frameNumber, history.latest()?.frameNumber]).toEqual([300, 101, 400]);
    expect(history.snapshots().map(({ frameNumber }) => frameNumber)).toEqual(Array.from({ length: 300 }, (_, i) => 101 + i));
    history.clear();
    expect([history.length, history.latest()]).toEqual([0, undefined]);
    errorOf("argument", () => new SnapshotHistory(0));
  });

  test("those of a profiler: allocations and frees pair by their place, frames are marked, zones nest", () => {
    const alloc = new SmartAlloc(config);
    const events: ProfilerEvent[] = [];
    const hooks = new ProfilerHooks((event) => { events.push({ ...event }); });
    const detach = hooks.attach(alloc);
    alloc.beginFrame();
    {
      using _update = hooks.zone("update");
      const value = alloc.poolAlloc(Pair);
      const inner = hooks.zone("inner");
      alloc.poolFree(value);
      void inner;
    }
    alloc.endFrame();
    expect(events.map((event) => ("name" in event ? `${event.type} ${event.name}` : event.type))).toEqual(["zoneBegin update", "alloc", "zoneBegin inner", "free", "zoneEnd inner", "zoneEnd update", "frameMark"]);
    const [made, freed] = events.filter((event) => event.type === "alloc" || event.type === "free");
    expect(made).toMatchObject({ sizeBytes: 16, ptr: freed !== undefined && "ptr" in freed ? freed.ptr : NaN });
    hooks.enabled = false;
    alloc.withFrame(() => { using _zone = hooks.zone("off"); });
    detach();
    hooks.enabled = true;
    alloc.withFrame(() => 0);
    expect(events).toHaveLength(7);
    errorOf("argument", () => new ProfilerHooks(undefined as never));
  });
});

test("telling makes no garbage, with statistics, the filter and a profiler on", () => {
  const alloc = new SmartAlloc({ ...config, statistics: true });
  alloc.enableBehaviorFilter();
  const sums = new Float64Array(4);
  new ProfilerHooks((event) => { if ("sizeBytes" in event) sums[0] = (sums[0] ?? 0) + event.sizeBytes; }).attach(alloc);
  alloc.onFrameEvent((event) => { if (event.type === "frameEnd") sums[1] = event.peak; });
  expectNoAlloc(() => {
    alloc.beginFrame();
    for (let i = 0; i < 20; i += 1) {
      alloc.frameAlloc(Pair).a = i;
      alloc.frameBox(i).value += 1;
      alloc.poolFree(alloc.poolAlloc(Pair));
      alloc.heapFree(alloc.heapAlloc(Pair));
    }
    alloc.endFrame();
  });
  expect(sums[0]).toBeGreaterThan(0);
});
