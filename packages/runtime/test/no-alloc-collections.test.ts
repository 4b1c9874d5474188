/** Maps, vecs, struct arrays and columns make no garbage in the steady state of a frame. */
import { array, f32, f64, i32, megabytes, SmartAlloc, soa, struct, u32 } from "@framealloc/runtime";
import { expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
class Item {
  n = 0;
}
class Thing {
  n = 0;
}

const alloc = new SmartAlloc({ frameArenaSize: megabytes(4) });
// Written to by the frames below, so that nothing they compute can be left out.
const sink = new Float64Array(8);
const COUNT = 100;

describe("maps", () => {
  const addUp = (value: number, key: number): void => {
    sink[0] = (sink[0] ?? 0) + value + key;
  };

  // First: what other maps have been used for decides how much of a call an engine compiles into its caller, without which it boxes these keys.
  test("by keys above what a small integer holds", () => {
    const keys = Uint32Array.from({ length: COUNT }, (_, i) => 2 ** 31 + i * 1000);
    expectNoAlloc(() => {
      alloc.beginFrame();
      const map = alloc.frameMap("number", u32, COUNT);
      for (let i = 0; i < COUNT; i += 1) map.set(keys[i] ?? 0, i);
      sink[1] = map.size;
      alloc.endFrame();
    });
    expect(sink[1]).toBe(COUNT);
  });

  test("of numbers: filled, overwritten, read, gone through, emptied", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      const map = alloc.frameMap("number", u32, COUNT);
      for (let i = 0; i < COUNT; i += 1) map.set(i * 7, i);
      for (let i = 0; i < COUNT; i += 1) map.set(i * 7, i + 1);
      let sum = 0;
      for (let i = 0; i < COUNT; i += 1) sum += (map.has(i * 7) ? 1 : 0) + (map.get(i * 7) ?? 0);
      for (let i = 0; i < COUNT; i += 3) map.delete(i * 7);
      for (let i = 0; i < COUNT; i += 3) map.trySet(i * 7, 2);
      sink[0] = sum;
      map.forEach(addUp);
      map.clear();
      map.set(1, 1);
      alloc.endFrame();
    });
    // The sum of what was set, 100 that were there, and the walk: each key, and 2 where it was deleted in between.
    const of = (f: (i: number) => number): number => Array.from({ length: COUNT }, (_, i) => f(i)).reduce((a, b) => a + b, 0);
    expect(sink[0]).toBe(of((i) => i + 1) + COUNT + of((i) => i * 7 + (i % 3 === 0 ? 2 : i + 1)));
  });

  test("of structs with fractions", () => {
    const Value = struct({ value: f64 });
    expectNoAlloc(() => {
      alloc.beginFrame();
      const structs = alloc.frameMap("number", Value, COUNT);
      for (let i = 0; i < COUNT; i += 1) structs.getOrInsert(i).value = i / 7;
      let sum = 0;
      for (let i = 0; i < COUNT; i += 1) sum += structs.getOrInsert(i).value;
      sink[1] = sum;
      alloc.endFrame();
    });
    expect(Math.round((sink[1] ?? 0) * 14)).toBe(COUNT * (COUNT - 1));
  });

  test("of structs, instances and numbers, by strings, bigints and objects", () => {
    const names = Array.from({ length: COUNT }, (_, i) => `entity ${i}`);
    const ids = Array.from({ length: COUNT }, (_, i) => BigInt(i) ** 5n);
    const items = Array.from({ length: COUNT }, () => new Item());
    expectNoAlloc(() => {
      alloc.beginFrame();
      const structs = alloc.frameMap("string", Vec3, COUNT);
      const numbers = alloc.frameMap("bigint", i32, COUNT);
      const instances = alloc.frameMap("object", Item, COUNT);
      let sum = 0;
      for (let i = 0; i < COUNT; i += 1) {
        const name = names[i] ?? "";
        const item = items[i] ?? alloc;
        structs.getOrInsert(name).x = i;
        numbers.set(ids[i] ?? 0n, i);
        instances.getOrInsert(item).n = i;
        sum += (structs.get(name)?.x ?? 0) + (numbers.get(ids[i] ?? 0n) ?? 0) + (instances.get(item)?.n ?? 0);
      }
      for (let i = 0; i < COUNT; i += 2) {
        structs.delete(names[i] ?? "");
        numbers.delete(ids[i] ?? 0n);
        instances.delete(items[i] ?? alloc);
      }
      sink[2] = sum + structs.size;
      alloc.endFrame();
    });
    expect(sink[2]).toBe((3 * COUNT * (COUNT - 1)) / 2 + COUNT / 2);
  });

  test("(a `Map` that is cleared and filled again does make garbage)", () => {
    const map = new Map<number, number>();
    expect(() => expectNoAlloc(() => {
      map.clear();
      for (let i = 0; i < COUNT; i += 1) map.set(i, i);
    }, { windows: 3 })).toThrow("bytes allocated");
  });
});

