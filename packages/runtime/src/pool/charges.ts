/** Who counts what pool and heap values take, and may deny it; absent without budgets. */
import type { FrameAllocError } from "../errors.ts";

/** What an allocation was charged to, to be given back with it. */
export interface Charge {
  readonly budgets: readonly unknown[];
  /** The value shall lie on the heap instead: the pool's part of the budget is used up. */
  readonly isPromoted: boolean;
  readonly isPool: boolean;
}

export interface Charges {
  /** Undefined when it is denied. */
  charge(bytes: number, isPool: boolean): Charge | undefined;
  refund(charge: Charge, bytes: number): void;
  /** Why the last charge was denied. */
  denied(): FrameAllocError | undefined;
}
