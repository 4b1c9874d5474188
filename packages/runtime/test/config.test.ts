/** Configurations: defaults, presets, what is refused, and that each option is obeyed. */
import { AllocConfig, array, capabilities, f32, kilobytes, megabytes, SmartAlloc, struct, u8, type AllocOptions } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";
import { readCapabilities } from "../src/capabilities.ts";
import { errorOf } from "./error-of.ts";

test("defaults and presets", () => {
  const config = new AllocConfig();
  expect([config.frameArenaSize, config.heapSize, config.slabPageSize, config.slabPagesPerClass, config.largeThreshold, config.zeroFrameMemory, config.debug, config.memory]).toEqual([
    megabytes(16), megabytes(16), kilobytes(64), 4, 4096, true, false, "auto",
  ]);
  expect(config.slabSizeClasses).toEqual([16, 32, 64, 128, 256, 512, 1024, 2048, 4096]);
  expect(AllocConfig.minimal().frameArenaSize).toBe(kilobytes(64));
  expect(new SmartAlloc(AllocConfig.highPerformance()).frameRemaining()).toBe(megabytes(64));
  const changed = AllocConfig.minimal().withFrameArenaSize(100).withHeapSize(200).withMemory("local").withDebug(true).withSlabs({ slabPagesPerClass: 1 });
  expect([changed.frameArenaSize, changed.heapSize, changed.memory, changed.debug, changed.slabPagesPerClass, changed.slabPageSize]).toEqual([100, 200, "local", true, 1, kilobytes(4)]);
  expect([config.memoryLimit, AllocConfig.minimal().withMemoryLimit(1000).memoryLimit]).toEqual([0, 1000]);
  expect(new AllocConfig({ heapSize: undefined } as unknown as AllocOptions).heapSize).toBe(megabytes(16));
});

describe("a value out of its range is refused, with its name, itself and the range", () => {
  test.each<[string, unknown, string]>([
    ["frameArenaSize", -1, "an integer from 0"],
    ["frameArenaSize", 1.5, "an integer from 0"],
    ["frameArenaSize", "16", "an integer from 0"],
    ["frameArenaSize", 2 ** 31, "an integer from 0 to 1073741816"],
    ["heapSize", Number.NaN, "an integer from 0"],
    ["slabPageSize", 8, "an integer from 64"],
    ["slabPagesPerClass", -1, "an integer from 0"],
    ["slabSizeClasses", [16, 8], "ascending multiples of 8"],
    ["slabSizeClasses", [12], "ascending multiples of 8"],
    ["slabSizeClasses", [kilobytes(128)], "at most `slabPageSize` (65536)"],
    ["slabSizeClasses", "16", "ascending multiples of 8"],
    ["largeThreshold", -1, "an integer from 0"],
    ["transferSize", null, "an integer from 0"],
    ["memoryLimit", -1, "an integer from 0"],
    ["memoryLimit", 0.5, "an integer from 0"],
    ["onLeak", "warn", "a function"],
    ["zeroFrameMemory", 1, "true or false"],
    ["debug", "yes", "true or false"],
    ["memory", "heap", '"auto", "local", "shared"'],
    ["memory", {}, '"auto", "local", "shared"'],
    ["memory", null, '"auto", "local", "shared"'],
    ["frameArenaSise", 1, "left out: the options are frameArenaSize"],
  ])("%s: %s", (name, value, range) => {
    const error = errorOf("config", () => new SmartAlloc({ [name]: value }));
    expect(error.message).toContain(`\`${name}\` is `);
    expect(error.help).toContain(range);
  });

  test("memory that is too small says how much is needed", () => {
    const options = { frameArenaSize: 1000, heapSize: 1000, slabPagesPerClass: 0 };
    expect(errorOf("config", () => new SmartAlloc({ ...options, memory: new ArrayBuffer(100) })).help).toContain("at least 2000 bytes");
    errorOf("config", () => new SmartAlloc({ ...options, memory: new ArrayBuffer(0) }));
    errorOf("config", () => new SmartAlloc({ ...options, memory: { buffer: new ArrayBuffer(4096), byteOffset: 4000 } }));
    errorOf("config", () => new SmartAlloc({ ...options, memory: { buffer: new ArrayBuffer(4096), byteOffset: -8 } }));
    errorOf("config", () => new SmartAlloc({ ...options, memory: { buffer: new ArrayBuffer(4096), byteLength: 5000 } }));
    errorOf("config", () => new SmartAlloc({ frameArenaSize: megabytes(600), heapSize: megabytes(600) }));
    expect(errorOf("config", () => new SmartAlloc({ deferred: { mode: "explicit" } as never })).message).toContain("`deferred.mode`");
  });
});

