/** Debug mode: freed memory is poison, and every use of something dead is told. */
import { AllocConfig, array, f32, i32, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const Body = struct({ id: i32, position: Vec3, many: array(Vec3, 2) });
const make = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, ...more });

describe("frame memory", () => {
  test("is 0xCD once freed, and zero again once allocated", () => {
    const alloc = make();
    alloc.beginFrame();
    const ptr = alloc.frameAllocBytes(16, 8);
    alloc.memory.u8.fill(7, ptr, ptr + 16);
    alloc.endFrame();
    expect(alloc.memory.u8.subarray(ptr, ptr + 16).every((byte) => byte === 0xcd)).toBe(true);
    expect(alloc.memory.u8[ptr + 16]).toBe(0);
    alloc.withFrame(() => expect([...alloc.frameSlice(u8, 16)]).toEqual(new Array(16).fill(0)));
  });

  test("is 0xAB when it is not to be zeroed", () => {
    const alloc = make({ zeroFrameMemory: false });
    alloc.withFrame(() => expect([...alloc.frameSlice(u8, 3)]).toEqual([0xab, 0xab, 0xab]));
  });

  test("FA004: a stale view says where it was allocated and which frame ended", () => {
    const alloc = make();
    alloc.beginFrame();
    const view = alloc.frameAlloc(Vec3);
    const body = alloc.frameAlloc(Body);
    const position = body.position;
    const scalar = alloc.frameAlloc(i32);
    const batch = alloc.frameAllocBatch(Vec3, 2);
    const [, second] = alloc.frameAlloc2(Vec3);
    const element = batch.at(1);
    scalar.value = 42;
    expect([scalar.value, element.x]).toEqual([42, 0]);
    alloc.endFrame();
    const error = errorOf("FA004", () => view.x);
    expect(error.message).toContain("frame 1");
    expect(error.message).toMatch(/allocated at .*debug\.test\.ts/);
    for (const use of [() => { view.y = 1; }, () => body.id, () => position.x, () => scalar.value, () => batch.at(0), () => batch.cursor(), () => second.x]) errorOf("FA004", use);
    // And for good: nothing is handed out twice.
    for (let i = 0; i < 10; i += 1) alloc.withFrame(() => expect(alloc.frameAlloc(Vec3).x).toBe(0));
    errorOf("FA004", () => view.x);
  });

  test("FA004: views, boxes and vecs of a scope that ended", () => {
    const alloc = make();
    alloc.beginFrame();
    const outer = alloc.frameAlloc(Vec3);
    outer.x = 1;
    const scope = alloc.frameScope();
    const inner = alloc.frameAlloc(Vec3);
    const box = alloc.frameBox(1);
    const vec = alloc.frameVec(f32);
    vec.push(1);
    scope[Symbol.dispose]();
    for (const use of [() => inner.x, () => box.value, () => vec.length]) errorOf("FA004", use);
    expect(outer.x).toBe(1);
    alloc.frameAlloc(Vec3).x = 5;
    expect(outer.x).toBe(1);
    errorOf("FA004", () => inner.x);
    alloc.endFrame();
  });

  test("boxes are never recycled", () => {
    const alloc = make();
    const stale = alloc.withFrame(() => alloc.frameBox(1));
    for (let i = 0; i < 10; i += 1) alloc.withFrame(() => expect(alloc.frameBox(i) === stale).toBe(false));
    errorOf("FA004", () => stale.value);
  });
});

describe("pool and heap memory", () => {
  test.each(["pool", "heap"] as const)("of the %s is 0xCD once freed, and a second free is told for good", (kind) => {
    const alloc = make();
    const [allocate, free] = kind === "pool" ? [() => alloc.poolAlloc(Vec3), (v: object) => alloc.poolFree(v)] : [() => alloc.heapAlloc(Vec3), (v: object) => alloc.heapFree(v)];
    const value = allocate();
    value.x = 1;
    free(value);
    for (let i = 0; i < 5; i += 1) {
      const next = allocate();
      expect([next.x, next === value]).toEqual([0, false]);
      errorOf("FA401", () => free(value));
      expect(next.x).toBe(0);
      free(next);
    }
    // Behind the heap's links of a free block, which are its first 8 bytes.
    expect(new Uint8Array(new Float32Array([value.z]).buffer)).toEqual(new Uint8Array([0xcd, 0xcd, 0xcd, 0xcd]));
  });
});
