/** Columns that are moved, filled and sent; types.test.ts has their layout. */
import { AllocConfig, f32, i32, SmartAlloc, soa, struct } from "@framealloc/runtime";
import { expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec = struct({ x: f32, y: f32 });
const Bodies = soa(struct({ id: i32, at: Vec }, { name: "Body" }), 3);

test("columns lie where their allocation does, at every place that it is moved to", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  for (const before of [0, 64, 16, 64, 0]) {
    alloc.beginFrame();
    const begin = alloc.frameAllocBytes(before) + before;
    const { id, at } = alloc.frameAlloc(Bodies);
    expect([id.byteOffset, at.x.byteOffset, at.y.byteOffset].map((each) => each - begin)).toEqual([0, 12, 24]);
    expect([id, at.x, at.y].every((column) => column.every((each) => each === 0))).toBe(true);
    id.fill(1);
    at.x.fill(2);
    at.y.fill(3);
    alloc.endFrame();
  }
});

test("one that serves again in the pool is where it was put", () => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), slabSizeClasses: [64], slabPageSize: 256, slabPagesPerClass: 1 });
  for (let round = 0; round < 4; round += 1) {
    const all = [0, 1, 2, 3].map(() => alloc.poolAlloc(Bodies));
    for (const [i, { id, at }] of all.entries()) {
      id.fill(i);
      at.y.fill(10 + i);
    }
    expect(all.map(({ id, at }) => [id[2], at.x[2], at.y[2]])).toEqual([0, 1, 2, 3].map((i) => [i, 0, 10 + i]));
    for (const each of round % 2 === 0 ? all : all.toReversed()) alloc.poolFree(each);
  }
});

test("initial columns have to be columns", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  for (const wrong of [null, 5, "id"]) errorOf("argument", () => alloc.poolBox(Bodies, wrong as never));
  for (const wrong of [0, "", false, null, 5]) errorOf("argument", () => alloc.poolBox(Bodies, { id: wrong as never }));
  for (const wrong of [0, null, "x"]) errorOf("argument", () => alloc.poolBox(Bodies, { at: wrong as never }));
  const box = alloc.poolBox(Bodies, { at: { y: [0, 4] } });
  expect([...box.value.at.y, ...box.value.id]).toEqual([0, 4, 0, 0, 0, 0]);
});

test.each([false, true])("columns cannot be cloned: the error names FA201 (debug: %s)", (debug) => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), debug });
  alloc.withFrame(() => {
    const all = alloc.frameAlloc(Bodies);
    expect(() => structuredClone(all)).toThrow(/FA201/);
    expect(() => structuredClone(all.at)).toThrow(/FA201/);
  });
});
