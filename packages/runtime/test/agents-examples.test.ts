/** The acceptance examples that need more than one agent; E14 is in channel.test.ts, E23 and E26 in barrier.test.ts, E27 in budgets.test.ts and budgets-agents.test.ts. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AllocConfig, DeferredConfig, f32, SmartAlloc, TransferChannel, type DeferredStats } from "@framealloc/runtime";
import { expect, test, vi } from "vitest";
import { Item } from "./agent-programs.ts";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const workers = await startWorkers(2);
const newAlloc = (deferred?: DeferredConfig): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false, ...(deferred === undefined ? {} : { deferred }) });
const run = <R = unknown>(at: number, ...call: Parameters<(typeof workers)[number]["run"]>): Promise<R> => (workers[at] ?? expect.fail("a worker")).run<R>(...call);

test("E2: a FrameBox is not cloned to a worker; a transfer handle goes there", async () => {
  const alloc = newAlloc();
  alloc.beginFrame();
  const box = alloc.frameBox(42);
  const worker = (workers[0] ?? expect.fail("a worker")).worker;
  errorOf("FA201", () => worker.postMessage({ box }));
  errorOf("FA201", () => structuredClone(alloc.frameBox(Item)));
  const token = alloc.frameBoxForTransfer(box).detach();
  alloc.endFrame();
  expect(await run(0, "takeToken", { alloc: alloc.share(), token })).toEqual({ value: 42, again: "FA208" });
});

test("E13: a worker that attaches has frames of its own", async () => {
  const alloc = newAlloc();
  alloc.beginFrame();
  const floats = alloc.frameSlice(f32, 8).fill(1);
  expect(await run(0, "ownFrame", { alloc: alloc.share(), count: 8 })).toEqual({ before: false, sum: 16, frames: 1, agentId: 1 });
  expect([alloc.inFrame(), floats.reduce((sum, x) => sum + x, 0)]).toEqual([true, 8]);
  alloc.endFrame();
});

test("E22: a dropped handle is told of in debug mode, and its memory is won back", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: true });
  (() => void alloc.frameBoxForTransfer(Item, { index: 1 }))();
  for (let i = 0; i < 100 && warn.mock.calls.length === 0; i += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(warn.mock.calls.map(([text]) => String(text))).toEqual([expect.stringContaining("FA208")]);
  warn.mockRestore();
  expect(alloc.transferStats()).toMatchObject({ made: 1, sent: 0, reclaimed: 1 });
  // The good twin: sent and received.
  const token = alloc.frameBoxForTransfer(Item, { index: 5 }).detach();
  expect(await run(1, "takeToken", { alloc: alloc.share(), token })).toMatchObject({ value: { index: 5 } });
});

test("without debug mode it is won back too, once its memory is wanted", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const alloc = newAlloc();
  (() => void alloc.frameBoxForTransfer(Item))();
  alloc.withFrame(() => {});
  for (let i = 0; i < 100 && alloc.transferStats().reclaimed === 0; i += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  expect(alloc.transferStats().reclaimed).toBe(1);
});

test("E24: a worker whose frame has a budget is told when it exceeds it", async () => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", threadBudget: { frameBudget: 1000 } });
  const words = new SharedArrayBuffer(4);
  new Int32Array(words)[0] = 1;
  expect(await run(0, "fillFrame", { alloc: alloc.share(), words })).toMatchObject({ denied: "FA303" });
});

test.each([
  ["bounded, processImmediately", DeferredConfig.bounded(1024).withFullPolicy("processImmediately"), { refused: 0 }],
  ["bounded, fail", DeferredConfig.bounded(64).withFullPolicy("fail"), { refused: 1 }],
  ["disabled", DeferredConfig.disabled(), { refused: 0 }],
])("E25: a worker frees 2,000 of this agent's values: %s", async (_, deferred, { refused }) => {
  const alloc = newAlloc(deferred.withProcessing("explicit"));
  const channel = new TransferChannel<typeof Item>(2048);
  // At most as many as the region has room for.
  const count = 1200;
  for (let index = 0; index < count; index += 1) channel.send(alloc.frameBoxForTransfer(Item, { index }));
  const freed = await run<{ freed: number; refused: number; stats: DeferredStats }>(1, "freeOnce", { alloc: alloc.share(), channel: channel.share(), count });
  const { capacity } = alloc.deferredStats();
  expect(freed.freed + freed.refused).toBe(count);
  expect(freed.refused > 0).toBe(refused > 0);
  expect(freed.stats.sent).toBe(Math.min(capacity, count));
  expect(alloc.deferredStats()).toMatchObject({ queued: freed.stats.sent, processed: 0, dropped: 0 });
  expect(freed.stats.processedImmediately).toBe(refused > 0 ? 0 : count - freed.stats.sent);
  expect([alloc.processDeferredFrees(10), alloc.processDeferredFrees()]).toEqual([Math.min(10, freed.stats.sent), Math.max(0, freed.stats.sent - 10)]);
});

test("when deferred frees are processed: at a frame's begin, its end, bit by bit, or when told", async () => {
  for (const [processing, expected] of [["atFrameBegin", [0, 40, 40, 40]], ["atFrameEnd", [0, 0, 40, 40]], ["incremental", [0, 0, 0, 16]], ["explicit", [0, 0, 0, 0]]] as const) {
    const alloc = newAlloc();
    alloc.setDeferredProcessing(processing);
    const channel = new TransferChannel<typeof Item>(64);
    for (let index = 0; index < 40; index += 1) channel.send(alloc.frameBoxForTransfer(Item, { index }));
    await run(1, "freeOnce", { alloc: alloc.share(), channel: channel.share(), count: 40 });
    const processed = [alloc.deferredStats().processed];
    alloc.beginFrame();
    processed.push(alloc.deferredStats().processed);
    alloc.endFrame();
    processed.push(alloc.deferredStats().processed);
    alloc.frameBoxForTransfer(Item).drop();
    processed.push(alloc.deferredStats().processed);
    expect([processing, ...processed]).toEqual([processing, ...expected]);
  }
  errorOf("config", () => newAlloc().setDeferredProcessing("sometimes" as never));
  for (const options of [{ capacity: -1 }, { capacity: 1.5 }, { fullPolicy: "wait" }, { perAlloc: 0 }, null]) errorOf("config", () => new DeferredConfig(options as never));
});

test("reclaimAgent takes only numbers of others", () => {
  const alloc = newAlloc();
  for (const id of [alloc.agentId, 1, -1, 61.5, NaN, 99]) errorOf("argument", () => alloc.reclaimAgent(id));
  errorOf("argument", () => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local" }).reclaimAgent(0));
});

test("a seat that was left is taken by the next, with what was there", () => {
  const alloc = newAlloc();
  const first = SmartAlloc.attach(alloc.share());
  expect(first.agentId).toBe(1);
  const token = first.frameBoxForTransfer(Item, { index: 3 }).detach();
  first.frameBoxForTransfer(Item);
  first.dispose();
  const second = SmartAlloc.attach(alloc.share());
  expect(second.agentId).toBe(1);
  const box = alloc.receive(token);
  expect(box.value.index).toBe(3);
  box.release();
  expect(second.processDeferredFrees()).toBe(1);
});
