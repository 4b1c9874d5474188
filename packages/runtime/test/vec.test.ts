/**
 * Vecs: fixed and growing, of scalars, structs and objects.
 *
 * Longer than 300 lines: every operation, on every kind of elements.
 */
import { inspect } from "node:util";
import { array, bool, f32, f64, i32, i64, kilobytes, megabytes, SmartAlloc, sizeOf, struct, StructArray, u32, u64, u8, type FrameVec } from "@framealloc/runtime";
import fc from "fast-check";
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
      () => stale.sort(), () => stale.retain(() => true), () => stale.slice(),
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

describe("sort", () => {
  const vecOf = <T extends typeof f32 | typeof f64 | typeof i32 | typeof i64 | typeof u64 | typeof u8 | typeof bool>(type: T, values: readonly unknown[]) => {
    const vec = open(megabytes(1)).frameVec(type);
    vec.extend(values as never);
    return vec;
  };

  test("of numbers is that of typed arrays, NaN and both zeros included", () => {
    const double = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, 0, -0, Infinity, -Infinity), fc.integer({ min: -3, max: 3 }));
    fc.assert(fc.property(fc.array(double, { maxLength: 300, size: "max" }), (values) => {
      expect([...vecOf(f64, values).sort()]).toEqual([...Float64Array.from(values).sort()]);
      expect([...vecOf(f32, values).sort()]).toEqual([...Float32Array.from(values).sort()]);
    }), { numRuns: 150 });
    fc.assert(fc.property(fc.array(fc.integer(), { maxLength: 300, size: "max" }), (values) => {
      expect([...vecOf(i32, values).sort()]).toEqual([...Int32Array.from(values).sort()]);
      expect([...vecOf(u8, values).sort()]).toEqual([...Uint8Array.from(values).sort()]);
    }), { numRuns: 100 });
  });

  test("of bigints and booleans is by value", () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 100 }), (values) => {
      expect([...vecOf(i64, values).sort()]).toEqual([...BigInt64Array.from(values).sort()]);
      expect([...vecOf(u64, values).sort()]).toEqual([...BigUint64Array.from(values).sort()]);
    }), { numRuns: 100 });
    expect([...vecOf(bool, [true, false, true, false]).sort()]).toEqual([false, false, true, true]);
  });

  test("by a function gives the same elements, in its order", () => {
    const Item = struct({ key: i32, id: u32, pair: array(u8, 3) });
    class Thing {
      key = 0;
      id = 0;
    }
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 200, size: "max" }), (keys) => {
      const alloc = open(megabytes(1));
      const structs = alloc.frameVec(Item);
      const things = alloc.frameVec(Thing);
      keys.forEach((key, id) => {
        structs.push({ key, id, pair: [key, id, 7] });
        things.push(Object.assign(new Thing(), { key, id }));
      });
      expect(structs.sort((a, b) => b.key - a.key)).toBe(structs);
      things.sort((a, b) => a.key - b.key || b.id - a.id);
      const sorted = [...structs].map(({ key, id, pair }) => ({ key, id, whole: pair[0] === (key & 255) && pair[1] === (id & 255) && pair[2] === 7 }));
      expect(sorted.map(({ key }) => key)).toEqual(keys.toSorted((a, b) => b - a));
      expect(sorted.every(({ key, id, whole }) => whole && keys[id] === key)).toBe(true);
      expect(new Set(sorted.map(({ id }) => id)).size).toBe(keys.length);
      expect([...things].map(({ key, id }) => [key, id])).toEqual(keys.map((key, id) => [key, id] as const).toSorted(([a, i], [b, j]) => a - b || j - i));
    }), { numRuns: 100 });
  });

  test("takes O(n log n) comparisons, whatever comes in", () => {
    const n = 4096;
    const index = Array.from({ length: n }, (_, i) => i);
    const inputs: Record<string, number[]> = {
      sorted: index, reversed: index.toReversed(), equal: index.map(() => 1), two: index.map((i) => i % 2), saw: index.map((i) => i % 37), pipe: index.map((i) => Math.min(i, n - i)),
      rotated: index.map((i) => (i + 1) % n), random: index.map((i) => Math.imul(i + 1, 0x9e3779b1) >>> 0), killer: killerOf(n),
    };
    for (const [name, values] of Object.entries(inputs)) {
      const vec = vecOf(f64, values);
      let comparisons = 0;
      vec.sort((a, b) => {
        comparisons += 1;
        return a - b;
      });
      expect([...vec], name).toEqual(values.toSorted((a, b) => a - b));
      expect(comparisons, name).toBeLessThan(4 * n * Math.log2(n));
    }
  });

  test("loses nothing when the order contradicts itself, or the comparison throws", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 120, size: "max" }), fc.infiniteStream(fc.constantFrom(-1, 0, 1, Number.NaN)), fc.nat({ max: 400 }), (values, answers, stop) => {
      const vec = vecOf(f64, values);
      let calls = 0;
      try {
        vec.sort(() => {
          calls += 1;
          if (calls === stop) throw new RangeError("enough");
          return answers.next().value as number;
        });
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
      expect([...vec].toSorted((a, b) => a - b)).toEqual(values.toSorted((a, b) => a - b));
    }), { numRuns: 150 });
  });

  test("refuses a comparison that changes the vec, or ends its frame, or is none", () => {
    const alloc = open();
    const vec = alloc.frameVec(f32);
    vec.extend([3, 1, 2]);
    errorOf("argument", () => vec.sort((a, b) => {
      vec.push(4);
      return a - b;
    }));
    errorOf("argument", () => vec.sort("asc" as never));
    const structs = alloc.frameVec(Vec2, 2);
    structs.resize(2);
    errorOf("argument", () => structs.sort(...([] as never as [() => number])));
    errorOf("FA004", () => vec.sort(() => {
      alloc.endFrame();
      return 0;
    }));
  });

  test("inside a comparison does not disturb the outer one", () => {
    const vec = vecOf(f64, [5, 4, 3, 2, 1, 9, 8, 7, 6, 20, 19, 18, 17, 16, 15, 14]);
    const other = vecOf(f64, [2, 1]);
    vec.sort((a, b) => {
      other.sort((x, y) => y - x);
      return a - b;
    });
    expect([[...vec], [...other]]).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9, 14, 15, 16, 17, 18, 19, 20], [2, 1]]);
  });
});

