/** Who is told of every value that is allocated and freed one by one; absent unless something watches. */
import type { OwnedSlot } from "./owned-slot.ts";

/** Of what a value is: of the pool, the heap, a group or a handle. */
export type WatchedKind = "pool" | "heap" | "group" | "handle";

export interface ValueWatch {
  /** Must not throw. `slot`: the value's, undefined for a handle's. */
  allocated(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void;
  /** The value is there still. Must not throw. */
  freed(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void;
}
