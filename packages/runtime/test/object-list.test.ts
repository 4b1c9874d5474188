/** Instances of classes, and arrays of them: which is handed out when. */
import { AllocConfig, registerReset, SmartAlloc } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";

const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

class Point {
  x = 0;
}

test("a constructor that throws has allocated nothing", () => {
  let fails = true;
  class Moody {
    constructor() {
      if (fails) throw new RangeError("not now");
    }
  }
  const alloc = small();
  alloc.beginFrame();
  expect(() => alloc.frameAlloc(Moody)).toThrow(RangeError);
  expect(alloc.frameStats().count).toBe(0);
  fails = false;
  const first = alloc.frameAlloc(Moody);
  expect([alloc.frameAlloc(Moody) === first, alloc.frameStats().count]).toEqual([false, 2]);
  alloc.endFrame();
  expect(alloc.withFrame(() => alloc.frameAlloc(Moody)) === first).toBe(true);
});

test("the reset that is registered when a frame begins is the one that cleans", () => {
  class Cleaned {
    n = 0;
  }
  const alloc = small();
  const read = (): number => alloc.withFrame(() => alloc.frameAlloc(Cleaned).n);
  registerReset(Cleaned, (each) => { each.n = 1; });
  expect([read(), read()]).toEqual([0, 1]);
  registerReset(Cleaned, (each) => { each.n = 2; });
  expect(read()).toBe(2);
});

describe("what was allocated before a scope is its own after it", () => {
  test("instances", () => {
    const alloc = small();
    alloc.beginFrame();
    const before = alloc.frameAlloc(Point);
    const scope = alloc.frameScope();
    const inside = alloc.frameAlloc(Point);
    scope[Symbol.dispose]();
    const after = alloc.frameAlloc(Point);
    expect([inside === before, after === before, after === inside, alloc.frameStats().count]).toEqual([false, false, true, 2]);
    alloc.endFrame();
  });

  test("arrays of instances", () => {
    const alloc = small();
    alloc.beginFrame();
    const before = alloc.frameSlice(Point, 2);
    const scope = alloc.frameScope();
    alloc.frameSlice(Point, 2);
    scope[Symbol.dispose]();
    const after = alloc.frameSlice(Point, 2);
    expect([after === before, new Set([...before, ...after]).size]).toEqual([false, 4]);
    alloc.endFrame();
  });
});

test("an array of instances is the one of the frame before when it is as long, and as long as it was asked for when not", () => {
  const alloc = small();
  const take = (length: number): readonly Point[] => alloc.withFrame(() => alloc.frameSlice(Point, length));
  const three = take(3);
  expect(take(3) === three).toBe(true);
  for (const length of [5, 2, 0, 3]) {
    const array = take(length);
    expect([array.length, array.every((each) => each instanceof Point), new Set(array).size]).toEqual([length, true, length]);
  }
});

test("in debug mode neither is handed out twice", () => {
  const alloc = small({ debug: true });
  const seen = new Set<unknown>();
  for (let i = 0; i < 4; i += 1) {
    alloc.withFrame(() => {
      const array = alloc.frameSlice(Point, 2);
      for (const each of [array, ...array, alloc.frameAlloc(Point)]) seen.add(each);
    });
  }
  expect(seen.size).toBe(4 * 4);
});
