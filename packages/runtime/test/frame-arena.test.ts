/** The arena's recycled lists: several arenas that use one type, allocations that fail, and what a try tells; frame.test.ts has the rest. */
import { AllocConfig, array, f32, f64, FrameArena, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Mixed = struct({ a: f32, weights: array(f32, 3) });

test("arenas that use a type in turn keep their own objects of it", () => {
  const arenas = [new FrameArena(1024), new FrameArena(1024)];
  const frame = (arena: FrameArena): unknown[] => arena.withFrame(() => [arena.alloc(Mixed), arena.slice(f32, 4), arena.slice(Mixed, 2)]);
  const first = arenas.map(frame);
  for (let i = 0; i < 3; i += 1) expect(arenas.map(frame).map((values, which) => values.map((value, k) => value === first[which]?.[k]))).toEqual([[true, true, true], [true, true, true]]);
});

test("an initial value that fails half way leaves zeroes, and the place and the object to the next one", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  for (let round = 0; round < 3; round += 1) {
    alloc.beginFrame();
    const before = alloc.frameUsage();
    errorOf("argument", () => alloc.frameBox(Mixed, { a: 7, weights: 5 as never }));
    expect([alloc.frameUsage(), alloc.frameStats().count]).toEqual([before, 0]);
    const next = alloc.frameAlloc(Mixed);
    expect([next.a, ...next.weights]).toEqual([0, 0, 0, 0]);
    next.a = 3;
    alloc.endFrame();
  }
});

test("a try counts the padding that it needs, and uses the last byte", () => {
  for (let size = 0; size <= 24; size += 1) {
    const alloc = new SmartAlloc({ ...AllocConfig.minimal(), frameArenaSize: size });
    alloc.beginFrame();
    const byte = alloc.tryFrameAlloc(u8);
    const double = alloc.tryFrameAlloc(f64);
    expect([byte !== undefined, double !== undefined]).toEqual([size >= 1, size >= 16]);
    expect(alloc.frameUsage()).toBe(size >= 16 ? 16 : Math.min(size, 1));
  }
});

test("`withFrame` tells what was thrown, also when the function had ended the frame", () => {
  const arena = new FrameArena(64);
  const failing = (): never => {
    arena.end();
    throw new RangeError("mine");
  };
  expect(() => arena.withFrame(failing)).toThrow(RangeError);
  expect(arena.inFrame()).toBe(false);
});

test("instances and arrays of them need an open frame, also after one", () => {
  class Point {}
  const alloc = new SmartAlloc(AllocConfig.minimal());
  alloc.withFrame(() => [alloc.frameAlloc(Point), alloc.frameSlice(Point, 2)]);
  for (const call of [() => alloc.frameAlloc(Point), () => alloc.frameSlice(Point, 2), () => alloc.frameAlloc2(Point)]) errorOf("FA001", call);
});