describe("vecs", () => {
  const byX = (a: { x: number }, b: { x: number }): number => (a.x < b.x ? -1 : a.x > b.x ? 1 : 0);
  const downwards = (a: number, b: number): number => b - a;
  const isLow = (v: { x: number }): boolean => v.x < 10;

  test("of numbers, gone through by `for...of`", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      const floats = alloc.frameVec(f32, COUNT);
      for (let i = 0; i < COUNT; i += 1) floats.push(i / 3);
      let sum = 0;
      for (const value of floats) sum += value;
      sink[3] = sum;
      alloc.endFrame();
    });
    expect(sink[3]).toBeCloseTo((COUNT * (COUNT - 1)) / 6, 2);
  });

  test("sorted, thinned out and cut", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      const floats = alloc.frameVec(f32, COUNT);
      const ints = alloc.frameVec(i32, COUNT);
      const structs = alloc.frameVec(Vec3, COUNT);
      const items = alloc.frameVec(Thing, COUNT);
      structs.resize(COUNT);
      items.resize(COUNT);
      for (let i = 0; i < COUNT; i += 1) {
        floats.push(((i * 37) % COUNT) / 3);
        ints.push((i * 37) % COUNT);
        structs.get(i).x = ((i * 37) % COUNT) / 3;
      }
      floats.sort();
      ints.sort(downwards);
      structs.sort(byX);
      structs.retain(isLow);
      const part = floats.slice(3, 9);
      const views = structs.slice(2);
      sink[4] = floats.get(3) + ints.get(0) + structs.length + (part[0] ?? 0) + views.at(0).x + (items.slice(1)[0]?.n ?? 0);
      alloc.endFrame();
    });
    expect(sink[4]).toBeCloseTo(1 + 99 + 30 + 1 + 2 / 3, 4);
  });
});

test("struct arrays: written by `set`, `fill` and `copyWithin`", () => {
  const Body = struct({ at: Vec3, weights: array(f32, 2) });
  const given = { x: 1, y: 2 };
  expectNoAlloc(() => {
    alloc.beginFrame();
    const many = alloc.frameAllocBatch(Vec3, COUNT);
    many.fill(given);
    for (let i = 0; i < COUNT; i += 2) many.set(i, many.at(1));
    many.copyWithin(10, 20, 30);
    const bodies = alloc.frameAllocBatch(Body, 4);
    bodies.at(1).weights[1] = many.at(0).x;
    bodies.set(2, bodies.at(1));
    sink[5] = many.at(50).y + (bodies.at(2).weights[1] ?? 0);
    alloc.endFrame();
  });
  expect(sink[5]).toBe(3);
});

test("columns", () => {
  const Bodies = soa(struct({ position: Vec3, velocity: Vec3, id: u32 }), 1000);
  expectNoAlloc(() => {
    alloc.beginFrame();
    const { position, velocity, id } = alloc.frameAlloc(Bodies);
    for (let i = 0; i < 1000; i += 1) {
      velocity.x[i] = i;
      position.x[i] = (position.x[i] ?? 0) + (velocity.x[i] ?? 0) * 0.5;
      id[i] = i;
    }
    sink[6] = (position.x[999] ?? 0) + (id[999] ?? 0);
    alloc.endFrame();
  });
  expect(sink[6]).toBe(999 * 1.5);
});
