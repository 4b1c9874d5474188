/** The public names of `@framealloc/runtime/frame`: the frame arena and the types of memory, without pools, heap and agents. */
export { formatBytes, gigabytes, kilobytes, megabytes } from "../byte-units.ts";
export { FrameAllocError, type ErrorNumbers, type FrameAllocCode } from "../errors.ts";
export { Memory, type Buffer, type GrowingMemory, type Region } from "../memory.ts";
export { array, ArrayType } from "../types/array-type.ts";
export { alignOf, layoutOf, offsetOf, sizeOf, type FieldLayout, type Layout } from "../types/layout-of.ts";
export type { AllocType, BoxValue, ByteType, ClassType, ElementType, Fields, FieldType, FieldValue, Infer, InferMany, Init, MemoryType, Ref, ScalarArray, StructView } from "../types/memory-type.ts";
export { registerReset } from "../types/object-type.ts";
export { bool, f32, f64, i16, i32, i64, i8, ScalarType, u16, u32, u64, u8 } from "../types/scalar-type.ts";
export { soa, SoaType, type SoaColumn, type SoaColumns, type SoaInit } from "../types/soa-type.ts";
export { StructArray, type Cursor } from "../types/struct-array.ts";
export { struct, StructType } from "../types/struct-type.ts";
export type { FrameStats } from "./bump-arena.ts";
export { FrameArena, type FrameValue } from "./frame-arena.ts";
export type { FrameBrand } from "./frame-box.ts";
export { FrameGuard } from "./frame-guard.ts";
