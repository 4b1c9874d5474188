/** Where pool and heap values get their bytes: blocks that are given back one by one. */
import type { FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";

export interface ByteStore {
  readonly memory: Memory;
  /** The offset of a block of at least `sizeBytes`, a multiple of 8; its bytes are whatever they were. -1 when there is none. */
  tryTake(sizeBytes: number): number;
  /** Takes a block back. `ptr` and `sizeBytes` are those of one `tryTake`. */
  give(ptr: number, sizeBytes: number): void;
  /** What to throw when `tryTake(sizeBytes)` gave -1. */
  exhausted(sizeBytes: number): FrameAllocError;
}

/** Figures of a store; bytes. */
export interface StoreStats {
  /** In blocks handed out, rounding included. */
  readonly usedBytes: number;
  readonly usedCount: number;
  /** The most in use at once. */
  readonly highWaterMark: number;
  readonly capacity: number;
}
