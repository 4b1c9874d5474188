/** Allocators and channels that are attached, disposed and used again in orders that a program comes to by itself: scenes that are left, workers that go and come. */
import { AllocConfig, array, f64, FrameBarrier, FrameBarrierBuilder, SmartAlloc, struct, TransferChannel, u8, type AllocOptions, type FieldType, type SharedChannel, type TransferHandle } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Item = struct({ x: f64, y: f64 }, { name: "Item" });
const newAlloc = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: false, memory: "shared", ...options });

describe("several allocators over one region in an agent", () => {
  test("a channel goes on by one that is left, when another was disposed before it was used", () => {
    const alloc = newAlloc();
    const other = SmartAlloc.attach(alloc.share());
    const channel = new TransferChannel<typeof Item>(4);
    other.dispose();
    channel.send(alloc.frameBoxForTransfer(Item, { x: 1, y: 2 }));
    const box = channel.receive(0);
    expect([box.value.x, alloc.transferStats().received]).toEqual([1, 1]);
    box.release();
    alloc.dispose();
  });

  test("and when it was disposed since: nothing is received in the name of a number that is another's by now", () => {
    const alloc = newAlloc();
    const other = SmartAlloc.attach(alloc.share());
    const channel = new TransferChannel<typeof Item>(16);
    for (let i = 0; i < 8; i += 1) channel.send(alloc.frameBoxForTransfer(Item, { x: i, y: 0 }));
    // Reads some ahead.
    channel.receive(0).release();
    const left = other.agentId;
    other.dispose();
    // Another agent, which has the number now, and dies.
    const heir = SmartAlloc.attach(alloc.share());
    expect(heir.agentId).toBe(left);
    heir.dispose();
    const boxes = Array.from({ length: 7 }, () => channel.receive(0));
    expect([boxes.map((box) => box.value.x), alloc.transferStats().received]).toEqual([[1, 2, 3, 4, 5, 6, 7], 7]);
    SmartAlloc.attach(alloc.share());
    // Who sits there now takes over what was left behind, not what is in use here.
    const fresh = Array.from({ length: 20 }, () => alloc.frameBoxForTransfer(Item, { x: -1, y: -1 }));
    expect(boxes.map((box) => box.value.x)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    for (const each of [...fresh]) each.drop();
    for (const box of boxes) box.release();
  });

  test("without any it says so, and loses nothing", () => {
    const alloc = newAlloc();
    const shared = alloc.share();
    const channel = new TransferChannel<typeof Item>(4);
    channel.send(alloc.frameBoxForTransfer(Item, { x: 5, y: 0 }));
    alloc.dispose();
    errorOf("FA207", () => channel.receive(0));
    const again = SmartAlloc.attach(shared);
    const box = channel.receive(0);
    expect(box.value.x).toBe(5);
    box.release();
    again.dispose();
  });
});

/** As many values as there is room for. */
function fill(alloc: SmartAlloc, type: FieldType = Item): TransferHandle<unknown>[] {
  const handles: TransferHandle<unknown>[] = [];
  while (true) {
    try {
      handles.push(alloc.frameBoxForTransfer(type));
    } catch {
      return handles;
    }
  }
}

describe("memory of an agent that left", () => {
  test("is there for who has no other left: what was free, what it sent, what it had received, and what others free of it", () => {
    const alloc = newAlloc();
    const other = SmartAlloc.attach(alloc.share());
    const received = other.receive(alloc.frameBoxForTransfer(Item).detach());
    const handles = fill(other);
    const tokens = handles.map((handle, i) => (i % 3 === 0 ? handle.detach() : undefined));
    handles.forEach((handle, i) => i % 3 === 1 && handle.drop());
    other.dispose();
    for (const token of tokens) if (token !== undefined) alloc.receive(token).release();
    const mine = fill(alloc);
    expect(mine.length).toBeGreaterThanOrEqual(handles.length);
    // What a disposed allocator gave is gone, and does no harm.
    received.release();
    errorOf("FA208", () => handles[2]?.detach());
    for (const handle of mine) handle.drop();
    expect(fill(alloc).length).toBe(mine.length);
  });

  test("nobody takes what an agent has that came to the same number", () => {
    const alloc = newAlloc();
    const shared = alloc.share();
    SmartAlloc.attach(shared).dispose();
    const heir = SmartAlloc.attach(shared);
    const theirs = heir.frameBoxForTransfer(Item, { x: 7, y: 8 });
    fill(alloc);
    const box = heir.receive(theirs.detach());
    expect([box.value.x, box.value.y]).toEqual([7, 8]);
  });

  test.each(["fail", "dropOldest", "grow"] as const)("frees of it find a full queue and nobody to empty it: under %s they are immediate", (fullPolicy) => {
    const alloc = newAlloc({ deferred: { capacity: 2, fullPolicy } });
    const other = SmartAlloc.attach(alloc.share());
    const boxes = Array.from({ length: 6 }, () => alloc.receive(other.frameBoxForTransfer(Item).detach()));
    other.dispose();
    for (const box of boxes) box.release();
    const { failed, grown, processedImmediately, sent } = alloc.deferredStats();
    expect({ failed, grown, processedImmediately, sent }).toEqual({ failed: 0, grown: 0, processedImmediately: 4, sent: 2 });
  });

  test("its figures are not those of who comes to its number", () => {
    const alloc = newAlloc({ deferred: { capacity: 1, fullPolicy: "dropOldest" } });
    const other = SmartAlloc.attach(alloc.share());
    other.enableLifecycleTracking();
    other.withFrame(() => other.frameAlloc(Item));
    for (let i = 0; i < 3; i += 1) alloc.receive(other.frameBoxForTransfer(Item).detach()).release();
    const { agentId } = other;
    expect([other.deferredStats().dropped, alloc.threadFrameStats(agentId).framesStarted]).toEqual([2, 1]);
    other.dispose();
    const heir = SmartAlloc.attach(alloc.share());
    expect([heir.agentId, heir.deferredStats().dropped, alloc.threadFrameStats(agentId).framesStarted]).toEqual([agentId, 0, 0]);
  });
});

describe("reclaiming", () => {
  test("is done by one of those that would, before anybody gets the number", () => {
    const alloc = newAlloc({ budgets: true });
    const shared = alloc.share();
    const dead = SmartAlloc.attach(shared);
    const rival = SmartAlloc.attach(shared);
    const { agentId } = dead;
    dead.poolBox(Item);
    const kept = alloc.poolBox(Item);
    let heir: SmartAlloc | undefined = undefined;
    // In the middle of it: a channel is told first.
    class Watching extends TransferChannel {
      override agentDied(): void {
        if (isOver) return;
        errorOf("argument", () => rival.reclaimAgent(agentId));
        heir ??= SmartAlloc.attach(shared);
        heir.poolBox(Item);
      }
    }
    let isOver = false;
    const channel = new Watching(1);
    alloc.reclaimAgent(agentId);
    isOver = true;
    expect([heir === undefined, (heir as SmartAlloc | undefined)?.agentId === agentId, channel.size]).toEqual([false, false, 0]);
    expect(alloc.budgets().usage()).toBe(2 * Item.sizeBytes);
    kept.release();
    errorOf("argument", () => alloc.reclaimAgent(agentId));
    expect(SmartAlloc.attach(shared).agentId).toBe(agentId);
  });

  test("what an agent was reclaiming when it died itself is reclaimed with it", () => {
    const alloc = newAlloc({ budgets: true });
    const shared = alloc.share();
    const dead = SmartAlloc.attach(shared);
    const rival = SmartAlloc.attach(shared);
    const ids = [dead.agentId, rival.agentId];
    dead.poolBox(Item);
    const handles = fill(dead);
    class Dying extends TransferChannel {
      override agentDied(region: number, agent: number): void {
        if (agent === ids[0] && !hasDied) {
          hasDied = true;
          // Stops here for good, as far as anybody else can see: what it would do when this returns is undone by none.
          expect(alloc.reclaimAgent(rival.agentId)).toBeGreaterThanOrEqual(handles.length);
        }
        super.agentDied(region, agent);
      }
    }
    let hasDied = false;
    const channel = new Dying(1);
    rival.reclaimAgent(dead.agentId);
    expect([hasDied, channel.size, alloc.budgets().usage()]).toEqual([true, 0, 0]);
    expect([SmartAlloc.attach(shared).agentId, SmartAlloc.attach(shared).agentId]).toEqual(ids);
  });

  test("is refused for an agent that left, for oneself, and for what is no number", () => {
    const alloc = newAlloc();
    const other = SmartAlloc.attach(alloc.share());
    const { agentId } = other;
    other.dispose();
    for (const id of [agentId, alloc.agentId, 62, 63, -1, 0.5, NaN, Infinity, "1" as unknown as number]) errorOf("argument", () => alloc.reclaimAgent(id));
  });
});

describe("what could not be opened", () => {
  test("is not what the next channel opens", () => {
    errorOf("argument", () => TransferChannel.attach({ framealloc: "channel", capacity: 0 } as SharedChannel));
    expect(new TransferChannel(3).capacity).toBe(3);
  });

  test("nor the next barrier", () => {
    const builder = new FrameBarrierBuilder();
    for (let i = 0; i < 25; i += 1) builder.withThread(`thread ${i}`);
    errorOf("argument", () => builder.build());
    expect(new FrameBarrier(2).share().threads).toEqual([]);
  });
});

describe("memory that is exhausted, and then is not", () => {
  test("a type that had no place while it was has one afterwards: its values go through channels", () => {
    const alloc = newAlloc();
    const handles = fill(alloc, array(u8, 100));
    const Wide = struct({ a: array(u8, 100) }, { name: "Wide" });
    errorOf("FA301", () => alloc.frameBoxForTransfer(Wide));
    for (const handle of handles) handle.drop();
    const channel = new TransferChannel<typeof Wide>(2);
    channel.send(alloc.frameBoxForTransfer(Wide, { a: [1] }));
    const box = channel.receive(0);
    expect(box.value.a[0]).toBe(1);
    box.release();
  });

  test("a type finds room in what others have freed", () => {
    const alloc = newAlloc({ deferred: { processing: "explicit" } });
    const other = SmartAlloc.attach(alloc.share());
    for (const handle of fill(alloc, array(u8, 100))) other.receive(handle.detach()).release();
    const Wide = struct({ b: array(u8, 100) }, { name: "Wide" });
    const channel = new TransferChannel<typeof Wide>(2);
    channel.send(alloc.frameBoxForTransfer(Wide, { b: [3] }));
    expect(channel.receive(0).value.b[0]).toBe(3);
  });

  test("a large block that nobody uses goes to who needs one", () => {
    const alloc = newAlloc();
    const other = SmartAlloc.attach(alloc.share());
    const Large = array(u8, 32_000);
    alloc.frameBoxForTransfer(Large).drop();
    errorOf("FA301", () => other.frameBoxForTransfer(Large));
    // Whoever has one that it does not use gives it back when it hears of that.
    alloc.processDeferredFrees();
    const theirs = other.frameBoxForTransfer(Large);
    errorOf("FA301", () => alloc.frameBoxForTransfer(Large));
    other.processDeferredFrees();
    expect(theirs.state).toBe("owned");
    const box = alloc.receive(theirs.detach());
    errorOf("FA301", () => alloc.frameBoxForTransfer(Large));
    box.release();
    errorOf("FA301", () => alloc.frameBoxForTransfer(Large));
    other.processDeferredFrees();
    errorOf("FA301", () => alloc.frameBoxForTransfer(Large));
    other.processDeferredFrees();
    alloc.frameBoxForTransfer(Large).drop();
  });
});

test("frees are processed in whole numbers, and for what is none it is said", () => {
  const alloc = newAlloc({ deferred: { processing: "explicit" } });
  const other = SmartAlloc.attach(alloc.share());
  for (let i = 0; i < 10; i += 1) other.receive(alloc.frameBoxForTransfer(Item).detach()).release();
  for (const max of [NaN, "3" as unknown as number, null as unknown as number]) errorOf("argument", () => alloc.processDeferredFrees(max));
  expect([0, -1, -Infinity, 0.5, 1.5, 2, Infinity].map((max) => alloc.processDeferredFrees(max))).toEqual([0, 0, 0, 0, 1, 2, 7]);
});
