/** The public names of `@framealloc/runtime/pool`: values and boxes that are freed one by one, over slabs of fixed sizes, without frames and agents. */
export { FrameAllocError, type ErrorNumbers, type FrameAllocCode } from "../errors.ts";
export { Memory, type Buffer, type GrowingMemory, type Region } from "../memory.ts";
export type { AllocType, BoxValue, ClassType, Infer, Init } from "../types/memory-type.ts";
export { openRegion, type MemoryOption, type MemoryWindow } from "../window.ts";
export type { ByteStore, StoreStats } from "./byte-store.ts";
export { ObjectPool, type ObjectPoolOptions } from "./object-pool.ts";
export { OwnedBox } from "./owned-box.ts";
export { OwnedValues, type ValueOptions } from "./owned-values.ts";
export { slabBytes, SlabPool, type SlabConfig } from "./slab-pool.ts";
