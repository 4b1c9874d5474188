/** The acceptance examples that the runtime answers for: each bad one fails with its code, each good one is clean. */
import { array, f32, FrameAllocError, i32, kilobytes, megabytes, SmartAlloc, StreamingAllocator, struct, u8, type FrameBox } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Large = struct({ data: array(u8, 1000) }, { name: "Large" });
const Body = struct({ x: f32, y: f32, id: i32 }, { name: "Body" });

describe("E2: a frame box does not go to another agent", () => {
  test("cloning it is refused; a transfer handle is not", () => {
    const alloc = new SmartAlloc();
    alloc.beginFrame();
    const d = alloc.frameBox(42);
    errorOf("FA201", () => structuredClone({ d }));
    const channel = new MessageChannel();
    errorOf("FA201", () => { channel.port1.postMessage({ d }); });
    channel.port1.close();
    const handle = alloc.frameBoxForTransfer(d);
    alloc.endFrame();
    const box = handle.receive();
    expect(box.value).toBe(42);
    box.release();
  });
});

describe("E3: a frame value returned", () => {
  test("is stale at its first use", () => {
    const alloc = new SmartAlloc();
    const make = (): FrameBox<number> => {
      alloc.beginFrame();
      const d = alloc.frameBox(42);
      alloc.endFrame();
      return d;
    };
    errorOf("FA004", () => make().value);
  });

  test("is good from the pool, or retained, also by a plain endFrame", () => {
    const alloc = new SmartAlloc();
    using d = alloc.poolBox(42);
    alloc.beginFrame();
    using kept = alloc.frameRetained(42, "promoteToPool");
    alloc.endFrame();
    expect([d.value, kept.value, kept.place]).toEqual([42, 42, "pool"]);
  });
});

test("E4: a vec pushed to after its frame", () => {
  const alloc = new SmartAlloc();
  alloc.beginFrame();
  const v = alloc.frameVec(i32);
  v.push(42);
  expect(v.get(0)).toBe(42);
  alloc.endFrame();
  errorOf("FA004", () => v.push(42));
});

test("E5: two begins in a row; with a guard, and by an owner, one", () => {
  const alloc = new SmartAlloc();
  alloc.beginFrame();
  errorOf("FA006", () => alloc.beginFrame());
  expect(alloc.inFrame()).toBe(true);
  const nested = (): void => {
    const owner = !alloc.inFrame();
    if (owner) alloc.beginFrame();
    alloc.frameAlloc(Body).id = 1;
    if (owner) alloc.endFrame();
  };
  nested();
  expect(alloc.inFrame()).toBe(true);
  alloc.endFrame();
  nested();
  expect(alloc.inFrame()).toBe(false);
  if (!alloc.inFrame()) alloc.beginFrame();
  alloc.endFrame();
});

test("E11: a vec that grows without end meets the arena; under a budget the loop ends by itself", () => {
  const alloc = new SmartAlloc();
  alloc.beginFrame();
  const endless = alloc.frameVec(u8);
  errorOf("FA003", () => { for (;;) endless.resize(endless.length + megabytes(1)); });
  alloc.endFrame();
  alloc.setFrameBudget(megabytes(4));
  alloc.beginFrame();
  const bounded = alloc.frameVec(u8);
  while (alloc.frameUsage() < megabytes(3)) bounded.resize(bounded.length + kilobytes(512));
  expect(bounded.length).toBeGreaterThanOrEqual(megabytes(2));
  errorOf("FA301", () => alloc.frameAllocBytes(megabytes(2)));
});

