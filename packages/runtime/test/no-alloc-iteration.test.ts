/** Going through vecs and struct arrays by `for...of` makes no garbage, also where a function has several such loops, and after vecs of more kinds than an engine tells apart in one place. */
import { array, f32, f64, i16, i32, megabytes, SmartAlloc, struct, u32, u8 } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const alloc = new SmartAlloc({ frameArenaSize: megabytes(4) });
// Written to by the frames below, so that nothing they compute can be left out.
const sink = new Float64Array(8);
const COUNT = 100;

// Once as it comes, and once with an iterator that is compiled by itself before: what engines have compiled into that counts for each loop that it would be compiled into.
// The loops are written out for each: one place for both would teach the engine of two kinds, and prove less of either.
describe.each([0, 10_000])("of structs, gone through by `for...of` after %s steps by hand", (steps) => {
  const byHand = (elements: Iterable<{ x: number }>): void => {
    const iterator = elements[Symbol.iterator]();
    for (let step = iterator.next(); step.done !== true; step = iterator.next()) sink[4] = step.value.x;
  };

  test("a vec, also half way", () => {
    const fresh = new SmartAlloc({ frameArenaSize: megabytes(4) });
    for (let i = 0; i < steps; i += COUNT) {
      fresh.beginFrame();
      const structs = fresh.frameVec(Vec3, COUNT);
      structs.resize(COUNT);
      byHand(structs);
      fresh.endFrame();
    }
    expectNoAlloc(() => {
      alloc.beginFrame();
      const structs = alloc.frameVec(Vec3, COUNT);
      structs.resize(COUNT);
      let sum = 0;
      for (const each of structs) {
        each.x = sum;
        sum += 1;
      }
      for (const { x } of structs) {
        sum += x;
        if (x > 10) break;
      }
      sink[3] = sum;
      alloc.endFrame();
    });
    expect(sink[3]).toBe(COUNT + 66);
  });

  test("a struct array, also half way", () => {
    for (let i = 0; i < steps; i += COUNT) {
      alloc.beginFrame();
      byHand(alloc.frameAlloc(array(Vec3, COUNT)));
      alloc.endFrame();
    }
    const Things = array(Vec3, COUNT);
    expectNoAlloc(() => {
      alloc.beginFrame();
      const structs = alloc.frameAlloc(Things);
      let sum = 0;
      for (const each of structs) {
        each.x = sum;
        sum += 1;
      }
      for (const { x } of structs) {
        sum += x;
        if (x > 10) break;
      }
      sink[3] = sum;
      alloc.endFrame();
      // The two iterators of each call, which nobody can give back.
    }, { calls: 20, budgetBytes: 20 * 2 * 40 });
    expect(sink[3]).toBe(COUNT + 66);
  });
});

test("numbers, after vecs of many kinds", () => {
  const kinds = [f32, u8, i16, i32, u32, Vec3, Object] as const;
  for (let round = 0; round < 200; round += 1) {
    for (const kind of kinds) {
      alloc.beginFrame();
      const some = alloc.frameVec(kind as typeof Object, COUNT);
      some.resize(COUNT);
      let count = 0;
      for (const each of some) count += each === undefined ? 0 : 1;
      sink[5] = count;
      alloc.endFrame();
    }
  }
  expectNoAlloc(() => {
    alloc.beginFrame();
    const numbers = alloc.frameVec(f64, COUNT);
    let sum = 0;
    for (let i = 0; i < COUNT; i += 1) numbers.push(i / 2);
    for (const each of numbers) sum += each;
    for (const each of numbers) if (each > 10) sum -= each;
    sink[6] = sum;
    alloc.endFrame();
  });
  expect([sink[5], sink[6]]).toEqual([COUNT, 105]);
});
