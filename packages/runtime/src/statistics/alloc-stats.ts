/** What `stats()` gives. Plain data: it can be posted, kept and merged. */

/** Of one kind of memory; bytes, rounding not included. */
export interface KindStats {
  /** In use now. */
  readonly usedBytes: number;
  readonly activeCount: number;
  /** The most in use at once: for frames ever, else since statistics are on. */
  readonly peakBytes: number;
  /** Allocated so far, with what was freed since: for frames since something watches them, else ever. */
  readonly allocatedBytes: number;
  readonly allocationCount: number;
  readonly deallocationCount: number;
  /** That there are. */
  readonly capacityBytes: number;
}

/**
 * The figures of an allocator, or of several together. Handles and groups count as heap; scratch pools, streams and transfers have figures of their own.
 * Instances of classes count as values of 0 bytes.
 */
export interface AllocStats {
  /** Whether statistics were on: without them peaks and the totals of frames are those of now. */
  readonly enabled: boolean;
  /** In use now: frame, pool and heap. */
  readonly totalAllocated: number;
  /** The most in use at once since statistics are on. */
  readonly peakAllocated: number;
  readonly allocationCount: number;
  readonly deallocationCount: number;
  readonly activeAllocations: number;
  /** In use now, by kind; as the parts below have it. */
  readonly frameAllocated: number;
  readonly poolAllocated: number;
  readonly heapAllocated: number;
  readonly frame: KindStats;
  readonly pool: KindStats;
  readonly heap: KindStats;
  /** Frames begun so far. */
  readonly frameCount: number;
  /** Pages that size classes of the pool have taken. */
  readonly slabRefillCount: number;
  /** Frees of other agents that this one has taken back. */
  readonly deferredFreeCount: number;
  /** Of the heap's free bytes the part that is not in the largest free block: 0 when all are in one piece, near 1 when they are in many. */
  readonly fragmentationRatio: number;
}

const SUMMED = ["usedBytes", "activeCount", "peakBytes", "allocatedBytes", "allocationCount", "deallocationCount", "capacityBytes"] as const satisfies (keyof KindStats)[];

/**
 * The figures of several agents as one: sums, as each has memory of its own. Peaks are sums of peaks, which need not have been at the same time;
 * `fragmentationRatio` is the largest, and `enabled` says that statistics were on everywhere. Allocates what it returns.
 */
export function mergeStats(all: readonly AllocStats[]): AllocStats {
  const sum = (of: (stats: AllocStats) => number): number => all.reduce((total, stats) => total + of(stats), 0);
  const kind = (of: (stats: AllocStats) => KindStats): KindStats => Object.fromEntries(SUMMED.map((name) => [name, sum((stats) => of(stats)[name])])) as unknown as KindStats;
  return {
    enabled: all.length > 0 && all.every(({ enabled }) => enabled),
    ...totals(kind(({ frame }) => frame), kind(({ pool }) => pool), kind(({ heap }) => heap)),
    peakAllocated: sum(({ peakAllocated }) => peakAllocated),
    frameCount: sum(({ frameCount }) => frameCount),
    slabRefillCount: sum(({ slabRefillCount }) => slabRefillCount),
    deferredFreeCount: sum(({ deferredFreeCount }) => deferredFreeCount),
    fragmentationRatio: all.reduce((most, { fragmentationRatio }) => Math.max(most, fragmentationRatio), 0),
  };
}

/** @internal What follows from the figures of each kind. */
export function totals(frame: KindStats, pool: KindStats, heap: KindStats): Pick<AllocStats, "frame" | "pool" | "heap" | "totalAllocated" | "allocationCount" | "deallocationCount" | "activeAllocations" | "frameAllocated" | "poolAllocated" | "heapAllocated"> {
  return {
    totalAllocated: frame.usedBytes + pool.usedBytes + heap.usedBytes,
    allocationCount: frame.allocationCount + pool.allocationCount + heap.allocationCount,
    deallocationCount: frame.deallocationCount + pool.deallocationCount + heap.deallocationCount,
    activeAllocations: frame.activeCount + pool.activeCount + heap.activeCount,
    frameAllocated: frame.usedBytes, poolAllocated: pool.usedBytes, heapAllocated: heap.usedBytes,
    frame, pool, heap,
  };
}
