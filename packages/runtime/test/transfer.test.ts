/** Transfers between real agents, over shared memory and without it. */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { MessageChannel, Worker } from "node:worker_threads";
import { AllocConfig, array, f32, i32, kilobytes, SmartAlloc, struct, transferList, type TransferHandle, type TransferToken } from "@framealloc/runtime";
import { afterAll, describe, expect, test, vi } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const Body = struct({ id: i32, position: Vec3, trail: array(f32, 3) }, { name: "Body" });
const workers: Worker[] = [];
afterAll(() => Promise.all(workers.map((worker) => worker.terminate())));

interface Agent {
  /** Posts and waits for the answer. */
  ask(post: (worker: Worker) => void): Promise<Record<string, unknown>>;
}

function start(alloc: SmartAlloc, isAttached = true): Agent {
  const worker = new Worker(new URL("./transfer-worker.mjs", import.meta.url), { execArgv: [], workerData: { shared: alloc.share(), isAttached } });
  workers.push(worker);
  return {
    ask: (post) => new Promise((resolve, reject) => {
      const done = (settle: () => void): void => {
        worker.off("message", answered).off("error", failed);
        settle();
      };
      const answered = (message: Record<string, unknown>): void => done(() => resolve(message));
      const failed = (error: unknown): void => done(() => reject(error instanceof Error ? error : new Error(String(error))));
      worker.on("message", answered).on("error", failed);
      try {
        post(worker);
      } catch (error) {
        failed(error);
      }
    }),
  };
}

describe.each(["shared", "local"] as const)("%s memory", (memory) => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory });
  const agent = start(alloc);

  test("a worker receives structs, scalars, arrays and values, by send", async () => {
    const sent = alloc.frameBoxForTransfer(Body, { id: 7, position: { y: 2 }, trail: [1, 2, 3] });
    expect(sent.state).toBe("owned");
    expect(await agent.ask((worker) => sent.send(worker))).toEqual({ value: { id: 7, position: { x: 0, y: 2, z: 0 }, trail: { 0: 1, 1: 2, 2: 3 } }, hasBuffer: memory === "local" });
    expect(sent.state).toBe(memory === "shared" ? "received" : "inFlight");
    expect((await agent.ask((worker) => alloc.frameBoxForTransfer(i32, 42).send(worker)))["value"]).toBe(42);
    expect((await agent.ask((worker) => alloc.frameBoxForTransfer(array(f32, 2), [1.5, 2]).send(worker)))["value"]).toEqual([1.5, 2]);
    expect((await agent.ask((worker) => alloc.frameBoxForTransfer({ any: ["value"] }).send(worker)))["value"]).toEqual({ any: ["value"] });
  });

  test("frame and pool boxes are copied: the box stays what it was", async () => {
    alloc.beginFrame();
    const box = alloc.frameBox(Vec3, { x: 1 });
    expect((await ((answer) => { alloc.endFrame(); return answer; })(agent.ask((worker) => alloc.frameBoxForTransfer(box).send(worker))))["value"]).toEqual({ x: 1, y: 0, z: 0 });
    errorOf("FA004", () => alloc.frameBoxForTransfer(box));
    using pooled = alloc.poolBox(i32, 5);
    expect((await agent.ask((worker) => alloc.frameBoxForTransfer(pooled).send(worker)))["value"]).toBe(5);
    using value = alloc.poolBox("text");
    expect((await agent.ask((worker) => alloc.frameBoxForTransfer(value).send(worker)))["value"]).toBe("text");
    expect(pooled.value).toBe(5);
  });

  test("and back, as tokens inside other messages", async () => {
    const token = alloc.frameBoxForTransfer(Body, { id: 9, trail: [0, 0, 4] }).detach();
    const answer = await agent.ask((worker) => worker.postMessage({ do: "bounce", token }, transferList(token)));
    using box = alloc.receive(answer["token"] as TransferToken<{ id: number; trail: Float32Array }>);
    expect([box.value.id, box.value.trail[2]]).toEqual([9, 4]);
  });

  test("FA208: sent, detached or received twice", async () => {
    const handle = alloc.frameBoxForTransfer(Vec3);
    const { port1, port2 } = new MessageChannel();
    handle.send(port1);
    errorOf("FA208", () => handle.send(port1));
    errorOf("FA208", () => handle.detach());
    errorOf("FA208", () => handle.drop());
    const token = alloc.frameBoxForTransfer(Vec3, { z: 3 }).detach();
    const box = alloc.receive(token);
    expect(box.value.z).toBe(3);
    errorOf("FA208", () => alloc.receive(token));
    box.release();
    errorOf("FA208", () => alloc.receive(token));
    port1.close();
    port2.close();
  });

  test("a handle received in its own agent, dropped, or disposed is done with", () => {
    const own = alloc.frameBoxForTransfer(Vec3, { x: 8 });
    using box = own.receive();
    expect([box.value.x, own.state]).toEqual([8, "received"]);
    errorOf("FA208", () => own.receive());
    const dropped = alloc.frameBoxForTransfer(Vec3);
    dropped.drop();
    expect(dropped.state).toBe("dropped");
    errorOf("FA208", () => dropped.detach());
    dropped[Symbol.dispose]();
    const disposed = alloc.frameBoxForTransfer(Vec3);
    disposed[Symbol.dispose]();
    expect(disposed.state).toBe("dropped");
  });

  test("a post that fails leaves the handle owned", async () => {
    const handle = alloc.frameBoxForTransfer(Vec3, { y: 6 });
    expect(() => handle.send({ postMessage: () => { throw new Error("closed"); } })).toThrow("closed");
    expect(handle.state).toBe("owned");
    expect((await agent.ask((worker) => handle.send(worker)))["value"]).toEqual({ x: 0, y: 6, z: 0 });
    const uncloneable = alloc.frameBoxForTransfer(() => 1);
    await expect(agent.ask((worker) => uncloneable.send(worker))).rejects.toThrow("could not be cloned");
    expect(uncloneable.state).toBe("owned");
  });

  test("what cannot be sent is refused", () => {
    alloc.beginFrame();
    const view = alloc.frameAlloc(Vec3);
    view.y = 4;
    const { help } = errorOf("FA201", () => alloc.frameBoxForTransfer(view as never));
    // What is advised of a view can be done with it.
    expect(help).toContain("frameBoxForTransfer(type, view)");
    expect(alloc.receive(alloc.frameBoxForTransfer(Vec3, view).detach()).value.y).toBe(4);
    errorOf("FA201", () => alloc.frameBoxForTransfer(alloc.frameAllocBatch(Vec3, 2) as never));
    alloc.endFrame();
    errorOf("argument", () => alloc.frameBoxForTransfer(Vec3, 5 as never));
    errorOf("FA301", () => alloc.frameBoxForTransfer(array(f32, kilobytes(64))));
    errorOf("FA201", () => structuredClone(alloc.frameBoxForTransfer(1)));
    for (const message of [undefined, 5, {}, { framealloc: "other" }]) errorOf("argument", () => alloc.receive(message as never));
  });

  test("the worker has frames of its own", async () => {
    alloc.beginFrame();
    expect(await agent.ask((worker) => worker.postMessage({ do: "frame" }))).toEqual({ inFrame: true, length: 4 });
    alloc.endFrame();
  });
});