describe("E12: 100,000 large structs", () => {
  test("do not fit one frame, and the error has the figures", () => {
    const alloc = new SmartAlloc();
    alloc.beginFrame();
    const items = alloc.frameVec(Large);
    const error = errorOf("FA003", () => { for (let i = 0; i < 100_000; i += 1) items.push({}); });
    expect(error).toMatchObject({ capacity: megabytes(16) });
    expect((error.requested ?? 0) + (error.used ?? 0)).toBeGreaterThan(megabytes(16));
    expect(error.message).toContain(String(megabytes(16)));
  });

  test("fit a frame for each chunk", () => {
    const alloc = new SmartAlloc();
    let done = 0;
    for (let chunk = 0; chunk < 100; chunk += 1) {
      alloc.beginFrame();
      const items = alloc.frameVec(Large, 1000);
      for (let i = 0; i < 1000; i += 1) items.push({});
      done += items.length;
      alloc.endFrame();
    }
    expect(done).toBe(100_000);
  });
});

test("E16: a frame value read after its frame throws in debug mode", () => {
  const alloc = new SmartAlloc({ debug: true });
  alloc.beginFrame();
  const d = alloc.frameAlloc(i32);
  d.value = 42;
  alloc.endFrame();
  expect(errorOf("FA004", () => d.value).message).toContain("examples.test.ts");
});

test("E19: a frame allocation with no frame", () => {
  const alloc = new SmartAlloc();
  errorOf("FA001", () => alloc.frameAlloc(Body));
  alloc.withFrame(() => alloc.frameAlloc(Body));
  using box = alloc.poolBox(Body);
  expect(box.value.id).toBe(0);
});

test("E21: seventeen megabytes in an arena of sixteen; sixty-four are really there", () => {
  const megabyte = array(u8, megabytes(1));
  const small = new SmartAlloc();
  small.beginFrame();
  for (let i = 0; i < 16; i += 1) small.frameAlloc(megabyte);
  errorOf("FA003", () => small.frameAlloc(megabyte));
  const large = new SmartAlloc({ frameArenaSize: megabytes(64) });
  large.beginFrame();
  for (let i = 0; i < 64; i += 1) large.frameAlloc(megabyte)[megabytes(1) - 1] = i;
  errorOf("FA003", () => large.frameAlloc(megabyte));
});

test("E36: promotion into a full scratch pool fails with its reason, and nothing else is lost", () => {
  const alloc = new SmartAlloc();
  alloc.scratchPool("ai", { capacity: 1024 });
  alloc.beginFrame();
  const fits = alloc.frameRetained(Large, { promoteToScratch: "ai" });
  fits.value.data[999] = 7;
  const full = alloc.frameRetained(Large, { promoteToScratch: "ai" });
  const other = alloc.frameRetained(Body, "promoteToPool", { id: 3 });
  const { promoted, summary } = alloc.endFrameWithPromotions();
  expect(promoted).toEqual([fits, other]);
  expect([fits.value.data[999], other.value.id, full.failure, summary.failed.scratchPoolFull.count]).toEqual([7, 3, "scratchPoolFull", 1]);
});

