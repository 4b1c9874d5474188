/**
 * Frames: what opens, ends and refuses them, and what is alive when.
 *
 * Longer than 300 lines: one concept, and its cases read side by side.
 */
import { AllocConfig, array, f32, f64, FrameArena, i32, kilobytes, megabytes, openRegion, registerReset, SmartAlloc, sizeOf, struct, u8 } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

describe("frame protocol", () => {
  test("begin and end, in pairs", () => {
    const alloc = small();
    expect([alloc.inFrame(), alloc.frameNumber(), alloc.frameUsage()]).toEqual([false, 0, 0]);
    alloc.beginFrame();
    expect([alloc.inFrame(), alloc.frameNumber(), alloc.frameRemaining()]).toEqual([true, 1, kilobytes(64)]);
    alloc.frameAlloc(Vec3);
    expect([alloc.frameUsage(), alloc.frameRemaining()]).toEqual([12, kilobytes(64) - 12]);
    alloc.endFrame();
    expect([alloc.inFrame(), alloc.frameNumber(), alloc.frameUsage()]).toEqual([false, 1, 0]);
  });

  test("FA006: a second begin changes nothing", () => {
    const alloc = small();
    alloc.beginFrame();
    const v = alloc.frameAlloc(Vec3);
    v.x = 5;
    expect(errorOf("FA006", () => alloc.beginFrame()).message).toContain("frame 1");
    expect([v.x, alloc.frameUsage(), alloc.frameNumber()]).toEqual([5, 12, 1]);
    if (!alloc.inFrame()) alloc.beginFrame();
    alloc.endFrame();
  });

  test("FA005: an end without a begin", () => {
    const alloc = small();
    errorOf("FA005", () => alloc.endFrame());
    alloc.beginFrame();
    alloc.endFrame();
    errorOf("FA005", () => alloc.endFrame());
  });

  test("FA001: allocation outside a frame, in every form", () => {
    const alloc = small();
    const before = alloc.frameStats();
    errorOf("FA001", () => alloc.frameAlloc(Vec3));
    errorOf("FA001", () => alloc.frameAlloc(Map));
    errorOf("FA001", () => alloc.frameAllocBytes(8));
    errorOf("FA001", () => alloc.frameAllocBatch(Vec3, 2));
    errorOf("FA001", () => alloc.frameAlloc2(Vec3));
    errorOf("FA001", () => alloc.frameSlice(f32, 2));
    errorOf("FA001", () => alloc.frameBox(42));
    errorOf("FA001", () => alloc.frameVec(i32));
    errorOf("FA001", () => alloc.frameScope());
    expect(alloc.tryFrameAlloc(Vec3)).toBeUndefined();
    // Also with lists that a frame filled before.
    alloc.withFrame(() => [alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 2), alloc.frameAlloc2(Vec3)]);
    errorOf("FA001", () => alloc.frameAlloc(Vec3));
    errorOf("FA001", () => alloc.frameSlice(f32, 2));
    errorOf("FA001", () => alloc.frameAlloc2(Vec3));
    expect(alloc.frameStats().bytes).toBe(before.bytes);
  });

  test("FA003: a full arena says its figures and keeps what it has", () => {
    const alloc = small({ frameArenaSize: 32 });
    alloc.beginFrame();
    const a = alloc.frameAlloc(f64);
    a.value = 1.25;
    alloc.frameAllocBytes(16);
    const error = errorOf("FA003", () => alloc.frameAlloc(Vec3));
    expect([error.requested, error.used, error.capacity, error.highWaterMark]).toEqual([12, 24, 32, 24]);
    expect(alloc.tryFrameAlloc(Vec3)).toBeUndefined();
    expect([a.value, alloc.frameUsage()]).toEqual([1.25, 24]);
    expect(alloc.tryFrameAlloc(f64)?.value).toBe(0);
    alloc.endFrame();
  });

  test("an arena of 64 MB holds 17 arrays of 1 MB, one of 16 MB does not", () => {
    const fill = (alloc: SmartAlloc): number => alloc.withFrame(() => {
      for (let i = 0; i < 17; i += 1) alloc.frameSlice(u8, megabytes(1))[0] = i;
      return alloc.frameUsage();
    });
    expect(fill(new SmartAlloc({ frameArenaSize: megabytes(64) }))).toBe(megabytes(17));
    expect(errorOf("FA003", () => fill(SmartAlloc.withDefaults())).capacity).toBe(megabytes(16));
  });

  test("withFrame ends the frame on return and on throw, and refuses promises", () => {
    const alloc = small();
    expect(alloc.withFrame(() => alloc.frameAlloc(Vec3).x + 1)).toBe(1);
    expect(alloc.inFrame()).toBe(false);
    expect(() => alloc.withFrame(() => { throw new RangeError("mine"); })).toThrow(RangeError);
    expect(alloc.inFrame()).toBe(false);
    errorOf("FA607", () => alloc.withFrame(async () => 1));
    expect(alloc.inFrame()).toBe(false);
    alloc.beginFrame();
    errorOf("FA006", () => alloc.withFrame(() => 1));
    expect(alloc.inFrame()).toBe(true);
  });

  test("a guard ends its own frame only", () => {
    const alloc = small();
    {
      using _frame = alloc.frame();
      expect(alloc.inFrame()).toBe(true);
    }
    expect(alloc.inFrame()).toBe(false);
    const guard = alloc.frame();
    alloc.endFrame();
    guard[Symbol.dispose]();
    alloc.beginFrame();
    guard[Symbol.dispose]();
    expect(alloc.inFrame()).toBe(true);
  });

  test("allocators do not know of each other", () => {
    const [a, b] = [small(), small()];
    a.beginFrame();
    expect(b.inFrame()).toBe(false);
    b.beginFrame();
    for (let i = 0; i < 5; i += 1) {
      a.frameAlloc(Vec3).x = i;
      b.frameAlloc(Vec3).x = -i;
    }
    expect([a.frameUsage(), b.frameUsage()]).toEqual([60, 60]);
    b.endFrame();
    expect(a.frameUsage()).toBe(60);
    a.endFrame();
  });
});

