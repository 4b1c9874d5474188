/** What debug mode knows of allocations, where frames repeat and vecs grow; debug.test.ts has the rest. */
import * as runtime from "@framealloc/runtime";
import { AllocConfig, array, f32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const make = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, ...more });

test("FA004: a guard that was overwritten before its vec grew over it is told when the frame ends", () => {
  const alloc = make();
  alloc.beginFrame();
  const vec = alloc.frameVec(u8);
  for (let i = 0; i < 8; i += 1) vec.push(7);
  const last = alloc.memory.u8.lastIndexOf(7);
  alloc.memory.u8[last + vec.capacity - vec.length + 1] = 1;
  const before = vec.capacity;
  while (vec.capacity === before) vec.push(7);
  expect(errorOf("FA004", () => alloc.endFrame()).message).toContain("guard bytes");
});

test.each([[true, 0], [false, 0xab]])("what a vec grows into is fresh (zeroed: %s)", (zeroFrameMemory, fresh) => {
  const alloc = make({ zeroFrameMemory });
  // Frames leave 0xCD behind.
  alloc.withFrame(() => alloc.memory.u8.fill(1, alloc.frameAllocBytes(4096), 0));
  alloc.beginFrame();
  const vec = alloc.frameVec(u8);
  for (let i = 0; i < 100; i += 1) vec.push(7);
  const end = alloc.memory.u8.lastIndexOf(7) + 1;
  expect([...new Set(alloc.memory.u8.subarray(end, end + vec.capacity - vec.length))]).toEqual([fresh]);
  expect(vec.capacity).toBeGreaterThan(vec.length);
  alloc.endFrame();
});

test("a place that changes after many frames of the same is found out, sooner or later", () => {
  const alloc = make();
  const always = (): { x: number } => alloc.frameAlloc(Vec3);
  const early = (): { x: number } => {
    always();
    return alloc.frameAlloc(Vec3);
  };
  const late = (): { x: number } => {
    always();
    return alloc.frameAlloc(Vec3);
  };
  for (let i = 0; i < 100; i += 1) alloc.withFrame(early);
  let stale = alloc.withFrame(late);
  expect(errorOf("FA004", () => stale.x).message).toContain("allocated at early ");
  for (let i = 0; i < 40_000; i += 1) stale = alloc.withFrame(late);
  expect(errorOf("FA004", () => stale.x).message).toContain("allocated at late ");
});

test("FA301: what did not fit is told with its guards", () => {
  const alloc = make({ heapSize: 1024 });
  expect(errorOf("FA301", () => alloc.heapAlloc(array(u8, 1001))).requested).toBe(1008 + 16);
  expect(errorOf("FA301", () => alloc.handles().alloc(array(u8, 1001))).requested).toBe(1016 + 16);
});

test.each([
  ["a frame", (alloc: SmartAlloc) => alloc.withFrame(() => alloc.frameAllocBytes(1000))],
  ["a scope", (alloc: SmartAlloc) => {
    alloc.beginFrame();
    const before = alloc.frameCheckpoint();
    alloc.frameAllocBytes(1000);
    alloc.rollbackTo(before);
    for (let i = 0; i < 8; i += 1) alloc.frameAlloc(Vec3);
    alloc.endFrame();
  }],
  ["a vec that grew", (alloc: SmartAlloc) => alloc.withFrame(() => {
    const vec = alloc.frameVec(u8);
    for (let i = 0; i < 200; i += 1) vec.push(1);
  })],
])("guards that %s of another shape took are not said to be overwritten, and what is there again is guarded", (_, interrupt) => {
  const alloc = make();
  let last = 0;
  const frame = (): void => {
    for (let i = 0; i < 8; i += 1) alloc.frameAlloc(Vec3).x = i;
    last = alloc.frameAllocBytes(12);
  };
  for (let round = 0; round < 5; round += 1) {
    for (let i = 0; i < 8; i += 1) alloc.withFrame(frame);
    interrupt(alloc);
  }
  alloc.beginFrame();
  frame();
  alloc.memory.u8[last + 12] = 1;
  expect(errorOf("FA004", () => alloc.endFrame()).message).toContain("guard bytes around 12 bytes");
});

test("a value of another size amid many of one has its own bytes filled and its own guards looked at, and so have those after it", () => {
  const alloc = make();
  const Vec4 = struct({ x: f32, y: f32, z: f32, w: f32 });
  const many = (count: number): readonly (typeof Vec3 | typeof Vec4)[] => Array.from({ length: count }, () => Vec3);
  const fill = (types: readonly (typeof Vec3 | typeof Vec4)[]): void => alloc.withFrame(() => {
    for (const type of types) Object.assign(alloc.frameAlloc(type), { x: 1, y: 2, z: 3, w: 4 });
  });
  // Both take as many bytes with their guards.
  const shapes = [many(20), [...many(10), Vec4, ...many(9)], [...many(4), Vec4, ...many(15)], many(20)];
  for (let round = 0; round < 6; round += 1) for (const types of shapes) for (let i = 0; i < 5; i += 1) fill(types);
  let begin = 0;
  alloc.withFrame(() => {
    begin = alloc.frameAllocBytes(12, 4);
  });
  fill([...many(10), Vec4, ...many(9)]);
  const bytes = Array.from({ length: 20 }, (_, i) => [...alloc.memory.u8.subarray(begin + i * 24, begin + (i + 1) * 24)].map((byte) => byte.toString(16)).join(" "));
  const shown = (size: number): string => [...Array.from({ length: size }, () => "cd"), ...Array.from({ length: 24 - size }, () => "fd")].join(" ");
  expect(bytes).toEqual(Array.from({ length: 20 }, (_, i) => shown(i === 10 ? 16 : 12)));
});

test("FA004: the first of several guards that were overwritten amid many values of one size is told", () => {
  const alloc = make();
  const first = (): { x: number } => alloc.frameAlloc(Vec3);
  const second = (): { x: number } => alloc.frameAlloc(Vec3);
  let begin = 0;
  const frame = (): void => {
    begin = alloc.frameAllocBytes(12, 4);
    for (let i = 1; i < 20; i += 1) (i === 7 ? first : second)().x = i;
  };
  for (let i = 0; i < 10; i += 1) alloc.withFrame(frame);
  alloc.beginFrame();
  frame();
  for (const i of [7, 9, 12]) alloc.memory.u8[begin + i * 24 + 12] = 1;
  const { message } = errorOf("FA004", () => alloc.endFrame());
  expect(message).toContain("guard bytes");
  expect(message).toContain("at first ");
  // And that is all.
  alloc.withFrame(frame);
});

test.each(["f32", "f64", "i8", "u8", "i16", "u16", "i32", "u32", "i64", "u64", "bool"] as const)("FA004: a field of the kind %s, read or written after its frame", (kind) => {
  const alloc = make();
  const type = struct({ before: u8, field: runtime[kind] });
  const value = alloc.withFrame(() => alloc.frameAlloc(type)) as { field: unknown };
  expect(errorOf("FA004", () => value.field).message).toContain("frame 1");
  expect(errorOf("FA004", () => { value.field = 1; }).message).toContain("frame 1");
  alloc.withFrame(() => alloc.frameAlloc(type));
  expect(errorOf("FA004", () => JSON.stringify(value)).message).toContain("frame 1");
});
