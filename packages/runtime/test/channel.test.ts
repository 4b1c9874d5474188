/** Channels between real agents. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct, TransferChannel, type OwnedBox } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { checkOf, Item } from "./agent-programs.ts";
import { startWorkers } from "./agent-workers.ts";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false });
const workers = await startWorkers(2);
const valueOf = <T>(box: OwnedBox<T> | undefined): T | undefined => {
  const value = box?.value;
  const plain = typeof value === "object" ? (JSON.parse(JSON.stringify(value)) as T) : value;
  box?.release();
  return plain;
};

test("sends and receives structs in order, across agents and back", async () => {
  const [there, back] = [new TransferChannel<typeof Item>(16), new TransferChannel<typeof Item>(16)];
  const echoed = workers[0]?.run("echo", { alloc: alloc.share(), channel: there.share(), back: back.share(), count: 100 });
  for (let index = 0; index < 100; index += 1) {
    there.send(alloc.frameBoxForTransfer(Item, { sender: 1, index, check: checkOf(1, index) }));
    const box = back.receive();
    expect([box.value.index, box.value.check]).toEqual([index + 1, checkOf(1, index)]);
    box.release();
  }
  expect(await echoed).toEqual({ left: 100 });
});

test("plain values of every kind that JSON knows", () => {
  const channel = new TransferChannel(16);
  const values = [0, -1.5, -0, Infinity, NaN, "text", "äöü€😀", "", true, false, null, undefined, [1, [2]], { a: { b: "c" } }, 2 ** 53];
  for (const value of values) channel.send(value);
  expect(values.map(() => valueOf(channel.receive()))).toEqual(values);
  expect(channel.tryReceive()).toBeUndefined();
});

test("handles of scalars, arrays, nested structs and JavaScript values", () => {
  const channel = new TransferChannel(8);
  channel.send(alloc.frameBoxForTransfer(i32, 42));
  channel.send(alloc.frameBoxForTransfer(array(f32, 2), [1.5, 2]));
  channel.send(alloc.frameBoxForTransfer(struct({ at: Vec3, id: i32 }), { at: { y: 2 }, id: 7 }));
  channel.send(alloc.frameBoxForTransfer({ any: ["value"] }));
  const token = alloc.frameBoxForTransfer(Vec3, { z: 3 }).detach();
  channel.send(token);
  expect(Array.from({ length: 5 }, () => valueOf(channel.receive()))).toEqual([42, { 0: 1.5, 1: 2 }, { at: { x: 0, y: 2, z: 0 }, id: 7 }, { any: ["value"] }, { x: 0, y: 0, z: 3 }]);
});

test("a token's two integers are enough for a ring of one's own", () => {
  const { ptr, generation } = alloc.frameBoxForTransfer(Vec3, { x: 4 }).detach();
  const box = alloc.receive<{ x: number }>(ptr, generation);
  expect(box.value.x).toBe(4);
  errorOf("FA208", () => alloc.receive(ptr, generation));
  box.release();
  errorOf("FA208", () => alloc.receive(ptr, generation));
  errorOf("argument", () => alloc.receive(ptr + 4, generation));
});

test("is bounded exactly, also where capacity is no power of two", () => {
  for (const capacity of [1, 2, 3, 5, 8, 100]) {
    const channel = new TransferChannel<number>(capacity);
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < capacity; i += 1) expect(channel.trySend(i)).toBe(true);
      expect([channel.trySend(-1), channel.size]).toEqual([false, capacity]);
      for (let i = 0; i < capacity; i += 1) expect(valueOf(channel.tryReceive())).toBe(i);
      expect([channel.tryReceive(), channel.size]).toEqual([undefined, 0]);
    }
  }
});

test.each([1, 3, 4, 100])("an agent that was away while the channel of %i went round and round finds both ends", (capacity) => {
  const channel = new TransferChannel<number>(capacity);
  const [away, late] = [TransferChannel.attach<number>(channel.share()), (): TransferChannel<number> => TransferChannel.attach<number>(channel.share())];
  let next = 0;
  for (const passed of [0, capacity, 2 * capacity + 1, 70_001, 3]) {
    const begin = next;
    for (let isRight = true; isRight && next < begin + passed; next += 1) {
      channel.send(next);
      isRight = channel.tryReceive()?.value === next;
    }
    expect(next).toBe(begin + passed);
    for (const agent of [away, late()]) {
      for (let i = 0; i < capacity; i += 1) expect(agent.trySend(next + i)).toBe(true);
      expect([agent.trySend(-1), away.size, late().size]).toEqual([false, capacity, capacity]);
      for (let i = 0; i < capacity; i += 1) expect((i % 2 === 0 ? away : late()).tryReceive()?.value).toBe(next + i);
      expect([away.tryReceive(), late().tryReceive(), away.size, late().size]).toEqual([undefined, undefined, 0, 0]);
    }
  }
});

test("a handle that finds no room stays owned; one that was sent is refused", () => {
  const channel = new TransferChannel<typeof Vec3>(1);
  const [first, second] = [alloc.frameBoxForTransfer(Vec3, { x: 1 }), alloc.frameBoxForTransfer(Vec3, { x: 2 })];
  expect([channel.trySend(first), channel.trySend(second), first.state, second.state]).toEqual([true, false, "inFlight", "owned"]);
  expect(errorOf("timeout", () => channel.send(second, 5)).message).toContain("waited 5 ms for room");
  errorOf("FA208", () => channel.trySend(first));
  expect(valueOf(channel.receive())).toEqual({ x: 1, y: 0, z: 0 });
  channel.send(second);
  expect([valueOf(channel.receive()), second.state]).toEqual([{ x: 2, y: 0, z: 0 }, "received"]);
});

test("E14: receiving what nobody sends ends in an error that says so", async () => {
  const channel = new TransferChannel<number>(4, { timeoutMs: 30 });
  expect(errorOf("timeout", () => channel.receive()).message).toContain("`receive` waited 30 ms for an item, and nobody sent one");
  expect(errorOf("timeout", () => channel.receive(5)).message).toContain("waited 5 ms");
  await expect(channel.receiveAsync(5)).rejects.toThrow("`receiveAsync` waited 5 ms");
  // The good twin: sent, received, joined.
  channel.send(1);
  expect(channel.receive().value).toBe(1);
});

test("closing wakes everybody: what was sent is received, then it is closed", async () => {
  const channel = new TransferChannel<typeof Item>(8);
  const waiting = workers.map((worker) => worker.run<{ received: number }>("receive", { alloc: alloc.share(), channel: channel.share() }));
  const alsoWaiting = channel.receiveAsync().catch((error: unknown) => (error as { code: string }).code);
  await new Promise((resolve) => setTimeout(resolve, 50));
  channel.close();
  channel.close();
  expect((await Promise.all(waiting)).map(({ received }) => received)).toEqual([0, 0]);
  expect(await alsoWaiting).toBe("closed");
  expect([channel.isClosed, channel.trySend(alloc.frameBoxForTransfer(Item))]).toEqual([true, false]);
  errorOf("closed", () => channel.send(alloc.frameBoxForTransfer(Item)));
  const drained = new TransferChannel<number>(2);
  drained.send(1);
  drained.close();
  expect(drained.receive().value).toBe(1);
  errorOf("closed", () => drained.receive());
});

test("receiveAsync gets what another agent sends later", async () => {
  const channel = new TransferChannel<typeof Item>(2);
  const boxes = Promise.all([channel.receiveAsync(10_000), channel.receiveAsync(10_000)]);
  const sent = workers[1]?.run("send", { alloc: alloc.share(), channel: channel.share(), count: 2, sender: 3 });
  expect((await boxes).map((box) => valueOf(box)?.index)).toEqual(expect.arrayContaining([0, 1]));
  await sent;
});

describe("what cannot be sent", () => {
  const channel = new TransferChannel<never>(4, { itemBytes: 64 });
  const send = channel.trySend.bind(channel) as (value: unknown) => boolean;

  test("FA201: frame values and boxes, whose memory somebody has to own", () => {
    alloc.beginFrame();
    for (const value of [alloc.frameAlloc(Vec3), alloc.frameBox(1), alloc.frameBox(Vec3), alloc.frameAllocBatch(Vec3, 2), alloc.poolBox(Vec3)]) errorOf("FA201", () => send(value));
    alloc.endFrame();
  });
  test("what JSON would change, or a slot has no room for", () => {
    for (const value of [() => 1, Symbol("s"), 1n, new Map(), new Date(), { at: new Uint8Array(2) }, [NaN], { a: undefined }, "x".repeat(31)]) errorOf("argument", () => send(value));
  });
  test("a pool value is sent as a copy of its fields", () => {
    const pooled = alloc.poolAlloc(Vec3);
    pooled.y = 5;
    expect(send(pooled)).toBe(true);
    alloc.poolFree(pooled);
    expect(channel.receive().value).toEqual({ x: 0, y: 5, z: 0 });
  });
  test("nothing was sent half", () => expect([channel.size, channel.tryReceive()]).toEqual([0, undefined]));
  test("values of two regions, and of one that this agent is not attached to", () => {
    const mixed = new TransferChannel<typeof Vec3>(4);
    const other = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared" });
    mixed.send(alloc.frameBoxForTransfer(Vec3));
    const handle = other.frameBoxForTransfer(Vec3);
    errorOf("FA207", () => mixed.trySend(handle));
    expect([handle.state, mixed.size]).toEqual(["owned", 1]);
    const local = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local" }).frameBoxForTransfer(Vec3, { x: 1 });
    expect(errorOf("FA207", () => mixed.trySend(local)).help).toContain('{ memory: "local" }');
    expect([local.state, mixed.size, new TransferChannel<typeof Vec3>(1, { memory: "local" }).trySend(local)]).toEqual(["owned", 1, true]);
  });
});

test("options out of their range are refused", () => {
  for (const capacity of [0, -1, 1.5, NaN, 2 ** 21]) errorOf("argument", () => new TransferChannel(capacity));
  errorOf("argument", () => new TransferChannel(1, { itemBytes: -1 }));
  errorOf("argument", () => TransferChannel.attach({} as never));
});

describe("what is refused", () => {
  const notTimes = [NaN, "5" as unknown as number, null as unknown as number];
  test.each(["auto", "local"] as const)("a time to wait that is none, %s", async (memory) => {
    const channel = new TransferChannel<number>(1, { memory });
    for (const ms of notTimes) {
      errorOf("argument", () => new TransferChannel(1, { timeoutMs: ms }));
      await expect(channel.receiveAsync(ms)).rejects.toMatchObject({ code: "argument" });
      if (memory === "local") continue;
      errorOf("argument", () => channel.receive(ms));
      expect(channel.trySend(1)).toBe(true);
      errorOf("argument", () => channel.send(2, ms));
      channel.receive(ms).release();
    }
    for (const ms of [0, -1, -Infinity]) await expect(channel.receiveAsync(ms)).rejects.toMatchObject({ code: "timeout" });
  });

  test("a long time is waited, also without shared memory", async () => {
    for (const memory of ["auto", "local"] as const) {
      const channel = new TransferChannel<number>(1, { memory });
      const found = Promise.race([channel.receiveAsync(2 ** 31 + 5), channel.receiveAsync(1e300)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
      channel.send(1);
      expect((await found).value).toBe(1);
      channel.close();
    }
  });

  test.each(["auto", "local"] as const)("a handle with a value that cannot be written out stays as it was, and holds nobody up, %s", async (memory) => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: memory === "auto" ? "shared" : "local" });
    const channel = new TransferChannel(2, { memory });
    const client = memory === "local" ? TransferChannel.attach(channel.share()) : channel;
    for (const end of [channel, client]) {
      for (const value of [() => 1, new Map([[1, 2]]), { a: undefined }, "x".repeat(1000)]) {
        const handle = alloc.frameBoxForTransfer(value as object);
        errorOf("argument", () => end.send(handle));
        expect(handle.state).toBe("owned");
        handle.drop();
      }
      const given = { a: [1] };
      end.send(alloc.frameBoxForTransfer(given));
      given.a.push(2);
    }
    expect([(await client.receiveAsync()).value, (await client.receiveAsync()).value]).toEqual([{ a: [1] }, { a: [1] }]);
    client.close();
    channel.close();
  });

  test("a channel of messages carries values of shared memory too, each once, and keeps those that nobody here can receive", async () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), debug: false, memory: "shared" });
    const shared = alloc.share();
    const channel = new TransferChannel<typeof Vec3>(4, { memory: "local" });
    channel.send(alloc.frameBoxForTransfer(Vec3, { x: 1 }));
    const token = alloc.frameBoxForTransfer(Vec3, { x: 2 }).detach();
    channel.send(token as never);
    channel.send(token as never);
    channel.send(alloc.frameBoxForTransfer(Vec3, { x: 3 }));
    const first = channel.tryReceive();
    expect([first?.value.x, alloc.transferStats().received]).toEqual([1, 1]);
    first?.release();
    alloc.dispose();
    errorOf("FA207", () => channel.tryReceive());
    const other = SmartAlloc.attach(shared);
    const items = [channel.tryReceive(), channel.tryReceive(), channel.tryReceive()];
    expect(items.map((box) => box?.value.x)).toEqual([2, 3, undefined]);
    other.dispose();
    channel.close();
  });
});