describe("frame memory", () => {
  test("comes zeroed, in every frame, whatever was left in it", () => {
    const alloc = small();
    for (let frame = 0; frame < 3; frame += 1) {
      alloc.beginFrame();
      const floats = alloc.frameSlice(f32, 1000);
      expect(floats.every((value) => value === 0)).toBe(true);
      floats.fill(7);
      const v = alloc.frameAlloc(Vec3);
      expect([v.x, v.y, v.z]).toEqual([0, 0, 0]);
      v.x = 1;
      alloc.endFrame();
    }
  });

  test("is not cleared when told not to", () => {
    const alloc = small({ zeroFrameMemory: false });
    alloc.withFrame(() => alloc.frameSlice(u8, 4).fill(9));
    expect([...alloc.withFrame(() => alloc.frameSlice(u8, 4).slice())]).toEqual([9, 9, 9, 9]);
  });

  test("any power of two is honoured as an alignment", () => {
    const alloc = new SmartAlloc({ frameArenaSize: megabytes(8), heapSize: 0, slabPagesPerClass: 0 });
    alloc.beginFrame();
    for (let align = 1; align <= megabytes(2); align *= 2) {
      alloc.frameAllocBytes(1, 1);
      expect(alloc.frameAllocBytes(3, align) % align).toBe(0);
    }
    for (const align of [0, 3, -8, 1.5, 2 ** 31]) errorOf("argument", () => alloc.frameAllocBytes(8, align));
    for (const size of [-1, 0.5, Number.NaN, Infinity]) errorOf("argument", () => alloc.frameAllocBytes(size));
    // Far beyond 32 bits: a sum that wraps would pass the bound.
    errorOf("FA003", () => alloc.frameAllocBytes(2 ** 53 - 1, 2 ** 30));
    errorOf("FA003", () => alloc.frameAllocBytes(2 ** 31));
    alloc.endFrame();
  });

  test("objects are recycled, in the order of the frame", () => {
    const alloc = small();
    alloc.beginFrame();
    const first = [alloc.frameAlloc(Vec3), alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 5), alloc.frameAllocBatch(Vec3, 3)];
    alloc.endFrame();
    alloc.beginFrame();
    const second = [alloc.frameAlloc(Vec3), alloc.frameAlloc(Vec3), alloc.frameSlice(f32, 5), alloc.frameAllocBatch(Vec3, 3)];
    alloc.endFrame();
    expect(first.map((value, i) => second[i] === value)).toEqual([true, true, true, true]);
    expect(first[0] === first[1]).toBe(false);
  });

  test("objects stand for other places when the frame goes another way", () => {
    const alloc = small();
    for (const order of ["ab", "ba", "aab", "b", "bbbaaa"]) {
      alloc.beginFrame();
      const values = [...order].map((kind, i) => {
        const value = kind === "a" ? alloc.frameAlloc(i32) : alloc.frameAlloc(f64);
        value.value = i + 1;
        return value;
      });
      expect(values.map((value) => value.value)).toEqual(values.map((_, i) => i + 1));
      alloc.endFrame();
    }
  });

  test("class instances are recycled, and cleaned as registered", () => {
    class Plain { n = 0; }
    class Cleaned { n = 0; }
    registerReset(Cleaned, (each) => { each.n = -1; });
    const alloc = small();
    alloc.withFrame(() => {
      alloc.frameAlloc(Plain).n = 5;
      alloc.frameAlloc(Cleaned).n = 5;
      expect(alloc.frameAlloc(Plain)).not.toBe(alloc.frameAlloc(Plain));
    });
    expect(alloc.withFrame(() => [alloc.frameAlloc(Plain).n, alloc.frameAlloc(Cleaned).n])).toEqual([5, -1]);
    expect(alloc.withFrame(() => alloc.frameAllocBatch(Plain, 3).length)).toBe(3);
  });

  test("batches and tuples lie in one piece", () => {
    const alloc = small();
    alloc.beginFrame();
    const batch = alloc.frameAllocBatch(Vec3, 10);
    expect(alloc.frameUsage()).toBe(10 * sizeOf(Vec3));
    const four = alloc.frameAlloc4(Vec3);
    expect(alloc.frameUsage()).toBe(14 * sizeOf(Vec3));
    for (const [i, v] of four.entries()) v.x = i;
    batch.at(9).z = 9;
    expect([four.map((v) => v.x), alloc.frameAlloc8(f32).length, batch.at(9).z]).toEqual([[0, 1, 2, 3], 8, 9]);
    for (const n of [-1, 0.5, Number.NaN]) errorOf("argument", () => alloc.frameSlice(f32, n));
    alloc.endFrame();
  });

  test("statistics are of this frame, and of all", () => {
    const alloc = small();
    alloc.beginFrame();
    alloc.frameAlloc(Vec3);
    alloc.frameAllocBytes(100, 4);
    alloc.frameBox(1);
    expect(alloc.frameStats()).toEqual({ bytes: 112, count: 3, peak: 112, highWaterMark: 112, capacity: kilobytes(64) });
    alloc.endFrame();
    expect(alloc.frameStats()).toEqual({ bytes: 0, count: 3, peak: 112, highWaterMark: 112, capacity: kilobytes(64) });
    alloc.beginFrame();
    alloc.frameAlloc(Vec3);
    expect(alloc.frameStats()).toEqual({ bytes: 12, count: 1, peak: 12, highWaterMark: 112, capacity: kilobytes(64) });
    alloc.endFrame();
  });

  test("a box is one allocation, whatever it is around", () => {
    const alloc = small();
    class Enemy { hp = 0; }
    for (const content of [Vec3, f32, Enemy, 42, { hp: 1 }]) {
      alloc.beginFrame();
      alloc.frameBox(content as number);
      expect(alloc.frameStats().count).toBe(1);
      alloc.endFrame();
    }
  });
});

