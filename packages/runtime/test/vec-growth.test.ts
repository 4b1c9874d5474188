/** Vecs that grow, shrink and move beside other vecs, scopes, checkpoints and budgets, against plain arrays; views that are held meanwhile read their place. */
import { array, f32, i32, SmartAlloc, struct, u8, type AllocOptions, type FrameVec } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Part = struct({ id: i32, list: array(f32, 3), pairs: array(struct({ a: i32, b: u8 }), 2) });
const open = (options: AllocOptions = {}): SmartAlloc => new SmartAlloc({ frameArenaSize: 65_536, heapSize: 65_536, slabPagesPerClass: 0, debug: false, memory: "local", ...options });

/** Small numbers from a seed. */
function randoms(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const plain = ({ id, list, pairs }: { readonly id: number; readonly list: Float32Array; readonly pairs: Iterable<{ readonly a: number }> }): number[] => [id, ...list, ...[...pairs].map(({ a }) => a)];
const initOf = (id: number): { id: number; list: number[]; pairs: { a: number }[] } => ({ id, list: [id, id + 1, id + 2], pairs: [{ a: -id }, { a: id * 2 }] });
const modelOf = (id: number): number[] => [id, id, id + 1, id + 2, -id, id * 2].map((each) => each || 0);

describe.each([false, true])("debug %s", (debug) => {
  test.each([1, 2, 3, 4, 5, 6])("several vecs of one struct hold what arrays hold, seed %d", (seed) => {
    const next = randoms(seed);
    const alloc = open({ debug });
    for (let frame = 0; frame < 12; frame += 1) {
      alloc.beginFrame();
      const vecs = Array.from({ length: 3 }, (_, i) => ({ vec: alloc.frameVec(Part, i === 2 ? 40 : undefined), ids: [] as number[] }));
      for (let step = 0; step < 120; step += 1) {
        const { vec, ids } = vecs[next(3)] ?? expect.fail("a vec");
        const held = vec.length > 0 ? next(vec.length) : -1;
        const view = held < 0 ? undefined : vec.get(held);
        const id = next(1000);
        switch (next(8)) {
          case 0: case 1: case 2: if (vec.tryPush(initOf(id))) ids.push(id); break;
          case 3: if (vec.pop() !== undefined) ids.pop(); break;
          case 4: {
            const length = next(Math.min(40, ids.length + 12));
            vec.resize(length, initOf(id));
            while (ids.length < length) ids.push(id);
            ids.length = length;
            break;
          }
          case 5: alloc.frameAllocBytes(8); break;
          case 6: {
            using _point = next(2) === 0 ? alloc.checkpointGuard() : alloc.frameScope();
            const inner = alloc.frameVec(Part);
            for (let i = 0; i < 20; i += 1) inner.push(initOf(i));
            expect(plain(inner.get(19))).toEqual(modelOf(19));
            break;
          }
          default: if (ids.length > 0) {
            vec.set(ids.length - 1, initOf(id));
            ids[ids.length - 1] = id;
          }
        }
        if (view !== undefined && held < ids.length) {
          view.pairs.at(1).b = 9;
          expect([plain(view), vec.get(held).pairs.at(1).b]).toEqual([modelOf(ids[held] ?? 0), 9]);
        }
        if (step % 10 === 0) for (const each of vecs) expect([...each.vec].map(plain)).toEqual(each.ids.map(modelOf));
      }
      alloc.endFrame();
    }
  });

  test("a view keeps its place when the vec moves", () => {
    const alloc = open({ debug });
    alloc.beginFrame();
    const vec = alloc.frameVec(Part);
    for (let i = 0; i < 8; i += 1) vec.push({ id: i });
    const view = vec.get(3);
    const pair = view.pairs.at(1);
    alloc.frameAllocBytes(8);
    vec.push({ id: 8 });
    view.id = 99;
    view.list[2] = 5;
    pair.a = 7;
    expect([vec.get(3).id, vec.get(3).list[2], vec.get(3).pairs.at(1).a, vec.get(3) === view, view.pairs.at(1) === pair]).toEqual([99, 5, 7, true, true]);
  });

  test("one that was made under a point that is over grows on", () => {
    const alloc = open({ debug });
    alloc.beginFrame();
    const made = alloc.speculative(() => alloc.frameVec(i32)).value;
    const vec = made ?? expect.fail("a vec");
    for (let i = 0; i < 100; i += 1) vec.push(i);
    expect([...vec]).toEqual(Array.from({ length: 100 }, (_, i) => i));
    using _guard = alloc.checkpointGuard();
    errorOf("FA003", () => vec.resize(1000));
  });

  test("instances that a scope takes back are nobody else's in what outlives it", () => {
    class Thing { value = 0; }
    const alloc = open({ debug });
    alloc.beginFrame();
    const vec = alloc.frameVec(Thing, 4);
    const map = alloc.frameMap("number", Thing, 4);
    {
      using _scope = alloc.frameScope();
      vec.resize(2);
      map.getOrInsert(1).value = 3;
      vec.get(1).value = 7;
    }
    const others = [alloc.frameAlloc(Thing), alloc.frameAlloc(Thing), alloc.frameAlloc(Thing)];
    for (const other of others) other.value = 1;
    expect([vec.get(1).value, map.get(1)?.value]).toEqual([7, 3]);
    vec.resize(3);
    expect(new Set([...vec, map.get(1), ...others]).size).toBe(7);
  });
});

test.each(["promote", "allow", "warn"] as const)("above the agent's budget a vec grows as the policy says: %s", (frameExceededPolicy) => {
  const alloc = open({ threadBudget: { frameBudget: 200, frameExceededPolicy } });
  const fill = (vec: FrameVec<number>): number[] => {
    for (let i = 0; i < 100; i += 1) vec.push(i);
    return [...vec];
  };
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  for (let frame = 0; frame < 3; frame += 1) {
    alloc.beginFrame();
    const first = alloc.frameVec(i32);
    expect(fill(first)).toEqual(numbers);
    const bytes = alloc.frameVec(u8);
    bytes.resize(300, 7);
    const second = alloc.frameVec(f32);
    expect(fill(second)).toEqual(numbers);
    expect([[...first], [...bytes].every((byte) => byte === 7)]).toEqual([numbers, true]);
    const point = alloc.frameCheckpoint();
    alloc.frameAlloc(Part).id = 5;
    alloc.rollbackTo(point);
    expect(alloc.frameAlloc(Part).id).toBe(0);
    alloc.endFrame();
    expect(alloc.stats().heap.usedBytes).toBe(0);
  }
});
