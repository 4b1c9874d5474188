/**
 * A store that asks once more: when there are no bytes left, whoever keeps bytes that nobody uses gives them back first. So memory is exhausted only when
 * what is in use exhausts it.
 */
import type { FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";
import type { ByteStore } from "./byte-store.ts";

/** Keeps bytes for its next values. */
export interface Keeper {
  /** Gives the bytes back. False when there were none. */
  trim(): boolean;
}

export class TrimmingStore implements ByteStore {
  readonly memory: Memory;
  private readonly inner: ByteStore;
  private readonly keepers: readonly Keeper[];

  /** `keepers`: all that take from the same bytes; the array may grow. */
  constructor(inner: ByteStore, keepers: readonly Keeper[]) {
    this.memory = inner.memory;
    this.inner = inner;
    this.keepers = keepers;
  }

  tryTake(sizeBytes: number): number {
    const ptr = this.inner.tryTake(sizeBytes);
    if (ptr >= 0) return ptr;
    let hasTrimmed = false;
    for (const keeper of this.keepers) if (keeper.trim()) hasTrimmed = true;
    return hasTrimmed ? this.inner.tryTake(sizeBytes) : -1;
  }

  give(ptr: number, sizeBytes: number): void {
    this.inner.give(ptr, sizeBytes);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return this.inner.exhausted(sizeBytes);
  }
}
