/** Streaming: the steps of an asset, the budget, eviction, and loading from streams; streaming-model.test.ts has random programs. */
import { SmartAlloc, StreamingAllocator, StreamPriority, type StreamId } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import type { ByteStream } from "../src/streaming/load-from-stream.ts";
import { errorOf } from "./error-of.ts";

const load = (streaming: StreamingAllocator, sizeBytes: number, priority: StreamPriority, fill = 1): StreamId => {
  const id = streaming.reserve(sizeBytes, priority);
  streaming.beginLoad(id).fill(fill);
  streaming.finishLoad(id);
  return id;
};

describe("E29: a budget that is exhausted", () => {
  test("two critical reservations of 512 leave nothing for a third", () => {
    const streaming = new StreamingAllocator(1024);
    const ids = [streaming.reserve(512, "critical"), streaming.reserve(512, StreamPriority.Critical)];
    expect(errorOf("FA402", () => streaming.reserve(512, "critical"))).toMatchObject({ requested: 512, used: 1024, capacity: 1024 });
    expect([streaming.tryReserve(1, 3), ids.map((id) => streaming.state(id))]).toEqual([undefined, ["reserved", "reserved"]]);
    for (const id of ids) {
      streaming.beginLoad(id);
      streaming.finishLoad(id);
    }
    errorOf("FA402", () => streaming.reserve(512, "critical"));
  });

  test("a ready asset of lower priority makes room", () => {
    const streaming = new StreamingAllocator(1024);
    const evicted: unknown[] = [];
    streaming.setEvictionCallback((id, tag) => {
      evicted.push([id, tag]);
      expect(streaming.stats().allocationCount).toBe(2);
    });
    const low = streaming.reserve(512, "low", "texture");
    streaming.beginLoad(low);
    streaming.finishLoad(low);
    const high = load(streaming, 512, "high");
    const critical = streaming.reserve(512, "critical");
    expect([evicted, streaming.state(low), streaming.state(high), streaming.state(critical)]).toEqual([[[low, "texture"]], undefined, "ready", "reserved"]);
    expect(streaming.stats()).toMatchObject({ totalReserved: 1024, available: 0, evictedCount: 1, evictedBytes: 512 });
    errorOf("FA401", () => streaming.access(low));
    expect(streaming.tryAccess(low)).toBeUndefined();
  });
});

describe("eviction", () => {
  test("an equal priority goes, a higher one stays, and a reservation that fails evicts nothing", () => {
    const streaming = new StreamingAllocator(1000);
    const [low, normal, high] = [load(streaming, 300, 0), load(streaming, 300, "normal"), load(streaming, 400, "high")];
    expect([streaming.tryReserve(601, "normal"), streaming.tryReserve(301, "low"), streaming.tryReserve(1001, "critical")]).toEqual([undefined, undefined, undefined]);
    expect(errorOf("FA402", () => streaming.reserve(601, "normal")).message).toContain("600 of them evictable");
    expect([low, normal, high].map((id) => streaming.state(id))).toEqual(["ready", "ready", "ready"]);
    streaming.reserve(600, "normal");
    expect([low, normal, high].map((id) => streaming.state(id))).toEqual([undefined, undefined, "ready"]);
  });

  test("of one priority the one that was not used for the longest time goes first", () => {
    const streaming = new StreamingAllocator(300);
    const [a, b, c] = [load(streaming, 100, "normal"), load(streaming, 100, "normal"), load(streaming, 100, "normal")];
    streaming.access(a);
    // Asking is no use.
    streaming.state(b);
    streaming.progress(b);
    streaming.reserve(100);
    expect([a, b, c].map((id) => streaming.state(id))).toEqual(["ready", undefined, "ready"]);
    streaming.reserve(100);
    expect([a, b, c].map((id) => streaming.state(id))).toEqual(["ready", undefined, undefined]);
  });

  test("what is being loaded stays, what failed goes", () => {
    const streaming = new StreamingAllocator(300);
    const [reserved, loading, failed] = [streaming.reserve(100, "low"), streaming.reserve(100, "low"), streaming.reserve(100, "low")];
    streaming.beginLoad(loading);
    streaming.beginLoad(failed);
    streaming.fail(failed, "404");
    expect([streaming.tryReserve(101, "high"), streaming.state(failed)]).toEqual([undefined, "failed"]);
    streaming.reserve(100, "high");
    expect([reserved, loading, failed].map((id) => streaming.state(id))).toEqual(["reserved", "loading", undefined]);
  });

  test("who is told of it may free and reserve; when they throw, the reservation is taken back", () => {
    const streaming = new StreamingAllocator(300);
    const [a, b] = [load(streaming, 100, "low"), load(streaming, 100, "low")];
    streaming.setEvictionCallback(() => { if (streaming.state(b) !== undefined) streaming.free(b); });
    const c = streaming.reserve(200, "normal");
    expect([streaming.state(a), streaming.state(b), streaming.stats().totalReserved]).toEqual([undefined, undefined, 200]);
    streaming.setEvictionCallback(() => { throw new Error("no"); });
    load(streaming, 100, "low");
    expect(() => streaming.reserve(50, "low")).toThrow("no");
    expect(streaming.stats()).toMatchObject({ totalReserved: 200, totalLoaded: 0, allocationCount: 1 });
    streaming.setEvictionCallback(undefined);
    expect(streaming.state(c)).toBe("reserved");
  });
});

