/** The public names of `@framealloc/runtime/streaming`: assets that are loaded over time within a budget, without frames, pools and agents. */
export { FrameAllocError, type ErrorNumbers, type FrameAllocCode } from "../errors.ts";
export type { ByteReader, ByteResponse, ByteStream, StreamSource } from "./load-from-stream.ts";
export type { StreamId, StreamState } from "./asset.ts";
export { StreamPriority } from "./stream-priority.ts";
export { StreamingAllocator, type EvictionListener, type StreamingStats } from "./streaming-allocator.ts";
