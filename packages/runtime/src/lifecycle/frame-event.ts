/** What lifecycle tracking tells of. */
import type { WatchedKind } from "../pool/value-watch.ts";

/** Which memory: handles, groups and scratch pools, which are freed by one event, are told apart from other values of the heap. */
export type EventKind = "frame" | WatchedKind;

/**
 * Something that happened. The object is filled again for the next event of its type: copy what is to be kept. Sizes are bytes, times microseconds of a clock that all
 * agents of a process (Node) or a page share.
 */
export type FrameEvent =
  | { readonly type: "frameBegin"; readonly agentId: number; readonly frameNumber: number; readonly timeUs: number }
  /** `peak`: the most in use at once in the frame; `totalAllocated`: with what scopes and rollbacks freed. `poolBytes`, `heapBytes`: in use by pool and heap values, with handles, groups and scratch pools. The frame is open still. */
  | { readonly type: "frameEnd"; readonly agentId: number; readonly frameNumber: number; readonly timeUs: number; readonly durationUs: number; readonly totalAllocated: number; readonly peak: number; readonly poolBytes: number; readonly heapBytes: number }
  /** `ptr`: where a pool or heap value lies; -1 for the others. `tag`: the path in force. `frameNumber`: 0 outside of frames. */
  | { readonly type: "alloc" | "free"; readonly agentId: number; readonly kind: EventKind; readonly sizeBytes: number; readonly ptr: number; readonly tag: string; readonly frameNumber: number }
  /** Memory of agent `toAgent`, freed by this one. */
  | { readonly type: "crossThreadFreeQueued"; readonly agentId: number; readonly toAgent: number; readonly sizeBytes: number }
  | { readonly type: "deferredProcessed"; readonly agentId: number; readonly count: number }
  /** `ptr` and `generation` name the transfer for all agents; 0 where memory is not shared. */
  | { readonly type: "transferInitiated" | "transferCompleted"; readonly agentId: number; readonly sizeBytes: number; readonly ptr: number; readonly generation: number; readonly timeUs: number }
  /** 90 % of the frame arena or of the heap are in use; told once until there is room again. */
  | { readonly type: "memoryPressure"; readonly agentId: number; readonly kind: "frame" | "heap"; readonly usedBytes: number; readonly limitBytes: number }
  /** A soft limit, or nearly an agent's own budget; a hard, the global or an agent's own limit. `tag`: empty for the last two. */
  | { readonly type: "budgetWarning" | "budgetExceeded"; readonly agentId: number; readonly tag: string; readonly usedBytes: number; readonly limitBytes: number; readonly requestedBytes: number }
  /** A size class of the pool took a page of so many slots. */
  | { readonly type: "slabRefill"; readonly agentId: number; readonly slotBytes: number; readonly slotCount: number };

export type FrameListener = (event: FrameEvent) => void;

/** Of one agent, since its lifecycle tracking is on. */
export interface ThreadFrameStats {
  readonly framesStarted: number;
  readonly framesCompleted: number;
  /** The number of the open frame, or of the last one. */
  readonly currentFrame: number;
  /** Bytes of frame memory, in frames that have ended. */
  readonly totalAllocated: number;
  /** The most in use at once in a frame. */
  readonly peakMemory: number;
  /** Frees of other agents' memory that were queued. */
  readonly crossThreadFrees: number;
}