describe("FA404: the steps of an asset", () => {
  test("are taken in their order, once", () => {
    const streaming = new StreamingAllocator(100);
    const id = streaming.reserve(10);
    for (const call of [() => streaming.access(id), () => streaming.write(id, new Uint8Array(1)), () => streaming.reportProgress(id, 1), () => streaming.finishLoad(id), () => streaming.fail(id)]) errorOf("FA404", call);
    streaming.beginLoad(id);
    for (const call of [() => streaming.access(id), () => streaming.beginLoad(id)]) errorOf("FA404", call);
    streaming.finishLoad(id);
    for (const call of [() => streaming.beginLoad(id), () => streaming.write(id, new Uint8Array(1)), () => streaming.reportProgress(id, 1), () => streaming.finishLoad(id), () => streaming.fail(id)]) errorOf("FA404", call);
    expect(streaming.access(id)).toBe(streaming.access(id));
    streaming.free(id);
    for (const call of [() => streaming.access(id), () => streaming.beginLoad(id), () => streaming.write(id, new Uint8Array(1)), () => streaming.finishLoad(id), () => streaming.fail(id), () => streaming.free(id)]) errorOf("FA401", call);
  });

  test("what failed can be tried again, from zero", () => {
    const streaming = new StreamingAllocator(100);
    const id = streaming.reserve(4);
    streaming.beginLoad(id);
    streaming.write(id, Uint8Array.of(1, 2, 3));
    streaming.fail(id, "connection lost");
    expect(errorOf("FA404", () => streaming.access(id)).message).toContain("failed: connection lost");
    expect(streaming.stats()).toMatchObject({ totalReserved: 4, totalLoaded: 0, failedCount: 1 });
    expect([...streaming.beginLoad(id)]).toEqual([0, 0, 0, 0]);
    streaming.write(id, Uint8Array.of(9).buffer);
    streaming.finishLoad(id);
    expect([...streaming.access(id)]).toEqual([9]);
  });

  test("`write` and the raw view fill the same memory, and progress is told", () => {
    const streaming = new StreamingAllocator(100);
    const raw = streaming.reserve(8);
    const view = streaming.beginLoad(raw);
    view.set([1, 2, 3], 5);
    streaming.reportProgress(raw, 3);
    expect([streaming.progress(raw), streaming.stats().totalLoaded]).toEqual([3, 3]);
    for (const bad of [-1, 9, 0.5]) errorOf("argument", () => streaming.reportProgress(raw, bad));
    streaming.finishLoad(raw);
    expect([[...streaming.access(raw)], streaming.progress(raw)]).toEqual([[0, 0, 0, 0, 0, 1, 2, 3], 8]);
    const written = streaming.reserve(8);
    streaming.beginLoad(written);
    streaming.write(written, new Uint16Array([0x0201]));
    streaming.write(written, new DataView(Uint8Array.of(7, 8, 9).buffer, 1, 1));
    errorOf("argument", () => streaming.write(written, new Uint8Array(6)));
    errorOf("argument", () => streaming.write(written, "text" as never));
    expect(streaming.progress(written)).toBe(3);
    streaming.finishLoad(written);
    expect([...streaming.access(written)]).toEqual([1, 2, 8]);
  });
});

