/**
 * Debug mode: freed memory is poison, what is allocated is guarded, and every use of something dead is told, with the place where it was allocated.
 *
 * Longer than 300 lines: every way of using something dead, with what is told.
 */
import { AllocConfig, array, f32, f64, i32, SmartAlloc, soa, struct, u8, type AllocOptions } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 });
const Body = struct({ id: i32, position: Vec3, many: array(Vec3, 2), weights: array(f32, 2) });
const make = (more: AllocOptions = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: true, ...more });


/** Whether every byte of `[from, to)` is `byte`. */
function areAll(alloc: SmartAlloc, from: number, to: number, byte: number): boolean {
  return alloc.memory.u8.subarray(from, to).every((each) => each === byte);
}

describe("frame memory", () => {
  test("is 0xCD once freed, and zero again once allocated", () => {
    const alloc = make();
    alloc.beginFrame();
    const ptr = alloc.frameAllocBytes(16, 8);
    alloc.memory.u8.fill(7, ptr, ptr + 16);
    alloc.endFrame();
    expect(areAll(alloc, ptr, ptr + 16, 0xcd)).toBe(true);
    alloc.withFrame(() => expect([...alloc.frameSlice(u8, 16)]).toEqual(new Array(16).fill(0)));
  });

  test("beyond what was used is not touched", () => {
    const alloc = make();
    alloc.withFrame(() => alloc.frameAllocBytes(16, 8));
    const { frameArenaSize } = alloc.config;
    const end = alloc.memory.endByte;
    expect(areAll(alloc, end - frameArenaSize + 64, end, 0)).toBe(true);
  });

  test("is 0xAB when it is not to be zeroed", () => {
    const alloc = make({ zeroFrameMemory: false });
    for (let i = 0; i < 8; i += 1) alloc.withFrame(() => expect([...alloc.frameSlice(u8, 3)]).toEqual([0xab, 0xab, 0xab]));
  });

  test("is zero in frames that do as the ones before, whatever was written", () => {
    const alloc = make();
    for (let i = 0; i < 12; i += 1) {
      alloc.withFrame(() => {
        const v = alloc.frameAlloc(Vec3);
        const wide = alloc.frameAlloc(f64);
        const odd = alloc.frameSlice(u8, 5);
        expect([v.x, v.y, v.z, wide.value, ...odd]).toEqual(new Array(9).fill(0));
        v.x = v.y = v.z = i + 1;
        wide.value = i + 1;
        odd.fill(9);
      });
    }
  });

  test("FA004: a stale view says where it was allocated and which frame ended", () => {
    const alloc = make();
    alloc.beginFrame();
    const view = alloc.frameAlloc(Vec3);
    const body = alloc.frameAlloc(Body);
    const { position, many } = body;
    const scalar = alloc.frameAlloc(i32);
    const batch = alloc.frameAllocBatch(Vec3, 2);
    const [, second] = alloc.frameAlloc2(Vec3);
    const element = batch.at(1);
    const inner = many.at(1);
    const columns = alloc.frameAlloc(soa(Vec3, 3));
    scalar.value = 42;
    expect([scalar.value, element.x, inner.y, columns.x.length]).toEqual([42, 0, 0, 3]);
    alloc.endFrame();
    const error = errorOf("FA004", () => view.x);
    expect(error.message).toContain("frame 1");
    expect(error.message).toMatch(/allocated at .*debug\.test\.ts:\d+:\d+/);
    const uses = [
      () => { view.y = 1; }, () => body.id, () => body.position, () => position.x, () => { position.x = 1; }, () => scalar.value, () => batch.at(0), () => batch.cursor(), () => element.x,
      () => inner.y, () => many.at(0).x, () => second.x, () => JSON.stringify(view), () => columns.x, () => batch.copyWithin(0, 1),
    ];
    for (const use of uses) errorOf("FA004", use);
    // And for good: nothing is handed out twice.
    for (let i = 0; i < 10; i += 1) alloc.withFrame(() => expect(alloc.frameAlloc(Vec3).x).toBe(0));
    errorOf("FA004", () => view.x);
  });

  test("FA004: each place is named, also when frames alternate between two", () => {
    const alloc = make();
    const here = (): { x: number } => alloc.frameAlloc(Vec3);
    const there = (): { x: number } => alloc.frameAlloc(Vec3);
    for (let i = 0; i < 6; i += 1) {
      const [a, b] = [alloc.withFrame(here), alloc.withFrame(there)];
      expect(errorOf("FA004", () => a.x).message).toContain("allocated at here ");
      expect(errorOf("FA004", () => b.x).message).toContain("allocated at there ");
    }
  });

  test("a place that was the same for many frames is said to be so as far as known", () => {
    const alloc = make();
    const repeat = (): { x: number } => alloc.frameAlloc(Vec3);
    let last = repeat.length;
    let stale = { x: 0 };
    for (let i = 0; i < 20; i += 1) {
      stale = alloc.withFrame(repeat);
      last += 1;
    }
    expect(last).toBe(20);
    expect(errorOf("FA004", () => stale.x).message).toMatch(/allocated at repeat .*, as far as known/);
  });

  test("FA004: views, boxes and vecs of a scope that ended; those before it live", () => {
    const alloc = make();
    for (let i = 0; i < 5; i += 1) {
      alloc.beginFrame();
      const outer = alloc.frameAlloc(Vec3);
      outer.x = 1;
      const scope = alloc.frameScope();
      const inner = alloc.frameAlloc(Vec3);
      const box = alloc.frameBox(1);
      const vec = alloc.frameVec(f32);
      vec.push(1);
      const before = alloc.frameStats().count;
      scope[Symbol.dispose]();
      expect(alloc.frameStats().count).toBe(before - 3);
      for (const use of [() => inner.x, () => box.value, () => vec.length]) errorOf("FA004", use);
      expect(outer.x).toBe(1);
      alloc.frameAlloc(Vec3).x = 5;
      expect(outer.x).toBe(1);
      errorOf("FA004", () => inner.x);
      alloc.endFrame();
      errorOf("FA004", () => outer.x);
    }
  });

  test("boxes are never recycled", () => {
    const alloc = make();
    const stale = alloc.withFrame(() => alloc.frameBox(1));
    for (let i = 0; i < 10; i += 1) alloc.withFrame(() => expect(alloc.frameBox(i) === stale).toBe(false));
    errorOf("FA004", () => stale.value);
  });

  test("an initial value that cannot be written leaves nothing behind", () => {
    const alloc = make();
    for (let i = 0; i < 5; i += 1) {
      alloc.beginFrame();
      const before = alloc.frameStats();
      errorOf("argument", () => alloc.frameBox(Vec3, "no" as never));
      expect(alloc.frameStats()).toEqual(before);
      expect(alloc.frameAlloc(Vec3).x).toBe(0);
      alloc.endFrame();
    }
  });

  test("a growing vec keeps what it has, and what comes after it is apart", () => {
    const alloc = make();
    for (let i = 0; i < 5; i += 1) {
      alloc.beginFrame();
      const vec = alloc.frameVec(i32);
      for (let n = 0; n < 40; n += 1) vec.push(n);
      const after = alloc.frameAlloc(Vec3);
      after.x = 7;
      for (let n = 40; n < 100; n += 1) vec.push(n);
      expect([...vec]).toEqual(Array.from({ length: 100 }, (_, n) => n));
      expect(after.x).toBe(7);
      alloc.endFrame();
    }
  });
});

