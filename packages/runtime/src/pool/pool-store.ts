/** Where pool values lie: in a slab up to the threshold, on the heap above it. */
import type { FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";
import type { ByteStore } from "./byte-store.ts";
import type { SlabPool } from "./slab-pool.ts";

export class PoolStore implements ByteStore {
  readonly memory: Memory;
  private readonly slabs: SlabPool;
  private readonly large: ByteStore;
  private readonly largeThreshold: number;

  constructor(slabs: SlabPool, large: ByteStore, largeThreshold: number) {
    this.memory = slabs.memory;
    this.slabs = slabs;
    this.large = large;
    this.largeThreshold = largeThreshold;
  }

  tryTake(sizeBytes: number): number {
    return this.storeFor(sizeBytes).tryTake(sizeBytes);
  }

  give(ptr: number, sizeBytes: number): void {
    this.storeFor(sizeBytes).give(ptr, sizeBytes);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return this.storeFor(sizeBytes).exhausted(sizeBytes);
  }

  private storeFor(sizeBytes: number): ByteStore {
    return sizeBytes > this.largeThreshold ? this.large : this.slabs;
  }
}
