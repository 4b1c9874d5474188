/** What a handle is, and the figures of handles. */

declare const HANDLE: unique symbol;

/** A number that stands for a value of type `T`, as `resolve` gives it. */
export type Handle<T> = number & { readonly [HANDLE]: T };

/** Figures of handles; bytes. */
export interface HandleStats {
  readonly activeHandles: number;
  /** In values that are alive, rounding not included. */
  readonly totalAllocated: number;
  readonly totalSlots: number;
  readonly freeSlots: number;
  readonly pinnedCount: number;
  readonly relocatableCount: number;
  /** Moves so far. */
  readonly relocationCount: number;
  /** Free memory between what is in use, in the whole heap. */
  readonly holeBytes: number;
}
