/** Every allocator of bytes passes the conformance suite. */
import { FrameArena } from "@framealloc/runtime";
import { PoisonedFrameArena } from "../src/debug/poisoned-frame-arena.ts";
import { Heap } from "../src/heap/heap.ts";
import { Memory } from "../src/memory.ts";
import type { ByteStore } from "../src/pool/byte-store.ts";
import { PoolStore } from "../src/pool/pool-store.ts";
import { SlabPool } from "../src/pool/slab-pool.ts";
import { TransferRegion } from "../src/shared/transfer-region.ts";
import { conformance, type ByteAllocator } from "./conformance.ts";

const memoryOf = (sizeBytes: number): Memory => new Memory(new ArrayBuffer(64 + sizeBytes), 64, 64 + sizeBytes);
const slabs = { sizeClasses: [8, 16, 32, 64, 128, 256], pageBytes: 512, pagesPerClass: 8 };

function arena(made: FrameArena): ByteAllocator {
  made.begin();
  return { memory: made.memory, tryTake: (size) => made.tryPlace(size, 8), free: undefined, reset: () => made.reset() };
}

function store(made: ByteStore): ByteAllocator {
  const live = new Map<number, number>();
  const free = (ptr: number, size: number): void => {
    made.give(ptr, size);
    live.delete(ptr);
  };
  return {
    memory: made.memory,
    tryTake: (size) => {
      const ptr = made.tryTake(size);
      if (ptr >= 0) live.set(ptr, size);
      return ptr;
    },
    free,
    reset: () => { for (const [ptr, size] of live) free(ptr, size); },
  };
}

function region(sizeBytes: number): ByteAllocator {
  const made = TransferRegion.create(sizeBytes, 0);
  const live = new Set<number>();
  const free = (ptr: number): void => {
    if (live.delete(ptr)) made.tryKeep(ptr, made.stateWordOf(ptr));
  };
  return {
    memory: made.memory,
    tryTake: (size) => {
      const ptr = made.tryTake(size, 0);
      if (ptr !== 0) live.add(ptr);
      return ptr === 0 ? -1 : ptr;
    },
    free,
    reset: () => { for (const ptr of [...live]) free(ptr); },
  };
}

conformance("the frame arena", (size) => arena(new FrameArena(size)));
conformance("the poisoned frame arena", (size) => arena(new PoisonedFrameArena(size)));
conformance("the heap", (size) => {
  const memory = memoryOf(size);
  return store(new Heap({ memory, beginByte: memory.beginByte, endByte: memory.endByte }));
});
conformance("the slab pool", (size) => {
  const memory = memoryOf(size * 6);
  return store(new SlabPool({ memory, beginByte: memory.beginByte, endByte: memory.endByte }, slabs));
});
conformance("the pool over slabs and heap", (size) => {
  const memory = memoryOf(size * 7);
  const split = memory.beginByte + size * 6;
  return store(new PoolStore(new SlabPool({ memory, beginByte: memory.beginByte, endByte: split }, slabs), new Heap({ memory, beginByte: split, endByte: memory.endByte }), 32));
});
// Every size takes a chunk of its own.
conformance("the transfer region", (size) => region(size * 8));
