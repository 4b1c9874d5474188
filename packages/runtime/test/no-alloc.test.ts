/** Steady-state frames make no garbage, and the proof of it finds garbage that is there. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { array, f32, i32, kilobytes, megabytes, registerReset, SmartAlloc, struct, u8 } from "@framealloc/runtime";
import { AllocationError, expectNoAlloc } from "@framealloc/runtime/testing";
import { describe, expect, test } from "vitest";

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const Body = struct({ position: Vec3, weights: array(f32, 4), id: i32 }, { name: "Body" });

const Four = array(f32, 4);

class Point {
  x = 0;
  y = 0;
}
registerReset(Point, (point) => {
  point.x = 0;
  point.y = 0;
});

const alloc = new SmartAlloc({ frameArenaSize: megabytes(4), heapSize: kilobytes(256) });
// Written to by the frames below, so that nothing they compute can be left out.
const sink = new Float64Array(8);

describe("a frame in its steady state allocates 0 bytes on the heap of JavaScript", () => {
  test("10,000 structs, written and read", () => {
    const bytes = expectNoAlloc(() => {
      alloc.beginFrame();
      for (let i = 0; i < 10_000; i += 1) {
        const v = alloc.frameAlloc(Vec3);
        v.x = i;
        v.y = i + 0.5;
        v.z = v.x + v.y;
        sink[0] = v.z;
      }
      alloc.endFrame();
    });
    expect(bytes).toBe(0);
    expect(sink[0]).toBe(9999 + 9999.5);
  });

  test("scalars, arrays, nested structs and class instances", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      for (let i = 0; i < 50; i += 1) {
        const n = alloc.frameAlloc(i32);
        n.value = i;
        const body = alloc.frameAlloc(Body);
        body.position.x = i;
        body.weights[1] = body.position.x;
        const four = alloc.frameAlloc(Four);
        four[0] = body.weights[1] ?? 0;
        const point = alloc.frameAlloc(Point);
        point.x = n.value;
        sink[1] = point.x + (four[0] ?? 0);
      }
      alloc.endFrame();
    });
  });

  test("boxes", () => {
    const kept = { name: "kept" };
    expectNoAlloc(() => {
      alloc.beginFrame();
      for (let i = 0; i < 100; i += 1) {
        const number = alloc.frameBox(i);
        number.value += 1;
        const object = alloc.frameBox(kept);
        const typed = alloc.frameBox(Vec3);
        typed.value.x = number.value;
        sink[2] = typed.value.x + object.value.name.length;
      }
      alloc.endFrame();
    });
  });

  test("slices, batches and tuples", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      const floats = alloc.frameSlice(f32, 256);
      const bytes = alloc.frameSlice(u8, 3);
      const bodies = alloc.frameAllocBatch(Vec3, 100);
      const cursor = bodies.cursor();
      for (let i = 0; i < bodies.length; i += 1) {
        cursor.$index = i;
        cursor.x = i;
        bodies.at(i).y = cursor.x;
      }
      const pair = alloc.frameAlloc2(Vec3);
      pair[1].z = bodies.at(7).y;
      floats[0] = pair[1].z;
      bytes[2] = 1;
      sink[3] = floats[0] ?? 0;
      alloc.endFrame();
    });
    expect(sink[3]).toBe(7);
  });

  test("slices of two lengths in turn", () => {
    let frame = 0;
    expectNoAlloc(() => {
      frame = (frame + 1) % 2;
      alloc.beginFrame();
      const floats = alloc.frameSlice(f32, frame === 0 ? 16 : 64);
      floats[0] = frame;
      alloc.endFrame();
    });
  });

  test("vecs, fixed and growing", () => {
    expectNoAlloc(() => {
      alloc.beginFrame();
      const fixed = alloc.frameVec(f32, 1000);
      for (let i = 0; i < 1000; i += 1) fixed.push(i);
      const growing = alloc.frameVec(i32);
      for (let i = 0; i < 1000; i += 1) growing.push(i);
      const structs = alloc.frameVec(Vec3, 8);
      structs.resize(8);
      structs.get(3).x = fixed.get(9);
      let sum = 0;
      for (let i = 0; i < growing.length; i += 1) sum += growing.get(i);
      sink[4] = sum + structs.get(3).x + (fixed.pop() ?? 0);
      alloc.endFrame();
    });
    expect(sink[4]).toBe(499_500 + 9 + 999);
  });

  test("scopes, frame guards and withFrame", () => {
    const work = (): number => {
      const scope = alloc.frameScope();
      const inner = alloc.frameAlloc(Vec3);
      inner.x = 1;
      scope[Symbol.dispose]();
      const outer = alloc.frameAlloc(Vec3);
      return outer.x;
    };
    expectNoAlloc(() => {
      sink[5] = alloc.withFrame(work);
      const frame = alloc.frame();
      alloc.frameAlloc(Vec3).x = 2;
      frame[Symbol.dispose]();
    });
    expect(sink[5]).toBe(0);
  });

  test("pool and heap values and boxes, allocated and freed", () => {
    expectNoAlloc(() => {
      for (let i = 0; i < 50; i += 1) {
        const a = alloc.poolAlloc(Vec3);
        const b = alloc.poolAlloc(Body);
        a.x = i;
        b.position.y = a.x;
        alloc.poolFree(a);
        alloc.poolFree(b);
        const c = alloc.heapAlloc(Body);
        alloc.heapFree(c);
        const box = alloc.poolBox(Vec3);
        box.value.z = i;
        sink[6] = box.value.z;
        box.release();
      }
    });
    expect(sink[6]).toBe(49);
  });
});

describe("garbage made on purpose is found", () => {
  const kept: unknown[] = [undefined];

  function litter(i: number): void {
    const position = { x: i + 0.5, y: i, z: i };
    if (position.x > 1) position.y += position.z;
    kept[0] = position;
  }

  test("the error names the function's line and the bytes", () => {
    const failing = (): number => expectNoAlloc(() => {
      alloc.beginFrame();
      for (let i = 0; i < 10; i += 1) {
        alloc.frameAlloc(Vec3).x = i;
        litter(i);
      }
      alloc.endFrame();
    });
    let error: unknown;
    try {
      failing();
    } catch (caught) {
      error = caught;
    }
    if (!(error instanceof AllocationError)) throw new Error("no AllocationError was thrown");
    const file = fileURLToPath(import.meta.url);
    const line = readFileSync(file, "utf8").split("\n").findIndex((text) => text.includes("function litter(")) + 1;
    expect(error.sites[0]?.place, error.message).toBe(`${file}:${line}`);
    expect(error.sites[0]?.functionName).toBe("litter");
    // 20 calls of 10 objects with three fields: a header and the fields at least.
    expect(error.bytes).toBeGreaterThanOrEqual(20 * 10 * 24);
    expect(error.message).toContain(`${file}:${line} litter: ${error.sites[0]?.bytes} bytes`);
  });

  test("a closure made in the call itself is named by that call", () => {
    // Made on this line, at every call.
    const closing = (): number => alloc.withFrame(() => alloc.frameAlloc(Vec3).x + closing.length);
    const line = readFileSync(fileURLToPath(import.meta.url), "utf8").split("\n").findIndex((text) => text.includes("const closing =")) + 1;
    expect(() => expectNoAlloc(closing)).toThrow(`no-alloc.test.ts:${line} closing: `);
  });

  // Half a minute, so only with SOAK=1. The engine ends the process here when its limits are changed while it compiles.
  test.runIf(process.env["SOAK"])("it is named also while the engine is compiling on its other threads", () => {
    // Fresh functions that call each other, each too large to be inlined at any price: just hot enough to be waiting for the compiler.
    const steps = Array.from({ length: 12 }, (_, i) => `s = (s * ${i + 3} + x) | 0; s ^= s >>> ${i + 1};`).join(" ");
    const callees = Array.from({ length: 8 }, (_, k) => `function f${k}(x) { let s = ${k}; ${steps} return s; }`).join("\n");
    const source = `${callees}\nreturn (x) => ${Array.from({ length: 8 }, (_, k) => `f${k}(x)`).join(" + ")};`;
    for (let round = 0; round < 8; round += 1) {
      let calls = 0;
      let sum = 0;
      const failing = (): void => {
        litter(round);
        calls += 1;
        // The last call of the window that is measured: what gets hot now is compiled while the places are looked for.
        if (calls !== 30) return;
        for (let more = 0; more < 20; more += 1) {
          const fresh = new Function(source)() as (x: number) => number;
          for (let i = 0; i < 3000; i += 1) sum += fresh(i);
        }
      };
      expect(() => expectNoAlloc(failing, { warmup: 10, windows: 1 })).toThrow(AllocationError);
      expect(sum).not.toBe(0);
    }
  });

  test("a budget allows it", () => {
    expect(expectNoAlloc(() => litter(1), { budgetBytes: kilobytes(4) })).toBeGreaterThan(0);
  });

  test("options out of range are refused", () => {
    expect(() => expectNoAlloc(() => 0, { windows: 0 })).toThrow(RangeError);
    expect(() => expectNoAlloc(() => 0, { warmup: -1 })).toThrow(RangeError);
    for (const budgetBytes of [NaN, -1, "0" as never]) expect(() => expectNoAlloc(() => 0, { budgetBytes })).toThrow(RangeError);
    expect(() => expectNoAlloc(undefined as never)).toThrow("expectNoAlloc: `fn` must be a function");
  });
});
