/** bitECS: a frame is one run of a system, or of the function that runs them all. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("bitecs");

/** The system, run in a frame of the allocator, which also ends when it throws. One that is called within another takes part in its frame. */
export function withFrames<A extends unknown[], R>(system: (...args: A) => R, alloc: FrameHolder): (...args: A) => R {
  return new EngineFrames("bitecs", system, alloc).around(system);
}
