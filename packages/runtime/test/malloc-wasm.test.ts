/** A WebAssembly module that allocates by the malloc adapter: in its own memory, and within an allocator's. */
import { array, SmartAlloc, u8 } from "@framealloc/runtime";
import { MemPool, wasmImports } from "@framealloc/runtime/malloc";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

describe("a WebAssembly module", () => {
  /**
   * (import "env" "memory" (memory 1)) (import "env" "malloc" (func (param i32) (result i32))) (import "env" "free" (func (param i32)))
   * (func (export "run") (param i32) (result i32) malloc(param), store 42 there; gives the pointer) (func (export "end") (param i32) free(param))
   */
  const sized = (...bytes: readonly number[]): number[] => [bytes.length, ...bytes];
  const text = (name: string): number[] => sized(...new TextEncoder().encode(name));
  const fromEnv = (name: string, ...what: readonly number[]): number[] => [...text("env"), ...text(name), ...what];
  const [i32, get, call, end] = [0x7f, 0x20, 0x10, 0x0b] as const;
  const module = new WebAssembly.Module(Uint8Array.from([
    0, 0x61, 0x73, 0x6d, 1, 0, 0, 0,
    1, ...sized(2, 0x60, 1, i32, 1, i32, 0x60, 1, i32, 0),
    2, ...sized(3, ...fromEnv("memory", 2, 0, 1), ...fromEnv("malloc", 0, 0), ...fromEnv("free", 0, 1)),
    3, ...sized(2, 0, 1),
    7, ...sized(2, ...text("run"), 0, 2, ...text("end"), 0, 3),
    10, ...sized(2, ...sized(1, 1, i32, get, 0, call, 0, 0x22, 1, 0x41, 42, 0x36, 2, 0, get, 1, end), ...sized(0, get, 0, call, 1, end)),
  ]));
  const instance = (memory: WebAssembly.Memory, pool: MemPool): { run(bytes: number): number; end(ptr: number): void } => new WebAssembly.Instance(module, { env: { memory, ...wasmImports(pool) } }).exports as never;

  test("allocates in its own memory, also after that grew", () => {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 4 });
    const pool = new MemPool({ buf: memory, start: 1024 });
    const { run, end } = instance(memory, pool);
    const ptr = run(64);
    expect([new Int32Array(memory.buffer)[ptr >> 2], pool.stats().used.count]).toEqual([42, 1]);
    memory.grow(1);
    const second = run(64);
    expect([new Int32Array(memory.buffer)[second >> 2], second > ptr, pool.stats().used.count, pool.buf === memory.buffer]).toEqual([42, true, 2, true]);
    end(ptr);
    end(second);
    end(0);
    expect(pool.stats().used.count).toBe(0);
    errorOf("FA206", () => end(ptr));
  });

  test("shares the memory of an allocator, within a value of its heap", () => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 8 });
    const alloc = new SmartAlloc({ memory, frameArenaSize: 65_536, heapSize: 65_536, slabPagesPerClass: 0 });
    const bytes = alloc.heapAlloc(array(u8, 8192));
    const pool = new MemPool({ buf: memory, start: bytes.byteOffset, end: bytes.byteOffset + bytes.length });
    const { run, end } = instance(memory, pool);
    const ptr = run(16);
    expect([alloc.memory.i32[ptr >> 2], ptr > bytes.byteOffset, ptr < bytes.byteOffset + 8192, run(8192)]).toEqual([42, true, true, 0]);
    end(ptr);
  });

  test("has what C has", () => {
    const pool = new MemPool({ size: 4096 });
    const { malloc, calloc, realloc, free } = wasmImports(pool);
    const ptr = calloc(4, 8);
    const larger = realloc(ptr, 200);
    expect([ptr > 0, larger > 0, realloc(0, 8) > 0, realloc(larger, 0), malloc(-1), pool.stats().used.count]).toEqual([true, true, true, 0, 0, 1]);
    free(0);
    errorOf("FA206", () => free(larger));
  });
});
