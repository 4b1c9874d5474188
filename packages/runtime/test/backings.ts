/** The four kinds of memory that an allocator may stand on, each with a way to tell that nothing outside of the window was written. */
import type { MemoryOption } from "@framealloc/runtime";
import { expect } from "vitest";

export interface Backing {
  readonly name: string;
  open(sizeBytes: number): { readonly memory: MemoryOption; readonly wasm: WebAssembly.Memory | undefined; checkOutside(): void };
}

const PAGE = 65_536;
const OUTSIDE = 0xee;

export const backings: readonly Backing[] = [
  { name: "ArrayBuffer", open: (size) => ({ memory: new ArrayBuffer(size + 64), wasm: undefined, checkOutside: () => {} }) },
  { name: "SharedArrayBuffer", open: (size) => ({ memory: new SharedArrayBuffer(size + 64), wasm: undefined, checkOutside: () => {} }) },
  {
    name: "WebAssembly.Memory",
    open: (size) => {
      const wasm = new WebAssembly.Memory({ initial: Math.ceil((size + 64) / PAGE), maximum: 1024 });
      return { memory: wasm, wasm, checkOutside: () => {} };
    },
  },
  {
    name: "a window of the caller's buffer, at an odd offset",
    open: (size) => {
      const buffer = new ArrayBuffer(size + 1013);
      const bytes = new Uint8Array(buffer).fill(OUTSIDE);
      const byteOffset = 333;
      const byteLength = size + 16;
      return {
        memory: { buffer, byteOffset, byteLength },
        wasm: undefined,
        checkOutside: () => {
          expect(bytes.subarray(0, byteOffset).every((byte) => byte === OUTSIDE)).toBe(true);
          expect(bytes.subarray(byteOffset + byteLength).every((byte) => byte === OUTSIDE)).toBe(true);
        },
      };
    },
  },
];
