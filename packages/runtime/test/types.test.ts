/**
 * Layout, views, arrays, and what may not be built.
 *
 * Longer than 300 lines: every kind of type, with its layout and its views.
 */
import { inspect } from "node:util";
import { alignOf, array, bool, f32, f64, type FieldType, formatBytes, gigabytes, i16, i32, i64, i8, type Infer, kilobytes, layoutOf, megabytes, offsetOf, sizeOf, SmartAlloc, soa, struct, u16, u32, u64, u8 } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const small = { frameArenaSize: kilobytes(64), heapSize: 0, slabPagesPerClass: 0 };

describe("layout", () => {
  test("is that of a C compiler", () => {
    // struct { char a; double b; short c; int d; char e; } on every 64-bit ABI: offsets 0, 8, 16, 20, 24; size 32.
    const s = struct({ a: i8, b: f64, c: i16, d: i32, e: u8 });
    expect([offsetOf(s, "a"), offsetOf(s, "b"), offsetOf(s, "c"), offsetOf(s, "d"), offsetOf(s, "e")]).toEqual([0, 8, 16, 20, 24]);
    expect([sizeOf(s), alignOf(s)]).toEqual([32, 8]);
  });

  test("nests structs and arrays at their alignment", () => {
    const inner = struct({ x: f32, flag: bool });
    const outer = struct({ tag: u8, inner, pad: u8, matrix: array(f32, 16), many: array(inner, 3) });
    expect([sizeOf(inner), alignOf(inner)]).toEqual([8, 4]);
    expect(layoutOf(outer).fields.map((field) => [field.name, field.offset, field.sizeBytes])).toEqual([["tag", 0, 1], ["inner", 4, 8], ["pad", 12, 1], ["matrix", 16, 64], ["many", 80, 24]]);
    expect(sizeOf(outer)).toBe(104);
    expect(layoutOf(f64)).toEqual({ sizeBytes: 8, alignBytes: 8, fields: [] });
  });

  test("of any fields: aligned, in order, without overlap, padded no more than needed", () => {
    const scalars: readonly FieldType[] = [f32, f64, i8, u8, i16, u16, i32, u32, i64, u64, bool];
    const field = fc.oneof(fc.constantFrom(...scalars), fc.tuple(fc.constantFrom(f32, u8, f64), fc.integer({ min: 1, max: 5 })).map(([type, n]) => array(type, n)));
    fc.assert(fc.property(fc.array(field, { minLength: 1, maxLength: 12 }), (fields) => {
      const type = struct(Object.fromEntries(fields.map((each, i) => [`f${i}`, each])));
      let end = 0;
      for (const [i, each] of fields.entries()) {
        const at = offsetOf(type, `f${i}`);
        expect(at % each.alignBytes).toBe(0);
        expect(at - end).toBeGreaterThanOrEqual(0);
        expect(at - end).toBeLessThan(each.alignBytes);
        end = at + each.sizeBytes;
      }
      expect(type.alignBytes).toBe(Math.max(...fields.map((each) => each.alignBytes)));
      expect(type.sizeBytes % type.alignBytes).toBe(0);
      expect(type.sizeBytes - end).toBeLessThan(type.alignBytes);
    }));
  });

  test("fields that cannot be are refused", () => {
    expect(errorOf("argument", () => struct({})).help).toContain("at least one field");
    errorOf("argument", () => struct({ $ptr: f32 }));
    errorOf("argument", () => struct({ constructor: f32 }));
    errorOf("argument", () => struct({ x: Number as never }));
    errorOf("argument", () => array(f32, 0));
    errorOf("argument", () => array(f32, 1.5));
    errorOf("argument", () => array(array(f32, 2) as never, 2));
    errorOf("argument", () => offsetOf(struct({ x: f32 }), "y" as never));
  });
});

