/**
 * Real agents at full speed: nothing is lost, doubled or corrupted, and nobody hangs. AGENT_STRESS multiplies the counts; 100 is 5,200,000 transfers,
 * 2,000,000 frees under each policy, 200,000 generations and 1,000 killed agents; 20 takes about a minute.
 */
import { AllocConfig, DeferredConfig, FrameAllocError, FrameBarrier, FrameBarrierBuilder, kilobytes, SmartAlloc, TransferChannel, type DeferredStats, type FullPolicy } from "@framealloc/runtime";
import { afterAll, describe, expect, test } from "vitest";
import { FREE, IN_FLIGHT, LEAKED, TYPE } from "../src/shared/block-state.ts";
import { TransferRegion } from "../src/shared/transfer-region.ts";
import { checkOf, Item } from "./agent-programs.ts";
import { AgentWorker, startWorkers } from "./agent-workers.ts";

const SCALE = Number(process.env["AGENT_STRESS"] ?? 1);
const TIMEOUT_MS = 60_000 + SCALE * 20_000;
const workers = await startWorkers(8);
const sumTo = (count: number): number => (count * (count - 1)) / 2;

/** States of all blocks, by their number. */
function statesOf(alloc: SmartAlloc): number[] {
  const region = TransferRegion.attach(alloc.share().region as SharedArrayBuffer);
  const counts = Array.from({ length: 8 }, () => 0);
  region.forEachBlock((_, state) => {
    counts[state & 7] = (counts[state & 7] ?? 0) + 1;
  });
  region.leaveSeat();
  return counts;
}

/** All that is not free, a type, or given up. */
function busyBlocks(alloc: SmartAlloc): number {
  return statesOf(alloc).reduce((sum, count, state) => (state === FREE || state === TYPE || state === LEAKED ? sum : sum + count), 0);
}

describe.each([[1, 1, 1024], [2, 2, 64], [3, 1, 3], [4, 4, 32]])("transfers: %i senders, %i receivers, a channel of %i", (senders, receivers, capacity) => {
  test("every item arrives once, whole, in its sender's order", async () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), transferSize: kilobytes(512), memory: "shared", debug: false });
    const channel = new TransferChannel<typeof Item>(capacity);
    const count = Math.ceil((13_000 * SCALE) / senders);
    const given = { alloc: alloc.share(), channel: channel.share() };
    const receiving = workers.slice(0, receivers).map((worker) => worker.run<{ received: number; sum: number }>("receive", given));
    await Promise.all(workers.slice(receivers, receivers + senders).map((worker, sender) => worker.run("send", { ...given, count, sender })));
    channel.close();
    const received = await Promise.all(receiving);
    expect(received.reduce((sum, each) => sum + each.received, 0)).toBe(count * senders);
    expect(received.reduce((sum, each) => sum + each.sum, 0)).toBe(sumTo(count) * senders);
  }, TIMEOUT_MS);
});

describe.each(["processImmediately", "dropOldest", "fail", "grow"] as const)("frees across agents under %s", (policy: FullPolicy) => {
  test("every block comes back, or is counted", async () => {
    const deferred = new DeferredConfig({ capacity: 32, processing: "explicit", fullPolicy: policy });
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), transferSize: kilobytes(policy === "dropOldest" ? Math.min(4096 * SCALE, 131_072) : 512), memory: "shared", debug: false, deferred });
    const channel = new TransferChannel<typeof Item>(128);
    const count = 10_000 * SCALE;
    const freeing = workers.slice(0, 2).map((worker) => worker.run<{ refused: number; sum: number; stats: DeferredStats }>("free", { alloc: alloc.share(), channel: channel.share(), count }));
    // The owner takes back now and then only, so that its queue is full again and again.
    for (let index = 0; index < count * 2; index += 1) {
      const handle = alloc.frameBoxForTransfer(Item, { sender: 0, index, check: checkOf(0, index) });
      while (!channel.trySend(handle)) alloc.processDeferredFrees(8);
      if (index % 64 === 0) alloc.processDeferredFrees();
      // Workers do not get far between the tasks of this one without being let.
      if (index % 512 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    const keepingUp = setInterval(() => alloc.processDeferredFrees(), 1);
    const results = await Promise.all(freeing);
    clearInterval(keepingUp);
    alloc.processDeferredFrees();
    const [a, b] = results.map(({ stats }) => stats) as [DeferredStats, DeferredStats];
    const own = alloc.deferredStats();
    expect(results.reduce((sum, { sum: each }) => sum + each, 0)).toBe(sumTo(count * 2));
    const waiting = a.grown + b.grown;
    expect(a.sent + b.sent + a.processedImmediately + b.processedImmediately + waiting).toBe(count * 2);
    // What waited in a worker that has ended may have been taken back since.
    expect(own.processed + own.dropped + a.processedImmediately + b.processedImmediately + busyBlocks(alloc)).toBe(count * 2);
    if (policy !== "grow") expect(own.processed + own.dropped).toBe(a.sent + b.sent);
    expect([a.failed, b.failed].some((failed) => failed > 0)).toBe(policy === "fail" && results.some(({ refused }) => refused > 0));
    if (policy !== "dropOldest") expect(own.dropped).toBe(0);
    // The oldest entry cannot be given up while the other agent is stopped in the middle of writing it: the memory is then the freeing agent's.
    if (policy === "fail" || policy === "grow") expect(a.processedImmediately + b.processedImmediately).toBe(0);
    expect(busyBlocks(alloc)).toBeLessThanOrEqual(waiting);
    expect(statesOf(alloc)[LEAKED]).toBe(own.dropped);
  }, TIMEOUT_MS);
});

