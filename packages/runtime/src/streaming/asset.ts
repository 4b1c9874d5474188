/** What is known of a streamed asset, and in which order assets are evicted. */
import { CRITICAL } from "./stream-priority.ts";

declare const STREAM: unique symbol;

/** A number that stands for an asset. */
export type StreamId = number & { readonly [STREAM]: "stream" };

export type StreamState = "reserved" | "loading" | "ready" | "failed";

/** @internal */
export interface Asset {
  readonly id: StreamId;
  readonly sizeBytes: number;
  readonly rank: number;
  readonly tag: string | undefined;
  /** All of its memory. */
  readonly bytes: Uint8Array;
  /** What was loaded of it, once it is ready. */
  view: Uint8Array;
  state: StreamState;
  /** How often it began to load: a stream that was given up must not fill what the next one loads. */
  loads: number;
  /** Bytes loaded, as far as it is known. */
  loaded: number;
  /** Whether they came by `write`, so that there are no others. */
  isWritten: boolean;
  reason: string | undefined;
  /** When it was used last, in uses of all assets. */
  lastUse: number;
}

/** What may go for an asset of this rank. */
export function evictable(assets: Iterable<Asset>, rank: number): Asset[] {
  return [...assets].filter((asset) => (asset.state === "ready" || asset.state === "failed") && asset.rank <= rank && asset.rank < CRITICAL);
}

/** Who has to go for so many bytes, in their order: by priority, then by use. Undefined when all together would not be enough. */
export function evictedFor(wantedBytes: number, rank: number, assets: Iterable<Asset>): readonly Asset[] | undefined {
  const order = evictable(assets, rank).sort((a, b) => a.rank - b.rank || a.lastUse - b.lastUse);
  let bytes = 0;
  for (const [i, asset] of order.entries()) {
    bytes += asset.sizeBytes;
    if (bytes >= wantedBytes) return order.slice(0, i + 1);
  }
  return undefined;
}
