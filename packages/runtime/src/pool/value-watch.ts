/** Who is told of every value that is allocated and freed one by one; absent unless something watches. */
import type { OwnedSlot } from "./owned-slot.ts";

/** Of what a value is: of the pool, the heap, a group, a handle or a scratch pool, whose values are freed all at once. */
export type WatchedKind = "pool" | "heap" | "group" | "handle" | "scratch";

export interface ValueWatch {
  /** Must not throw. `slot`: the value's, undefined for those of handles and scratch pools. */
  allocated(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void;
  /** What has a slot is there still. Must not throw. */
  freed(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void;
}
