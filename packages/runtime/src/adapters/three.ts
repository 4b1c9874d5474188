/** three.js: a frame is one call of the function that `setAnimationLoop` was given. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("three");

/** A `WebGLRenderer` or a `WebGPURenderer`. */
export interface AnimatedRenderer {
  setAnimationLoop(callback: ((time: number, frame?: never) => void) | null): unknown;
}

/** Begins and ends the allocator's frame around each call of the renderer's animation loop, set from here on, until it is detached. `frameLoop` is for a loop of your own. */
export function attachFrames(renderer: AnimatedRenderer, alloc: FrameHolder): () => void {
  const frames = new EngineFrames("three", renderer, alloc);
  const original = renderer.setAnimationLoop;
  const own = (callback: Parameters<typeof original>[0]): unknown => original.call(renderer, typeof callback === "function" ? frames.around(callback) : callback);
  renderer.setAnimationLoop = own;
  return () => {
    frames.detach();
    if (renderer.setAnimationLoop === own) renderer.setAnimationLoop = original;
  };
}
