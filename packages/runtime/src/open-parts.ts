/**
 * The parts of an allocator over one memory, by its configuration: the wrappers of debug mode and of a memory limit are put around them here, once, so that no
 * part asks for a flag.
 *
 *   window   | pool slabs | heap | frame arena |
 *
 *   pool values -> [limit] -> [guards] -> slabs up to the threshold, heap above it
 *   heap values -> [limit] -> [guards] -> heap
 */
import type { AllocConfig } from "./config.ts";
import { AllocationSites } from "./debug/allocation-site.ts";
import { GuardedStore } from "./debug/guarded-store.ts";
import { PoisonedFrameArena } from "./debug/poisoned-frame-arena.ts";
import { PoisonedValues } from "./debug/poisoned-values.ts";
import { RewindableArena } from "./frame/rewindable-arena.ts";
import { Heap } from "./heap/heap.ts";
import type { Region } from "./memory.ts";
import type { ByteStore } from "./pool/byte-store.ts";
import { LimitedStore } from "./pool/limited-store.ts";
import { OwnedValues } from "./pool/owned-values.ts";
import { PoolStore } from "./pool/pool-store.ts";
import { slabBytes, SlabPool } from "./pool/slab-pool.ts";
import type { Keeper } from "./pool/trimming-store.ts";
import { openMemory } from "./window.ts";

export interface Parts {
  readonly frames: RewindableArena;
  readonly pool: OwnedValues;
  readonly heap: OwnedValues;
}

/** Takes the memory and divides it: the slabs and the heap first, so that the arena's end is the window's. */
export function openParts(config: AllocConfig): Parts {
  const slabConfig = { sizeClasses: config.slabSizeClasses, pageBytes: config.slabPageSize, pagesPerClass: config.slabPagesPerClass };
  const slabSize = Math.ceil(slabBytes(slabConfig) / 8) * 8;
  const heapSize = Math.ceil(config.heapSize / 8) * 8;
  const memory = openMemory(config.memory, slabSize + heapSize + config.frameArenaSize);
  // What the caller's buffer held before would be read as fresh memory.
  if (typeof config.memory !== "string") memory.fill(memory.beginByte, memory.endByte, 0);
  const heapBegin = memory.beginByte + slabSize;
  const arenaBegin = heapBegin + heapSize;
  const heap = new Heap({ memory, beginByte: heapBegin, endByte: arenaBegin });
  const slabs = new SlabPool({ memory, beginByte: memory.beginByte, endByte: heapBegin }, slabConfig);
  const arena = { memory, beginByte: arenaBegin, endByte: arenaBegin + config.frameArenaSize };
  return openValues(config, arena, new PoolStore(slabs, heap, config.largeThreshold), heap);
}

function openValues(config: AllocConfig, arena: Region, poolStore: ByteStore, heapStore: ByteStore): Parts {
  const limit = { maxBytes: config.memoryLimit, usedBytes: 0 };
  const limited = (store: ByteStore): ByteStore => (config.memoryLimit > 0 ? new LimitedStore(store, limit) : store);
  // Both may take from the heap, and both count for the limit: what one keeps for itself, the other may need.
  const keepers: Keeper[] = [];
  if (!config.debug) {
    return {
      frames: new RewindableArena(arena, config.zeroFrameMemory),
      pool: new OwnedValues(limited(poolStore), "pool", keepers),
      heap: new OwnedValues(limited(heapStore), "heap", keepers),
    };
  }
  const sites = new AllocationSites();
  return {
    frames: new PoisonedFrameArena(arena, config.zeroFrameMemory, sites),
    pool: new PoisonedValues(limited(new GuardedStore(poolStore)), "pool", keepers, sites, config.onLeak),
    heap: new PoisonedValues(limited(new GuardedStore(heapStore)), "heap", keepers, sites, config.onLeak),
  };
}
