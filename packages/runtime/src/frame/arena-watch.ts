/** Who is told of what an arena does, and who has a say in it. */
import type { FrameAllocError } from "../errors.ts";

/** Told of what happens to an arena. */
export interface FrameWatch {
  /** The frame is open still, and all that it holds is there. Must not throw. */
  frameEnding(): void;
  /** A part of the frame will be freed; it is there still. Must not throw. */
  rewinding(): void;
}

/** Does something between frames. */
export interface FrameBoundary {
  /** After a frame began, or ended. */
  frameBoundary(isBegin: boolean): void;
}

/** Bounds frames by more than their arena; absent without budgets. */
export interface FrameBounds {
  /** Room for what the bounds do not allow; -1 for none. `takenBytes`: with padding, and guards. */
  placeElsewhere(sizeBytes: number, alignBytes: number, takenBytes: number): number;
  /** What to throw for what they do not allow; undefined when it is the arena that has no room. */
  frameDenied(sizeBytes: number, takenBytes: number): FrameAllocError | undefined;
}
