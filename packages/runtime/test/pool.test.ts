/**
 * Pool and heap values and boxes: who owns what, and what is told when it is mixed up.
 *
 * Longer than 300 lines: every misuse of a value or a box, with what is told.
 */
import { AllocConfig, array, f32, f64, i32, kilobytes, OwnedBox, registerReset, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import * as pool from "@framealloc/runtime/pool";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const Big = struct({ data: array(u8, 5000) }, { name: "Big" });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

/** `poolBox` or `heapBox` as one function; both take the same. */
function boxes(alloc: SmartAlloc, kind: "pool" | "heap"): SmartAlloc["poolBox"] {
  return kind === "pool" ? alloc.poolBox.bind(alloc) : alloc.heapBox.bind(alloc);
}

describe.each(["pool", "heap"] as const)("%s values", (kind) => {
  const allocate = (alloc: SmartAlloc) => (kind === "pool" ? alloc.poolAlloc(Vec3) : alloc.heapAlloc(Vec3));
  const free = (alloc: SmartAlloc, value: object): void => (kind === "pool" ? alloc.poolFree(value) : alloc.heapFree(value));

  test("live across frames until they are freed, and come zeroed", () => {
    const alloc = small();
    alloc.beginFrame();
    const a = allocate(alloc);
    a.x = 1;
    alloc.endFrame();
    const b = allocate(alloc);
    b.x = 2;
    expect([a.x, b.x, a === b]).toEqual([1, 2, false]);
    free(alloc, a);
    const c = allocate(alloc);
    expect([c.x, b.x]).toEqual([0, 2]);
  });

  test("FA401: freed twice; nothing is changed", () => {
    const alloc = small();
    const [a, b] = [allocate(alloc), allocate(alloc)];
    free(alloc, a);
    errorOf("FA401", () => free(alloc, a));
    const c = allocate(alloc);
    const d = allocate(alloc);
    for (const [i, v] of [b, c, d].entries()) v.x = i;
    expect([b.x, c.x, d.x]).toEqual([0, 1, 2]);
  });

  test("FA206: freed by another allocator, by the other call, in part, or from a frame", () => {
    const [alloc, other] = [small(), small()];
    const a = allocate(alloc);
    a.x = 3;
    errorOf("FA206", () => free(other, a));
    errorOf("FA206", () => (kind === "pool" ? alloc.heapFree(a) : alloc.poolFree(a)));
    alloc.beginFrame();
    errorOf("FA206", () => free(alloc, alloc.frameAlloc(Vec3)));
    alloc.endFrame();
    const Nested = struct({ inner: Vec3 });
    errorOf("FA206", () => free(alloc, (kind === "pool" ? alloc.poolAlloc(Nested) : alloc.heapAlloc(Nested)).inner));
    for (const value of [{}, new Float32Array(2), null as never, 5 as never]) errorOf("FA206", () => free(alloc, value));
    expect(a.x).toBe(3);
    free(alloc, a);
  });

  test("are typed arrays, struct arrays, scalars and instances too", () => {
    class Item { n = 0; }
    registerReset(Item, (item) => { item.n = -1; });
    const alloc = small();
    const make = kind === "pool" ? alloc.poolAlloc.bind(alloc) : alloc.heapAlloc.bind(alloc);
    const floats = make(array(f32, 10));
    const bodies = make(array(Vec3, 4));
    const n = make(i32);
    const item = make(Item);
    floats[9] = 1;
    bodies.at(3).z = 2;
    n.value = 3;
    item.n = 4;
    expect([floats[9], floats.length, bodies.at(3).z, n.value, item.n]).toEqual([1, 10, 2, 3, 4]);
    for (const value of [floats, bodies, n, item]) {
      free(alloc, value);
      errorOf("FA401", () => free(alloc, value));
    }
    expect(make(Item).n).toBe(-1);
    expect([...make(array(f32, 10))]).toEqual(new Array(10).fill(0));
  });

  test("boxes hold values and memory, and are stale after their release", () => {
    const alloc = small();
    const make = boxes(alloc, kind);
    const value = make({ a: 1 });
    const typed = make(Vec3, { y: 2 });
    const scalar = make(i32, 41);
    scalar.value += 1;
    typed.value.x = 1;
    expect([value.value.a, typed.value.x, typed.value.y, scalar.value, typed.isAlive]).toEqual([1, 1, 2, 42, true]);
    for (const box of [value, typed, scalar]) {
      box.release();
      expect(box.isAlive).toBe(false);
      errorOf("FA401", () => box.value);
      errorOf("FA401", () => box.release());
      box[Symbol.dispose]();
    }
    errorOf("FA401", () => { scalar.value = 1; });
    {
      using scoped = make(Vec3);
      scoped.value.x = 5;
      expect(scoped).toBeInstanceOf(OwnedBox);
    }
    errorOf("FA201", () => structuredClone(make(1)));
  });

  test("an initial value that cannot be written frees what was allocated", () => {
    const alloc = small({ slabPagesPerClass: 1, slabPageSize: 64, slabSizeClasses: [16], heapSize: 64 });
    const make = boxes(alloc, kind);
    for (let i = 0; i < 10; i += 1) errorOf("argument", () => make(Vec3, "no" as never));
    expect(make(Vec3).value.x).toBe(0);
  });
});

describe("the pool", () => {
  test("FA304: a size class that is used up says its size and counts; others go on", () => {
    const alloc = small({ slabSizeClasses: [16, 64], slabPageSize: 128, slabPagesPerClass: 2 });
    const boxes = Array.from({ length: 16 }, () => alloc.poolBox(Vec3));
    const error = errorOf("FA304", () => alloc.poolAlloc(Vec3));
    expect([error.requested, error.used, error.capacity]).toEqual([12, 16, 16]);
    expect(error.message).toContain("16-byte class");
    expect([alloc.tryPoolAlloc(Vec3), alloc.tryPoolBox(Vec3)]).toEqual([undefined, undefined]);
    expect(alloc.poolAlloc(array(f32, 16)).length).toBe(16);
    boxes[7]?.release();
    expect(alloc.poolAlloc(Vec3).x).toBe(0);
  });

  test("memory freed by one type serves another of its class", () => {
    const Other = struct({ a: i32, b: i32, c: i32 });
    const alloc = small({ slabSizeClasses: [16], slabPageSize: 64, slabPagesPerClass: 1 });
    const values = [1, 2, 3, 4].map(() => alloc.poolAlloc(Vec3));
    for (const value of values) alloc.poolFree(value);
    const others = [1, 2, 3, 4].map((n) => Object.assign(alloc.poolAlloc(Other), { b: n }));
    expect(others.map((other) => other.b)).toEqual([1, 2, 3, 4]);
    errorOf("FA304", () => alloc.poolAlloc(Vec3));
  });

  test("what is larger than the threshold goes to the heap, and what no class holds is refused", () => {
    const alloc = small();
    const big = alloc.poolAlloc(Big);
    big.data[4999] = 1;
    errorOf("FA206", () => alloc.heapFree(big));
    alloc.poolFree(big);
    const without = small({ slabSizeClasses: [16], largeThreshold: 4096 });
    expect(errorOf("FA304", () => without.poolAlloc(array(u8, 17))).message).toContain("the largest is 16");
  });

  test("a released box stays stale for many boxes", () => {
    const alloc = small();
    const stale = alloc.poolBox(1);
    stale.release();
    for (let i = 0; i < 31; i += 1) {
      const next = alloc.poolBox(i);
      expect([next === stale, stale.isAlive]).toEqual([false, false]);
      errorOf("FA401", () => stale.value);
      next.release();
    }
  });

  test("released boxes serve again, each for one value at a time", () => {
    const alloc = small();
    const first = Array.from({ length: 100 }, (_, i) => alloc.poolBox({ i }));
    for (const box of first) box.release();
    const second = Array.from({ length: 100 }, (_, i) => alloc.poolBox({ i }));
    expect(new Set(second).size).toBe(100);
    expect(second.map((box) => box.value.i)).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(second.filter((box) => first.includes(box)).length).toBeGreaterThan(50);
  });

  test("objects serve again when their memory went to another type in between", () => {
    const alloc = small({ slabSizeClasses: [16], slabPageSize: 64, slabPagesPerClass: 1 });
    const Other = struct({ a: i32, b: i32 });
    const seen = new Set<object>();
    for (let round = 0; round < 6; round += 1) {
      for (const type of [Vec3, Other]) {
        const values = Array.from({ length: 4 }, () => alloc.poolAlloc(type as typeof Vec3));
        for (const value of values) {
          seen.add(value);
          alloc.poolFree(value);
        }
      }
    }
    expect(seen.size).toBe(8);
  });
});

test("FA301: a heap that is used up says its figures, and is whole after its frees", () => {
  const alloc = small({ heapSize: kilobytes(8) });
  const values = Array.from({ length: 7 }, () => alloc.heapAlloc(array(u8, 1000)));
  const error = errorOf("FA301", () => alloc.heapAlloc(Big));
  expect(error.requested).toBe(5000);
  expect(error.used).toBeGreaterThanOrEqual(7000);
  expect([alloc.tryHeapAlloc(Big), alloc.tryHeapBox(Big)]).toEqual([undefined, undefined]);
  for (const i of [3, 0, 6, 2, 4, 1, 5]) alloc.heapFree(values[i] as object);
  expect(alloc.heapAlloc(array(u8, kilobytes(8) - 16)).length).toBe(kilobytes(8) - 16);
});

describe("uninitialized", () => {
  test.each(["pool", "heap"] as const)("%s values keep the bytes of those before them; others are zeroed", (kind) => {
    const alloc = small();
    const make = kind === "pool" ? alloc.poolAlloc.bind(alloc) : alloc.heapAlloc.bind(alloc);
    const free = kind === "pool" ? alloc.poolFree.bind(alloc) : alloc.heapFree.bind(alloc);
    const Bytes = array(u8, 21);
    const first = make(Bytes);
    first.fill(7);
    free(first);
    const kept = make(Bytes, { uninitialized: true });
    expect([...kept]).toEqual(new Array(21).fill(7));
    free(kept);
    expect([...make(Bytes, {})]).toEqual(new Array(21).fill(0));
    expect([...make(Bytes, { uninitialized: false })]).toEqual(new Array(21).fill(0));
    expect((kind === "pool" ? alloc.tryPoolAlloc(Bytes, { uninitialized: true }) : alloc.tryHeapAlloc(Bytes, { uninitialized: true }))?.length).toBe(21);
    for (const options of [5, "x", { uninitialized: 1 }]) errorOf("argument", () => make(Bytes, options as never));
  });
});

describe("what freed values keep is given up when it is needed", () => {
  test("values of one type can take all of the memory that another type had", () => {
    const alloc = small({ slabSizeClasses: [32], slabPageSize: 128, slabPagesPerClass: 2, heapSize: 1024 });
    const types = [struct({ a: i32 }), struct({ b: f32, c: f32, d: f32, e: f32, f: f32 }), array(u8, 30)];
    for (let round = 0; round < 6; round += 1) {
      const type = types[round % 3] as (typeof types)[0];
      const values = Array.from({ length: 8 }, () => alloc.poolAlloc(type));
      expect(alloc.tryPoolAlloc(type)).toBeUndefined();
      for (const value of values) alloc.poolFree(value);
    }
  });

  test("the pool's freed values make room on the heap for the heap's, and the other way round", () => {
    const alloc = small({ slabSizeClasses: [16], largeThreshold: 16, heapSize: 1024 });
    const Large = array(u8, 200);
    for (let round = 0; round < 4; round += 1) {
      const inPool = Array.from({ length: 4 }, () => alloc.poolAlloc(Large));
      expect(alloc.tryHeapAlloc(Large)).toBeUndefined();
      for (const value of inPool) alloc.poolFree(value);
      const onHeap = Array.from({ length: 4 }, () => alloc.heapAlloc(Large));
      expect(alloc.tryPoolAlloc(Large)).toBeUndefined();
      for (const value of onHeap) alloc.heapFree(value);
    }
    expect(alloc.scratchPool("all", { capacity: 1000 }).capacity).toBe(1000);
  });

  test("a size class takes over the pages of another", () => {
    const values = new pool.OwnedValues(new pool.SlabPool(pool.openRegion(256, true), { sizeClasses: [16, 64], pageBytes: 128, pagesPerClass: 2 }), "pool");
    const small16 = Array.from({ length: 16 }, () => values.alloc(f64));
    expect(values.tryAlloc(array(f64, 8))).toBeUndefined();
    for (const value of small16) values.free(value);
    expect(Array.from({ length: 4 }, () => values.alloc(array(f64, 8)).length)).toEqual([8, 8, 8, 8]);
    expect(errorOf("FA304", () => values.alloc(f64)).message).toContain("16-byte class");
  });
});

describe("FA301: a memory limit", () => {
  test("holds for the pool and the heap together, and names itself with its numbers", () => {
    const alloc = small({ memoryLimit: 1000 });
    const first = alloc.poolAlloc(array(u8, 600));
    const second = alloc.heapAlloc(array(u8, 400));
    for (const call of [() => alloc.poolAlloc(u8), () => alloc.heapAlloc(array(u8, 1)), () => alloc.poolBox(u8, 1), () => alloc.heapBox(u8)]) {
      const error = errorOf("FA301", call);
      expect([error.requested, error.used, error.capacity]).toEqual([1, 1000, 1000]);
      expect(error.help).toContain("`memoryLimit`");
    }
    expect([alloc.tryPoolAlloc(u8), alloc.tryHeapAlloc(u8), alloc.tryPoolBox(u8), alloc.tryHeapBox(u8)]).toEqual(new Array(4).fill(undefined));
    expect(alloc.poolBox({ any: "value" }).value.any).toBe("value");
    alloc.heapFree(second);
    expect(alloc.poolAlloc(array(u8, 400)).length).toBe(400);
    alloc.poolFree(first);
    expect(alloc.heapAlloc(array(u8, 600)).length).toBe(600);
  });

  test("is refused at once for more than it, and other shortages keep their own error", () => {
    const alloc = small({ memoryLimit: 1024, heapSize: 512, slabSizeClasses: [16], slabPageSize: 64, slabPagesPerClass: 1 });
    expect(errorOf("FA301", () => alloc.heapAlloc(array(u8, 1_000_000))).help).toContain("`memoryLimit`");
    expect(errorOf("FA301", () => alloc.heapAlloc(array(u8, 600))).help).toContain("`heapSize`");
    for (let i = 0; i < 4; i += 1) alloc.poolAlloc(f64);
    errorOf("FA304", () => alloc.poolAlloc(f64));
  });
});

test("counts of what was allocated and what is live are exact, also while freed values keep their memory", () => {
  class Thing {}
  const values = new pool.OwnedValues(new pool.SlabPool(pool.openRegion(1024, true), { sizeClasses: [16, 64], pageBytes: 256, pagesPerClass: 2 }), "pool");
  const counts = (): number[] => [values.allocatedCount, values.allocatedBytes, values.liveCount, values.liveBytes];
  expect(counts()).toEqual([0, 0, 0, 0]);
  const [a, b, c] = [values.alloc(Vec3), values.alloc(array(f32, 10)), values.alloc(Thing)];
  expect(counts()).toEqual([3, 52, 3, 52]);
  values.free(a);
  values.free(c);
  expect(counts()).toEqual([3, 52, 1, 40]);
  values.alloc(Vec3);
  const box = values.box(i32, 1);
  expect(counts()).toEqual([5, 68, 3, 56]);
  box.release();
  values.free(b);
  expect(values.trim()).toBe(true);
  expect(values.trim()).toBe(false);
  expect(counts()).toEqual([5, 68, 1, 12]);
  errorOf("FA401", () => values.free(b));
  expect(counts()).toEqual([5, 68, 1, 12]);
});

test("a box whose value was freed by itself tells so once, and is stale then", () => {
  const alloc = small();
  const box = alloc.poolBox(Vec3);
  alloc.poolFree(box.value);
  errorOf("FA401", () => box.release());
  expect(box.isAlive).toBe(false);
  box[Symbol.dispose]();
});

test("what looks like a value is none: copies of a view free nothing", () => {
  const alloc = small();
  const value = alloc.poolAlloc(Vec3);
  value.x = 1;
  for (const copy of [{ ...value }, Object.create(value) as object, Object.assign(Object.create(Object.getPrototypeOf(value) as object) as object, value)]) errorOf("FA206", () => alloc.poolFree(copy));
  expect(value.x).toBe(1);
  alloc.poolFree(value);
});

test("a type that is none is refused, also where nothing is", () => {
  const alloc = small();
  for (const type of [undefined, null, 5, "f32", {}]) for (const call of [() => alloc.poolAlloc(type as never), () => alloc.tryHeapAlloc(type as never)]) errorOf("argument", call);
});

test("a disposed allocator has no memory, and its types serve others", () => {
  const alloc = small();
  alloc.beginFrame();
  const box = alloc.poolBox(Vec3);
  alloc[Symbol.dispose]();
  expect(alloc.inFrame()).toBe(false);
  alloc.beginFrame();
  errorOf("FA003", () => alloc.frameAlloc(Vec3));
  errorOf("FA304", () => alloc.poolAlloc(Vec3));
  errorOf("FA301", () => alloc.heapAlloc(Vec3));
  box.release();
  const other = small();
  expect(other.withFrame(() => other.frameAlloc(Vec3).x)).toBe(0);
});