describe("memory", () => {
  const options = { frameArenaSize: 1024, heapSize: 0, slabPagesPerClass: 0 };

  test("is what was asked for", () => {
    expect(new SmartAlloc({ ...options, memory: "local" }).memory.buffer).toBeInstanceOf(ArrayBuffer);
    expect(new SmartAlloc({ ...options, memory: "shared" }).memory.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(new SmartAlloc(options).memory.buffer instanceof SharedArrayBuffer).toBe(capabilities.shared);
    const buffer = new ArrayBuffer(2048);
    expect(new SmartAlloc({ ...options, memory: buffer }).memory.buffer).toBe(buffer);
  });

  test("of a WebAssembly.Memory is followed when it grows, with all that is alive", () => {
    const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
    const Body = struct({ id: u8, weights: array(f32, 2), inner: struct({ x: f32 }) });
    const alloc = new SmartAlloc({ ...options, heapSize: 8192, slabSizeClasses: [64], slabPageSize: 256, slabPagesPerClass: 2, memory: wasm });
    const body = alloc.poolAlloc(Body);
    body.weights[1] = 2.5;
    body.inner.x = 4;
    alloc.withFrame(() => alloc.frameSlice(f32, 4).fill(1));
    wasm.grow(1);
    alloc.beginFrame();
    expect(alloc.memory.buffer).toBe(wasm.buffer);
    expect([body.weights[1], body.inner.x]).toEqual([2.5, 4]);
    const slice = alloc.frameSlice(f32, 4);
    expect([slice.length, slice[0]]).toEqual([4, 0]);
    const view = alloc.frameAlloc(Body);
    const vec = alloc.frameVec(f32);
    vec.push(3);
    view.id = 9;
    wasm.grow(1);
    // In the middle of a frame: the next allocation, or a call of `refresh`, leads the live ones over.
    expect(alloc.memory.refresh()).toBe(true);
    expect([view.id, vec.get(0), body.weights[1]]).toEqual([9, 3, 2.5]);
    expect(alloc.memory.refresh()).toBe(false);
    alloc.poolFree(body);
    expect(alloc.poolAlloc(Body).weights[1]).toBe(0);
    alloc.endFrame();
  });

  test("offsets are those of the whole buffer: a module's pointers", () => {
    const wasm = new WebAssembly.Memory({ initial: 1 });
    const alloc = new SmartAlloc({ ...options, memory: { buffer: wasm, byteOffset: 4096, byteLength: 2048 } });
    alloc.beginFrame();
    const ptr = alloc.frameAllocBytes(4, 4);
    alloc.memory.f32[ptr >> 2] = 1.5;
    expect(ptr).toBeGreaterThanOrEqual(4096);
    expect(new Float32Array(wasm.buffer)[ptr >> 2]).toBe(1.5);
    alloc.endFrame();
  });
});

test("capabilities are read from the globals they are about", () => {
  expect(readCapabilities({})).toEqual({ shared: false, waitAsync: false, growable: false, crossOriginIsolated: false });
  expect(readCapabilities({ SharedArrayBuffer, crossOriginIsolated: false })).toMatchObject({ shared: false, crossOriginIsolated: false });
  expect(readCapabilities({ SharedArrayBuffer, Atomics })).toMatchObject({ shared: true, growable: "grow" in SharedArrayBuffer.prototype, waitAsync: "waitAsync" in Atomics });
  expect(capabilities.shared).toBe(true);
});
