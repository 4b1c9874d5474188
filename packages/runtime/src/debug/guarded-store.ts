/**
 * A store for debug mode: every block has guard bytes around it, fresh bytes are 0xAB and freed ones 0xCD.
 *
 *   inner block   | guard, 8 bytes | block | guard, 8 to 15 bytes |
 *
 * The guards count as used: a value takes 16 to 23 bytes more, so a pool or a heap holds fewer values than without debug mode.
 */
import type { FrameAllocError } from "../errors.ts";
import { alignUp, isFilled, type Memory } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";
import { FREED_BYTE, FRESH_BYTE, GUARD_BYTE, GUARD_BYTES } from "./debug-bytes.ts";

export class GuardedStore implements ByteStore {
  readonly memory: Memory;
  private readonly inner: ByteStore;

  constructor(inner: ByteStore) {
    this.memory = inner.memory;
    this.inner = inner;
  }

  tryTake(sizeBytes: number): number {
    const block = this.inner.tryTake(guardedBytes(sizeBytes));
    if (block < 0) return -1;
    const ptr = block + GUARD_BYTES;
    this.memory.fill(block, ptr, GUARD_BYTE);
    this.memory.fill(ptr, ptr + sizeBytes, FRESH_BYTE);
    this.memory.fill(ptr + sizeBytes, block + guardedBytes(sizeBytes), GUARD_BYTE);
    return ptr;
  }

  give(ptr: number, sizeBytes: number): void {
    this.memory.refresh();
    const block = ptr - GUARD_BYTES;
    this.memory.fill(block, block + guardedBytes(sizeBytes), FREED_BYTE);
    this.inner.give(block, guardedBytes(sizeBytes));
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return this.inner.exhausted(guardedBytes(sizeBytes));
  }
}

/** Whether the guards around a block of a `GuardedStore` are as they were made. */
export function guardsAreWhole(memory: Memory, ptr: number, sizeBytes: number): boolean {
  memory.refresh();
  return isFilled(memory, ptr - GUARD_BYTES, ptr, GUARD_BYTE) && isFilled(memory, ptr + sizeBytes, ptr - GUARD_BYTES + guardedBytes(sizeBytes), GUARD_BYTE);
}

function guardedBytes(sizeBytes: number): number {
  return alignUp(sizeBytes, 8) + 2 * GUARD_BYTES;
}
