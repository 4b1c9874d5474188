/** Memory that goes one way only, from an agent that sends to one that frees, comes back to whoever sends: under each way that a free can take. */
import { AllocConfig, array, DeferredConfig, f64, SmartAlloc, TransferChannel, type TransferHandle } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { FREE, RECEIVED, TYPE } from "../src/shared/block-state.ts";
import { TransferRegion } from "../src/shared/transfer-region.ts";
import { Item } from "./agent-programs.ts";
import { errorOf } from "./error-of.ts";

const newAlloc = (deferred?: DeferredConfig, transferSize = 4096): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "shared", debug: false, transferSize, ...(deferred === undefined ? {} : { deferred }) });

/** Sends and frees `count` values, `atOnce` of them on their way at a time. What is received is that agent's which attached last. */
function pump(alloc: SmartAlloc, count: number, atOnce: number): number {
  const channel = new TransferChannel<typeof Item>(atOnce);
  let sum = 0;
  for (let index = 0; index < count; index += atOnce) {
    for (let i = 0; i < atOnce; i += 1) channel.send(alloc.frameBoxForTransfer(Item, { index: index + i }));
    for (let box = channel.tryReceive(); box !== undefined; box = channel.tryReceive()) {
      sum += box.value.index;
      box.release();
    }
  }
  return sum;
}

/** A value, or undefined when there is no memory for it. */
function made(alloc: SmartAlloc, index: number): TransferHandle<Item> | undefined {
  try {
    return alloc.frameBoxForTransfer(Item, { index });
  } catch (error) {
    if ((error as { code?: string }).code !== "FA301") throw error;
    return undefined;
  }
}

/** Payload, state and holder of every block. */
function blocksOf(alloc: SmartAlloc): { readonly ptr: number; readonly state: number; readonly holder: number }[] {
  const region = TransferRegion.attach(alloc.share().region as SharedArrayBuffer);
  const blocks: { readonly ptr: number; readonly state: number; readonly holder: number }[] = [];
  region.forEachBlock((ptr, word) => void blocks.push({ ptr, state: word & 7, holder: (word >>> 3) & 63 }));
  region.leaveSeat();
  return blocks;
}

// A region of 4096 bytes has room for some 85 items, so that each is used some hundred times; the queue has room for 4 frees of 20.
const COUNT = 10_000;
const SUM = (COUNT * (COUNT - 1)) / 2;

test.each([
  ["by itself", undefined],
  ["through a queue that is full at once", DeferredConfig.bounded(4)],
  ["without a queue", DeferredConfig.disabled()],
  ["through a queue that the sender does not empty", DeferredConfig.bounded(4).withProcessing("explicit")],
  ["through a queue that grows in the hands of who frees", DeferredConfig.bounded(4).withFullPolicy("grow")],
  ["bit by bit", DeferredConfig.bounded(4).withProcessing("incremental")],
])("memory comes back to who sends: %s", (_, deferred) => {
  const alloc = newAlloc(deferred);
  const receiver = SmartAlloc.attach(alloc.share());
  expect(pump(alloc, COUNT, 20)).toBe(SUM);
  const { sent, processedImmediately, grown } = receiver.deferredStats();
  expect(sent + processedImmediately + grown).toBe(COUNT);
  alloc.processDeferredFrees();
  expect(alloc.deferredStats().processed).toBe(sent);
  expect(blocksOf(alloc).filter(({ state }) => state !== FREE && state !== TYPE)).toHaveLength(grown);
});

test("the receiver's memory is its own still: both send, each from all that it had", () => {
  const alloc = newAlloc(DeferredConfig.bounded(4));
  const other = SmartAlloc.attach(alloc.share());
  for (let round = 0; round < 20; round += 1) {
    expect(pump(alloc, 400, 20)).toBe((400 * 399) / 2);
    expect(pump(other, 400, 20)).toBe((400 * 399) / 2);
  }
});

test("what two agents could take goes to one, and what is in use to none", () => {
  const alloc = newAlloc(DeferredConfig.disabled(), 1024);
  const other = SmartAlloc.attach(alloc.share());
  const channel = new TransferChannel<typeof Item>(64);
  const fill = (): number => {
    for (let count = 0; ; count += 1) {
      const [first, second] = count % 2 === 0 ? [alloc, other] : [other, alloc];
      const handle = made(first, count) ?? made(second, count);
      if (handle === undefined) return count;
      channel.send(handle);
    }
  };
  const empty = (): number[] => {
    const indexes: number[] = [];
    for (let box = channel.tryReceive(); box !== undefined; box = channel.tryReceive()) {
      indexes.push(box.value.index);
      box.release();
    }
    return indexes;
  };
  const first = fill();
  let filled = first;
  expect(first).toBeGreaterThan(10);
  for (let round = 0; round < 20; round += 1) {
    // What was overwritten, or given out twice, would show here.
    expect(empty()).toEqual(Array.from({ length: filled }, (_, i) => i));
    filled = fill();
    expect(filled).toBe(first);
  }
  errorOf("FA301", () => alloc.frameBoxForTransfer(Item));
});

describe("an agent that is gone", () => {
  test("what it had received goes back to who made it, not to who clears up", () => {
    const alloc = newAlloc();
    const gone = SmartAlloc.attach(alloc.share());
    const channel = new TransferChannel<typeof Item>(64);
    for (let i = 0; i < 40; i += 1) channel.send(alloc.frameBoxForTransfer(Item, { index: i }));
    for (let i = 0; i < 40; i += 1) channel.receive();
    const sentFrom = blocksOf(alloc).filter(({ state }) => state === RECEIVED);
    expect(sentFrom).toHaveLength(40);
    const supervisor = SmartAlloc.attach(alloc.share());
    expect(supervisor.reclaimAgent(gone.agentId)).toBe(40);
    // All that there is, in one agent's hands.
    const places: number[] = [];
    for (let handle = made(alloc, 0); handle !== undefined; handle = made(alloc, 0)) places.push(handle.detach().ptr);
    expect(sentFrom.filter(({ ptr }) => !places.includes(ptr))).toEqual([]);
    expect(new Set(places).size).toBe(places.length);
  });

  test("a page that it had given back is the next one's who takes it, and nobody else's", () => {
    const alloc = newAlloc(undefined, 1024);
    const gone = SmartAlloc.attach(alloc.share());
    for (const handle of Array.from({ length: 6 }, () => gone.frameBoxForTransfer(Item))) handle.drop();
    // Nothing is left for another size, so whoever has pages to spare gives them back.
    const large = array(f64, 8);
    expect(() => { for (;;) alloc.frameBoxForTransfer(large); }).toThrow("FA301");
    gone.processDeferredFrees();
    const heir = SmartAlloc.attach(alloc.share());
    heir.reclaimAgent(gone.agentId);
    const third = SmartAlloc.attach(alloc.share());
    const places: number[] = [];
    for (const agent of [third, heir, third, heir]) {
      for (let handle = made(agent, 0); handle !== undefined; handle = made(agent, 0)) places.push(handle.detach().ptr);
    }
    expect(places.length).toBeGreaterThanOrEqual(6);
    expect(new Set(places).size).toBe(places.length);
  });
});
