/** What is said of a channel besides the channel itself: what it carries, how it is made, and how another agent gets it. */
import type { AllocType, BoxValue } from "../types/memory-type.ts";
import type { Sendable } from "./sendable.ts";
import type { TransferHandle, TransferToken } from "./transfer-handle.ts";

/** What a channel of `T` carries: for a type of memory, what a box of it holds. */
export type Carried<T> = T extends AllocType ? BoxValue<T> : T;
/** What can be sent: a handle, its token, or a plain value. */
export type ChannelInput<T> = TransferHandle<Carried<T>> | TransferToken<Carried<T>> | Carried<T>;

/** What an argument has to be besides what it is: for a frame value a text that says why not. */
export type Sent<I, T> = unknown extends Sendable<I> ? ChannelInput<T> : Sendable<I>;

export interface ChannelOptions {
  /** Bytes that a plain value may take in a slot, two for each character of its JSON. Default 256. */
  readonly itemBytes?: number;
  /** "local": goes by messages also where memory can be shared. Default "auto". */
  readonly memory?: "auto" | "local";
  /** How long `send` and `receive` wait when they are not told. Default 5000. */
  readonly timeoutMs?: number;
}

/** What `share()` gives: structured-cloneable, for `TransferChannel.attach` in another agent. */
export interface SharedChannel {
  readonly framealloc: "channel";
  /** Undefined where memory is not shared. */
  readonly buffer: SharedArrayBuffer | undefined;
  readonly name: string;
  readonly capacity: number;
  readonly itemBytes: number;
  readonly timeoutMs: number;
}