describe("programs that stay clean, whole", () => {
  test("a game loop with begin, box, process, end", () => {
    const alloc = new SmartAlloc();
    let sum = 0;
    for (let frame = 0; frame < 100; frame += 1) {
      alloc.beginFrame();
      const data = alloc.frameBox({ frame });
      sum += data.value.frame;
      alloc.endFrame();
    }
    expect(sum).toBe(4950);
  });

  test("boxes of all three kinds", () => {
    const alloc = new SmartAlloc();
    using pool = alloc.poolBox(Body, { id: 1 });
    using heap = alloc.heapBox(Large);
    alloc.withFrame(() => {
      const frame = alloc.frameBox(Body, { id: 2 });
      heap.value.data[0] = pool.value.id + frame.value.id;
    });
    expect(heap.value.data[0]).toBe(3);
  });

  test("phases, scopes of phases, and nested tags", () => {
    const alloc = new SmartAlloc();
    alloc.beginFrame();
    alloc.beginPhase("physics");
    alloc.frameAlloc(Body);
    expect(alloc.endPhase().count).toBe(1);
    {
      using _phase = alloc.phaseScope("render");
      alloc.frameAlloc(Body);
    }
    expect(alloc.withTag("ai", () => alloc.withTag("pathfinding", () => alloc.tagPath()))).toBe("ai::pathfinding");
    alloc.endFrame();
    expect(alloc.phaseStats().map(({ name }) => name)).toEqual(["physics", "render"]);
  });

  test("checkpoint, rollback, speculation", () => {
    const alloc = new SmartAlloc();
    alloc.beginFrame();
    const point = alloc.frameCheckpoint();
    const usage = alloc.frameUsage();
    alloc.frameVec(i32, 128);
    alloc.rollbackTo(point);
    expect(alloc.frameUsage()).toBe(usage);
    expect(alloc.speculative(() => ({ ok: false })).committed).toBe(false);
    expect(alloc.speculative(() => ({ ok: true })).committed).toBe(true);
    alloc.endFrame();
  });

  test("scratch pools across frames, retention with promotions, importance", () => {
    const alloc = new SmartAlloc();
    const path = alloc.scratchPool("path").slice(f32, 64);
    for (let frame = 0; frame < 64; frame += 1) alloc.withFrame(() => { path[frame] = frame; });
    expect(path[63]).toBe(63);
    alloc.beginFrame();
    alloc.frameWithImportance(Body, "reusable", { id: 5 });
    alloc.frameWithImportance(Body, "ephemeral");
    const { promoted, summary } = alloc.endFrameWithPromotions();
    expect([promoted.length, summary.discarded.count, (promoted[0]?.value as { id: number }).id]).toEqual([1, 1, 5]);
    for (const handle of promoted) handle.release();
  });

  test("a profiling loop of 1000 frames, each with a vec of 1000 pushes", () => {
    const alloc = new SmartAlloc();
    let total = 0;
    for (let frame = 0; frame < 1000; frame += 1) {
      alloc.beginFrame();
      const v = alloc.frameVec(i32, 1000);
      for (let i = 0; i < 1000; i += 1) v.push(i);
      total += v.length;
      alloc.endFrame();
    }
    expect([total, alloc.frameNumber()]).toEqual([1_000_000, 1000]);
  });

  test("an error is an Error with its code", () => {
    expect(errorOf("FA005", () => new SmartAlloc().endFrame())).toBeInstanceOf(FrameAllocError);
  });
});

describe("E28: a handle resolved after it was freed", () => {
  test("is stale", () => {
    const handles = new SmartAlloc().handles();
    const h = handles.alloc(Body);
    handles.free(h);
    errorOf("FA401", () => handles.resolve(h));
  });

  test("is asked first, or resolved after a defragmentation", () => {
    const handles = new SmartAlloc().handles();
    const [gone, h] = [handles.alloc(Large), handles.alloc(Body)];
    handles.resolve(h).id = 7;
    handles.free(gone);
    const { moves, bytesWonBack } = handles.defragment();
    expect([handles.isValid(gone), handles.isValid(h), handles.resolve(h).id, moves, bytesWonBack > 1000]).toEqual([false, true, 7, 1, true]);
  });
});

describe("E29: a streaming budget of 1024", () => {
  test("two critical reservations of 512, and a third", () => {
    const streaming = new StreamingAllocator(1024);
    for (let i = 0; i < 2; i += 1) streaming.reserve(512, "critical");
    expect(errorOf("FA402", () => streaming.reserve(512, "critical"))).toMatchObject({ requested: 512, used: 1024, capacity: 1024 });
  });

  test("an asset of lower priority that is ready goes", () => {
    const streaming = new StreamingAllocator(1024);
    const low = streaming.reserve(512, "low");
    streaming.beginLoad(low);
    streaming.finishLoad(low);
    streaming.reserve(512, "critical");
    expect([streaming.state(streaming.reserve(512, "critical")), streaming.state(low)]).toEqual(["reserved", undefined]);
  });
});
