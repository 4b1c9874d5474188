/** Vecs: fixed and growing, of scalars, structs and objects. */
import { bool, f32, i32, i64, kilobytes, SmartAlloc, sizeOf, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec2 = struct({ x: f32, y: f32 }, { name: "Vec2" });
const open = (frameArenaSize = kilobytes(16)): SmartAlloc => {
  const alloc = new SmartAlloc({ frameArenaSize, heapSize: 0, slabPagesPerClass: 0 });
  alloc.beginFrame();
  return alloc;
};

describe("a fixed vec", () => {
  test("takes as many as it was made for", () => {
    const vec = open().frameVec(i32, 2);
    expect([vec.length, vec.capacity, vec.remaining, vec.isEmpty, vec.isFull]).toEqual([0, 2, 2, true, false]);
    expect([vec.push(5), vec.tryPush(6), vec.tryPush(7)]).toEqual([1, true, false]);
    const error = errorOf("FA003", () => vec.push(7));
    expect([error.capacity, error.used]).toEqual([2, 2]);
    expect([...vec, vec.isFull, vec.remaining]).toEqual([5, 6, true, 0]);
  });

  test("reads, sets, pops, truncates, clears", () => {
    const vec = open().frameVec(f32, 8);
    vec.extend([1, 2, 3, 4]);
    vec.set(1, 2.5);
    expect([vec.get(1), vec.at(-1), vec.at(4), vec.at(-5), vec.pop(), vec.length]).toEqual([2.5, 4, undefined, undefined, 4, 3]);
    vec.truncate(5);
    expect(vec.length).toBe(3);
    vec.truncate(1);
    expect([...vec]).toEqual([1]);
    vec.clear();
    expect([vec.pop(), vec.isEmpty, vec.capacity]).toEqual([undefined, true, 8]);
    for (const index of [0, -1, 0.5]) errorOf("argument", () => vec.get(index === 0.5 ? 0.5 : index));
    errorOf("argument", () => vec.set(0, 1));
    errorOf("argument", () => vec.truncate(-1));
  });

  test("new elements of a resize are zero, or what is given, also where others were", () => {
    const vec = open().frameVec(u8, 8);
    vec.extend([1, 2, 3, 4]);
    vec.truncate(1);
    vec.resize(3);
    expect([...vec]).toEqual([1, 0, 0]);
    vec.resize(5, 9);
    expect([...vec]).toEqual([1, 0, 0, 9, 9]);
    errorOf("FA003", () => vec.resize(9));
    expect(vec.length).toBe(5);
  });

  test("iterates with and without an iterator", () => {
    const vec = open().frameVec(i64, 3);
    vec.extend([1n, 2n, 3n]);
    const seen: bigint[] = [];
    vec.iterate((value, index) => seen.push(value * BigInt(index)));
    expect([seen, [...vec]]).toEqual([[0n, 2n, 6n], [1n, 2n, 3n]]);
    const flags = open().frameVec(bool, 2);
    flags.extend([true, false]);
    expect([...flags]).toEqual([true, false]);
  });
});

describe("a growing vec", () => {
  test("grows in place while it is last, and moves when it is not", () => {
    const alloc = open();
    const vec = alloc.frameVec(i32);
    for (let i = 0; i < 100; i += 1) vec.push(i);
    expect(alloc.frameUsage()).toBe(vec.capacity * 4);
    alloc.frameAllocBytes(4);
    for (let i = 100; i < 500; i += 1) vec.push(i);
    expect([...vec]).toEqual(Array.from({ length: 500 }, (_, i) => i));
    expect(vec.isFull).toBe(false);
  });

  test("uses the last of the arena before it gives up, and then says its figures", () => {
    const alloc = open(100 * 4);
    const vec = alloc.frameVec(i32);
    for (let i = 0; i < 100; i += 1) vec.push(i);
    expect([vec.tryPush(1), vec.length]).toEqual([false, 100]);
    const error = errorOf("FA003", () => vec.push(1));
    expect([error.capacity, error.used]).toEqual([400, 400]);
    expect([vec.get(99), vec.length]).toEqual([99, 100]);
  });

  test("does not grow into a scope that ends before it (found by the model: it lost its elements)", () => {
    const alloc = open();
    const vec = alloc.frameVec(i32);
    for (let i = 0; i < 8; i += 1) vec.push(i);
    const scope = alloc.frameScope();
    expect(errorOf("FA003", () => vec.push(8)).message).toContain("scope");
    expect([vec.tryPush(8), vec.length]).toEqual([false, 8]);
    const inner = alloc.frameVec(i32);
    for (let i = 0; i < 20; i += 1) inner.push(i);
    scope[Symbol.dispose]();
    vec.push(8);
    expect([...vec]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test("of a large struct, 100,000 pushes in one frame end in FA003 with figures", () => {
    const Large = struct({ data: f32, more: i64, rest: i64 });
    const alloc = open(kilobytes(512));
    const vec = alloc.frameVec(Large);
    const error = errorOf("FA003", () => { for (let i = 0; i < 100_000; i += 1) vec.push({ data: i }); });
    expect(error.capacity).toBe(kilobytes(512));
    expect(vec.get(vec.length - 1).data).toBe(vec.length - 1);
  });
});

describe("a vec of structs", () => {
  test("copies what is pushed and hands out views", () => {
    const alloc = open();
    const vec = alloc.frameVec(Vec2, 3);
    expect(alloc.frameUsage()).toBe(3 * sizeOf(Vec2));
    const given = { x: 1, y: 2 };
    vec.push(given);
    given.x = 9;
    vec.push({ y: 4 });
    vec.push(vec.get(0));
    expect([...vec].map((v) => [v.x, v.y])).toEqual([[1, 2], [0, 4], [1, 2]]);
    vec.get(2).x = 7;
    vec.set(0, { y: 5 });
    expect([...vec].map((v) => [v.x, v.y])).toEqual([[1, 5], [0, 4], [7, 2]]);
    expect(vec.get(0) === vec.get(1)).toBe(false);
  });

  test("an element that was popped can be read, and pushed again, but does not shine through", () => {
    const vec = open().frameVec(Vec2, 3);
    vec.push({ x: 1, y: 2 });
    const popped = vec.pop();
    expect(popped?.y).toBe(2);
    if (popped !== undefined) vec.push(popped);
    expect(vec.get(0).y).toBe(2);
    vec.pop();
    vec.push({ x: 3 });
    expect([vec.get(0).x, vec.get(0).y]).toEqual([3, 0]);
    errorOf("argument", () => vec.push(5 as never));
    expect(vec.length).toBe(1);
  });
});

describe("a vec of class instances", () => {
  class Item {
    n = 0;
  }
  test("holds references, and lets go of them", () => {
    const alloc = open();
    const vec = alloc.frameVec(Item);
    const item = new Item();
    vec.push(item);
    expect([vec.get(0) === item, alloc.frameUsage()]).toEqual([true, 0]);
    vec.resize(3);
    expect([...vec].map((each) => each instanceof Item)).toEqual([true, true, true]);
    expect(new Set(vec).size).toBe(3);
  });
});

test("FA004: every use after the frame, or the scope, ended", () => {
  const alloc = open();
  const vec = alloc.frameVec(i32);
  vec.push(1);
  let scoped;
  {
    using _scope = alloc.frameScope();
    scoped = alloc.frameVec(i32, 4);
    scoped.push(1);
  }
  alloc.endFrame();
  for (const stale of [vec, scoped]) {
    expect(stale.isAlive).toBe(false);
    for (const use of [
      () => stale.push(42), () => stale.tryPush(42), () => stale.pop(), () => stale.get(0), () => stale.set(0, 1), () => stale.at(0), () => stale.length, () => stale.capacity,
      () => stale.remaining, () => stale.isFull, () => stale.isEmpty, () => stale.clear(), () => stale.truncate(0), () => stale.resize(1), () => stale.extend([1]), () => stale.iterate(() => {}), () => [...stale],
    ]) errorOf("FA004", use);
  }
});

test("a vec of vecs' own elements, appended to itself, ends", () => {
  const vec = open().frameVec(i32);
  vec.extend([1, 2]);
  expect([vec.extend(vec), ...vec]).toEqual([4, 1, 2, 1, 2]);
});

test("a capacity has to be one", () => {
  const alloc = open();
  for (const capacity of [-1, 0.5, Number.NaN]) errorOf("argument", () => alloc.frameVec(i32, capacity));
  errorOf("FA003", () => alloc.frameVec(i32, 2 ** 40));
  expect(alloc.frameUsage()).toBe(0);
});
