/** Recycled frame values: which object serves again, for which bytes, and what is held on to; the random programs of model.test.ts have the rest. */
import { AllocConfig, array, f32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

test("a slice has the length it was asked for, also where another one lay", () => {
  const alloc = small();
  const take = (length: number): Float32Array => alloc.withFrame(() => alloc.frameSlice(f32, length));
  const slices = [16, 64, 16, 4, 64].map(take);
  expect(slices.map(({ length }) => length)).toEqual([16, 64, 16, 4, 64]);
  expect([slices[2] === slices[0], slices[4] === slices[1], new Set(slices.map(({ byteOffset }) => byteOffset)).size]).toEqual([true, true, 1]);
});

test("no more than some thousands of slices are kept: those of places that are not asked for any more are given up", async () => {
  const alloc = small();
  const first = new WeakRef(alloc.withFrame(() => alloc.frameSlice(u8, 1)));
  for (let length = 2; length < 5000; length += 1) alloc.withFrame(() => alloc.frameSlice(u8, length));
  await collectGarbage();
  expect(first.deref()).toBeUndefined();
  expect(alloc.withFrame(() => alloc.frameSlice(u8, 1).length)).toBe(1);
});

test("values that serve again read the memory that there is after it grew", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = small({ memory: wasm, frameArenaSize: 4096, heapSize: 0, slabPagesPerClass: 0 });
  const frame = (): number[] => alloc.withFrame(() => {
    const [vec, pair, arrays, slice, many] = [alloc.frameAlloc(Vec3), alloc.frameAlloc2(Vec3), alloc.frameAlloc2(array(f32, 2)), alloc.frameSlice(f32, 3), alloc.frameSlice(Vec3, 2)];
    vec.x = 1;
    pair[1].y = 2;
    arrays[1][1] = 3;
    slice[2] = 4;
    many.at(1).z = 5;
    const { f32: floats } = alloc.memory;
    return [vec.x, pair[1].y, arrays[1][1] ?? 0, slice[2], many.at(1).z, ...[...floats.subarray((many.ptr >> 2) + 5, (many.ptr >> 2) + 6)]];
  });
  for (let i = 0; i < 3; i += 1) expect(frame()).toEqual([1, 2, 3, 4, 5, 5]);
  wasm.grow(1);
  for (let i = 0; i < 3; i += 1) expect(frame()).toEqual([1, 2, 3, 4, 5, 5]);
});

test("what was allocated before a scope is its own after it", () => {
  const alloc = small();
  for (let round = 0; round < 3; round += 1) {
    alloc.beginFrame();
    const before = [alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 4), alloc.frameAlloc2(Vec3)];
    const scope = alloc.frameScope();
    const inside = [alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 4), alloc.frameAlloc2(Vec3)];
    scope[Symbol.dispose]();
    const after = [alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 4), alloc.frameAlloc2(Vec3)];
    expect([...inside, ...after].filter((value) => before.includes(value as never))).toEqual([]);
    expect(after.map((value, i) => value === inside[i])).toEqual([true, true, true]);
    alloc.endFrame();
  }
});