/** Numbers that make a quicksort by medians of three take as long as it can: answers given late, and always so that the pivot is near the end. */
function killerOf(n: number): number[] {
  const values = new Array<number>(n).fill(Infinity);
  const places = Array.from({ length: n }, (_, i) => i);
  let solid = 0;
  let candidate = 0;
  const vec = open(megabytes(1)).frameVec(f64);
  vec.extend(places);
  vec.sort((x, y) => {
    if (values[x] === Infinity && values[y] === Infinity) {
      if (x === candidate) values[x] = solid;
      else values[y] = solid;
      solid += 1;
    }
    if (values[x] === Infinity) candidate = x;
    else if (values[y] === Infinity) candidate = y;
    return (values[x] ?? 0) === (values[y] ?? 0) ? 0 : (values[x] ?? 0) - (values[y] ?? 0);
  });
  return values.map((value) => (value === Infinity ? solid : value));
}

describe("retain", () => {
  test("keeps what it is told to, in order", () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 20 }), { maxLength: 100 }), fc.nat({ max: 20 }), (values, limit) => {
      const alloc = open(megabytes(1));
      const numbers = alloc.frameVec(u32);
      const structs = alloc.frameVec(Vec2);
      const objects = alloc.frameVec(Object as unknown as new () => { n: number });
      values.forEach((n, i) => {
        numbers.push(n);
        structs.push({ x: n, y: i });
        objects.push({ n });
      });
      const indices: number[] = [];
      const expected = values.filter((n) => n < limit);
      expect(numbers.retain((n, i) => (indices.push(i), n < limit))).toBe(expected.length);
      expect([indices, [...numbers]]).toEqual([values.map((_, i) => i), expected]);
      structs.retain(({ x }) => x < limit);
      objects.retain(({ n }) => n < limit);
      expect([...structs].map(({ x, y }) => [x, y])).toEqual(values.map((n, i) => [n, i]).filter(([n = 0]) => n < limit));
      expect([...objects].map(({ n }) => n)).toEqual(expected);
    }), { numRuns: 100 });
  });

  test("that throws has dropped what it refused, and kept the rest", () => {
    const vec = open().frameVec(i32);
    vec.extend([1, 2, 3, 4, 5]);
    expect(() => vec.retain((n) => {
      if (n === 4) throw new RangeError("enough");
      return n % 2 === 0;
    })).toThrow("enough");
    expect([...vec]).toEqual([2, 4, 5]);
    errorOf("argument", () => vec.retain(() => vec.push(1) > 0));
    expect([...vec]).toEqual([2, 4, 5, 1]);
    errorOf("argument", () => vec.retain(() => {
      vec.clear();
      return true;
    }));
    expect([...vec]).toEqual([]);
  });

  test("lets go of instances that it drops", () => {
    class Item {
      n = 0;
    }
    const vec = open().frameVec(Item, 4);
    vec.resize(4);
    [...vec].forEach((item, n) => { item.n = n; });
    vec.retain(({ n }) => n > 1);
    vec.resize(3);
    expect([vec.get(0).n, vec.get(1).n, vec.length]).toEqual([2, 3, 3]);
  });
});

