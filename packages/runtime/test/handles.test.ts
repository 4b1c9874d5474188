/**
 * Handles: what each call gives and refuses, at its edges; handles-model.test.ts has random programs.
 *
 * Longer than 300 lines: each call at each of its edges.
 */
import { AllocConfig, array, f32, f64, HandleAllocator, i32, registerReset, SmartAlloc, soa, struct, u8, type Handle } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { HandleSlots, slotOf } from "../src/handles/handle-slots.ts";
import { errorOf } from "./error-of.ts";

const Enemy = struct({ x: f32, y: f32, health: i32 }, { name: "Enemy" });
const Mesh = struct({ id: i32, vertices: array(f32, 6) }, { name: "Mesh" });
const Block = array(u8, 64);
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

describe("E28: a handle that was freed", () => {
  test.each([false, true])("is stale in every call, and only the first free counts (debug: %s)", (debug) => {
    const handles = small({ debug }).handles();
    const h = handles.alloc(Enemy);
    handles.resolve(h).health = 10;
    handles.free(h);
    for (const call of [() => handles.resolve(h), () => handles.resolveMut(h), () => handles.pin(h), () => handles.unpin(h), () => handles.pinScope(h), () => handles.free(h), () => handles.ptrOf(h)]) errorOf("FA401", call);
    expect([handles.isValid(h), handles.tryResolve(h), handles.stats().activeHandles]).toEqual([false, undefined, 0]);
  });

  test("is never somebody else's data, though its memory and its slot are", () => {
    const handles = small().handles();
    const before: Handle<object>[] = [];
    for (let i = 0; i < 5000; i += 1) {
      const h = handles.alloc(Enemy);
      expect(handles.resolve(h).health).toBe(0);
      handles.resolve(h).health = i;
      handles.free(h);
      before.push(h);
    }
    const live = handles.alloc(Enemy);
    expect([new Set([...before, live]).size, before.some((h) => handles.isValid(h))]).toEqual([5001, false]);
    // Slots are worn by a thousand lives each, and no more than needed are made.
    expect(handles.stats().totalSlots).toBeLessThan(10);
  });

  test("asked first, and resolved after a defragmentation, a live one is good", () => {
    const handles = small().handles();
    const [gone, h] = [handles.alloc(Enemy), handles.alloc(Enemy)];
    handles.resolve(h).x = 5;
    handles.free(gone);
    expect(handles.defragment()).toEqual({ moves: 1, bytesWonBack: 32 });
    expect([handles.isValid(h), handles.resolve(h).x, handles.isValid(gone)]).toEqual([true, 5, false]);
  });
});

test("what is no handle is refused, whatever it is", () => {
  const [handles, others] = [small().handles(), small().handles()];
  const own = handles.alloc(Enemy);
  const foreign = others.alloc(Enemy);
  for (const what of [0, -1, 1.5, NaN, 2 ** 52, -Number(own), own + 1, foreign, undefined, null, "1048576", {}] as unknown as Handle<object>[]) {
    expect(handles.isValid(what)).toBe(false);
    errorOf("FA401", () => handles.resolve(what));
    errorOf("FA401", () => handles.free(what));
  }
  errorOf("argument", () => handles.alloc(undefined as never));
  expect([handles.isValid(own), handles.stats().activeHandles]).toEqual([true, 1]);
});

test("a slot whose numbers are used up rests, and no number is given out twice", () => {
  const span = 2 ** 20;
  // Three lives as small integers, then two as larger ones.
  const slots = new HandleSlots(1, { slotsMax: 4, smallEnd: 4 * span, exactEnd: 6 * span });
  const seen: number[] = [];
  for (let handle = slots.take(); handle !== 0; handle = slots.take()) {
    expect(slots.current[slotOf(handle)]).toBe(handle);
    seen.push(handle);
    slots.give(handle);
    expect(slots.current[slotOf(handle)]).toBeLessThan(0);
  }
  expect([seen.length, new Set(seen).size, slots.liveCount]).toEqual([4 * 5, 20, 0]);
  // The small ones first.
  expect(seen.slice(0, 12).every((handle) => handle < 4 * span)).toBe(true);
  expect(seen.slice(12).every((handle) => handle >= 4 * span)).toBe(true);
});

