/** Barriers between real agents. */
import { AllocConfig, FrameBarrier, FrameBarrierBuilder, SmartAlloc } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const workers = await startWorkers(3);
const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared" });

describe("a barrier that was not shared stands for all its agents", () => {
  test("is complete when all have signalled, until its reset", () => {
    const barrier = new FrameBarrier(2);
    expect([barrier.isComplete(), barrier.arrivedCount(), barrier.generation()]).toEqual([false, 0, 0]);
    barrier.signalFrameComplete();
    expect([barrier.isComplete(), barrier.arrivedCount()]).toEqual([false, 1]);
    barrier.signalFrameComplete();
    expect([barrier.isComplete(), barrier.arrivedCount(), barrier.generation()]).toEqual([true, 2, 1]);
    barrier.waitAll();
    expect(barrier.isComplete()).toBe(true);
    barrier.reset();
    expect([barrier.isComplete(), barrier.arrivedCount(), barrier.generation()]).toEqual([false, 0, 1]);
  });

  test("FA205: one signal too many", () => {
    const barrier = new FrameBarrier(1);
    barrier.signalFrameComplete();
    errorOf("FA205", () => barrier.signalFrameComplete());
    expect(barrier.generation()).toBe(1);
    barrier.reset();
    barrier.signalFrameComplete();
    expect(barrier.generation()).toBe(2);
  });

  test("agents are registered and unregistered", () => {
    const barrier = new FrameBarrier(1);
    barrier.register();
    barrier.signalFrameComplete();
    expect(barrier.isComplete()).toBe(false);
    barrier.unregister();
    expect([barrier.isComplete(), barrier.barrierStats().members]).toEqual([true, 1]);
  });

  test("a reset before all have signalled gives the generation up", () => {
    const barrier = new FrameBarrier(3);
    barrier.reset();
    expect(barrier.generation()).toBe(0);
    barrier.signalFrameComplete();
    barrier.reset();
    expect([barrier.generation(), barrier.arrivedCount(), barrier.isComplete()]).toEqual([1, 0, false]);
  });
});

describe("a shared barrier", () => {
  test("E26: the coordinator signals, waits, ends its frame and resets; 200 frames", async () => {
    const barrier = new FrameBarrierBuilder().withThread("main").withThread("physics").withThread("ai").build();
    const words = new SharedArrayBuffer(4);
    const count = 200;
    const running = workers.slice(0, 2).map((worker, i) => worker.run("physics", { alloc: alloc.share(), barrier: barrier.share(), thread: i === 0 ? "physics" : "ai", words, count }));
    for (let frame = 1; frame <= count; frame += 1) {
      alloc.beginFrame();
      barrier.signalFrameComplete();
      barrier.waitAll();
      expect(Atomics.load(new Int32Array(words), 0)).toBeGreaterThanOrEqual(frame * 2);
      alloc.endFrame();
      barrier.reset();
    }
    // Over-signalling is told to the agent that does it.
    expect(await Promise.all(running)).toEqual([{ frames: count, twice: "FA205" }, { frames: count, twice: "FA205" }]);
    const stats = barrier.barrierStats();
    expect(stats).toMatchObject({ generations: count, members: 3, signals: count, waits: count, timeouts: 0 });
    expect(stats.waitedMs).toBeGreaterThan(0);
    expect(stats.longestWaitMs).toBeLessThanOrEqual(stats.waitedMs);
  });

  test("E23: a third agent at a barrier for two is told by FA205", () => {
    const barrier = new FrameBarrier(2);
    const others = [FrameBarrier.attach(barrier.share()), FrameBarrier.attach(barrier.share())];
    for (const each of others) each.signalFrameComplete();
    errorOf("FA205", () => barrier.signalFrameComplete());
    expect(others.map(({ member }) => member)).toEqual([0, 1]);
    const counted = new FrameBarrierBuilder().withThread("a").withThread("b").withThread("c").build();
    for (const thread of ["a", "b", "c"]) FrameBarrier.attach(counted.share(), thread).signalFrameComplete();
    expect(counted.isComplete()).toBe(true);
  });

  test("an early signal of the next generation is not lost", () => {
    const main = new FrameBarrier(2);
    const worker = FrameBarrier.attach(main.share());
    main.signalFrameComplete();
    worker.signalFrameComplete();
    // The worker is on before the coordinator has looked.
    worker.signalFrameComplete();
    expect([main.isComplete(), main.generation()]).toEqual([true, 1]);
    main.waitAndReset();
    expect([main.isComplete(), main.arrivedCount()]).toEqual([false, 1]);
    main.signalFrameComplete();
    expect([main.isComplete(), worker.isComplete(), main.generation()]).toEqual([true, true, 2]);
  });

  test("FA205: one agent signals twice in one generation, and nothing is changed", () => {
    const barrier = new FrameBarrier(3);
    const other = FrameBarrier.attach(barrier.share());
    other.signalFrameComplete();
    errorOf("FA205", () => other.signalFrameComplete());
    expect(barrier.arrivedCount()).toBe(1);
  });

  test("a dead agent is unregistered, by name or member, and the others go on", () => {
    const barrier = new FrameBarrierBuilder().withThread("main").withThread("dead").build();
    FrameBarrier.attach(barrier.share(), "dead");
    barrier.signalFrameComplete();
    expect(barrier.waitTimeout(5)).toBe(false);
    barrier.unregister("dead");
    expect(barrier.waitTimeout(5)).toBe(true);
    barrier.reset();
    // One that had signalled before it died takes its signal along.
    const three = new FrameBarrier(3);
    const [dead, alive] = [FrameBarrier.attach(three.share()), FrameBarrier.attach(three.share())];
    dead.signalFrameComplete();
    three.unregister(dead.member);
    alive.signalFrameComplete();
    expect(three.isComplete()).toBe(false);
    three.signalFrameComplete();
    expect(three.isComplete()).toBe(true);
    // Its place can be taken again.
    three.reset();
    three.register();
    const next = FrameBarrier.attach(three.share());
    next.signalFrameComplete();
    expect([next.member, three.barrierStats().members]).toEqual([dead.member, 3]);
  });

  test("waitTimeout and waitAllAsync", async () => {
    const barrier = new FrameBarrier(2);
    const words = new SharedArrayBuffer(8);
    barrier.share();
    expect(barrier.waitTimeout(3)).toBe(false);
    const met = workers[2]?.run("meet", { barrier: barrier.share(), words, count: 50, sender: 1 });
    for (let generation = 1; generation <= 50; generation += 1) {
      new Int32Array(words)[0] = generation;
      barrier.signalFrameComplete();
      await barrier.waitAllAsync();
      barrier.reset();
    }
    await met;
    expect(barrier.barrierStats()).toMatchObject({ generations: 50, timeouts: 1, waits: 51 });
  });

  test("options out of their range are refused", () => {
    for (const agents of [0, 25, 1.5, NaN]) errorOf("argument", () => new FrameBarrier(agents));
    errorOf("argument", () => new FrameBarrierBuilder().build());
    errorOf("argument", () => new FrameBarrierBuilder().withThread("a").withThread("a"));
    errorOf("argument", () => FrameBarrier.attach({} as never));
    errorOf("argument", () => FrameBarrier.attach(new FrameBarrierBuilder().withThread("a").build().share(), "b"));
    errorOf("argument", () => new FrameBarrier(1).unregister("nobody"));
    const full = new FrameBarrier(24);
    errorOf("argument", () => full.register());
  });
});

