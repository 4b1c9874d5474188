/** What happens when a value of a frame is used that has no life any more: an error, of which whoever watches the memory is told first. */
import { staleFrameValue, type FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";

/** Can be kept from answering: its next use is told. */
export interface Suspendable {
  suspend(isSuspended: boolean): void;
}

/** Watches uses of what frames of one memory hold; absent unless the behaviour filter is on. */
export interface StaleWatch {
  /** A value of a frame that ended was used. */
  staleUsed(frameNumber: number): void;
  /** Whether something that does not answer was only suspended. */
  isSuspended(value: Suspendable): boolean;
  /** Something that does not answer is used: it answers again if it was only suspended, and true then. */
  resume(value: Suspendable): boolean;
}

/** The error for a stale value. `site`: where it was allocated, known in debug mode. */
export function staleUse(memory: Memory, what: string, endedFrame: number, site?: string): FrameAllocError {
  memory.staleWatch?.staleUsed(endedFrame);
  return staleFrameValue(what, endedFrame, site);
}