describe("guards around frame memory", () => {
  const overwrite: readonly [string, (alloc: SmartAlloc) => void][] = [
    ["right behind a struct", (alloc) => {
      const ptr = alloc.frameAllocBytes(12, 4);
      alloc.memory.f32[(ptr >> 2) + 3] = 1;
    }],
    ["right behind odd bytes", (alloc) => {
      const ptr = alloc.frameAllocBytes(5, 1);
      alloc.memory.u8[ptr + 5] = 1;
    }],
    ["before the first allocation", (alloc) => {
      const ptr = alloc.frameAllocBytes(8, 8);
      alloc.memory.u8[ptr - 1] = 1;
    }],
    ["in the padding of an alignment", (alloc) => {
      alloc.frameAllocBytes(1, 1);
      const ptr = alloc.frameAllocBytes(8, 256);
      alloc.memory.u8[ptr - 4] = 1;
    }],
    ["behind a vec that has grown in place", (alloc) => {
      const vec = alloc.frameVec(u8);
      for (let i = 0; i < 20; i += 1) vec.push(1);
      alloc.memory.u8[alloc.memory.u8.lastIndexOf(1) + vec.capacity - vec.length + 1] = 2;
    }],
  ];
  test.each(overwrite)("FA004: overwritten %s, told when the frame has ended", (_, write) => {
    const alloc = make();
    alloc.beginFrame();
    alloc.frameAlloc(Vec3);
    alloc.endFrame();
    for (let round = 0; round < 6; round += 1) {
      alloc.beginFrame();
      write(alloc);
      const error = errorOf("FA004", () => alloc.endFrame());
      expect(error.message).toContain("guard bytes");
      expect(error.message).toMatch(/allocated at .*debug\.test\.ts:\d+/);
      expect(alloc.inFrame()).toBe(false);
      // Told once: the next frame is whole.
      alloc.withFrame(() => alloc.frameAlloc(Vec3));
    }
  });

  test("FA004: overwritten in a scope, told when the frame ends; the scope has ended", () => {
    const alloc = make();
    alloc.beginFrame();
    const scope = alloc.frameScope();
    const ptr = alloc.frameAllocBytes(8, 8);
    alloc.memory.u8[ptr + 8] = 0;
    scope[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(0);
    errorOf("FA004", () => alloc.endFrame());
    alloc.withFrame(() => alloc.frameAllocBytes(8, 8));
  });

  test("any alignment is honoured, and requests that do not fit change nothing", () => {
    const alloc = make({ frameArenaSize: 1024 });
    alloc.beginFrame();
    for (const align of [1, 2, 4, 8, 16, 64, 256]) expect(alloc.frameAllocBytes(1, align) % align).toBe(0);
    const before = alloc.frameStats();
    for (const size of [1024, 2 ** 30, 2 ** 31, 2 ** 40]) errorOf("FA003", () => alloc.frameAllocBytes(size, 8));
    expect(alloc.frameStats()).toEqual(before);
    alloc.endFrame();
  });
});

describe.each(["pool", "heap"] as const)("%s memory", (kind) => {
  const allocate = (alloc: SmartAlloc): { x: number; z: number } => (kind === "pool" ? alloc.poolAlloc(Vec3) : alloc.heapAlloc(Vec3));
  const free = (alloc: SmartAlloc, value: object): void => (kind === "pool" ? alloc.poolFree(value) : alloc.heapFree(value));
  const floats = (alloc: SmartAlloc): Float32Array => (kind === "pool" ? alloc.poolAlloc(array(f32, 3)) : alloc.heapAlloc(array(f32, 3)));

  test("is 0xCD once freed, fresh 0xAB where it is not zeroed, and a second free is told for good", () => {
    const alloc = make();
    const value = floats(alloc);
    value[0] = 1;
    free(alloc, value);
    expect(new Uint8Array(value.buffer, value.byteOffset, 12)).toEqual(new Uint8Array(12).fill(0xcd));
    for (let i = 0; i < 5; i += 1) {
      const next = floats(alloc);
      expect([next[0], next === value]).toEqual([0, false]);
      expect(errorOf("FA401", () => free(alloc, value)).message).toMatch(/allocated at .*debug\.test\.ts/);
      free(alloc, next);
    }
    const raw = kind === "pool" ? alloc.poolAlloc(array(u8, 3), { uninitialized: true }) : alloc.heapAlloc(array(u8, 3), { uninitialized: true });
    expect([...raw]).toEqual([0xab, 0xab, 0xab]);
  });

  test("FA401: the fields of a freed value say where it was allocated", () => {
    const alloc = make();
    const value = allocate(alloc);
    const body = kind === "pool" ? alloc.poolAlloc(Body) : alloc.heapAlloc(Body);
    const { position } = body;
    const many = kind === "pool" ? alloc.poolAlloc(array(Vec3, 3)) : alloc.heapAlloc(array(Vec3, 3));
    const element = many.at(2);
    const columns = kind === "pool" ? alloc.poolAlloc(soa(Vec3, 4)) : alloc.heapAlloc(soa(Vec3, 4));
    errorOf("FA206", () => free(alloc, position));
    for (const each of [value, body, many, columns]) free(alloc, each);
    for (const use of [() => value.x, () => { value.x = 1; }, () => body.id, () => body.position, () => position.x, () => many.at(0), () => element.x, () => columns.y]) {
      expect(errorOf("FA401", use).message).toMatch(new RegExp(`${kind} value .*allocated at .*debug\\.test\\.ts:\\d+`));
    }
    const other = allocate(alloc);
    expect([other === value, other.x]).toEqual([false, 0]);
    errorOf("FA401", () => value.x);
  });

  test("FA401: a guard that was overwritten is told when the value is freed, and it is freed", () => {
    const alloc = make();
    for (const at of [12, 15, -1]) {
      const value = floats(alloc);
      alloc.memory.u8[value.byteOffset + at] = 1;
      const error = errorOf("FA401", () => free(alloc, value));
      expect(error.message).toContain("guard bytes around 12 bytes");
      expect(error.message).toMatch(/allocated at .*debug\.test\.ts/);
      expect(alloc.leakReport().totalCount).toBe(0);
      errorOf("FA401", () => free(alloc, value));
    }
  });

  test("FA401: or when leaks are asked for", () => {
    const alloc = make();
    const value = floats(alloc);
    alloc.leakReport();
    alloc.memory.u8[value.byteOffset + 12] = 1;
    expect(errorOf("FA401", () => alloc.leakReport()).message).toContain("guard bytes");
  });

  test("a box of a value whose guard was overwritten is stale after its release", () => {
    const alloc = make();
    const box = kind === "pool" ? alloc.poolBox(array(f32, 3)) : alloc.heapBox(array(f32, 3));
    alloc.memory.u8[box.value.byteOffset + 12] = 1;
    errorOf("FA401", () => box.release());
    expect([box.isAlive, alloc.leakReport().totalCount]).toEqual([false, 0]);
  });
});

test("live pool views are led over when a memory grows, frame views too", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = make({ memory: wasm, frameArenaSize: 4096, heapSize: 4096, slabSizeClasses: [128], slabPageSize: 1024, slabPagesPerClass: 1 });
  const body = alloc.poolAlloc(Body);
  const many = alloc.heapAlloc(array(Vec3, 2));
  many.at(1).y = 4;
  body.position.x = 2.5;
  body.weights[1] = 3;
  alloc.beginFrame();
  const view = alloc.frameAlloc(Vec3);
  view.y = 1.5;
  wasm.grow(1);
  expect(alloc.memory.refresh()).toBe(true);
  expect([body.position.x, body.weights[1], many.at(1).y, view.y]).toEqual([2.5, 3, 4, 1.5]);
  alloc.endFrame();
  alloc.poolFree(body);
  alloc.heapFree(many);
  expect(alloc.leakReport().totalCount).toBe(0);
});