describe("views", () => {
  const alloc = new SmartAlloc(small);

  test("every scalar reads back what it can hold", () => {
    const All = struct({ f32, f64, i8, u8, i16, u16, i32, u32, i64, u64, bool });
    alloc.beginFrame();
    const v = alloc.frameAlloc(All);
    const written = { f32: 1.5, f64: 0.1, i8: -128, u8: 255, i16: -32_768, u16: 65_535, i32: -(2 ** 31), u32: 2 ** 32 - 1, i64: -(2n ** 63n), u64: 2n ** 64n - 1n, bool: true };
    Object.assign(v, written);
    expect({ ...written }).toEqual(JSON.parse(JSON.stringify(v, (_, value: unknown) => (typeof value === "bigint" ? `${value}n` : value)), (_, value: unknown) => (typeof value === "string" ? BigInt(value.slice(0, -1)) : value)));
    v.bool = false;
    v.u8 = 256;
    v.i8 = 128;
    v.f32 = 0.1;
    expect([v.bool, v.u8, v.i8, v.f32]).toEqual([false, 0, -128, Math.fround(0.1)]);
    alloc.endFrame();
  });

  test("write the bytes of their layout", () => {
    const s = struct({ a: u8, b: u16, c: f32 });
    alloc.beginFrame();
    const v = alloc.frameAlloc(s);
    v.a = 1;
    v.b = 0x0302;
    v.c = 1;
    const ptr = alloc.frameAllocBytes(0, 1) - 8;
    expect([...alloc.memory.u8.subarray(ptr, ptr + 8)]).toEqual([1, 0, 2, 3, 0, 0, 0x80, 0x3f]);
    alloc.endFrame();
  });

  test("nested structs and arrays are windows on the same memory, and move with their view", () => {
    const Vec = struct({ x: f32, y: f32 });
    const Body = struct({ id: i32, position: Vec, weights: array(f32, 3), trail: array(Vec, 2) });
    for (const shift of [0, 4, 0, 8]) {
      alloc.beginFrame();
      alloc.frameAllocBytes(shift, 4);
      const body = alloc.frameAlloc(Body);
      expect([body.id, body.position.x, body.weights[2], body.trail.at(1).y]).toEqual([0, 0, 0, 0]);
      body.id = 7;
      body.position.x = 1;
      body.weights.set([2, 3, 4]);
      body.trail.at(1).y = 5;
      const raw = alloc.memory.f32;
      const at = (alloc.frameAllocBytes(0, 1) - sizeOf(Body)) / 4;
      expect([...raw.subarray(at + 1, at + 10)]).toEqual([1, 0, 2, 3, 4, 0, 0, 0, 5]);
      expect(JSON.stringify(body.position)).toBe('{"x":1,"y":0}');
      alloc.endFrame();
    }
  });

  test("nested values cannot be replaced, only written into", () => {
    const Outer = struct({ inner: struct({ x: f32 }) });
    alloc.beginFrame();
    const outer = alloc.frameAlloc(Outer);
    expect(() => { (outer as { inner: unknown }).inner = { x: 1 }; }).toThrow(TypeError);
    alloc.endFrame();
  });

  test("of two types that are alike are of two classes", () => {
    const a = struct({ x: f32 });
    const b = struct({ x: f32 });
    alloc.beginFrame();
    const classOf = (value: object): unknown => Object.getPrototypeOf(value);
    expect(classOf(alloc.frameAlloc(a)) === classOf(alloc.frameAlloc(b))).toBe(false);
    expect(classOf(alloc.frameAlloc(a)) === classOf(alloc.frameAlloc(a))).toBe(true);
    alloc.endFrame();
  });

  test("cannot be cloned: the error names FA201 and the remedy", () => {
    alloc.beginFrame();
    for (const value of [alloc.frameAlloc(f32), alloc.frameAlloc(struct({ x: f32 })), alloc.frameAllocBatch(struct({ x: f32 }), 2), alloc.frameVec(f32, 1)]) {
      expect(() => structuredClone(value)).toThrow(/FA201.*frameBoxForTransfer/);
    }
    errorOf("FA201", () => structuredClone(alloc.frameBox(1)));
    alloc.endFrame();
  });
});

