/**
 * Two agents side by side: what a transfer costs through a channel and by `postMessage`, a generation of a barrier, a free of the other's memory, and what an agent that
 * allocates at full speed costs another one. Prints one line of JSON. This agent measures all but the free, which the other one does.
 *
 *   node agents.mjs ITEMS
 *
 * Longer than 60 lines: one measurement after another, over the same two agents.
 */
import { fileURLToPath } from "node:url";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { f32, FrameBarrier, megabytes, SmartAlloc, struct, TransferChannel } from "@framealloc/runtime";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const PIPELINE = 1000;
const ITEMS = Number(process.argv[2] ?? 100_000);

/** @param {readonly number[]} values */
function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** @param {SmartAlloc} alloc @param {number} frames */
function allocate(alloc, frames) {
  const startMs = performance.now();
  for (let frame = 0; frame < frames; frame += 1) {
    alloc.beginFrame();
    for (let i = 0; i < 1000; i += 1) alloc.frameAlloc(Vec3).x = i;
    alloc.endFrame();
  }
  return performance.now() - startMs;
}

if (isMainThread) await measure();
else serve();

async function measure() {
  const alloc = new SmartAlloc({ memory: "shared", transferSize: megabytes(1) });
  const channel = new TransferChannel(PIPELINE);
  const barrier = new FrameBarrier(2);
  const words = new Int32Array(new SharedArrayBuffer(16));
  const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { shared: alloc.share(), channel: channel.share(), barrier: barrier.share(), words } });
  /** @param {object} request @returns {Promise<any>} */
  const ask = (request) => new Promise((resolve) => {
    worker.once("message", resolve);
    worker.postMessage(request);
  });
  // An error of the worker ends the process.
  worker.on("error", (error) => { throw error; });
  await ask({ do: "hello" });

  /** @param {number} count */
  async function transfer(count) {
    worker.postMessage({ do: "receive", count });
    const startMs = performance.now();
    for (let i = 0; i < count; i += 1) channel.send(alloc.frameBoxForTransfer(Vec3, { x: i }), 60_000);
    await new Promise((resolve) => worker.once("message", resolve));
    return ((performance.now() - startMs) * 1e6) / count;
  }
  /** @param {number} count */
  async function post(count) {
    const startMs = performance.now();
    for (let i = 0; i < count; i += 1) worker.postMessage({ do: "item", x: i, y: 0, z: 0, last: i === count - 1 });
    await new Promise((resolve) => worker.once("message", resolve));
    return ((performance.now() - startMs) * 1e6) / count;
  }
  await transfer(ITEMS);
  const transferNs = [];
  const postNs = [];
  for (let round = 0; round < 5; round += 1) {
    transferNs.push(await transfer(ITEMS));
    postNs.push(await post(Math.ceil(ITEMS / 10)));
  }

  worker.postMessage({ do: "meet", count: 20_000 });
  const barrierUs = [];
  for (let i = 0; i < 20_000; i += 1) {
    const startMs = performance.now();
    barrier.signalFrameComplete();
    barrier.waitAndReset();
    barrierUs.push((performance.now() - startMs) * 1000);
  }
  await new Promise((resolve) => worker.once("message", resolve));

  const freeNs = [];
  for (let round = 0; round < 60; round += 1) {
    for (let i = 0; i < PIPELINE; i += 1) channel.send(alloc.frameBoxForTransfer(Vec3, { x: i }));
    freeNs.push((await ask({ do: "free" })).ns);
    alloc.processDeferredFrees();
  }

  allocate(alloc, 2000);
  const second = [];
  for (let round = 0; round < 15; round += 1) {
    const alone = allocate(alloc, 400);
    words[0] = 0;
    worker.postMessage({ do: "allocate" });
    while (Atomics.load(words, 0) === 0) Atomics.wait(words, 0, 0, 1);
    const together = allocate(alloc, 400);
    Atomics.store(words, 1, 1);
    await new Promise((resolve) => worker.once("message", resolve));
    words[1] = 0;
    second.push(together / alone);
  }
  console.log(JSON.stringify({ transferNs, postNs, barrierUs: median(barrierUs.slice(5000)), freeNs: median(freeNs.slice(20)), second }));
  await worker.terminate();
}

function serve() {
  const { words } = workerData;
  const alloc = SmartAlloc.attach(workerData.shared);
  const channel = TransferChannel.attach(workerData.channel);
  const barrier = FrameBarrier.attach(workerData.barrier);
  let sum = 0;
  parentPort?.on("message", (request) => {
    switch (request.do) {
      case "receive":
        for (let i = 0; i < request.count; i += 1) {
          const box = channel.receive(60_000);
          sum += /** @type {{ x: number }} */ (box.value).x;
          box.release();
        }
        return parentPort?.postMessage(sum);
      case "item":
        sum += request.x;
        if (request.last) parentPort?.postMessage(sum);
        return undefined;
      case "meet":
        for (let i = 0; i < request.count; i += 1) {
          barrier.signalFrameComplete();
          barrier.waitAndReset();
        }
        return parentPort?.postMessage("met");
      case "free": {
        const boxes = Array.from({ length: PIPELINE }, () => channel.receive());
        const startMs = performance.now();
        for (const box of boxes) box.release();
        return parentPort?.postMessage({ ns: ((performance.now() - startMs) * 1e6) / PIPELINE });
      }
      case "allocate":
        Atomics.store(words, 0, 1);
        Atomics.notify(words, 0);
        while (Atomics.load(words, 1) === 0) allocate(alloc, 20);
        return parentPort?.postMessage("allocated");
      default: return parentPort?.postMessage("hello");
    }
  });
}