test("a signal before the barrier is shared is nobody's in particular: each who comes has one still", () => {
  const barrier = new FrameBarrier(3);
  barrier.signalFrameComplete();
  const others = [FrameBarrier.attach(barrier.share()), FrameBarrier.attach(barrier.share())];
  for (const other of others) other.signalFrameComplete();
  expect([barrier.isComplete(), others.map(({ member }) => member)]).toEqual([true, [1, 2]]);
  for (const each of [barrier, ...others]) each.reset();
  for (const each of [barrier, ...others]) each.signalFrameComplete();
  expect([barrier.isComplete(), barrier.member]).toEqual([true, 0]);
});

test("a time to wait that is none is refused, and none at all is a look", () => {
  const barrier = new FrameBarrier(1);
  for (const ms of [NaN, undefined as unknown as number, "5" as unknown as number]) errorOf("argument", () => barrier.waitTimeout(ms));
  expect([0, -1, -Infinity].map((ms) => barrier.waitTimeout(ms))).toEqual([false, false, false]);
  barrier.signalFrameComplete();
  expect([0, -1, Infinity].map((ms) => barrier.waitTimeout(ms))).toEqual([true, true, true]);
});

test.each(["auto", "local"] as const)("who gives a generation up waits for the next one, %s", async (memory) => {
  const hub = new FrameBarrier(2, { memory });
  const client = FrameBarrier.attach(hub.share());
  const heard = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20));
  for (let generation = 1; generation < 6; generation += 2) {
    client.signalFrameComplete();
    await heard();
    client.reset();
    await heard();
    expect([client.isComplete(), client.generation(), hub.isComplete(), hub.generation()]).toEqual([false, generation, true, generation]);
    hub.reset();
    for (const each of [client, hub]) each.signalFrameComplete();
    await client.waitAllAsync();
    await hub.waitAllAsync();
    expect([client.generation(), hub.generation()]).toEqual([generation + 1, generation + 1]);
    for (const each of [client, hub]) each.reset();
    await heard();
    expect([client.isComplete(), hub.isComplete()]).toEqual([false, false]);
  }
});
