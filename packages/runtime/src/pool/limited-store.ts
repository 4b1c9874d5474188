/**
 * A store that hands out no more than a limit allows: what several stores have handed out together is added up in one `ByteLimit`. Without a limit this
 * class is not there.
 */
import { memoryExhausted, type FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";
import type { ByteStore } from "./byte-store.ts";

/** Bytes that may be held, and that are. */
export interface ByteLimit {
  readonly maxBytes: number;
  usedBytes: number;
}

export class LimitedStore implements ByteStore {
  readonly memory: Memory;
  private readonly inner: ByteStore;
  private readonly limit: ByteLimit;

  constructor(inner: ByteStore, limit: ByteLimit) {
    this.memory = inner.memory;
    this.inner = inner;
    this.limit = limit;
  }

  tryTake(sizeBytes: number): number {
    const { limit } = this;
    if (limit.usedBytes + sizeBytes > limit.maxBytes) return -1;
    const ptr = this.inner.tryTake(sizeBytes);
    if (ptr >= 0) limit.usedBytes += sizeBytes;
    return ptr;
  }

  give(ptr: number, sizeBytes: number): void {
    this.inner.give(ptr, sizeBytes);
    this.limit.usedBytes -= sizeBytes;
  }

  exhausted(sizeBytes: number): FrameAllocError {
    const { usedBytes, maxBytes } = this.limit;
    if (usedBytes + sizeBytes <= maxBytes) return this.inner.exhausted(sizeBytes);
    return memoryExhausted("memory for pool and heap values", "memoryLimit", sizeBytes, usedBytes, maxBytes);
  }
}
