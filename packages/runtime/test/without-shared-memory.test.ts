/** The same API where memory is not shared: channels and barriers by messages; what would block says that it cannot. */
import { AllocConfig, FrameBarrier, SmartAlloc, TransferChannel } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { checkOf, Item } from "./agent-programs.ts";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const workers = await startWorkers(2);
const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local" });
const local = { memory: "local" } as const;

test("a channel: numbers and values of handles, there and back, until it is closed", async () => {
  const [there, back] = [new TransferChannel(8, local), new TransferChannel(8, local)];
  const echoing = workers.map((worker) => worker.run<{ echoed: number; blocked: string }>("echoPosted", { alloc: alloc.share(), channel: there.share(), back: back.share() }));
  for (let i = 0; i < 40; i += 1) {
    there.send(i);
    expect((await back.receiveAsync(20_000)).value).toBe(i + 1);
    const handle = alloc.frameBoxForTransfer(Item, { sender: 1, index: i, check: checkOf(1, i) });
    expect(there.trySend(handle)).toBe(true);
    errorOf("FA208", () => handle.detach());
    const box = await back.receiveAsync(20_000);
    expect(JSON.parse(JSON.stringify(box.value))).toEqual({ sender: 9, index: i, check: checkOf(1, i) });
    box.release();
  }
  there.close();
  const results = await Promise.all(echoing);
  expect(results.reduce((sum, { echoed }) => sum + echoed, 0)).toBe(80);
  expect(results.map(({ blocked }) => blocked)).toEqual(["FA209", "FA209"]);
  expect([there.trySend(1), there.isClosed]).toEqual([false, true]);
  errorOf("closed", () => there.send(1));
  await expect(there.receiveAsync()).rejects.toThrow("closed");
});

test("it is bounded, in order, and its waits end", async () => {
  const channel = new TransferChannel<number>(3, local);
  expect([1, 2, 3, 4].map((value) => channel.trySend(value))).toEqual([true, true, true, false]);
  errorOf("FA209", () => channel.send(4));
  // What finds no room stays as it was.
  const handle = alloc.frameBoxForTransfer(Item);
  expect([(channel as TransferChannel).trySend(handle), handle.state]).toEqual([false, "owned"]);
  expect([channel.receive().value, channel.tryReceive()?.value, (await channel.receiveAsync()).value]).toEqual([1, 2, 3]);
  expect(channel.tryReceive()).toBeUndefined();
  errorOf("FA209", () => channel.receive());
  await expect(channel.receiveAsync(5)).rejects.toThrow("waited 5 ms for an item");
});

test("what cannot be sent is the same", () => {
  const channel = new TransferChannel(3, local);
  alloc.beginFrame();
  errorOf("FA201", () => channel.trySend(alloc.frameBox(1) as never));
  alloc.endFrame();
  errorOf("argument", () => channel.trySend(new Map()));
  expect(channel.size).toBe(0);
});

test("a barrier of three agents, 30 generations", async () => {
  const barrier = new FrameBarrier(3, local);
  const meeting = workers.map((worker) => worker.run("meetPosted", { barrier: barrier.share(), count: 30 }));
  errorOf("FA209", () => barrier.waitAll());
  for (let generation = 1; generation <= 30; generation += 1) {
    barrier.signalFrameComplete();
    await barrier.waitAllAsync();
    expect(barrier.generation()).toBeGreaterThanOrEqual(generation);
    barrier.reset();
  }
  expect(await Promise.all(meeting)).toEqual([{ generation: 30, blocked: "FA209", twice: "FA205" }, { generation: 30, blocked: "FA209", twice: "FA205" }]);
  expect(barrier.barrierStats()).toMatchObject({ generations: 30, members: 3, signals: 30 });
});

test("what is of shared memory alone does nothing, or says so", () => {
  alloc.setDeferredProcessing("explicit");
  expect([alloc.processDeferredFrees(), alloc.agentId, alloc.deferredStats().capacity]).toEqual([0, 0, 0]);
  errorOf("FA207", () => alloc.receive(64, 1));
  const handle = alloc.frameBoxForTransfer(Item);
  handle.detach();
  errorOf("FA209", () => handle.receiveTimeout(1));
});
