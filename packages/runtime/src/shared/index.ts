/** The public names of `@framealloc/runtime/agents`: what crosses from agent to agent. */
export { SmartAlloc, type SharedAlloc } from "../allocator.ts";
export { DeferredConfig, DeferredProcessing, FullPolicy, type DeferredOptions } from "./deferred-config.ts";
export type { DeferredStats } from "./deferred-frees.ts";
export { FrameBarrier, FrameBarrierBuilder, type BarrierStats, type SharedBarrier } from "./frame-barrier.ts";
export type { Sendable } from "./sendable.ts";
export type { Carried, ChannelInput, ChannelOptions, Sent, SharedChannel } from "./shared-channel.ts";
export { TransferChannel } from "./transfer-channel.ts";
export { TransferHandle, transferList, type MessageTarget, type TransferState, type TransferToken } from "./transfer-handle.ts";
export type { TransferStats } from "./transfers.ts";