describe("slice", () => {
  test("of scalars is a typed array over the vec's own memory, cut as arrays are", () => {
    const values = [10, 11, 12, 13, 14];
    const vec = open().frameVec(i32, 8);
    vec.extend(values);
    for (const [from, to] of [[undefined, undefined], [1, 3], [-2, undefined], [0, -1], [3, 1], [-9, 9], [9, undefined], [1.7, 3.2], [Number.NaN, 2]] as const) {
      const slice: Int32Array = vec.slice(from, to);
      expect([...slice], `${from} ${to}`).toEqual(values.slice(from, to));
      expect(slice).toBeInstanceOf(Int32Array);
    }
    vec.slice(1, 3)[0] = 99;
    expect([vec.get(1), vec.slice(1, 3) === vec.slice(1, 3)]).toEqual([99, true]);
    expect(open().frameVec(bool, 2).slice()).toBeInstanceOf(Uint8Array);
  });

  test("of structs is a struct array over the same memory", () => {
    const vec = open().frameVec(Vec2, 8);
    for (let i = 0; i < 5; i += 1) vec.push({ x: i, y: -i });
    const slice = vec.slice(1, -1);
    expect(slice).toBeInstanceOf(StructArray);
    expect([...slice].map(({ x }) => x)).toEqual([1, 2, 3]);
    slice.at(0).x = 7;
    slice.set(1, { x: 8 });
    expect([vec.get(1).x, vec.get(2).x, vec.slice(1, 4) === slice, vec.slice(2, 4) === slice]).toEqual([7, 8, true, false]);
    expect([slice.at(0).x, vec.slice(0, 3).length]).toEqual([7, 3]);
  });

  test("of instances is an array of them, another one for each call", () => {
    class Item {
      n = 0;
    }
    const vec = open().frameVec(Item, 4);
    vec.resize(4);
    const [first, second] = [vec.slice(0, 2), vec.slice(2)];
    expect([first[1] === vec.get(1), second[0] === vec.get(2), first.length, second.length]).toEqual([true, true, 2, 2]);
  });

  test("is made anew where it has to be, and never one for another place", () => {
    const alloc = open(megabytes(1));
    const vec = alloc.frameVec(f64, 100);
    for (let i = 0; i < 100; i += 1) vec.push(i);
    const slices = Array.from({ length: 40 }, (_, i) => vec.slice(i, i + 2));
    slices.forEach((slice, i) => expect([...slice]).toEqual([i, i + 1]));
    for (let i = 0; i < 40; i += 1) expect([...vec.slice(i, i + 2)]).toEqual([i, i + 1]);
  });
});