test("numbers beyond 2^32 name their slots exactly", () => {
  const slots = new HandleSlots(2 ** 33 - 3);
  const handles = Array.from({ length: 100 }, () => slots.take());
  for (const [i, handle] of handles.entries()) expect([slotOf(handle), slots.current[i]]).toEqual([i, handle]);
  expect(Number.isSafeInteger(handles[99])).toBe(true);
});

describe("pins", () => {
  test("are counted, and keep a value where it is", () => {
    const handles = small().handles();
    const [gone, pinned, after] = [handles.alloc(Block), handles.alloc(Enemy), handles.alloc(Enemy)];
    handles.free(gone);
    expect(handles.pin(pinned)).toBe(handles.resolve(pinned));
    handles.pin(pinned);
    const ptr = handles.ptrOf(pinned);
    handles.resolve(after).y = 3;
    // Around the pinned one.
    expect(handles.defragment().moves).toBe(1);
    expect([handles.ptrOf(pinned), handles.ptrOf(after) < ptr, handles.resolve(after).y]).toEqual([ptr, true, 3]);
    handles.unpin(pinned);
    expect([handles.stats().pinnedCount, handles.stats().relocatableCount, handles.defragment().moves]).toEqual([1, 1, 0]);
    handles.unpin(pinned);
    expect([handles.defragment().moves, handles.ptrOf(pinned) < ptr, handles.stats().pinnedCount]).toEqual([1, true, 0]);
    errorOf("argument", () => handles.unpin(pinned));
  });

  test("end with their block, with the value, and once", () => {
    const handles = small().handles();
    const h = handles.alloc(Enemy);
    const kept = handles.pinScope(h);
    {
      using scope = handles.pinScope(h);
      scope.value.x = 2;
      expect([handles.stats().pinnedCount, kept.value.x]).toEqual([1, 2]);
    }
    expect(handles.stats().pinnedCount).toBe(1);
    kept[Symbol.dispose]();
    kept[Symbol.dispose]();
    expect(handles.stats().pinnedCount).toBe(0);
    errorOf("FA401", () => kept.value);
    const orphan = handles.pinScope(h);
    handles.free(h);
    expect(handles.stats()).toMatchObject({ pinnedCount: 0, activeHandles: 0 });
    errorOf("FA401", () => orphan.value);
    // Whoever has the slot now is not unpinned by it.
    const next = handles.alloc(Enemy);
    handles.pin(next);
    orphan[Symbol.dispose]();
    expect(handles.stats().pinnedCount).toBe(1);
    expect(handles.unpin(next)).toBeUndefined();
  });
});

