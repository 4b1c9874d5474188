/** A `WebAssembly.Memory` that grew between an allocation and its end: what is given back, looked at and given out again is that of the new buffer. Nobody calls `refresh`. */
import { AllocConfig, array, f32, SmartAlloc, struct } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";

const Pair = struct({ a: f32, b: f32 });
const Floats = array(f32, 4);

/** Fills memory, lets it grow, gives it back, and gives what is new memory. */
type Program = (alloc: SmartAlloc, grow: () => void) => number | readonly number[];

const PROGRAMS: Readonly<Record<string, Program>> = {
  "a frame": (alloc, grow) => {
    alloc.beginFrame();
    alloc.frameAlloc(Pair).a = 7;
    alloc.frameSlice(f32, 10).fill(7);
    alloc.memory.u8[alloc.frameAllocBytes(8)] = 7;
    grow();
    alloc.endFrame();
    alloc.beginFrame();
    return [alloc.frameAlloc(Pair).a, ...alloc.frameSlice(f32, 10), alloc.memory.u8[alloc.frameAllocBytes(8)] ?? 7];
  },
  "a frame under budgets": (alloc, grow) => {
    alloc.budgets();
    alloc.beginFrame();
    alloc.withTag("ai", () => {
      alloc.frameAlloc(Pair).a = 7;
      grow();
    });
    alloc.endFrame();
    alloc.beginFrame();
    return alloc.frameAlloc(Pair).a;
  },
  "a vec": (alloc, grow) => {
    alloc.beginFrame();
    alloc.frameVec(f32, 4).push(7);
    grow();
    alloc.endFrame();
    alloc.beginFrame();
    const vec = alloc.frameVec(f32, 4);
    vec.resize(3);
    return [...vec];
  },
  "a scope": (alloc, grow) => {
    alloc.beginFrame();
    const scope = alloc.frameScope();
    alloc.frameAlloc(Pair).a = 7;
    alloc.frameSlice(f32, 4).fill(7);
    grow();
    scope[Symbol.dispose]();
    return [alloc.frameAlloc(Pair).a, ...alloc.frameSlice(f32, 4)];
  },
  "a rollback": (alloc, grow) => {
    alloc.beginFrame();
    const kept = alloc.frameAlloc(Pair);
    kept.a = 3;
    const start = alloc.frameCheckpoint();
    alloc.frameAlloc(Pair).a = 7;
    grow();
    alloc.rollbackTo(start);
    return [alloc.frameAlloc(Pair).a, kept.a - 3];
  },
  "a speculation": (alloc, grow) => {
    alloc.beginFrame();
    alloc.speculative(() => {
      alloc.frameAlloc(Pair).a = 7;
      grow();
      return { ok: false };
    });
    return alloc.frameAlloc(Pair).a;
  },
  "a scratch pool": (alloc, grow) => {
    const pool = alloc.scratchPool("ai", { capacity: 1024 });
    pool.alloc(Pair).a = 7;
    pool.slice(f32, 4).fill(7);
    grow();
    pool.reset();
    return [pool.alloc(Pair).a, ...pool.slice(f32, 4)];
  },
  "a scratch pool that is removed": (alloc, grow) => {
    alloc.scratchPool("ai", { capacity: 1024 }).alloc(Pair).a = 7;
    grow();
    alloc.scratch().remove("ai");
    return alloc.scratchPool("ai", { capacity: 1024 }).alloc(Pair).a;
  },
  "pool values": (alloc, grow) => {
    const values = [alloc.poolAlloc(Pair), alloc.poolAlloc(Floats)] as const;
    values[0].a = values[1][1] = 7;
    grow();
    for (const value of values) alloc.poolFree(value);
    return [alloc.poolAlloc(Pair).a, ...alloc.poolAlloc(Floats)];
  },
  "heap values": (alloc, grow) => {
    const values = [alloc.heapAlloc(Pair), alloc.heapAlloc(Floats)] as const;
    values[0].a = values[1][1] = 7;
    grow();
    for (const value of values) alloc.heapFree(value);
    return [alloc.heapAlloc(Pair).a, ...alloc.heapAlloc(Floats)];
  },
  "a handle": (alloc, grow) => {
    const handles = alloc.handles();
    const handle = handles.alloc(Pair);
    handles.resolve(handle).a = 7;
    grow();
    handles.free(handle);
    return handles.resolve(handles.alloc(Pair)).a;
  },
  "a group": (alloc, grow) => {
    const groups = alloc.groups();
    const group = groups.createGroup("level");
    groups.alloc(group, Pair).a = 7;
    grow();
    groups.freeGroup(group);
    return groups.alloc(groups.createGroup("level"), Pair).a;
  },
};

describe.each([false, true])("debug %s", (debug) => {
  const open = (): { readonly alloc: SmartAlloc; readonly grow: () => void } => {
    const wasm = new WebAssembly.Memory({ initial: 16, maximum: 64 });
    return { alloc: new SmartAlloc({ ...AllocConfig.minimal(), memory: wasm, debug }), grow: () => void wasm.grow(1) };
  };

  test.each(Object.entries(PROGRAMS))("%s: what comes after it is zeroed", (_, program) => {
    const { alloc, grow } = open();
    const read = [program(alloc, grow)].flat();
    expect(read).toEqual(read.map(() => 0));
  });

  test("a pin holds", () => {
    const { alloc, grow } = open();
    const handles = alloc.handles();
    const [below, pinned] = [handles.alloc(Floats), handles.alloc(Floats)];
    grow();
    handles.pin(pinned);
    handles.free(below);
    const place = handles.ptrOf(pinned);
    expect([handles.defragment().moves, handles.ptrOf(pinned)]).toEqual([0, place]);
    grow();
    handles.unpin(pinned);
    expect([handles.defragment().moves, handles.ptrOf(pinned) < place]).toEqual([1, true]);
  });

  test("a copy for another agent, figures and leaks are of what is there", () => {
    const { alloc, grow } = open();
    const box = alloc.poolBox(Pair, { a: 5 });
    const [hole, above] = [alloc.handles().alloc(Floats), alloc.handles().alloc(Floats)];
    alloc.handles().free(hole);
    const before = [alloc.stats().fragmentationRatio, alloc.handles().stats().holeBytes];
    grow();
    expect([alloc.stats().fragmentationRatio, alloc.handles().stats().holeBytes]).toEqual(before);
    grow();
    expect(alloc.handles().stats().holeBytes).toBe(before[1]);
    grow();
    expect(alloc.leakReport().totalCount).toBe(2);
    grow();
    using received = alloc.receive(alloc.frameBoxForTransfer(box).detach());
    expect([received.value.a, alloc.handles().isValid(above)]).toEqual([5, true]);
  });
});
