/**
 * The parts of an allocator over one memory, by its configuration: the wrappers of debug mode and of a memory limit are put around them here, once, so that no
 * part asks for a flag.
 *
 *   window   | pool slabs | heap | frame arena |
 *
 *   pool values -> [limit] -> [guards] -> slabs up to the threshold, heap above it
 *   heap values -> [limit] -> [guards] -> heap
 */
import { megabytes } from "./byte-units.ts";
import type { AllocConfig } from "./config.ts";
import { AllocationSites } from "./debug/allocation-site.ts";
import { GUARD_BYTES } from "./debug/debug-bytes.ts";
import { GuardedStore } from "./debug/guarded-store.ts";
import { PoisonedFrameArena } from "./debug/poisoned-frame-arena.ts";
import { PoisonedHandles } from "./debug/poisoned-handles.ts";
import { PoisonedValues } from "./debug/poisoned-values.ts";
import { WatchedViews } from "./debug/watched-views.ts";
import { RewindableArena } from "./frame/rewindable-arena.ts";
import { GroupAllocator } from "./groups/group-allocator.ts";
import { HandleAllocator } from "./handles/handle-allocator.ts";
import { ViewStock } from "./handles/view-stock.ts";
import { Heap } from "./heap/heap.ts";
import { HeapTally } from "./heap/heap-tally.ts";
import { isSharedBuffer, type Region } from "./memory.ts";
import type { ByteStore } from "./pool/byte-store.ts";
import { LimitedStore } from "./pool/limited-store.ts";
import { OwnedValues } from "./pool/owned-values.ts";
import { PoolStore } from "./pool/pool-store.ts";
import { slabBytes, SlabPool } from "./pool/slab-pool.ts";
import type { Keeper } from "./pool/trimming-store.ts";
import { StreamingAllocator } from "./streaming/streaming-allocator.ts";
import { openMemory } from "./window.ts";

export interface Parts {
  readonly frames: RewindableArena;
  readonly pool: OwnedValues;
  readonly heap: OwnedValues;
  readonly slabs: SlabPool;
  readonly rawHeap: Heap;
  /** What else is allocated on the heap. */
  readonly tally: HeapTally;
  /** Made when they are first asked for. */
  makeHandles(): HandleAllocator;
  makeGroups(): GroupAllocator;
  makeStreaming(budget?: number): StreamingAllocator;
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
  return openValues(config, arena, slabs, heap);
}

function openValues(config: AllocConfig, arena: Region, slabs: SlabPool, rawHeap: Heap): Parts {
  const poolStore = new PoolStore(slabs, rawHeap, config.largeThreshold);
  const limit = { maxBytes: config.memoryLimit, usedBytes: 0 };
  const limited = (store: ByteStore): ByteStore => (config.memoryLimit > 0 ? new LimitedStore(store, limit) : store);
  // All may take from the heap, and all count for the limit: what one keeps for itself, the other may need.
  const keepers: Keeper[] = [];
  const tally = new HeapTally();
  const makeStreaming = (budget = megabytes(64)): StreamingAllocator => new StreamingAllocator(budget, { shared: isSharedBuffer(rawHeap.memory.buffer) });
  if (!config.debug) {
    const heapStore = limited(rawHeap);
    const heap = new OwnedValues(heapStore, "heap", keepers);
    return {
      frames: new RewindableArena(arena, config.zeroFrameMemory),
      pool: new OwnedValues(limited(poolStore), "pool", keepers),
      heap,
      slabs,
      rawHeap,
      tally,
      makeStreaming,
      makeHandles: () => new HandleAllocator({ heap: rawHeap, store: heap.store, leadBytes: 0, views: new ViewStock(heapStore.memory), tally }),
      makeGroups: () => new GroupAllocator(new OwnedValues(heapStore, "group", keepers), tally),
    };
  }
  const sites = new AllocationSites();
  const guarded = limited(new GuardedStore(rawHeap));
  const heap = new PoisonedValues(guarded, "heap", keepers, sites, config.onLeak);
  return {
    frames: new PoisonedFrameArena(arena, config.zeroFrameMemory, sites),
    pool: new PoisonedValues(limited(new GuardedStore(poolStore)), "pool", keepers, sites, config.onLeak),
    heap,
    slabs,
    rawHeap,
    tally,
    makeStreaming,
    makeHandles: () => new PoisonedHandles({ heap: rawHeap, store: heap.store, leadBytes: GUARD_BYTES, views: new WatchedViews(guarded.memory, sites), tally }),
    makeGroups: () => new GroupAllocator(new PoisonedValues(guarded, "group", keepers, sites, config.onLeak), tally),
  };
}
