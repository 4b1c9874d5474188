/** What the workers of the tests of agents run: each program by its name, with what the test gave it; what it returns is posted back. */
import { FrameAllocError, f32, f64, FrameBarrier, i32, SmartAlloc, struct, TraceRecorder, TransferChannel, type OwnedBox, type SharedAlloc, type SharedBarrier, type SharedChannel, type TransferToken } from "../src/index.ts";

export const Item = struct({ sender: i32, index: i32, check: f64 }, { name: "Item" });
export type Item = { sender: number; index: number; check: number };

/** What a test gives a program. */
export interface Given {
  readonly alloc?: SharedAlloc;
  readonly channel?: SharedChannel;
  readonly back?: SharedChannel;
  readonly barrier?: SharedBarrier;
  readonly thread?: string;
  readonly count?: number;
  readonly sender?: number;
  readonly seed?: number;
  readonly words?: SharedArrayBuffer;
  readonly token?: TransferToken;
}

type Program = (given: Given, post: (message: unknown) => void) => unknown;

/** What an item's fields come to; another one than any of them. */
export function checkOf(sender: number, index: number): number {
  return Math.sin(sender * 7919 + index) * 1e6;
}

/** The code of what a call throws; "" when it returns. */
export function codeOf(call: () => unknown): string {
  try {
    call();
    return "";
  } catch (error) {
    if (!(error instanceof FrameAllocError)) throw error;
    return error.code;
  }
}

const attach = ({ alloc }: Given): SmartAlloc => SmartAlloc.attach(alloc as SharedAlloc);
const channelOf = (shared: SharedChannel | undefined): TransferChannel<Item> => TransferChannel.attach<Item>(shared as SharedChannel);