test("sizes, priorities and budgets that are none are refused", () => {
  const streaming = new StreamingAllocator(100);
  for (const bad of [0, -1, 1.5, NaN, "10"]) errorOf("argument", () => streaming.reserve(bad as number));
  for (const bad of ["medium", 4, -1, null, {}]) errorOf("argument", () => streaming.reserve(1, bad as StreamPriority));
  for (const bad of [-1, 0.5, Infinity, undefined]) errorOf("argument", () => new StreamingAllocator(bad as number));
  expect(streaming.stats().allocationCount).toBe(0);
});

describe("an allocator's", () => {
  test("is always the same, of 64 MB unless the first call says otherwise, and ends with it", () => {
    const alloc = new SmartAlloc({ frameArenaSize: 0, heapSize: 0, slabPagesPerClass: 0 });
    expect([alloc.streaming().budget, alloc.streaming(5)]).toEqual([64 * 1024 * 1024, alloc.streaming()]);
    const other = new SmartAlloc({ frameArenaSize: 0, heapSize: 0, slabPagesPerClass: 0 });
    expect(other.streaming(1000).budget).toBe(1000);
    other.dispose();
    errorOf("FA402", () => other.streaming().reserve(1));
  });

  test("gives memory that other agents can read where the allocator's is shared", () => {
    const options = { frameArenaSize: 0, heapSize: 0, slabPagesPerClass: 0 };
    const bufferOf = (memory: "shared" | "local"): unknown => {
      const streaming = new SmartAlloc({ ...options, memory }).streaming();
      return streaming.access(load(streaming, 8, "normal")).buffer;
    };
    expect([bufferOf("shared"), bufferOf("local")]).toEqual([expect.any(SharedArrayBuffer), expect.any(ArrayBuffer)]);
  });
});