describe("StructArray", () => {
  const Vec = struct({ x: f32, y: f32 });
  const alloc = new SmartAlloc(small);

  test("at, cursor, set, fill, copyWithin, iteration and raw access agree", () => {
    alloc.beginFrame();
    const many = alloc.frameAllocBatch(Vec, 4);
    expect([many.length, many.stride, many.ptr % 4]).toEqual([4, 8, 0]);
    for (let i = 0; i < 4; i += 1) many.set(i, { x: i, y: -i });
    const first = many.at(0);
    const last = many.at(3);
    expect([first.x, last.x, many.at(0) === first]).toEqual([0, 3, true]);
    const cursor = many.cursor();
    const seen: number[] = [];
    for (let i = 0; i < many.length; i += 1) {
      cursor.$index = i;
      seen.push(cursor.x + cursor.y * 10);
    }
    expect(seen).toEqual([0, -9, -18, -27]);
    expect(many.cursor(2)).toBe(cursor);
    expect(cursor.x).toBe(2);
    expect(alloc.memory.f32[(many.ptr + 3 * many.stride) >> 2]).toBe(3);
    many.copyWithin(0, 2, 4);
    expect([...many].map((each) => each.x)).toEqual([2, 3, 2, 3]);
    many.fill({ x: 9 }, 1, 3);
    expect([...many].map((each) => [each.x, each.y])).toEqual([[2, -2], [9, -3], [9, -2], [3, -3]]);
    alloc.endFrame();
  });

  test("is written through without views being made, and through those that are there", () => {
    const Body = struct({ at: Vec, weights: array(f32, 2), id: i32 });
    alloc.beginFrame();
    const many = alloc.frameAllocBatch(Body, 5);
    const third = many.at(2);
    const cursor = many.cursor(4);
    many.fill({ id: 7, weights: [1, 2] });
    many.set(3, { at: { x: 3 } });
    many.set(1, many.at(3));
    many.fill(third, 4);
    expect([...many].map(({ id, at, weights }) => [id, at.x, ...weights])).toEqual([[7, 0, 1, 2], [7, 3, 1, 2], [7, 0, 1, 2], [7, 3, 1, 2], [7, 0, 1, 2]]);
    expect([many.at(2) === third, third.id, cursor.$index, cursor.id]).toEqual([true, 7, 4, 7]);
    alloc.endFrame();
  });

  test("is iterable as often as one likes, and prints and turns to JSON as its elements", () => {
    alloc.beginFrame();
    const many = alloc.frameAllocBatch(Vec, 2);
    many.set(1, { x: 1, y: 2 });
    const iterator = many[Symbol.iterator]();
    expect([iterator[Symbol.iterator]() === iterator, [...many].length, [...iterator].length, iterator.next().done]).toEqual([true, 2, 2, true]);
    expect([...many].map((each, i) => each === many.at(i))).toEqual([true, true]);
    expect([...alloc.frameAllocBatch(Vec, 0)]).toEqual([]);
    expect([JSON.stringify(many), inspect(many)]).toEqual(['[{"x":0,"y":0},{"x":1,"y":2}]', "[ { x: 0, y: 0 }, { x: 1, y: 2 } ]"]);
    alloc.endFrame();
  });

  test("refuses indices out of range", () => {
    alloc.beginFrame();
    const many = alloc.frameAllocBatch(Vec, 2);
    for (const index of [-1, 2, 0.5, Number.NaN]) errorOf("argument", () => many.set(index, {}));
    for (const index of [-1, 3, 0.5, Number.NaN]) for (const call of [() => many.fill({}, index), () => many.fill({}, 0, index), () => many.copyWithin(0, index), () => many.copyWithin(0, 0, index)]) errorOf("argument", call);
    for (const index of [-1, 2, 0.5, Number.NaN]) errorOf("argument", () => many.at(index));
    for (const index of [-1, 2, 0.5, Number.NaN, 2 ** 32]) errorOf("argument", () => many.cursor(index));
    errorOf("argument", () => many.copyWithin(3, 0));
    errorOf("argument", () => alloc.frameAllocBatch(Vec, 0).cursor());
    alloc.endFrame();
  });
});

