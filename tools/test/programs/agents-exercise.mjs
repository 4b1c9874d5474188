/**
 * A page and two workers that share an allocator, a channel each way and a barrier: the same program where memory is shared and where it is not. Imports nothing, as
 * exercise.mjs. The page's main thread never blocks; workers do where they can.
 */

const ITEMS = 300;
const FRAMES = 50;

/** What the page's part finds. */
export const EXPECTED_OF_AGENTS = { sum: ITEMS * (ITEMS - 1), frames: FRAMES, blocked: "FA209", twice: "FA205" };

/** @param {() => boolean} attempt */
async function until(attempt) {
  while (!attempt()) await new Promise((resolve) => setTimeout(resolve, 0));
}

/** @param {() => unknown} call */
function codeOf(call) {
  try {
    call();
    return "";
  } catch (error) {
    return /** @type {{ code: string }} */ (error).code;
  }
}

/**
 * @param {typeof import("@framealloc/runtime")} runtime
 * @param {import("@framealloc/runtime").SmartAlloc} alloc
 * @param {readonly { postMessage(message: unknown): void }[]} workers
 */
export async function coordinate(runtime, alloc, workers) {
  const { f64, struct, FrameBarrier, TransferChannel } = runtime;
  const Item = struct({ index: f64 }, { name: "Item" });
  const [jobs, results] = [new TransferChannel(32), new TransferChannel(32)];
  const barrier = new FrameBarrier(3);
  for (const worker of workers) worker.postMessage({ shared: alloc.share(), jobs: jobs.share(), results: results.share(), barrier: barrier.share() });
  let sum = 0;
  const receiving = (async () => {
    for (let i = 0; i < ITEMS; i += 1) {
      const box = await results.receiveAsync(20_000);
      sum += /** @type {{ index: number }} */ (box.value).index;
      box.release();
    }
  })();
  for (let index = 0; index < ITEMS; index += 1) {
    const handle = alloc.frameBoxForTransfer(Item, { index });
    await until(() => jobs.trySend(handle));
  }
  await receiving;
  jobs.close();
  let blocked = "";
  for (let frame = 0; frame < FRAMES; frame += 1) {
    if (frame === 0) blocked = codeOf(() => barrier.waitAll());
    alloc.beginFrame();
    barrier.signalFrameComplete();
    await barrier.waitAllAsync();
    alloc.endFrame();
    barrier.reset();
  }
  barrier.signalFrameComplete();
  return { sum, frames: barrier.generation(), blocked, twice: codeOf(() => barrier.signalFrameComplete()) };
}

/**
 * @param {typeof import("@framealloc/runtime")} runtime
 * @param {any} given
 */
export async function work(runtime, given) {
  const { capabilities, f64, struct, FrameBarrier, SmartAlloc, TransferChannel } = runtime;
  const Item = struct({ index: f64 }, { name: "Item" });
  const alloc = SmartAlloc.attach(given.shared);
  const [jobs, results] = [TransferChannel.attach(given.jobs), TransferChannel.attach(given.results)];
  const barrier = FrameBarrier.attach(given.barrier);
  for (;;) {
    let box;
    try {
      box = capabilities.shared ? jobs.receive(20_000) : await jobs.receiveAsync(20_000);
    } catch (error) {
      if (/** @type {{ code: string }} */ (error).code === "closed") break;
      throw error;
    }
    const handle = alloc.frameBoxForTransfer(Item, { index: /** @type {{ index: number }} */ (box.value).index * 2 });
    box.release();
    await until(() => results.trySend(handle));
  }
  for (let frame = 0; frame < FRAMES; frame += 1) {
    barrier.signalFrameComplete();
    if (capabilities.shared) barrier.waitAll();
    else await barrier.waitAllAsync();
    barrier.reset();
  }
}
