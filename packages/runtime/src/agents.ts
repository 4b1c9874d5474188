/**
 * The public names of `@framealloc/runtime/agents`: what crosses from agent to agent.
 *
 * All of them are names of the main entry too, and reach nearly all of it. They are taken from there, so that the two are one module of the build.
 */
export { DeferredConfig, DeferredProcessing, FrameBarrier, FrameBarrierBuilder, FullPolicy, SmartAlloc, TransferChannel, TransferHandle, transferList } from "./index.ts";
export type { SharedAlloc } from "./allocator.ts";
export type { DeferredOptions } from "./shared/deferred-config.ts";
export type { DeferredStats } from "./shared/deferred-frees.ts";
export type { BarrierStats, SharedBarrier } from "./shared/frame-barrier.ts";
export type { Sendable } from "./shared/sendable.ts";
export type { Carried, ChannelInput, ChannelOptions, Sent, SharedChannel } from "./shared/shared-channel.ts";
export type { MessageTarget, TransferState, TransferToken } from "./shared/transfer-handle.ts";
export type { TransferStats } from "./shared/transfer-watch.ts";
