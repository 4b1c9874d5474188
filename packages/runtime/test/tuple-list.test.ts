/** Tuples: separate objects of one allocation, which stand apart wherever the frame puts them. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct } from "@framealloc/runtime";
import { expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const Two = array(i32, 2);

test.each([[0, 0], [0, 16], [16, 0], [4, 40]])("parts stand one after the other, also when the tuple is moved from %i to %i", (first, second) => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  const seen = new Set<object>();
  for (const before of [first, second, second, first]) {
    alloc.beginFrame();
    alloc.frameAllocBytes(before);
    const views = alloc.frameAlloc4(Vec3);
    const arrays = alloc.frameAlloc4(Two);
    const begin = (alloc.frameAllocBytes(0, 1) - 4 * 12 - 4 * 8) >> 2;
    for (const [i, view] of views.entries()) {
      view.x = 10 + i;
      view.z = 20 + i;
    }
    for (const [i, numbers] of arrays.entries()) numbers.set([30 + i, 40 + i]);
    const { f32: floats, i32: words } = alloc.memory;
    expect([...floats.subarray(begin, begin + 12)]).toEqual([10, 0, 20, 11, 0, 21, 12, 0, 22, 13, 0, 23]);
    expect([...words.subarray(begin + 12, begin + 20)]).toEqual([30, 40, 31, 41, 32, 42, 33, 43]);
    seen.add(views).add(arrays);
    alloc.endFrame();
  }
  // The tuples are the same in every frame.
  expect(seen.size).toBe(2);
});

test("tuples of two, four and eight of one type take turns, and each has its own length", () => {
  const alloc = new SmartAlloc(AllocConfig.minimal());
  const take = [() => alloc.frameAlloc2(Vec3), () => alloc.frameAlloc4(Vec3), () => alloc.frameAlloc8(Vec3)] as const;
  for (const order of [[0, 1, 2], [2, 1, 0], [1, 1, 1], [0, 2, 1]] as const) {
    alloc.withFrame(() => {
      const tuples = order.map((kind) => [...take[kind]()]);
      expect(tuples.map(({ length }) => length)).toEqual(order.map((kind) => 2 ** (kind + 1)));
      const all = tuples.flat();
      for (const [i, each] of all.entries()) each.y = i;
      expect(all.map(({ y }) => y)).toEqual(all.map((_, i) => i));
    });
  }
});