test("iterators of one vec do not disturb each other, however many there are", () => {
  const vec = open().frameVec(i32, 8);
  vec.extend([1, 2, 3]);
  const seen: number[] = [];
  for (const a of vec) for (const b of vec) if (a !== b) seen.push(a * 10 + b);
  expect(seen).toEqual([12, 13, 21, 23, 31, 32]);
  const iterators = Array.from({ length: 50 }, () => vec[Symbol.iterator]());
  for (const each of iterators) expect([each.next().value, each[Symbol.iterator]() === each]).toEqual([1, true]);
  for (const each of iterators) expect([...each]).toEqual([2, 3]);
  vec.push(4);
  expect(iterators.map((each) => each.next().done)).toEqual(iterators.map(() => true));
  const grown: number[] = [];
  for (const n of vec) {
    grown.push(n);
    if (vec.length < 6) vec.push(n + 4);
  }
  expect(grown).toEqual([1, 2, 3, 4, 5, 6]);
  expect([[...open().frameVec(Vec2, 0)], [...open().frameVec(f32)]]).toEqual([[], []]);
});

// As many as a vec keeps, and more; with memory taken in between, so that it has to move when it grows.
test.each([
  ["f64", f64, (n: number) => n / 4, (value: unknown) => value],
  ["u8", u8, (n: number) => n & 255, (value: unknown) => value],
  ["structs", Vec2, (n: number) => ({ x: n, y: -n }), (value: unknown) => (value as { x: number }).x],
  ["objects", Object, (n: number) => ({ n }), (value: unknown) => (value as { n: number }).n],
])("iterators of %s go as those of an array, whatever becomes of the vec meanwhile", (_, type, make, read) => {
  const step = fc.record({ what: fc.constantFrom("push", "pop", "grow", "begin", "truncate", "next", "next", "next"), at: fc.nat(45) });
  fc.assert(fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
    const alloc = open(megabytes(1));
    // Of any kind: what it takes and gives is compared as it is.
    const vec = alloc.frameVec(type as typeof Object) as FrameVec<unknown>;
    const model: unknown[] = [];
    const pairs: (readonly [Iterator<unknown>, Iterator<unknown>])[] = [];
    const push = (): void => {
      const value = make(model.length + 1);
      vec.push(value);
      model.push(read(vec.get(model.length)));
    };
    for (const each of steps) {
      if (each.what === "push") push();
      else if (each.what === "pop") expect([vec.pop() === undefined]).toEqual([model.pop() === undefined]);
      else if (each.what === "grow") {
        for (let i = 0; i < 20; i += 1) push();
        alloc.frameAlloc(u8);
      }
      else if (each.what === "begin") pairs.push([vec[Symbol.iterator](), model[Symbol.iterator]()]);
      else if (each.what === "truncate") {
        vec.truncate(each.at);
        model.splice(each.at);
      }
      else {
        const [ours, theirs] = pairs[each.at % Math.max(1, pairs.length)] ?? [];
        const [found, wanted] = [ours?.next(), theirs?.next()];
        expect(found?.done).toBe(wanted?.done);
        if (wanted?.done === false) expect(read(found?.value)).toBe(wanted.value);
      }
    }
    alloc.endFrame();
    for (const [ours] of pairs) errorOf("FA004", () => ours.next());
  }), { numRuns: 150 });
});

test("iterators have what the engine's own have", () => {
  const alloc = open();
  const own = [][Symbol.iterator]() as object;
  for (const each of [alloc.frameVec(i32, 2)[Symbol.iterator](), alloc.frameAlloc(array(Vec2, 1))[Symbol.iterator]()]) {
    for (const key of [Symbol.iterator, "map", "filter", "toArray"]) expect(key in each).toBe(key in own);
  }
});

test("prints and turns to JSON as its elements, not as the memory below", () => {
  const alloc = open();
  const vec = alloc.frameVec(Vec2, 2);
  vec.push({ x: 1, y: 2 });
  expect([JSON.stringify(vec), inspect(vec)]).toEqual(['[{"x":1,"y":2}]', "[ { x: 1, y: 2 } ]"]);
  alloc.endFrame();
  expect(inspect(vec)).toBe("FrameVec (stale)");
});
