/** `malloc`, `calloc`, `realloc` and `free` as C has them, for the imports of a WebAssembly module that works in the pool's memory. */
import { foreignFree } from "../errors.ts";
import type { MemPool } from "./mem-pool.ts";

export interface WasmImports {
  readonly malloc: (bytes: number) => number;
  readonly calloc: (count: number, bytes: number) => number;
  readonly realloc: (ptr: number, bytes: number) => number;
  readonly free: (ptr: number) => void;
}

/**
 * Pointers are addresses in the pool's buffer; 0 stands for none, and `free(0)` does nothing. A pointer that is none of the pool's is FA206, which traps.
 *
 * @example WebAssembly.instantiate(module, { env: { memory, ...wasmImports(new MemPool({ buf: memory, start: heapBase })) } });
 */
export function wasmImports(pool: MemPool): WasmImports {
  // Sizes and pointers come as 32-bit integers with a sign.
  const malloc = (bytes: number): number => pool.malloc(bytes >>> 0);
  const free = (ptr: number): void => {
    if (ptr !== 0 && !pool.free(ptr >>> 0)) throw foreignFree("free");
  };
  return {
    malloc,
    calloc: (count, bytes) => pool.calloc((count >>> 0) * (bytes >>> 0)),
    realloc: (ptr, bytes) => {
      if (ptr === 0) return malloc(bytes);
      if (bytes !== 0) return pool.realloc(ptr >>> 0, bytes >>> 0);
      free(ptr);
      return 0;
    },
    free,
  };
}
