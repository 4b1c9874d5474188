/**
 * Debug mode at its edges: frame records, guarded types and stores, and the list of live pool and heap values. debug.test.ts has what each misuse
 * is told as.
 */
import { AllocConfig, array, bool, f32, f64, i16, i32, i64, i8, SmartAlloc, struct, u16, u32, u64, u8, type AllocOptions } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { collectGarbage } from "./collect-garbage.ts";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const make = (more: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, onLeak: () => {}, ...more });
const growing = (more: AllocOptions = {}): { readonly wasm: WebAssembly.Memory; readonly alloc: SmartAlloc } => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  return { wasm, alloc: make({ memory: wasm, frameArenaSize: 4096, heapSize: 4096, slabPagesPerClass: 0, ...more }) };
};

describe("frames", () => {
  test("nothing is placed whose guard would lie beyond the arena", () => {
    const used: number[] = [];
    for (let size = 0; size <= 64; size += 8) {
      const alloc = make({ frameArenaSize: size });
      alloc.beginFrame();
      const value = alloc.tryFrameAlloc(f64);
      expect(value !== undefined).toBe(size >= 8 + 8 + 8);
      while (alloc.tryFrameAlloc(u8) !== undefined);
      used.push(alloc.frameUsage());
      expect(alloc.frameUsage()).toBeLessThanOrEqual(size);
      alloc.endFrame();
    }
    expect(used).toEqual([0, 0, 0, 24, 24, 40, 40, 56, 56]);
  });

  test("tries honour alignments", () => {
    const alloc = make();
    for (let i = 0; i < 6; i += 1) {
      alloc.withFrame(() => {
        alloc.frameAllocBytes(1, 1);
        const double = alloc.tryFrameAlloc(f64);
        if (double !== undefined) double.value = 1.5;
        expect(alloc.memory.f64.includes(1.5)).toBe(true);
      });
    }
  });

  test("parts of a tuple are apart from what comes after it", () => {
    const alloc = make();
    for (let i = 0; i < 6; i += 1) {
      alloc.withFrame(() => {
        const four = alloc.frameAlloc4(Vec3);
        const after = alloc.frameAlloc(Vec3);
        for (const each of four) each.z = 1;
        after.x = 2;
        expect([...four.map(({ z }) => z), after.x, after.z]).toEqual([1, 1, 1, 1, 2, 0]);
      });
    }
  });

  test("an allocation like the one of the frame before is apart, aligned and below a budget that was set since", () => {
    const alloc = make();
    const at = (size: number, align: number): number => alloc.withFrame(() => alloc.frameAllocBytes(size, align));
    const first = at(8, 8);
    for (let i = 0; i < 6; i += 1) expect(at(8, 8)).toBe(first);
    const align = (first & -first) * 2;
    expect(at(8, align) % align).toBe(0);
    for (let i = 0; i < 6; i += 1) at(8, 8);
    alloc.withFrame(() => {
      const [small, next] = [alloc.frameAllocBytes(100, 8), alloc.frameAllocBytes(8, 8)];
      expect(next).toBeGreaterThanOrEqual(small + 108);
    });
    for (let i = 0; i < 6; i += 1) at(8, 8);
    alloc.setFrameBudget(8);
    errorOf("FA301", () => at(8, 8));
    alloc.setFrameBudget(Infinity);
    alloc.beginFrame();
    alloc.endFrame();
    expect(at(8, 8)).toBe(first);
  });

  test("of two places that take turns, none is taken for the other", () => {
    const alloc = make();
    const here = (): { x: number } => alloc.frameAlloc(Vec3);
    const there = (): { x: number } => alloc.frameAlloc(Vec3);
    for (let i = 0; i < 12; i += 1) {
      const value = alloc.withFrame(i % 2 === 0 ? here : there);
      expect(errorOf("FA004", () => value.x).message).toContain(`allocated at ${i % 2 === 0 ? "here" : "there"} (`);
    }
  });

  test("values before and after a checkpoint at one place die on their own", () => {
    const alloc = make();
    const here = (): { x: number } => alloc.frameAlloc(Vec3);
    for (let i = 0; i < 6; i += 1) {
      alloc.beginFrame();
      const before = here();
      const point = alloc.frameCheckpoint();
      const after = here();
      alloc.rollbackTo(point);
      errorOf("FA004", () => after.x);
      expect(before.x).toBe(0);
      const again = here();
      alloc.rollbackTo(point);
      errorOf("FA004", () => again.x);
      before.x = 1;
      expect(before.x).toBe(1);
      alloc.endFrame();
      errorOf("FA004", () => before.x);
    }
  });

  test("hundreds of allocations have their places and guards", () => {
    const alloc = make();
    for (let round = 0; round < 4; round += 1) {
      alloc.beginFrame();
      const ptrs = Array.from({ length: 300 }, () => alloc.frameAllocBytes(8, 8));
      if (round === 3) alloc.memory.u8[(ptrs[150] ?? 0) + 8] = 0;
      const end = (): void => alloc.endFrame();
      if (round === 3) errorOf("FA004", end);
      else end();
      expect([...alloc.memory.u8.subarray((ptrs[10] ?? 0), (ptrs[10] ?? 0) + 8)]).toEqual(new Array(8).fill(0xcd));
    }
  });

  test("arrays and tuples are led over when the memory grew", () => {
    const { wasm, alloc } = growing();
    alloc.beginFrame();
    const many = alloc.frameSlice(Vec3, 2);
    const [, second] = alloc.frameAlloc2(Vec3);
    many.at(1).x = 1;
    many.cursor(1).y = 2;
    second.z = 3;
    wasm.grow(1);
    expect(alloc.memory.refresh()).toBe(true);
    expect([many.at(1).x, many.cursor(1).y, second.z]).toEqual([1, 2, 3]);
    alloc.endFrame();
  });

  test("over a memory that may grow, values of frames that ended are given up", async () => {
    const { alloc } = growing();
    const first = new WeakRef(alloc.withFrame(() => alloc.frameSlice(Vec3, 2)));
    for (let i = 0; i < 10; i += 1) alloc.withFrame(() => alloc.frameSlice(Vec3, 2));
    await collectGarbage();
    expect(first.deref()).toBeUndefined();
  });
});