test("byte units", () => {
  expect([kilobytes(1.5), megabytes(2), gigabytes(1)]).toEqual([1536, 2_097_152, 1_073_741_824]);
  expect([0, 1023, 1024, 1536, 1_048_575, megabytes(16), -2048].map(formatBytes)).toEqual(["0 B", "1023 B", "1 KB", "1.5 KB", "1 MB", "16 MB", "-2 KB"]);
  errorOf("argument", () => kilobytes(-1));
  errorOf("argument", () => megabytes(Number.NaN));
});

describe("soa", () => {
  const Vec = struct({ x: f32, y: f32, z: f32 });
  const Particle = struct({ alive: bool, position: Vec, age: f64, trail: array(i16, 3), parts: array(struct({ a: u8, b: i64 }), 2), id: u32 }, { name: "Particle" });
  const Particles = soa(Particle, 5);

  test("lays out a column for each scalar, each at its alignment, and none over another", () => {
    // 5 flags; 3 columns of 5 floats; 5 doubles; 15 shorts; then 10 bytes and 10 longs; 5 words.
    expect(layoutOf(Particles).fields.map(({ name, offset, sizeBytes }) => [name, offset, sizeBytes])).toEqual([
      ["alive", 0, 5], ["position", 8, 60], ["age", 72, 40], ["trail", 112, 30], ["parts", 144, 96], ["id", 240, 20],
    ]);
    expect([sizeOf(Particles), alignOf(Particles), sizeOf(soa(Vec, 1000)), alignOf(soa(Vec, 1000))]).toEqual([264, 8, 12_000, 4]);
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    alloc.frameAllocBytes(1, 1);
    const all = columnsOf(alloc.frameAlloc(Particles));
    expect(all.map((column) => column.length)).toEqual([5, 5, 5, 5, 5, 15, 10, 10, 5]);
    expect(all.map(({ constructor }) => constructor)).toEqual([Uint8Array, Float32Array, Float32Array, Float32Array, Float64Array, Int16Array, Uint8Array, BigInt64Array, Uint32Array]);
    all.forEach((column, i) => {
      expect(column.byteOffset % column.BYTES_PER_ELEMENT).toBe(0);
      if (i > 0) expect(column.byteOffset).toBeGreaterThanOrEqual((all[i - 1]?.byteOffset ?? 0) + (all[i - 1]?.byteLength ?? 0));
    });
  });

  test.each([false, true])("is zeroed, recycled where the place is the same, and dead with its frame (debug: %s)", (debug) => {
    const alloc = new SmartAlloc({ ...small, debug });
    const seen = new Set<unknown>();
    let last: Infer<typeof Particles> | undefined;
    for (let frame = 0; frame < 4; frame += 1) {
      alloc.beginFrame();
      const all = alloc.frameAlloc(Particles);
      expect(columnsOf(all).every((column) => (column as ArrayLike<number | bigint> & { every(is: (value: number | bigint) => boolean): boolean }).every((value) => Number(value) === 0))).toBe(true);
      all.position.x[3] = 1.5;
      all.trail[7] = -2;
      all.parts.b[9] = 5n;
      all.alive[0] = 1;
      expect([all.position.x[3], all.trail[7], all.parts.b[9], all.alive[0]]).toEqual([1.5, -2, 5n, 1]);
      seen.add(all).add(all.position.x);
      alloc.endFrame();
      last = all;
    }
    expect(seen.size).toBe(debug ? 8 : 2);
    if (debug) for (const use of [() => last?.age, () => last?.position, () => last?.parts]) errorOf("FA004", use);
  });

  test("moves with its place", () => {
    const alloc = new SmartAlloc(small);
    const Pair = soa(struct({ a: u8, b: Vec }), 2);
    for (const before of [0, 16, 4, 4]) {
      alloc.beginFrame();
      alloc.frameAllocBytes(before);
      const pair = alloc.frameAlloc(Pair);
      pair.a[1] = 9;
      pair.b.z[1] = before + 0.5;
      const floats = alloc.memory.f32;
      expect([alloc.memory.u8[pair.a.byteOffset + 1], floats[(pair.b.z.byteOffset >> 2) + 1], pair.b.z.byteOffset - pair.a.byteOffset]).toEqual([9, before + 0.5, 4 + 16]);
      alloc.endFrame();
    }
  });

  test("lives in the pool, on the heap and in boxes, and takes columns of plain values", () => {
    const alloc = new SmartAlloc({ frameArenaSize: kilobytes(64), heapSize: kilobytes(256) });
    for (const [take, free] of [[alloc.poolAlloc(Particles), (value: object) => alloc.poolFree(value)], [alloc.heapAlloc(Particles), (value: object) => alloc.heapFree(value)]] as const) {
      take.age.set([1, 2, 3, 4, 5]);
      expect(take.age[4]).toBe(5);
      free(take);
      errorOf("FA401", () => free(take));
    }
    using box = alloc.poolBox(Particles, { age: [1, 2], position: { y: new Float32Array([3]) }, alive: [true, false, true], parts: { b: [1n] } });
    expect([box.value.age[1], box.value.position.y[0], box.value.position.x[0], [...box.value.alive], box.value.parts.b[0]]).toEqual([2, 3, 0, [1, 0, 1, 0, 0], 1n]);
    alloc.beginFrame();
    const copy = alloc.frameBox(Particles, box.value);
    expect([copy.value.age[1], copy.value.position.y[0], copy.value.alive[2]]).toEqual([2, 3, 1]);
    errorOf("argument", () => alloc.frameBox(Particles, 5 as never));
    errorOf("argument", () => alloc.frameBox(Particles, { age: 5 as never }));
    alloc.endFrame();
  });

  test("follows a `WebAssembly.Memory` that grew between frames", () => {
    const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
    const alloc = new SmartAlloc({ ...small, memory: wasm });
    for (let frame = 0; frame < 3; frame += 1) {
      alloc.beginFrame();
      const all = alloc.frameAlloc(Particles);
      all.age[0] = frame;
      expect([all.age.buffer === wasm.buffer, alloc.memory.f64[all.age.byteOffset >> 3]]).toEqual([true, frame]);
      alloc.endFrame();
      wasm.grow(1);
    }
  });

  test("cannot be cloned, and prints as its columns", () => {
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    const all = alloc.frameAlloc(soa(struct({ a: u8 }), 2));
    expect(() => structuredClone(all)).toThrow(/FA201.*frameBoxForTransfer/);
    expect(inspect(all)).toContain("a: Uint8Array(2) [ 0, 0 ]");
  });

  test("is no field, no element, and made of structs alone", () => {
    for (const length of [0, -1, 1.5, Number.NaN]) errorOf("argument", () => soa(Vec, length));
    for (const type of [f32, array(f32, 2), soa(Vec, 2), undefined]) errorOf("argument", () => soa(type as never, 2));
    errorOf("argument", () => struct({ all: soa(Vec, 2) as never }));
    errorOf("argument", () => array(soa(Vec, 2) as never, 2));
    const alloc = new SmartAlloc(small);
    alloc.beginFrame();
    errorOf("argument", () => alloc.frameVec(soa(Vec, 2) as never));
  });

  type Column = Float32Array | Float64Array | Int16Array | Uint8Array | Uint32Array | BigInt64Array;

  function columnsOf({ alive, position, age, trail, parts, id }: Infer<typeof Particles>): readonly Column[] {
    return [alive, position.x, position.y, position.z, age, trail, parts.a, parts.b, id];
  }
});