describe("defragment", () => {
  const filled = (handles: HandleAllocator, count: number): Handle<Uint8Array>[] =>
    Array.from({ length: count }, (_, i) => {
      const h = handles.alloc(Block);
      handles.resolve(h).fill(i + 1);
      return h;
    });

  test("wins every hole back, and nothing where there is none", () => {
    const alloc = small();
    const handles = alloc.handles();
    const all = filled(handles, 20);
    expect(handles.defragment()).toEqual({ moves: 0, bytesWonBack: 0 });
    const kept = all.filter((_, i) => i % 2 === 1);
    for (const [i, h] of all.entries()) if (i % 2 === 0) handles.free(h);
    expect(handles.stats().holeBytes).toBe(10 * 80);
    expect(handles.defragment()).toEqual({ moves: 10, bytesWonBack: 10 * 80 });
    expect(handles.stats()).toMatchObject({ holeBytes: 0, relocationCount: 10, totalAllocated: 640 });
    for (const [i, h] of kept.entries()) expect([...new Set(handles.resolve(h))]).toEqual([2 * i + 2]);
    expect(handles.defragment()).toEqual({ moves: 0, bytesWonBack: 0 });
  });

  test("makes room for what did not fit", () => {
    const handles = new HandleAllocator(64 * 100);
    const all: Handle<Uint8Array>[] = [];
    for (let h = handles.tryAlloc(Block); h !== undefined; h = handles.tryAlloc(Block)) all.push(h);
    for (const [i, h] of all.entries()) if (i % 2 === 0) handles.free(h);
    const Large = array(u8, 2000);
    expect(errorOf("FA301", () => handles.alloc(Large)).requested).toBe(2008);
    expect(handles.tryAlloc(Large)).toBeUndefined();
    handles.defragment();
    expect(handles.resolve(handles.alloc(Large)).length).toBe(2000);
  });

  test("goes on where its limits ended it", () => {
    const handles = small().handles();
    const all = filled(handles, 30);
    for (const [i, h] of all.entries()) if (i % 3 === 0) handles.free(h);
    expect(handles.defragment({ maxMoves: 0 }).moves).toBe(0);
    expect(handles.defragment({ maxMs: 0 }).moves).toBe(0);
    let [moves, won] = [0, 0];
    for (let next = handles.defragment({ maxMoves: 3 }); next.moves > 0; next = handles.defragment({ maxMoves: 3 })) {
      expect(next.moves).toBeLessThanOrEqual(3);
      moves += next.moves;
      won += next.bytesWonBack;
    }
    expect([moves, won, handles.stats().holeBytes]).toEqual([20, 800, 0]);
    for (const [i, h] of all.entries()) if (i % 3 !== 0) expect(handles.resolve(h)[63]).toBe(i + 1);
    for (const bad of [{ maxMoves: -1 }, { maxMoves: NaN }, { maxMs: -1 }, { maxMs: "1" as unknown as number }]) errorOf("argument", () => handles.defragment(bad));
  });

  test("ends when its time is over, after a move at least", () => {
    const handles = new HandleAllocator(8 * 1024 * 1024);
    const all = Array.from({ length: 20_000 }, () => handles.alloc(Block));
    for (let i = 0; i < all.length; i += 2) handles.free(all[i] as Handle<Uint8Array>);
    const { moves } = handles.defragment({ maxMs: 0.01 });
    expect(moves).toBeGreaterThan(0);
    expect(moves).toBeLessThan(10_000);
    expect(handles.defragment({ maxMs: 60_000 }).moves + moves).toBe(10_000);
  });

  test("moves into holes before what cannot be moved: pinned values, heap values, scratch pools", () => {
    const alloc = small();
    const handles = alloc.handles();
    const [gone, wall, low] = [handles.alloc(Block), alloc.heapAlloc(array(u8, 6000)), handles.alloc(Block)];
    alloc.scratchPool("wall", { capacity: 64 });
    const [large, fits] = [handles.alloc(array(u8, 100)), handles.alloc(Enemy)];
    wall.fill(7);
    handles.resolve(fits).health = 9;
    handles.free(gone);
    handles.pin(low);
    // The hole of 64 takes only the small one, though the large one comes first.
    expect(handles.defragment().moves).toBe(1);
    expect([handles.ptrOf(fits) < handles.ptrOf(low), handles.ptrOf(large) > handles.ptrOf(low), handles.resolve(fits).health, wall.every((byte) => byte === 7)]).toEqual([true, true, 9, true]);
  });

  test("tells who listens, when all is in its place", () => {
    const alloc = small();
    const handles = alloc.handles();
    const [a, b, c] = filled(handles, 3) as [Handle<Uint8Array>, Handle<Uint8Array>, Handle<Uint8Array>];
    const places = [handles.ptrOf(b), handles.ptrOf(c)];
    handles.free(a);
    const told: unknown[] = [];
    const stop = handles.onRelocate((handle, from, to) => {
      told.push([handle, from]);
      expect(handles.ptrOf(handle)).toBe(to);
      errorOf("argument", () => handles.defragment());
      // What a listener frees is not told.
      if (handle === b) handles.free(c);
    });
    expect(handles.defragment().moves).toBe(2);
    expect(told).toEqual([[b, places[0]]]);
    stop();
    stop();
    handles.free(b);
    const [d, e] = [handles.alloc(Block), handles.alloc(Block)];
    handles.free(d);
    expect([handles.defragment().moves, told.length, handles.resolve(e).length]).toEqual([1, 1, 64]);
  });

  test("a listener that throws leaves all in its place, and the next call as it should be", () => {
    const handles = small().handles();
    const [a, b] = filled(handles, 2) as [Handle<Uint8Array>, Handle<Uint8Array>];
    handles.free(a);
    const stop = handles.onRelocate(() => { throw new Error("no"); });
    expect(() => handles.defragment()).toThrow("no");
    stop();
    expect([handles.stats().relocationCount, handles.resolve(b)[0], handles.defragment().moves]).toEqual([1, 2, 0]);
  });
});

