/** The public names of `@framealloc/runtime/handles`: values that may be moved, over a heap of their own, without frames, pools and agents. */
export { FrameAllocError, type ErrorNumbers, type FrameAllocCode } from "../errors.ts";
export { Memory, type Buffer, type GrowingMemory, type Region } from "../memory.ts";
export type { AllocType, ClassType, Infer } from "../types/memory-type.ts";
export { openRegion, type MemoryOption, type MemoryWindow } from "../window.ts";
export type { Handle, HandleStats } from "./handle.ts";
export { HandleAllocator } from "./handle-allocator.ts";
export { PinScope } from "./pin-scope.ts";
export type { Defragmented, DefragmentOptions, RelocationListener } from "./relocation.ts";