describe("fields", () => {
  test("of every kind read what was written, as without debug mode", () => {
    const All = struct({ a: f32, b: f64, c: i8, d: u8, e: i16, f: u16, g: i32, h: u32, i: i64, j: u64, k: bool });
    const alloc = make();
    const values = { a: 0.5, b: 0.1, c: -128, d: 255, e: -32_768, f: 65_535, g: -(2 ** 31), h: 2 ** 32 - 1, i: -(2n ** 63n), j: 2n ** 64n - 1n, k: true };
    for (const view of [alloc.poolAlloc(All), alloc.heapAlloc(All)]) {
      Object.assign(view, values);
      expect(Object.fromEntries(Object.keys(values).map((name) => [name, view[name as "a"]]))).toEqual(values);
    }
    alloc.withFrame(() => {
      const view = Object.assign(alloc.frameAlloc(All), values);
      expect(Object.fromEntries(Object.keys(values).map((name) => [name, view[name as "a"]]))).toEqual(values);
    });
  });

  test("FA004: a stale array is neither read, written nor moved in", () => {
    const alloc = make();
    alloc.beginFrame();
    const many = alloc.frameSlice(Vec3, 3);
    const inside = alloc.frameAlloc(array(Vec3, 3));
    const cursors = [many.cursor(1), inside.cursor(1)];
    alloc.endFrame();
    for (const each of [many, inside]) for (const use of [() => each.at(0), () => each.cursor(), () => each.copyWithin(0, 1), () => each.set(0, { x: 1 }), () => each.fill({ x: 1 }), () => [...each]]) errorOf("FA004", use);
    for (const cursor of cursors) for (const use of [() => cursor.x, () => { cursor.x = 1; }]) errorOf("FA004", use);
  });
});

describe.each(["pool", "heap"] as const)("%s", (kind) => {
  test("what is left is exactly what was not freed, in whatever order it was", () => {
    const alloc = make();
    const value = (bytes: number): object => (kind === "pool" ? alloc.poolAlloc(array(u8, bytes)) : alloc.heapAlloc(array(u8, bytes)));
    const free = (each: object): void => (kind === "pool" ? alloc.poolFree(each) : alloc.heapFree(each));
    for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 2, 0, 3], [2, 0, 3, 1]]) {
      const values = [1, 2, 4, 8].map(value);
      let left = 15;
      for (const index of order) {
        free(values[index] as object);
        left -= 2 ** index;
        expect(alloc.leakReport().totalBytes).toBe(left);
      }
      expect(alloc.leakReport().totalCount).toBe(0);
    }
  });

  test("each byte of a guard counts, before and behind", () => {
    const alloc = make();
    for (const at of [-8, -1, 12, 13, 15, 16, 23]) {
      const floats = kind === "pool" ? alloc.poolAlloc(array(f32, 3)) : alloc.heapAlloc(array(f32, 3));
      const { u8: bytes } = alloc.memory;
      expect(bytes[floats.byteOffset + at]).toBe(0xfd);
      bytes[floats.byteOffset + at] = 0;
      errorOf("FA401", () => (kind === "pool" ? alloc.poolFree(floats) : alloc.heapFree(floats)));
    }
  });

  test("freed values give all their bytes back, guards and all", () => {
    const alloc = make({ heapSize: 512, slabPagesPerClass: 1, slabPageSize: 256, slabSizeClasses: [32, 64] });
    const take = (): object | undefined => (kind === "pool" ? alloc.tryPoolAlloc(array(u8, 13)) : alloc.tryHeapAlloc(array(u8, 13)));
    let most = 0;
    for (let round = 0; round < 5; round += 1) {
      const values: object[] = [];
      for (let value = take(); value !== undefined; value = take()) values.push(value);
      most = round === 0 ? values.length : most;
      expect(values.length).toBe(most);
      for (const value of values) if (kind === "pool") alloc.poolFree(value); else alloc.heapFree(value);
    }
    expect(most).toBeGreaterThan(3);
  });

  test("instances of classes have no guards, and are listed and freed as others", () => {
    class Thing {}
    const alloc = make();
    const thing = kind === "pool" ? alloc.poolAlloc(Thing) : alloc.heapAlloc(Thing);
    expect(alloc.leakReport().totalCount).toBe(1);
    if (kind === "pool") alloc.poolFree(thing);
    else alloc.heapFree(thing);
    expect(alloc.leakReport().totalCount).toBe(0);
  });
});

test("an allocator is disposed of also when the end of its frame tells of an overwritten guard", () => {
  const alloc = new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug: true });
  alloc.beginFrame();
  const ptr = alloc.frameAllocBytes(8);
  alloc.memory.u8.fill(1, ptr, ptr + 16);
  errorOf("FA004", () => alloc.dispose());
  expect([alloc.inFrame(), alloc.frameStats().capacity]).toEqual([false, 0]);
  alloc.dispose();
});