test("values of every type come zeroed, keep what they hold, and are the same object while they live", () => {
  class Item { n = 1; }
  const handles = small().handles();
  const Columns = soa(Enemy, 4);
  const gone = handles.alloc(Block);
  const types = [handles.alloc(f64), handles.alloc(Mesh), handles.alloc(array(Mesh, 3)), handles.alloc(Columns), handles.alloc(Item)] as const;
  const [scalar, mesh, meshes, columns, item] = types;
  handles.resolve(scalar).value = 0.5;
  handles.resolve(mesh).vertices[5] = 2;
  handles.resolve(meshes).at(2).vertices[1] = 3;
  handles.resolve(columns).health[3] = 4;
  const same = types.filter((h) => h !== columns).map((h) => handles.resolve(h as Handle<object>));
  handles.free(gone);
  expect(handles.defragment().moves).toBe(4);
  expect(types.filter((h) => h !== columns).map((h) => handles.resolve(h as Handle<object>))).toEqual(same);
  expect([handles.resolve(scalar).value, handles.resolve(mesh).vertices[5], handles.resolve(meshes).at(2).vertices[1], handles.resolve(columns).health[3], handles.resolve(item).n]).toEqual([0.5, 2, 3, 4, 1]);
  for (const h of types) handles.free(h);
  expect([handles.resolve(handles.alloc(Mesh)).vertices[5], handles.resolve(handles.alloc(f64)).value]).toEqual([0, 0]);
});

test("memory that grows is followed", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const handles = small({ memory: wasm, frameArenaSize: 1024, heapSize: 8192, slabPagesPerClass: 0 }).handles();
  const [gone, enemy, bytes] = [handles.alloc(Block), handles.alloc(Enemy), handles.alloc(Block)];
  handles.resolve(enemy).x = 1.5;
  handles.resolve(bytes)[9] = 9;
  handles.free(gone);
  wasm.grow(1);
  expect([handles.resolve(enemy).x, handles.resolve(bytes)[9]]).toEqual([1.5, 9]);
  wasm.grow(1);
  expect([handles.defragment().moves, handles.resolve(enemy).x, handles.resolve(bytes)[9]]).toEqual([2, 1.5, 9]);
});

describe("with the rest of the allocator", () => {
  test("they count for the memory limit, for tags, and as leaks", () => {
    const alloc = small({ memoryLimit: 200, heapSize: 4096 });
    const handles = alloc.handles();
    const h = alloc.withTag("ai", () => handles.alloc(Block));
    handles.alloc(Block);
    expect(alloc.tagStats()).toMatchObject([{ path: "ai", heap: { bytes: 64, count: 1 } }]);
    errorOf("FA301", () => handles.alloc(Block));
    expect(alloc.leakReport().leaks).toEqual([{ kind: "handle", site: undefined, count: 2, bytes: 128 }]);
    handles.free(h);
    expect([handles.isValid(handles.alloc(Block)), String(alloc.leakReport())]).toEqual([true, expect.stringContaining("2 handles")]);
  });

  test("budgets count them, deny them, and win them back", () => {
    const alloc = small();
    const early = alloc.handles().alloc(Block);
    const budgets = alloc.budgets();
    budgets.registerTagBudget("ai", 100, 128);
    const [first] = alloc.withTag("ai", () => [alloc.handles().alloc(Block), alloc.handles().alloc(Block)]);
    expect(budgets.usage("ai")).toBe(128);
    expect(errorOf("FA302", () => alloc.withTag("ai", () => alloc.handles().alloc(Enemy)))).toMatchObject({ requested: 12, used: 128, capacity: 128 });
    expect(alloc.withTag("ai", () => alloc.handles().tryAlloc(Enemy))).toBeUndefined();
    // By whichever code frees it; what was there before budgets is none of theirs.
    alloc.handles().free(first);
    alloc.handles().free(early);
    expect([budgets.usage("ai"), budgets.usage()]).toEqual([64, 64]);
    errorOf("FA301", () => alloc.handles().alloc(array(u8, 10 ** 6)));
    expect([budgets.usage(), alloc.handles().stats().activeHandles]).toEqual([64, 1]);
  });

  test("dispose ends them with the allocator", () => {
    const alloc = small();
    alloc.handles().alloc(Block);
    alloc.dispose();
    errorOf("FA301", () => alloc.handles().alloc(Block));
    expect(alloc.leakReport().totalCount).toBe(0);
  });
});

