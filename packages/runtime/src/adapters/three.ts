/** three.js: a frame is one call of the function that `setAnimationLoop` was given. */
import { EngineFrames, type FrameHolder } from "./engine-frames.ts";
import { imported } from "./imported-adapters.ts";

export { allocOf } from "./engine-frames.ts";

imported("three");

/** A `WebGLRenderer` or a `WebGPURenderer`. What the function is given besides the time is the renderer's affair. */
export interface AnimatedRenderer {
  setAnimationLoop(callback: null): unknown;
}

type SetLoop = (callback: ((...args: unknown[]) => unknown) | null) => unknown;

/** Begins and ends the allocator's frame around each call of the renderer's animation loop, set from here on, until it is detached. `frameLoop` is for a loop of your own. */
export function attachFrames(renderer: AnimatedRenderer, alloc: FrameHolder): () => void {
  const frames = new EngineFrames("three", renderer, alloc);
  const looped = renderer as { setAnimationLoop: SetLoop };
  const original = looped.setAnimationLoop;
  const own: SetLoop = (callback) => original.call(renderer, typeof callback === "function" ? frames.around(callback) : callback);
  looped.setAnimationLoop = own;
  return () => {
    frames.detach();
    if (looped.setAnimationLoop === own) looped.setAnimationLoop = original;
  };
}
