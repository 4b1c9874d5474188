/** Traces, DevTools tracks and snapshot files: by the rules of their formats, with what was done in them, within their bounds. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AllocConfig, chromeTrace, devtoolsTracks, f64, formatBytes, SmartAlloc, SnapshotEmitter, struct, TraceRecorder, TransferChannel, type Snapshot, type TraceEvent } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import { Item } from "./agent-programs.ts";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";
import { faultsOfTrace } from "./trace-rules.ts";

const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const config = { frameArenaSize: 10_000, heapSize: 100_000, debug: false } as const;
const folder = mkdtempSync(join(tmpdir(), "framealloc-trace-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => { vi.restoreAllMocks(); vi.useRealTimers(); });

const slice = (tid: number, ts: number, dur: number, cat = "frame"): TraceEvent => ({ ph: "X", name: "x", cat, pid: 1, tid, ts, dur });
const arrow = (ph: "s" | "f", tid: number, ts: number, id: string): TraceEvent => ({ ph, name: "transfer", cat: "transfer", pid: 1, tid, ts, id, ...(ph === "f" ? { bp: "e" } : {}) });

describe("the rules find what is wrong", () => {
  test.each<[string, object[]]>([
    ["crosses the end", [slice(0, 0, 10), slice(0, 5, 10)]],
    ["`dur` is -1", [slice(0, 0, -1)]],
    ["`ts` is NaN", [{ ...slice(0, 0, 1), ts: "NaN" }]],
    ["0 ends", [slice(0, 0, 10), arrow("s", 0, 1, "1")]],
    ["outside of any slice", [slice(0, 0, 10), arrow("s", 0, 1, "1"), arrow("f", 1, 2, "1")]],
    ["ends before it begins", [slice(0, 0, 10), arrow("s", 0, 5, "1"), arrow("f", 0, 2, "1")]],
    ["does not bind", [slice(0, 0, 10), arrow("s", 0, 1, "1"), { ...arrow("f", 0, 2, "1"), bp: undefined }]],
    ["no hexadecimal number", [slice(0, 0, 10), arrow("s", 0, 1, "4096-1"), arrow("f", 0, 2, "4096-1")]],
    // In nanoseconds the outer one ends at 999, the inner one at 1000.
    ["crosses the end", [slice(0, 0.0009, 0.9991), slice(0, 0.5, 0.5)]],
    ["binds to x, not to the slice of its own", [slice(0, 0, 10, "transfer"), slice(0, 0, 0, "zone"), arrow("s", 0, 0, "1"), slice(1, 1, 1, "transfer"), arrow("f", 1, 1, "1")]],
    ["a counter without numbers", [{ ph: "C", name: "c", pid: 1, tid: 0, ts: 0, args: { a: "1" } }]],
  ])("%s", (text, traceEvents) => {
    expect(faultsOfTrace(JSON.stringify({ traceEvents })).join("; ")).toContain(text);
  });
});

describe("traces", () => {
  test("frames, zones in them, and memory, on the thread of the agent", () => {
    const alloc = new SmartAlloc(config);
    const kept = alloc.poolAlloc(Pair);
    const recorder = new TraceRecorder({ name: "main" });
    recorder.attach(alloc);
    for (let i = 0; i < 3; i += 1) {
      alloc.withFrame(() => {
        alloc.frameAlloc(Pair);
        using _update = recorder.zone("update");
        recorder.zone("left open");
        alloc.heapAlloc(Pair);
        if (i === 2) alloc.poolFree(kept);
      });
    }
    const trace = chromeTrace(recorder.events());
    expect(faultsOfTrace(JSON.stringify(trace))).toEqual([]);
    const named = (name: string): TraceEvent[] => trace.traceEvents.filter((event) => event.name === name);
    expect(trace.traceEvents[0]).toMatchObject({ ph: "M", name: "thread_name", args: { name: "main" } });
    expect(["frame 1", "frame 2", "frame 3"].map((name) => named(name)[0]?.args)).toEqual(Array(3).fill({ peakBytes: 16, allocatedBytes: 16 }));
    expect([named("update").length, named("left open").length]).toEqual([3, 3]);
    const [frame] = named("frame 2");
    const [update] = named("update").slice(1);
    if (frame === undefined || update === undefined) throw new Error("not recorded");
    expect(update.ts >= frame.ts && update.ts + (update.dur ?? 0) <= frame.ts + (frame.dur ?? 0) + 1e-6).toBe(true);
    expect(trace.traceEvents.filter(({ ph }) => ph === "C").map(({ args }) => args)).toEqual([{ frame: 16, pool: 16, heap: 16 }, { frame: 16, pool: 16, heap: 32 }, { frame: 16, pool: 0, heap: 48 }]);
    expect(Math.min(...trace.traceEvents.filter(({ ph }) => ph !== "M").map(({ ts }) => ts))).toBe(0);
  });

  test("three agents: a thread each, on one clock, and an arrow for each transfer from where it was sent to where it was received", async () => {
    const workers = await startWorkers(2);
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false });
    const channels = workers.map(() => new TransferChannel<typeof Item>(8));
    const recorder = new TraceRecorder();
    recorder.attach(alloc);
    const running = channels.map((channel, i) => (workers[i] ?? expect.fail("a worker")).run<TraceEvent[]>("recordedFrames", { alloc: alloc.share(), channel: channel.share(), count: 20 }));
    for (let i = 0; i < 20; i += 1) alloc.withFrame(() => { for (const channel of channels) channel.send(alloc.frameBoxForTransfer(Item, { index: i }), 60_000); });
    const trace = chromeTrace(recorder.events(), ...(await Promise.all(running)));
    expect(faultsOfTrace(JSON.stringify(trace))).toEqual([]);
    const count = (ph: string, tid: number): number => trace.traceEvents.filter((event) => event.ph === ph && event.tid === tid).length;
    const tids = [...new Set(trace.traceEvents.map(({ tid }) => tid))].sort((a, b) => a - b);
    expect(tids).toHaveLength(3);
    expect(tids.map((tid) => [count("M", tid), count("s", tid), count("f", tid)])).toEqual([[1, 40, 0], [1, 0, 20], [1, 0, 20]]);
    for (const tid of tids) expect(trace.traceEvents.filter(({ cat, tid: of }) => cat === "frame" && of === tid)).toHaveLength(20);
    // Alone, an agent's arrows have one end.
    expect(chromeTrace(recorder.events()).traceEvents.filter(({ ph }) => ph === "s")).toEqual([]);
  });

  test("times are whole nanoseconds for every reader, and sends of one moment keep their own arrows", () => {
    const events: TraceEvent[] = [];
    for (let i = 0; i < 300; i += 1) {
      const ts = 1000 + i * 7.123456789;
      events.push(slice(0, ts, 5.0007), slice(0, ts + 0.3339 + i * 1e-4, 2, "zone"));
      for (const id of [`${i}a`, `${i}b`]) events.push(slice(0, ts + 3.33, 0, "transfer"), arrow("s", 0, ts + 3.33, id), slice(1, ts + 4, 0, "transfer"), arrow("f", 1, ts + 4, id));
    }
    const trace = chromeTrace(events);
    expect(faultsOfTrace(JSON.stringify(trace))).toEqual([]);
    expect(trace.traceEvents.filter(({ ph }) => ph === "s")).toHaveLength(600);
    // Rounded and cut off are the same number, and it is the event's.
    expect(trace.traceEvents.filter(({ ts, dur = 0 }) => Math.trunc(ts * 1000) !== Math.round(ts * 1000) || Math.trunc(dur * 1000) !== Math.round(dur * 1000))).toEqual([]);
    expect(trace.traceEvents.filter(({ cat }) => cat === "frame").map(({ ts }) => Math.round(ts * 1000))).toEqual(Array.from({ length: 300 }, (_, i) => Math.round(i * 7123.456789)));
  });

  test("transfers that are sent at one moment, and zones that outlast their frame, still nest", () => {
    const events = [slice(0, 100, 10), slice(0, 105, 0, "transfer"), slice(0, 105, 0, "transfer"), slice(0, 105.4, 0, "transfer"), slice(0, 109.9, 0, "transfer"), slice(0, 108, 10, "zone")];
    const trace = chromeTrace(events);
    expect(faultsOfTrace(JSON.stringify(trace))).toEqual([]);
    expect(trace.traceEvents.map(({ dur }) => Math.round((dur ?? 0) * 10) / 10)).toEqual([10, 0, 0.4, 1, 2, 0.1]);
  });

  test("the ring keeps the last events, in order", () => {
    const alloc = new SmartAlloc(config);
    const recorder = new TraceRecorder({ capacity: 10, tid: 7 });
    const detach = recorder.attach(alloc);
    for (let i = 0; i < 100; i += 1) alloc.withFrame(() => 0);
    detach();
    alloc.withFrame(() => 0);
    const frames = recorder.events().filter(({ cat }) => cat === "frame");
    expect([recorder.length, frames.map(({ name, tid }) => [name, tid])]).toEqual([10, [96, 97, 98, 99, 100].map((n) => [`frame ${n}`, 7])]);
    recorder.clear();
    expect([recorder.length, recorder.events().length]).toEqual([0, 1]);
    errorOf("argument", () => new TraceRecorder({ capacity: 0 }));
    errorOf("argument", () => new TraceRecorder({ tid: -1 }));
    expect(chromeTrace().traceEvents).toEqual([]);
  });

  test("recording makes no garbage", () => {
    const alloc = new SmartAlloc({ ...config, memory: "local" });
    const recorder = new TraceRecorder({ capacity: 100 });
    recorder.attach(alloc);
    expectNoAlloc(() => {
      alloc.beginFrame();
      for (let i = 0; i < 20; i += 1) {
        alloc.frameAlloc(Pair).a = i;
        alloc.poolFree(alloc.poolAlloc(Pair));
      }
      alloc.endFrame();
    });
    expect(recorder.length).toBe(100);
  });
});

describe("tracks of DevTools", () => {
  test("a frame is an entry with its begin and end on the page's clock; slow ones are told apart", () => {
    const calls: unknown[][] = [];
    vi.stubGlobal("console", { ...console, timeStamp: (...args: unknown[]) => { calls.push(args); } });
    const alloc = new SmartAlloc(config);
    const before = performance.now();
    const end = devtoolsTracks(alloc);
    alloc.withFrame(() => alloc.frameAllocBytes(2048));
    end();
    alloc.withFrame(() => 0);
    const endSlow = devtoolsTracks(alloc, { track: "t", group: "g", slowMs: -1 });
    alloc.withFrame(() => 0);
    endSlow();
    vi.unstubAllGlobals();
    expect(calls.map(([label, , , ...rest]) => [label, ...rest])).toEqual([[`frame 1, ${formatBytes(2048)}`, "frames", "framealloc", "primary"], [`frame 3, ${formatBytes(0)}`, "t", "g", "error"]]);
    for (const [, begin, until] of calls) expect(before - 1 <= Number(begin) && Number(begin) <= Number(until) && Number(until) <= performance.now()).toBe(true);
  });

  test("a console without it is left alone", () => {
    vi.stubGlobal("console", { ...console, timeStamp: undefined });
    const alloc = new SmartAlloc(config);
    devtoolsTracks(alloc)();
    expect(alloc.threadFrameStats(0).framesStarted).toBe(0);
    vi.unstubAllGlobals();
  });
});

describe("snapshot files", () => {
  const filesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory).sort() : []);

  test("have the schema's version, the figures and the tags; at most so many are kept, those of others untouched", () => {
    const directory = join(folder, "kept", "deep");
    const alloc = new SmartAlloc({ ...config, statistics: true });
    const emitter = new SnapshotEmitter({ directory, maxSnapshots: 3, minIntervalMs: 0 });
    for (let i = 0; i < 12; i += 1) {
      alloc.withFrame(() => alloc.withTag("ai", () => alloc.frameAlloc(Pair)));
      expect(emitter.emit(alloc)).toBe(true);
      if (i === 0) writeFileSync(join(directory, "notes.json"), "{}");
    }
    expect([filesIn(directory), emitter.emitCount]).toEqual([["notes.json", "snapshot_00000010.json", "snapshot_00000011.json", "snapshot_00000012.json"], 12]);
    const snapshot = JSON.parse(readFileSync(join(directory, "snapshot_00000012.json"), "utf8")) as Snapshot;
    expect(snapshot).toMatchObject({ version: 1, frame: 12, agent: 0, stats: { enabled: true, frame: { allocationCount: 12 } }, tags: [{ path: "ai", count: 12 }] });
    expect(new Date(snapshot.timestamp).toISOString()).toBe(snapshot.timestamp);
  });

  test("agents that share memory and a directory leave each other's alone", () => {
    const directory = join(folder, "agents");
    const first = new SmartAlloc(config);
    const second = SmartAlloc.attach(first.share());
    for (const alloc of [first, second]) expect(new SnapshotEmitter({ directory, maxSnapshots: 3, minIntervalMs: 0 }).emit(alloc)).toBe(true);
    expect(filesIn(directory)).toEqual(["snapshot_00000000.json", `snapshot_00000000_agent${second.agentId}.json`]);
    for (let i = 0; i < 4; i += 1) second.withFrame(() => new SnapshotEmitter({ directory, maxSnapshots: 3, minIntervalMs: 0 }).emit(second));
    expect(filesIn(directory).length).toBe(3);
  });

  test("those of a program that ran longer before go first", () => {
    const directory = join(folder, "again");
    const old = new SmartAlloc(config);
    for (let i = 0; i < 20; i += 1) old.withFrame(() => 0);
    const before = new SnapshotEmitter({ directory, maxSnapshots: 2, minIntervalMs: 0 });
    before.emit(old);
    old.withFrame(() => 0);
    before.emit(old);
    for (const name of filesIn(directory)) utimesSync(join(directory, name), 1000, 1000);
    const alloc = new SmartAlloc(config);
    const emitter = new SnapshotEmitter({ directory, maxSnapshots: 2, minIntervalMs: 0 });
    alloc.withFrame(() => 0);
    emitter.emit(alloc);
    expect(filesIn(directory)).toEqual(["snapshot_00000001.json", "snapshot_00000021.json"]);
    alloc.withFrame(() => 0);
    emitter.emit(alloc);
    expect(filesIn(directory)).toEqual(["snapshot_00000001.json", "snapshot_00000002.json"]);
  });

  test("only on request, or by themselves, and not more often than the rate", () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    const directory = join(folder, "asked");
    const alloc = new SmartAlloc(config);
    const emitter = new SnapshotEmitter({ directory });
    expect([emitter.maybeEmit(alloc), emitter.emit(alloc)]).toEqual([false, true]);
    writeFileSync(join(directory, "snapshot.request"), "");
    expect([emitter.maybeEmit(alloc), emitter.emit(alloc)]).toEqual([false, false]);
    vi.advanceTimersByTime(499);
    expect(emitter.maybeEmit(alloc)).toBe(false);
    vi.advanceTimersByTime(1);
    expect(emitter.maybeEmit(alloc)).toBe(true);
    // The request is answered.
    vi.advanceTimersByTime(1000);
    expect([emitter.maybeEmit(alloc), filesIn(directory)]).toEqual([false, ["snapshot_00000000.json"]]);
    expect(new SnapshotEmitter({ directory, autoEmit: true }).maybeEmit(alloc)).toBe(true);
  });

  test("what is refused", () => {
    for (const options of [{ directory: "" }, { maxSnapshots: 0 }, { minIntervalMs: -1 }, { autoEmit: 1 as unknown as boolean }]) errorOf("config", () => new SnapshotEmitter(options));
    vi.stubGlobal("process", undefined);
    try {
      errorOf("argument", () => new SnapshotEmitter({ directory: folder }));
    } finally {
      vi.unstubAllGlobals();
    }
  });
});