test("an instance of a class that serves again is cleaned by its reset", () => {
  class Squad {
    members = 0;
  }
  registerReset(Squad, (squad) => { squad.members = 0; });
  const handles = small().handles();
  const first = handles.alloc(Squad);
  const squad = handles.resolve(first);
  squad.members = 5;
  handles.free(first);
  const second = handles.alloc(Squad);
  expect([handles.resolve(second) === squad, squad.members]).toEqual([true, 0]);
});

describe("in debug mode", () => {
  test("a view throws for good when its value was freed, and says where it was allocated", () => {
    const handles = small({ debug: true }).handles();
    const h = handles.alloc(Enemy);
    const view = handles.resolve(h);
    view.x = 1;
    handles.free(h);
    handles.alloc(Enemy);
    expect(errorOf("FA401", () => view.x).message).toMatch(/handle value used after it was freed; allocated at .*handles\.test/);
    errorOf("FA401", () => { view.x = 2; });
  });

  test("writes past either end are told when the value is freed, which it is", () => {
    for (const offset of [64, -1, -5, -9]) {
      const handles = small({ debug: true }).handles();
      const h = handles.alloc(Block);
      const bytes = handles.resolve(h);
      new Uint8Array(bytes.buffer)[bytes.byteOffset + offset] = 1;
      expect(errorOf("FA401", () => handles.free(h)).message).toMatch(/guard bytes around 64 bytes of handle memory.*handles\.test/);
      expect(handles.stats().activeHandles).toBe(0);
    }
  });

  test("a write before a value is told by the next defragmentation, also without debug mode", () => {
    for (const debug of [false, true]) {
      const handles = small({ debug }).handles();
      const [gone, h] = [handles.alloc(Block), handles.alloc(Block)];
      handles.free(gone);
      const bytes = handles.resolve(h);
      new Uint8Array(bytes.buffer)[bytes.byteOffset - 6] = 77;
      errorOf("FA401", () => handles.defragment());
      expect(handles.isValid(h)).toBe(true);
    }
  });

  test("a typed array that is kept over a move reads 0xCD", () => {
    const handles = small({ debug: true }).handles();
    const [gone, h] = [handles.alloc(array(u8, 256)), handles.alloc(Block)];
    const kept = handles.resolve(h).fill(5);
    handles.free(gone);
    expect(handles.defragment().moves).toBe(1);
    expect([kept[63], handles.resolve(h)[63]]).toEqual([0xcd, 5]);
    handles.free(h);
    expect(kept[63]).toBe(0xcd);
  });

  test("leaks are told by the place that made them", () => {
    const alloc = small({ debug: true });
    alloc.handles().alloc(Block);
    expect(alloc.leakReport().leaks).toMatchObject([{ kind: "handle", count: 1, bytes: 64, site: expect.stringContaining("handles.test") }]);
  });
});

test.each([false, true])("elements of a value that are held move with it, debug %s", (debug) => {
  const Pair = struct({ a: f32, b: f32 });
  const Pairs = array(Pair, 4);
  const Nested = struct({ id: f32, pairs: Pairs });
  const handles = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug }).handles();
  const hole = handles.alloc(array(Nested, 2));
  const [pairs, nested] = [handles.alloc(Pairs), handles.alloc(Nested)];
  const held = [handles.resolve(pairs).at(2), handles.resolve(nested).pairs.at(3)];
  for (const [i, view] of held.entries()) view.a = i + 5;
  handles.free(hole);
  expect(handles.defragment().moves).toBe(2);
  const other = handles.alloc(array(Nested, 2));
  for (const view of handles.resolve(other)) view.pairs.fill({ a: 77, b: 77 });
  expect(held.map(({ a }) => a)).toEqual([5, 6]);
  for (const view of held) view.b = 9;
  expect([handles.resolve(pairs).at(2).b, handles.resolve(nested).pairs.at(3).b, handles.resolve(other).at(1).pairs.at(3).b]).toEqual([9, 9, 77]);
});