describe("shared memory", () => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared" });

  test("is seen by both agents at once: nothing was copied", async () => {
    const agent = start(alloc);
    const token = alloc.frameBoxForTransfer(Vec3, { x: 1 }).detach();
    await agent.ask((worker) => worker.postMessage({ do: "hold", token }));
    const bytes = new Float32Array(alloc.share().region as SharedArrayBuffer);
    expect(bytes[token.ptr >> 2]).toBe(1);
    await agent.ask((worker) => worker.postMessage({ do: "write", token, x: 2.5 }));
    expect(bytes[token.ptr >> 2]).toBe(2.5);
  });

  test("FA208: one of two agents receives, the other is told", async () => {
    const [a, b] = [start(alloc), start(alloc)];
    const token = alloc.frameBoxForTransfer(Vec3, { x: 1 }).detach();
    const answers = await Promise.all([a.ask((worker) => worker.postMessage({ do: "hold", token })), b.ask((worker) => worker.postMessage({ do: "hold", token }))]);
    expect(answers.filter((answer) => answer["error"] === "FA208")).toHaveLength(1);
    expect(answers.filter((answer) => answer["value"] !== undefined)).toHaveLength(1);
  });

  test("FA207: an allocator that is not attached cannot receive", async () => {
    const stranger = start(alloc, false);
    expect(await stranger.ask((worker) => alloc.frameBoxForTransfer(Vec3).send(worker))).toEqual({ error: "FA207" });
    const local = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local" });
    errorOf("FA207", () => local.receive(alloc.frameBoxForTransfer(Vec3).detach()));
  });

  test("memory comes back from the other agent: 5,000 transfers through room for 2,000", async () => {
    const agent = start(alloc);
    for (let round = 0; round < 50; round += 1) {
      const tokens = Array.from({ length: 100 }, (_, i) => alloc.frameBoxForTransfer(Vec3, { x: i }).detach());
      expect(await agent.ask((worker) => worker.postMessage({ do: "take", tokens }))).toEqual({ sum: 4950 });
    }
  });

  test("FA208: a token whose block is in use again by another", () => {
    const first = alloc.frameBoxForTransfer(Vec3, { x: 1 }).detach();
    alloc.receive(first).release();
    const second = alloc.frameBoxForTransfer(Vec3, { x: 2 }).detach();
    expect(second.ptr).toBe(first.ptr);
    errorOf("FA208", () => alloc.receive(first));
    expect(alloc.receive(second).value.x).toBe(2);
  });

  test("a token that names no block is refused", () => {
    const token = alloc.frameBoxForTransfer(Vec3).detach();
    for (const ptr of [0, 8, -8, 2 ** 31, 12.5, token.ptr + 4, kilobytes(1024)]) errorOf("argument", () => alloc.receive({ ...token, ptr }));
    errorOf("FA208", () => alloc.receive({ ...token, generation: token.generation + 1 }));
    errorOf("argument", () => alloc.receive({ ...token, type: "f99" }));
    errorOf("argument", () => SmartAlloc.attach({ ...alloc.share(), region: new SharedArrayBuffer(4096) }));
    errorOf("argument", () => SmartAlloc.attach(undefined as never));
    alloc.receive(token).release();
  });

  test("a full region says its figures, and a dropped handle makes room", () => {
    const tight = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", transferSize: 100 });
    const handle = tight.frameBoxForTransfer(Vec3);
    const second = tight.frameBoxForTransfer(Vec3);
    // Two pages of 64 bytes, two blocks in each.
    tight.frameBoxForTransfer(Vec3);
    tight.frameBoxForTransfer(Vec3);
    const error = errorOf("FA301", () => tight.frameBoxForTransfer(Vec3));
    expect([error.requested, error.used, error.capacity]).toEqual([12, 128, 128]);
    handle.drop();
    expect(tight.frameBoxForTransfer(Vec3).state).toBe("owned");
    second.drop();
  });

  test("FA208: an abandoned handle is won back, and told of in debug mode", async () => {
    setFlagsFromString("--expose-gc");
    const collect = runInNewContext("gc") as () => void;
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const tight = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", transferSize: 32, debug: true });
    const kept = tight.frameBoxForTransfer(Vec3);
    (() => void tight.frameBoxForTransfer(Vec3))();
    errorOf("FA301", () => tight.frameBoxForTransfer(Vec3));
    for (let i = 0; i < 50 && warn.mock.calls.length === 0; i += 1) {
      collect();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(warn.mock.calls[0]?.[0]).toContain("FA208");
    warn.mockRestore();
    expect(tight.frameBoxForTransfer(Vec3).state).toBe("owned");
    expect([kept.state, tight.transferStats().reclaimed]).toEqual(["owned", 1]);
  });

  test("of many handles those are won back that nobody has, sent or dropped, in whatever order the others were", async () => {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", transferSize: kilobytes(512), debug: false });
    const kept: TransferHandle<unknown>[] = [];
    const bounds = [1, 2, 3, 5, 1300, 2600];
    // Each round makes some, loses every third, keeps every fifth of the rest, and sends the others from the first or from the last.
    const abandoned = bounds.map((count, round) => {
      const handles: TransferHandle<unknown>[] = Array.from({ length: count }, () => alloc.frameBoxForTransfer(Vec3));
      const left = handles.filter((_, i) => i % 3 !== 2);
      kept.push(...left.filter((_, i) => i % 5 === 4));
      const sent = left.filter((_, i) => i % 5 !== 4);
      for (const handle of round % 2 === 0 ? sent : sent.reverse()) handle.detach();
      return handles.length - left.length;
    }).reduce((sum, count) => sum + count);
    alloc.withFrame(() => {});
    for (let i = 0; i < 100 && alloc.transferStats().reclaimed < abandoned; i += 1) await collectGarbage();
    expect(alloc.transferStats().reclaimed).toBe(abandoned);
    expect(kept.filter(({ state }) => state !== "owned")).toEqual([]);
    for (const handle of kept) handle.drop();
  });
});
