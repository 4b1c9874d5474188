/** Allocators and channels that are attached, disposed and used again in orders that a program comes to by itself: scenes that are left, workers that go and come. */
import { AllocConfig, f64, FrameBarrier, FrameBarrierBuilder, SmartAlloc, struct, TransferChannel, type AllocOptions, type SharedChannel } from "@framealloc/runtime";
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