describe("loadFromStream", () => {
  const streamOf = (...chunks: readonly (Uint8Array | Error)[]): ReadableStream<Uint8Array> => {
    const left = [...chunks];
    return new ReadableStream({
      pull(controller) {
        const next = left.shift();
        if (next === undefined) controller.close();
        else if (next instanceof Error) controller.error(next);
        else controller.enqueue(next);
      },
    });
  };

  test("takes streams and responses, also empty ones and shorter ones", async () => {
    const streaming = new StreamingAllocator(100);
    const ids = [10, 10, 10, 10].map((size) => streaming.reserve(size));
    await streaming.loadFromStream(ids[0] as StreamId, streamOf(Uint8Array.of(1, 2), Uint8Array.of(3)));
    await streaming.loadFromStream(ids[1] as StreamId, new Response("hello"));
    await streaming.loadFromStream(ids[2] as StreamId, new Response(null));
    await streaming.loadFromStream(ids[3] as StreamId, streamOf(new Uint8Array(10).fill(4)));
    expect(ids.map((id) => [...streaming.access(id)])).toEqual([[1, 2, 3], [...new TextEncoder().encode("hello")], [], new Array(10).fill(4)]);
    expect(streaming.stats()).toMatchObject({ totalReserved: 40, totalLoaded: 18, readyCount: 4 });
  });

  test("fails with its stream, which is cancelled when it is too long", async () => {
    const streaming = new StreamingAllocator(100);
    const id = streaming.reserve(4);
    await expect(streaming.loadFromStream(id, streamOf(Uint8Array.of(1), new Error("lost")))).rejects.toThrow("lost");
    expect([streaming.state(id), streaming.stats().totalLoaded]).toEqual(["failed", 0]);
    let cancelled: unknown;
    const long = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(3)), cancel: (reason) => { cancelled = reason; } });
    await expect(streaming.loadFromStream(id, long)).rejects.toThrow("at most the 1 bytes that are left");
    expect([cancelled instanceof Error, long.locked, streaming.state(id)]).toEqual([true, false, "failed"]);
    await expect(streaming.loadFromStream(id, new Response("no", { status: 404 }))).rejects.toThrow("status 404");
    await expect(streaming.loadFromStream(id, {} as never)).rejects.toThrow("ReadableStream");
    await streaming.loadFromStream(id, streamOf(Uint8Array.of(5)));
    expect([...streaming.access(id)]).toEqual([5]);
    await expect(streaming.loadFromStream(id, streamOf())).rejects.toThrow("[FA404]");
  });

  test("an asset that is freed while it loads ends its stream", async () => {
    const streaming = new StreamingAllocator(100);
    const id = streaming.reserve(50);
    let cancelled = false;
    const endless = new ReadableStream({ pull: (controller) => { controller.enqueue(new Uint8Array(1)); if (streaming.progress(id) === 5) streaming.free(id); }, cancel: () => { cancelled = true; } });
    await expect(streaming.loadFromStream(id, endless)).rejects.toThrow("[FA401]");
    expect([cancelled, streaming.stats()]).toEqual([true, expect.objectContaining({ totalReserved: 0, totalLoaded: 0, allocationCount: 0 })]);
  });

  test("two assets load side by side", async () => {
    const streaming = new StreamingAllocator(100);
    const [a, b] = [streaming.reserve(20), streaming.reserve(20)];
    await Promise.all([streaming.loadFromStream(a, streamOf(...Array.from({ length: 10 }, () => Uint8Array.of(1)))), streaming.loadFromStream(b, streamOf(...Array.from({ length: 10 }, () => Uint8Array.of(2))))]);
    expect([[...streaming.access(a)], [...streaming.access(b)]]).toEqual([new Array(10).fill(1), new Array(10).fill(2)]);
  });

  test("a stream that was given up puts nothing into the next load, and does not end it", async () => {
    const streaming = new StreamingAllocator(100);
    const id = streaming.reserve(4);
    const handedOver: ((chunk: { done: boolean; value?: Uint8Array }) => void)[] = [];
    let cancelled = 0;
    const slow = (): ByteStream => ({
      getReader: () => ({ read: () => new Promise((resolve) => { handedOver.push(resolve); }), cancel: () => Promise.resolve((cancelled += 1)), releaseLock: () => {} }),
    });
    const first = streaming.loadFromStream(id, slow());
    streaming.fail(id, "too slow");
    const second = streaming.loadFromStream(id, slow());
    handedOver[0]?.({ done: false, value: Uint8Array.of(9, 9) });
    await expect(first).rejects.toMatchObject({ code: "FA404" });
    expect([streaming.state(id), streaming.progress(id), cancelled]).toEqual(["loading", 0, 1]);
    handedOver[1]?.({ done: false, value: Uint8Array.of(1, 2) });
    await Promise.resolve();
    streaming.fail(id);
    const third = streaming.loadFromStream(id, slow());
    await expect.poll(() => handedOver.length).toBe(4);
    // The end of the second one's stream is not that of the third one's.
    handedOver[2]?.({ done: true });
    await expect(second).rejects.toMatchObject({ code: "FA404" });
    expect(streaming.state(id)).toBe("loading");
    handedOver[3]?.({ done: false, value: Uint8Array.of(3, 4, 5) });
    await expect.poll(() => handedOver.length).toBe(5);
    handedOver[4]?.({ done: true });
    await third;
    expect([...streaming.access(id)]).toEqual([3, 4, 5]);
  });
});
