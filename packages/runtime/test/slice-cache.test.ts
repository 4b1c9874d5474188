/** Slices of vecs that are kept: which object is given again, and never one that is wrong for its place. */
import { AllocConfig, f32, f64, SmartAlloc, struct } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";

const Vec = struct({ x: f32 });

test("the same part is the same object, also when other parts were asked for since", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  alloc.withFrame(() => {
    const vec = alloc.frameVec(f64, 20);
    vec.resize(20);
    const slices = Array.from({ length: 16 }, (_, i) => vec.slice(0, i));
    expect(slices.map((slice, i) => vec.slice(0, i) === slice)).toEqual(new Array(16).fill(true));
  });
});

test("one that takes the place of another is kept with its own length and place", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  alloc.withFrame(() => {
    const vec = alloc.frameVec(f64, 40);
    for (let i = 0; i < 40; i += 1) vec.push(i);
    for (let round = 0; round < 3; round += 1) {
      for (let i = 0; i < 40; i += 1) {
        for (let again = 0; again < 2; again += 1) {
          expect([...vec.slice(0, i)]).toEqual(Array.from({ length: i }, (_, n) => n));
          expect([...vec.slice(i)]).toEqual(Array.from({ length: 40 - i }, (_, n) => n + i));
        }
        expect(vec.slice(i) === vec.slice(i)).toBe(true);
      }
    }
  });
});

test("a part that was not asked for for long is given up", async () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  alloc.beginFrame();
  const vec = alloc.frameVec(f64, 100);
  vec.resize(100);
  const first = new WeakRef(vec.slice(0, 1));
  for (let i = 2; i < 60; i += 1) vec.slice(0, i);
  await collectGarbage();
  expect([first.deref(), vec.slice(0, 1).length]).toEqual([undefined, 1]);
  alloc.endFrame();
});

test("after the memory grew, parts are over the memory that there is", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: wasm, frameArenaSize: 4096, heapSize: 0, slabPagesPerClass: 0 });
  alloc.beginFrame();
  const [numbers, structs] = [alloc.frameVec(f64, 4), alloc.frameVec(Vec, 4)];
  numbers.extend([1, 2, 3]);
  structs.extend([{ x: 4 }, { x: 5 }]);
  const [before, many] = [numbers.slice(1), structs.slice()];
  expect([[...before], many.at(1).x]).toEqual([[2, 3], 5]);
  wasm.grow(1);
  expect(alloc.memory.refresh()).toBe(true);
  const after = numbers.slice(1);
  expect([[...after], after.buffer === alloc.memory.buffer, numbers.slice(1) === after]).toEqual([[2, 3], true, true]);
  expect([structs.slice() === many, many.at(1).x, many.at(0).x]).toEqual([true, 5, 4]);
  alloc.endFrame();
});
