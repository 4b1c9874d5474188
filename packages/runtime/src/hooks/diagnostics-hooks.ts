/** What tools and overlays ask for: the events of an allocator that somebody looks at, and its memory as a graph. */
import type { SmartAlloc } from "../allocator.ts";
import { kilobytes } from "../byte-units.ts";
import { badArgument } from "../errors.ts";
import type { FrameEvent } from "../lifecycle/frame-event.ts";
import { listen, tellAll } from "../lifecycle/listen.ts";
import { SnapshotHistory } from "./snapshot-history.ts";

/** Sizes in bytes. The object may be kept. */
export type DiagnosticsEvent =
  | { readonly type: "frameBegin"; readonly frameNumber: number }
  | { readonly type: "frameEnd"; readonly frameNumber: number; readonly durationUs: number; readonly peak: number }
  | { readonly type: "largeAllocation"; readonly sizeBytes: number; readonly kind: string; readonly tag: string }
  | { readonly type: "memoryPressure"; readonly kind: "frame" | "heap"; readonly usedBytes: number; readonly limitBytes: number }
  | { readonly type: "slabRefill"; readonly slotBytes: number; readonly slotCount: number }
  | { readonly type: "deferredFree"; readonly count: number }
  | { readonly type: "budgetWarning" | "budgetExceeded"; readonly tag: string; readonly usedBytes: number; readonly limitBytes: number };

/** Memory over frames, the oldest first; the arrays are of one length. */
export interface MemoryGraphData {
  readonly frames: readonly number[];
  /** Bytes in use at the end of each frame, its own included. */
  readonly current: readonly number[];
  /** The most in use at once until then. */
  readonly peak: readonly number[];
  /** The largest of all, for scaling; 0 without any. */
  readonly maxValue: number;
}

export interface HooksOptions {
  /** From which size on an allocation is large. Default 64 KB. */
  readonly largeAllocationBytes?: number;
  /** Snapshots that the history keeps. Default 300. */
  readonly maxSnapshots?: number;
}

export class DiagnosticsHooks {
  readonly history: SnapshotHistory;
  private readonly largeAllocationBytes: number;
  private readonly listeners: ((event: DiagnosticsEvent) => void)[] = [];

  /** `argument` for options that are no sizes and counts. */
  constructor({ largeAllocationBytes = kilobytes(64), maxSnapshots }: HooksOptions = {}) {
    if (typeof largeAllocationBytes !== "number" || !(largeAllocationBytes >= 0)) throw badArgument("DiagnosticsHooks", "largeAllocationBytes", largeAllocationBytes, "a number of bytes");
    this.largeAllocationBytes = largeAllocationBytes;
    this.history = new SnapshotHistory(maxSnapshots);
  }

  /**
   * Tells of an allocator, and takes a snapshot at each end of a frame, which allocates a few hundred bytes; turns its statistics and lifecycle tracking on. Gives the function that ends it, which turns
   * neither off. One allocator at a time makes a graph that says something.
   */
  attach(alloc: SmartAlloc): () => void {
    alloc.enableStatistics();
    alloc.enableLifecycleTracking();
    return alloc.onFrameEvent((event) => {
      if (event.type === "frameEnd") this.history.push({ frameNumber: event.frameNumber, stats: alloc.stats() });
      const told = this.eventOf(event);
      if (told !== undefined) tellAll(this.listeners, told);
    });
  }

  /** Calls `listener` on each event; gives the function that ends it. */
  addListener(listener: (event: DiagnosticsEvent) => void): () => void {
    if (typeof listener !== "function") throw badArgument("addListener", "listener", listener, "a function");
    return listen(this.listeners, listener);
  }

  /** The memory of the history in at most `maxPoints` points: all, or the first, the last and those evenly between. `argument` for what is no count. Allocates. */
  getMemoryGraphData(maxPoints: number): MemoryGraphData {
    if (!Number.isSafeInteger(maxPoints) || maxPoints < 0) throw badArgument("getMemoryGraphData", "maxPoints", maxPoints, "an integer of at least 0");
    const { history } = this;
    const count = Math.min(maxPoints, history.length);
    const points = Array.from({ length: count }, (_, i) => history.at(count === 1 ? history.length - 1 : Math.round((i * (history.length - 1)) / (count - 1)))).filter((point) => point !== undefined);
    const peak = points.map(({ stats }) => stats.peakAllocated);
    return { frames: points.map(({ frameNumber }) => frameNumber), current: points.map(({ stats }) => stats.totalAllocated), peak, maxValue: peak.reduce((most, value) => Math.max(most, value), 0) };
  }

  private eventOf(event: FrameEvent): DiagnosticsEvent | undefined {
    switch (event.type) {
      case "frameBegin": return { type: "frameBegin", frameNumber: event.frameNumber };
      case "frameEnd": return { type: "frameEnd", frameNumber: event.frameNumber, durationUs: event.durationUs, peak: event.peak };
      case "alloc": return event.sizeBytes < this.largeAllocationBytes ? undefined : { type: "largeAllocation", sizeBytes: event.sizeBytes, kind: event.kind, tag: event.tag };
      case "memoryPressure": return { type: event.type, kind: event.kind, usedBytes: event.usedBytes, limitBytes: event.limitBytes };
      case "slabRefill": return { type: event.type, slotBytes: event.slotBytes, slotCount: event.slotCount };
      case "deferredProcessed": return { type: "deferredFree", count: event.count };
      case "budgetWarning":
      case "budgetExceeded": return { type: event.type, tag: event.tag, usedBytes: event.usedBytes, limitBytes: event.limitBytes };
      case "free":
      case "crossThreadFreeQueued":
      case "transferInitiated":
      case "transferCompleted": return undefined;
    }
  }
}
