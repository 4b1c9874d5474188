/** The codes of the behaviour filter, apart from the others: it is reached from every allocator, and what an allocator reaches should be small. */
import type { CodeText } from "./diagnostic.ts";

export const BEHAVIOR_CODES = {
  FA501: ["warning", "frame memory that lives through many frames", "allocate it with `poolAlloc`, or in a scratch pool"],
  FA502: ["warning", "a large share of frame memory that survives its frame", "allocate what survives with `poolAlloc`"],
  FA510: ["hint", "pool values that are freed in the frame that made them", "allocate them with `frameAlloc`"],
  FA520: ["warning", "promotions in nearly every frame", "allocate the value where it is promoted to"],
  FA530: ["warning", "heap allocations in frames", "use `frameAlloc` or `poolAlloc` on hot paths"],
  FA601: ["error", "a frame opened in one task and used in another", "end the frame before the first `await`, or use a `TaskAlloc`"],
  FA602: ["warning", "one place that allocates in a loop", "use `frameAllocBatch`, `frameSlice` or a `frameVec`"],
  FA603: ["error", "a frame value used after the task of its frame ended", "copy the numbers out before the `await`, or keep it in a `poolBox`"],
} as const satisfies Record<string, CodeText>;
