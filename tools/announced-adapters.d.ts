/** The engines' adapters that are announced and not there yet, so that examples which import them are type-checked. */
declare module "@framealloc/runtime/adapters/three" {
  import type { SmartAlloc } from "@framealloc/runtime";

  /** Begins and ends the allocator's frame at the renderer's own boundary, until it is detached. */
  export function attachFrames(renderer: object, alloc: SmartAlloc): () => void;
}
