/** Struct arrays that move, are written, and whose memory grows; types.test.ts has what they give. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct } from "@framealloc/runtime";
import { expect, test } from "vitest";

const Vec = struct({ x: f32, y: f32 });
const Body = struct({ at: Vec, weights: array(f32, 2), id: i32 });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

test("one that serves again elsewhere reads and writes there, through views, cursors and `set`", () => {
  const alloc = small();
  const seen = new Set<unknown>();
  for (const before of [0, 80, 16, 16]) {
    alloc.beginFrame();
    alloc.frameAllocBytes(before);
    const many = alloc.frameSlice(Body, 3);
    seen.add(many);
    const first = alloc.memory.i32;
    const idAt = (index: number): number => first[(many.ptr + index * many.stride + 16) >> 2] ?? -1;
    // By the writing cursor first, then by the one that is handed out, then by a view.
    many.set(2, { id: 7, at: { y: 1.5 } });
    expect([idAt(2), alloc.memory.f32[(many.ptr + 2 * many.stride + 4) >> 2]]).toEqual([7, 1.5]);
    const cursor = many.cursor();
    cursor.id = 8;
    cursor.$index = 1;
    cursor.id = 9;
    cursor.at.x = 2.5;
    cursor.weights[1] = 3.5;
    expect([idAt(0), idAt(1), alloc.memory.f32[(many.ptr + many.stride) >> 2], alloc.memory.f32[(many.ptr + many.stride + 12) >> 2]]).toEqual([8, 9, 2.5, 3.5]);
    expect([many.at(1).id, many.at(1).at.x, many.at(1).weights[1], many.at(2).id]).toEqual([9, 2.5, 3.5, 7]);
    alloc.endFrame();
  }
  expect(seen.size).toBe(1);
});

test("a cursor kept over a move stands on the first element of the new place", () => {
  const alloc = small();
  alloc.beginFrame();
  const cursor = alloc.frameSlice(Vec, 3).cursor(2);
  alloc.endFrame();
  alloc.beginFrame();
  alloc.frameAllocBytes(8);
  const many = alloc.frameSlice(Vec, 3);
  many.fill({ x: 4 });
  const again = many.cursor();
  expect([again === cursor, again.$index, again.x]).toEqual([true, 0, 4]);
  alloc.endFrame();
});

test("`copyWithin` and `fill` stop at the end, and touch nothing behind it", () => {
  const alloc = small();
  alloc.beginFrame();
  const many = alloc.frameSlice(Vec, 4);
  const behind = alloc.frameSlice(f32, 8);
  for (let i = 0; i < 4; i += 1) many.set(i, { x: i + 1 });
  many.copyWithin(2, 0);
  expect([[...many].map(({ x }) => x), [...behind]]).toEqual([[1, 2, 1, 2], new Array(8).fill(0)]);
  many.copyWithin(0, 3, 4).fill({ y: 5 }, 3);
  expect([[...many].map(({ x, y }) => [x, y]), [...behind]]).toEqual([[[2, 0], [2, 0], [1, 0], [2, 5]], new Array(8).fill(0)]);
  expect(() => many.cursor(4)).toThrow("$index");
  alloc.endFrame();
});

test("after the memory grew, views, cursors and writes are over the memory that there is", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = small({ memory: wasm, frameArenaSize: 4096, heapSize: 1024, slabPagesPerClass: 0 });
  const many = alloc.heapAlloc(array(Body, 3));
  many.set(1, { id: 1 });
  const [view, cursor] = [many.at(0), many.cursor(1)];
  wasm.grow(1);
  expect(alloc.memory.refresh()).toBe(true);
  many.set(2, { id: 3, weights: [1, 2] });
  view.id = 2;
  cursor.at.x = 1.5;
  expect([...many].map(({ id, at, weights }) => [id, at.x, ...weights])).toEqual([[2, 0, 0, 0], [1, 1.5, 0, 0], [3, 0, 1, 2]]);
  expect([view.id, cursor.id, cursor.at.x]).toEqual([2, 1, 1.5]);
});

test("the class of a type's cursors is one", () => {
  const alloc = small();
  alloc.beginFrame();
  const classes = [alloc.frameSlice(Vec, 1), alloc.frameSlice(Vec, 1)].map((many) => Object.getPrototypeOf(many.cursor()) as unknown);
  expect(classes[0] === classes[1]).toBe(true);
  alloc.endFrame();
});
