/**
 * How the frame of one allocator stands on one path: the typestate that keeps states apart.
 *
 * Lattice: `now` of entry, open and closed, under what was assumed of the caller. States of different typestates are joined only when there
 * are too many; then nothing is known.
 */
import type { Location } from "../source/span.ts";
import { joinLocations } from "./locations.ts";

/** How a frame stands: `assumed` is what the function's entry must have been for this path, `now` is where it is. */
export interface FrameState {
  readonly assumed: "any" | "open" | "closed";
  readonly now: "entry" | "open" | "closed";
  /** Where the frame that is open was begun, on this path; empty when it is the caller's. */
  readonly begun: readonly Location[];
  /** Where the last frame was ended. */
  readonly ended: readonly Location[];
}

export const ENTRY_FRAME: FrameState = { assumed: "any", now: "entry", begun: [], ended: [] };
export const CLOSED_FRAME: FrameState = { assumed: "any", now: "closed", begun: [], ended: [] };

export function joinFrames(a: FrameState, b: FrameState): FrameState {
  const begun = joinLocations(a.begun, b.begun);
  const ended = joinLocations(a.ended, b.ended);
  if (a.now === b.now && a.assumed === b.assumed && begun === a.begun && ended === a.ended) return a;
  // Only a collapse of too many typestates joins different ones: then nothing is known, and nothing said.
  if (a.now !== b.now) return { assumed: "any", now: "entry", begun, ended };
  return { assumed: a.assumed === b.assumed ? a.assumed : "any", now: a.now, begun, ended };
}