describe("scopes", () => {
  test("free what was allocated in them, and nothing else", () => {
    const alloc = small();
    alloc.beginFrame();
    const outer = alloc.frameAlloc(Vec3);
    outer.x = 1;
    let box;
    {
      using _scope = alloc.frameScope();
      alloc.frameAlloc(Vec3).x = 2;
      alloc.frameSlice(f32, 100).fill(3);
      box = alloc.frameBox(5);
      expect(box.value).toBe(5);
    }
    expect(alloc.frameUsage()).toBe(12);
    errorOf("FA004", () => box.value);
    const next = alloc.frameAlloc(Vec3);
    expect([next.x, next === outer, outer.x]).toEqual([0, false, 1]);
    expect(alloc.frameSlice(f32, 100)[99]).toBe(0);
    expect(alloc.frameStats().peak).toBe(12 + 12 + 400);
    alloc.endFrame();
  });

  test("nest; an outer one ends those inside it", () => {
    const alloc = small();
    alloc.beginFrame();
    const a = alloc.frameScope();
    alloc.frameAllocBytes(8);
    const b = alloc.frameScope();
    alloc.frameAllocBytes(8);
    a[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(0);
    alloc.frameAllocBytes(24);
    b[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(24);
    alloc.endFrame();
    a[Symbol.dispose]();
    expect(alloc.inFrame()).toBe(false);
  });
});

describe("frame boxes", () => {
  test("hold values and memory of types, until the frame ends", () => {
    const alloc = small();
    alloc.beginFrame();
    const number = alloc.frameBox(42);
    const object = alloc.frameBox({ a: 1 });
    const scalar = alloc.frameBox(i32, 7);
    const vector = alloc.frameBox(Vec3, { x: 1, z: 3 });
    const floats = alloc.frameBox(array(f32, 3), [1, 2]);
    const callback = alloc.frameBox(() => 5);
    expect([number.value, object.value.a, scalar.value, vector.value.z, [...floats.value], callback.value()]).toEqual([42, 1, 7, 3, [1, 2, 0], 5]);
    number.value += 1;
    scalar.value += 1;
    vector.value = { x: 9, y: 8, z: 7 };
    expect([number.value, scalar.value, JSON.stringify(vector)]).toEqual([43, 8, '{"x":9,"y":8,"z":7}']);
    alloc.endFrame();
    expect([number.isAlive, vector.isAlive]).toEqual([false, false]);
    for (const box of [number, object, scalar, vector, floats, callback]) errorOf("FA004", () => box.value);
    expect(errorOf("FA004", () => { number.value = 1; }).message).toContain("frame 1");
  });

  test("stay stale for three frames at least, although they are recycled", () => {
    const alloc = small();
    const stale = alloc.withFrame(() => alloc.frameBox("old"));
    for (let i = 0; i < 3; i += 1) {
      alloc.withFrame(() => {
        alloc.frameBox("new");
        expect(stale.isAlive).toBe(false);
      });
    }
    expect(alloc.withFrame(() => alloc.frameBox("newest")) === stale).toBe(true);
  });

  test("a value that cannot be written leaves nothing allocated", () => {
    const alloc = small();
    alloc.beginFrame();
    const before = alloc.frameStats();
    errorOf("argument", () => alloc.frameBox(Vec3, 5 as never));
    expect(alloc.frameStats()).toEqual({ ...before, peak: before.peak });
    expect(alloc.frameAlloc(Vec3).x).toBe(0);
    alloc.endFrame();
  });
});

describe("FrameArena alone", () => {
  test("begins, resets and ends", () => {
    const arena = new FrameArena(kilobytes(1));
    arena.begin();
    const v = arena.alloc(Vec3);
    v.x = 1;
    arena.reset();
    expect([arena.frameNumber(), arena.usage(), arena.alloc(Vec3).x]).toEqual([2, 0, 0]);
    arena.end();
    expect(arena.inFrame()).toBe(false);
  });

  test("works on a window of another buffer, cleared first", () => {
    const bytes = new Uint8Array(256).fill(1);
    const arena = new FrameArena(openRegion({ buffer: bytes.buffer, byteOffset: 64, byteLength: 128 }, true));
    arena.begin();
    expect(arena.slice(u8, 128).every((byte) => byte === 0)).toBe(true);
    errorOf("FA003", () => arena.alloc(u8));
    expect([bytes[63], bytes[64], bytes[191], bytes[192]]).toEqual([1, 0, 0, 1]);
  });
});
