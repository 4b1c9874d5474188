/** Reads the figures of an allocator off its parts; nothing is counted for it but what the parts count anyway, and the peaks (usage.ts). */
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { GroupAllocator } from "../groups/group-allocator.ts";
import type { HandleAllocator } from "../handles/handle-allocator.ts";
import type { Heap } from "../heap/heap.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import type { ScratchPools } from "../scratch/scratch-pools.ts";
import type { OwnedValues } from "../pool/owned-values.ts";
import type { SlabPool } from "../pool/slab-pool.ts";
import type { Allocated } from "../tags/ledger.ts";
import { totals, type AllocStats, type KindStats } from "./alloc-stats.ts";
import type { Usage } from "./usage.ts";

export interface MeasuredParts {
  readonly frames: RewindableArena;
  readonly pool: OwnedValues;
  readonly heap: OwnedValues;
  readonly tally: HeapTally;
  readonly slabs: SlabPool;
  readonly rawHeap: Heap;
  readonly handles: HandleAllocator | undefined;
  readonly groups: GroupAllocator | undefined;
  readonly scratch: ScratchPools;
  /** Frame memory so far, the open frame's included; undefined when nothing has watched frames. */
  readonly framesSoFar: Allocated | undefined;
  /** Undefined when statistics are off. */
  readonly usage: Usage | undefined;
  readonly deferredFreeCount: number;
}

/** Allocates what it returns. O(types in use, free blocks of the heap). */
export function readStats(parts: MeasuredParts): AllocStats {
  const { usage, frames, slabs, rawHeap } = parts;
  const frame = frameStats(parts);
  const pool = poolStats(parts);
  const heap = heapStats(parts);
  const all = totals(frame, pool, heap);
  const free = rawHeap.freeBytes();
  return {
    enabled: usage !== undefined,
    ...all,
    peakAllocated: usage?.peak ?? all.totalAllocated,
    frameCount: frames.frameNumber(),
    slabRefillCount: slabs.refillCount,
    deferredFreeCount: parts.deferredFreeCount,
    fragmentationRatio: free.all === 0 ? 0 : 1 - free.largest / free.all,
  };
}

function frameStats({ frames, framesSoFar }: MeasuredParts): KindStats {
  const now = frames.stats();
  const activeCount = frames.inFrame() ? now.count : 0;
  const allocationCount = framesSoFar?.count ?? frames.allocatedCount();
  return {
    usedBytes: now.bytes, activeCount, peakBytes: now.highWaterMark, capacityBytes: now.capacity,
    allocatedBytes: framesSoFar?.bytes ?? frames.allocatedBytes(), allocationCount, deallocationCount: allocationCount - activeCount,
  };
}

function poolStats({ pool, slabs, usage }: MeasuredParts): KindStats {
  const { liveBytes, liveCount, allocatedBytes, allocatedCount } = pool;
  return kindStats(liveBytes, liveCount, allocatedBytes, allocatedCount, usage?.pool.peak ?? 0, slabs.stats().capacity);
}

function heapStats({ heap, tally, handles, groups, scratch, usage, rawHeap }: MeasuredParts): KindStats {
  const held = handles?.stats();
  const inScratch = scratch.inUse();
  const liveBytes = heap.liveBytes + inScratch.bytes + (held?.totalAllocated ?? 0) + (groups?.owned.liveBytes ?? 0);
  const liveCount = heap.liveCount + inScratch.count + (held?.activeHandles ?? 0) + (groups?.owned.liveCount ?? 0);
  return kindStats(liveBytes, liveCount, heap.allocatedBytes + tally.bytes, heap.allocatedCount + tally.count, usage?.heap.peak ?? 0, rawHeap.stats().capacity);
}

function kindStats(usedBytes: number, activeCount: number, allocatedBytes: number, allocationCount: number, peak: number, capacityBytes: number): KindStats {
  return { usedBytes, activeCount, peakBytes: Math.max(peak, usedBytes), allocatedBytes, allocationCount, deallocationCount: allocationCount - activeCount, capacityBytes };
}
