/** The public names of `@framealloc/runtime/agents`: what crosses from agent to agent. */
export { SmartAlloc, type SharedAlloc } from "../allocator.ts";
export type { Sendable } from "./sendable.ts";
export { TransferHandle, transferList, type MessageTarget, type TransferState, type TransferToken } from "./transfer-handle.ts";