describe("barriers", () => {
  test.each([[2, 1600], [4, 300], [8, 100]])("%i agents, generation by generation", async (agents, generations) => {
    const barrier = new FrameBarrier(agents);
    const words = new SharedArrayBuffer(agents * 4);
    const count = generations * SCALE;
    const met = await Promise.all(workers.slice(0, agents).map((worker, sender) => worker.run("meet", { barrier: barrier.share(), words, count, sender })));
    expect(met.map((each) => (each as { generation: number }).generation)).toEqual(met.map(() => count));
    expect([...new Int32Array(words)]).toEqual(met.map(() => count));
  }, TIMEOUT_MS);
});

describe("agents that are killed", () => {
  const killed: AgentWorker[] = [];
  afterAll(() => Promise.all(killed.map(({ worker }) => worker.terminate())));
  const spawn = async (): Promise<AgentWorker> => {
    const worker = new AgentWorker();
    killed.push(worker);
    return worker.ready();
  };

  test("leave the others going, and their memory whole", async () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false });
    const seed = Number(process.env["AGENT_SEED"] ?? (Date.now() & 0xffff));
    for (let run = 0; run < 10 * Math.max(1, SCALE); run += 1) {
      const [there, back] = [new TransferChannel<typeof Item>(8), new TransferChannel<typeof Item>(8)];
      const victim = await spawn();
      victim.start("untilKilled", { alloc: alloc.share(), channel: there.share(), back: back.share(), seed: seed + run });
      const { agentId } = (await victim.next("said")) as { agentId: number };
      const endMs = performance.now() + 1 + (((seed + run * 7919) >>> 0) % 23);
      while (performance.now() < endMs) exchange(alloc, there, back, run);
      await victim.worker.terminate();
      // Nobody has cleared up yet, and nobody hangs.
      for (let i = 0; i < 100; i += 1) exchange(alloc, there, back, run);
      alloc.reclaimAgent(agentId);
      // Channels and queues go on as before.
      for (let left = there.tryReceive() ?? back.tryReceive(); left !== undefined; left = there.tryReceive() ?? back.tryReceive()) left.release();
      for (let i = 0; i < 8; i += 1) there.send(alloc.frameBoxForTransfer(Item, { index: i }), 100);
      for (let i = 0; i < 8; i += 1) {
        const box = there.receive(100);
        expect(box.value.index, `seed ${seed}, run ${run}`).toBe(i);
        box.release();
      }
      alloc.processDeferredFrees();
      const states = statesOf(alloc);
      // A message that was on its way may be lost with an agent; nothing else.
      expect([busyBlocks(alloc) - (states[IN_FLIGHT] ?? 0), states[LEAKED]], `seed ${seed}, run ${run}`).toEqual([0, 0]);
      expect(states[IN_FLIGHT], `seed ${seed}, run ${run}`).toBe(0);
    }
    expect(alloc.agentId).toBe(0);
  }, TIMEOUT_MS);

  test("leave a barrier going once they are unregistered", async () => {
    const barrier = new FrameBarrierBuilder().withThread("main").withThread("victim").build();
    for (let run = 0; run < 3 * Math.max(1, SCALE); run += 1) {
      if (run > 0) barrier.register();
      const victim = await spawn();
      victim.start("meetUntilKilled", { barrier: barrier.share(), thread: "victim" });
      await victim.next("said");
      const endMs = performance.now() + 5 + (run % 7);
      while (performance.now() < endMs) {
        barrier.signalFrameComplete();
        expect(barrier.waitTimeout(10_000)).toBe(true);
        barrier.reset();
      }
      await victim.worker.terminate();
      barrier.unregister("victim");
      const before = barrier.generation();
      for (let i = 0; i < 10; i += 1) {
        barrier.signalFrameComplete();
        expect(barrier.waitTimeout(1000)).toBe(true);
        barrier.reset();
      }
      expect(barrier.generation()).toBe(before + 10);
    }
    expect(barrier.barrierStats().timeouts).toBe(0);
  }, TIMEOUT_MS);
});

function exchange(alloc: SmartAlloc, there: TransferChannel<typeof Item>, back: TransferChannel<typeof Item>, run: number): void {
  const handle = alloc.frameBoxForTransfer(Item, { sender: 0, index: run, check: checkOf(0, run) });
  if (!there.trySend(handle)) handle.drop();
  const box = back.tryReceive();
  if (box !== undefined) {
    const { sender, index, check } = box.value;
    if (check !== checkOf(sender, index)) throw new FrameAllocError("FA208", `corrupted: ${index}`, "");
    box.release();
  }
  alloc.processDeferredFrees(4);
}