export const PROGRAMS: Readonly<Record<string, Program>> = {
  /** Sends `count` items, and says so. */
  send(given) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    const { count = 0, sender = 0 } = given;
    for (let index = 0; index < count; index += 1) channel.send(alloc.frameBoxForTransfer(Item, { sender, index, check: checkOf(sender, index) }), 60_000);
    return { sent: count, stats: alloc.transferStats() };
  },

  /** Receives until the channel is closed; checks every item, and that those of each sender come in their order. */
  receive(given) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    const last = new Map<number, number>();
    let received = 0;
    let sum = 0;
    for (;;) {
      let box: OwnedBox<Item>;
      try {
        box = channel.receive(60_000);
      } catch (error) {
        if (error instanceof FrameAllocError && error.code === "closed") break;
        throw error;
      }
      const { sender, index, check } = box.value;
      if (check !== checkOf(sender, index)) throw new Error(`item ${index} of ${sender} is corrupted`);
      if (index <= (last.get(sender) ?? -1)) throw new Error(`item ${index} of ${sender} after ${last.get(sender)}`);
      last.set(sender, index);
      received += 1;
      sum += index;
      box.release();
    }
    return { received, sum, deferred: alloc.deferredStats() };
  },

  /** Receives items, frees each, and answers with how many; `count` in all. */
  free(given) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    let refused = 0;
    let sum = 0;
    for (let i = 0; i < (given.count ?? 0); i += 1) {
      const box = channel.receive(60_000);
      sum += box.value.index;
      while (codeOf(() => box.release()) === "FA204") refused += 1;
    }
    return { refused, sum, stats: alloc.deferredStats() };
  },

  /** Frees each item once; those that are refused stay. */
  freeOnce(given) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    const kept: OwnedBox<Item>[] = [];
    let freed = 0;
    for (let i = 0; i < (given.count ?? 0); i += 1) {
      const box = channel.receive(60_000);
      if (codeOf(() => box.release()) === "") freed += 1;
      else kept.push(box);
    }
    return { freed, refused: kept.filter(({ isAlive }) => isAlive).length, stats: alloc.deferredStats() };
  },

  takeToken(given) {
    const alloc = attach(given);
    const { token } = given;
    const box = alloc.receive(token as TransferToken);
    const value = JSON.parse(JSON.stringify(box.value)) as unknown;
    box.release();
    return { value, again: codeOf(() => alloc.receive(token as TransferToken)) };
  },

  /** Tracks `count` frames of one slice each. */
  trackedFrames(given) {
    const alloc = attach(given);
    alloc.enableLifecycleTracking();
    for (let i = 0; i < (given.count ?? 0); i += 1) alloc.withFrame(() => void alloc.frameSlice(f32, 100));
    return { agentId: alloc.agentId, stats: alloc.threadFrameStats(alloc.agentId) };
  },

  /** Receives `count` items, a frame each, and gives what a recorder saw. */
  recordedFrames(given) {
    const alloc = attach(given);
    const recorder = new TraceRecorder({ name: "worker" });
    recorder.attach(alloc);
    const channel = channelOf(given.channel);
    for (let i = 0; i < (given.count ?? 0); i += 1) alloc.withFrame(() => channel.receive(60_000).release());
    return recorder.events();
  },

  ownFrame(given) {
    const alloc = attach(given);
    const before = alloc.inFrame();
    const sum = alloc.withFrame(() => alloc.frameSlice(f32, given.count ?? 0).fill(2).reduce((all, x) => all + x, 0));
    return { before, sum, frames: alloc.frameNumber(), agentId: alloc.agentId };
  },

  /** Meets the others `count` times. In each generation it writes its own word and reads all: none may be of another generation. */
  meet(given) {
    const barrier = FrameBarrier.attach(given.barrier as SharedBarrier, given.thread);
    const words = new Int32Array(given.words as SharedArrayBuffer);
    const { count = 0, sender = 0 } = given;
    for (let generation = 1; generation <= count; generation += 1) {
      words[sender] = generation;
      barrier.signalFrameComplete();
      barrier.waitAndReset();
      for (let i = 0; i < words.length; i += 1) if ((words[i] ?? 0) < generation || (words[i] ?? 0) > generation + 1) throw new Error(`agent ${sender} in generation ${generation} sees ${words[i]} of agent ${i}`);
    }
    return { generation: barrier.generation(), stats: barrier.barrierStats() };
  },

  /** Works on its own frames beside the coordinator's, and signals. */
  physics(given) {
    const alloc = attach(given);
    const barrier = FrameBarrier.attach(given.barrier as SharedBarrier, given.thread);
    const words = new Int32Array(given.words as SharedArrayBuffer);
    for (let frame = 0; frame < (given.count ?? 0); frame += 1) {
      alloc.beginFrame();
      alloc.frameSlice(f32, 100)[99] = frame;
      alloc.endFrame();
      Atomics.add(words, 0, 1);
      barrier.signalFrameComplete();
      barrier.waitAll();
    }
    return { frames: alloc.frameNumber(), twice: codeOf(() => { barrier.signalFrameComplete(); barrier.signalFrameComplete(); }) };
  },

  /** A pipeline's other end: sends every item back. */
  echo(given) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    const back = channelOf(given.back);
    for (let i = 0; i < (given.count ?? 0); i += 1) {
      const box = channel.receive(60_000);
      const { sender, index, check } = box.value;
      box.release();
      back.send(alloc.frameBoxForTransfer(Item, { sender, index: index + 1, check }), 60_000);
    }
    return { left: alloc.transferStats().received };
  },

  /** Holds `count` items under a tag with a budget, says how far it got, and frees them when it is told. */
  holdUnderTag(given) {
    const alloc = attach(given);
    const held: OwnedBox<Item>[] = [];
    let denied = "";
    for (let i = 0; i < (given.count ?? 0) && denied === ""; i += 1) denied = codeOf(() => held.push(alloc.withTag("ai", () => alloc.poolBox(Item))));
    const used = alloc.budgets().usage("ai");
    const flags = new Int32Array(given.words as SharedArrayBuffer);
    Atomics.add(flags, 0, 1);
    while (Atomics.load(flags, 1) === 0) Atomics.wait(flags, 1, 0, 50);
    for (const box of held) box.release();
    return { held: held.length, denied, used };
  },

  /** A frame of 100 bytes at a time, until it is denied. */
  fillFrame(given, post) {
    const alloc = attach(given);
    post({ agentId: alloc.agentId });
    const flags = new Int32Array(given.words as SharedArrayBuffer);
    while (Atomics.load(flags, 0) === 0) Atomics.wait(flags, 0, 0, 50);
    alloc.beginFrame();
    const denied = codeOf(() => { for (let i = 0; i < 1000; i += 1) alloc.frameAllocBytes(100); });
    const used = alloc.frameUsage();
    alloc.endFrame();
    return { denied, used };
  },

  /** As `echo` of a channel without shared memory: numbers and items, until it is closed. */
  async echoPosted(given) {
    const alloc = attach(given);
    const channel = TransferChannel.attach(given.channel as SharedChannel);
    const back = TransferChannel.attach(given.back as SharedChannel);
    const blocked = codeOf(() => channel.receive());
    for (let echoed = 0; ; echoed += 1) {
      let box: OwnedBox<unknown>;
      try {
        box = await channel.receiveAsync(20_000);
      } catch (error) {
        if (error instanceof FrameAllocError && error.code === "closed") return { echoed, blocked };
        throw error;
      }
      const { value } = box;
      const answer = typeof value === "number" ? value + 1 : alloc.frameBoxForTransfer(Item, { sender: 9, index: (value as Item).index, check: (value as Item).check });
      while (!back.trySend(answer)) await new Promise((resolve) => setTimeout(resolve, 1));
      box.release();
    }
  },

  async meetPosted(given) {
    const barrier = FrameBarrier.attach(given.barrier as SharedBarrier, given.thread);
    const blocked = codeOf(() => barrier.waitAll());
    let twice = "";
    for (let i = 0; i < (given.count ?? 0); i += 1) {
      barrier.signalFrameComplete();
      if (i === 0) twice = codeOf(() => barrier.signalFrameComplete());
      await barrier.waitAllAsync();
      barrier.reset();
    }
    return { generation: barrier.generation(), blocked, twice };
  },

  /** Uses everything, over and over, until it is killed. */
  untilKilled(given, post) {
    const alloc = attach(given);
    const channel = channelOf(given.channel);
    const back = channelOf(given.back);
    post({ agentId: alloc.agentId });
    let seed = given.seed ?? 1;
    for (;;) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
      const sender = 1;
      const index = seed >>> 16;
      if ((seed & 3) !== 0) {
        const handle = alloc.frameBoxForTransfer(Item, { sender, index, check: checkOf(sender, index) });
        if (!back.trySend(handle)) handle.drop();
      }
      if ((seed & 12) !== 0) channel.tryReceive()?.release();
      if ((seed & 112) === 0) alloc.processDeferredFrees(8);
    }
  },

  /** Takes part until it is killed. */
  meetUntilKilled(given, post) {
    const barrier = FrameBarrier.attach(given.barrier as SharedBarrier, given.thread);
    post({ started: true });
    for (;;) {
      barrier.signalFrameComplete();
      barrier.waitAndReset();
    }
  },
};
