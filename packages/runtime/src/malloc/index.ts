/** The public names of `@framealloc/runtime/malloc`: `malloc` over one buffer, with the interface of `@thi.ng/malloc`, without frames, pools and agents. */
export { FrameAllocError, type ErrorNumbers, type FrameAllocCode } from "../errors.ts";
export type { Buffer, GrowingMemory } from "../memory.ts";
export { MemPool } from "./mem-pool.ts";
export type { MemPoolOpts, MemPoolStats } from "./mem-pool-opts.ts";
export type { PoolArray, PoolArrays, PoolType } from "./pool-type.ts";
export { wasmImports, type WasmImports } from "./wasm-imports.ts";
