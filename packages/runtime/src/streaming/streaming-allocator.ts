/**
 * Streaming: large assets that are loaded over time, within a budget. Room is reserved first, then filled, then read; when there is no room left, assets that
 * are worth less go.
 *
 *   reserved --beginLoad--> loading --finishLoad--> ready --evicted--> gone
 *                             |  ^                    ^
 *                           fail beginLoad            |
 *                             v  |                 access
 *                            failed --evicted--> gone        free: gone, from anywhere
 *
 * Each asset has a buffer of its own, so that one which comes never has to move another, and a view stays good until its asset goes. The budget counts
 * what was reserved.
 *
 * Invariants:
 *   I1  `reserved` is the sum of the sizes of all assets, and at most `budget`; `loaded` that of what each says to have loaded
 *   I2  only assets that are ready or failed are evicted, and none that is critical; a reservation that fails evicts nothing
 *   I3  an id is never given out twice
 */
import { badArgument, staleStream, streamBudget, streamProtocol } from "../errors.ts";
import { evictable, evictedFor, type Asset, type StreamId, type StreamState } from "./asset.ts";
import { chunkBytes, pump, type StreamSource } from "./load-from-stream.ts";
import { rankOf, type StreamPriority } from "./stream-priority.ts";

/** Figures of the assets; bytes. */
export interface StreamingStats {
  readonly budget: number;
  readonly totalReserved: number;
  readonly totalLoaded: number;
  readonly available: number;
  readonly allocationCount: number;
  readonly reservedCount: number;
  readonly loadingCount: number;
  readonly readyCount: number;
  readonly failedCount: number;
  /** So far. */
  readonly evictedCount: number;
  readonly evictedBytes: number;
}

/** Told of each asset that was evicted, when what it made room for is reserved. */
export type EvictionListener = (id: StreamId, tag: string | undefined) => void;

export class StreamingAllocator {
  readonly budget: number;
  private readonly isShared: boolean;
  private readonly assets: Map<StreamId, Asset> = new Map();
  private listener: EvictionListener | undefined = undefined;
  private ids = 0;
  private uses = 0;
  private reserved = 0;
  private loaded = 0;
  private evictedCount = 0;
  private evictedBytes = 0;

  /** `budget`: bytes that all assets may hold together. `shared`: other agents may read what is loaded, from the buffer of its view. Throws `argument` for what is no size. */
  constructor(budget: number, options: { readonly shared?: boolean } = {}) {
    if (!Number.isSafeInteger(budget) || budget < 0) throw badArgument("StreamingAllocator", "budget", budget, "an integer of at least 0");
    this.budget = budget;
    this.isShared = options.shared ?? false;
  }

  /**
   * Room for an asset of `sizeBytes`. When the budget is used up, ready assets of no higher priority are evicted, those of the lowest first, and of these the one that was
   * not used for the longest time; but only when that makes enough room. FA402 when it does not. Its memory comes zeroed.
   */
  reserve(sizeBytes: number, priority: StreamPriority = "normal", tag?: string): StreamId {
    const id = this.tryReserve(sizeBytes, priority, tag);
    if (id === undefined) throw streamBudget(sizeBytes, this.reserved, this.budget, evictable(this.assets.values(), rankOf(priority)).reduce((sum, asset) => sum + asset.sizeBytes, 0));
    return id;
  }

  /** As `reserve`; undefined when there is no room. */
  tryReserve(sizeBytes: number, priority: StreamPriority = "normal", tag?: string): StreamId | undefined {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 1) throw badArgument("reserve", "sizeBytes", sizeBytes, "an integer of at least 1");
    const rank = rankOf(priority);
    const wanted = this.reserved + sizeBytes - this.budget;
    const evicted = wanted > 0 ? evictedFor(wanted, rank, this.assets.values()) : [];
    if (evicted === undefined) return undefined;
    const bytes = this.tryBuffer(sizeBytes);
    if (bytes === undefined) return undefined;
    for (const asset of evicted) this.evict(asset);
    const id = (this.ids += 1) as StreamId;
    this.assets.set(id, { id, sizeBytes, rank, tag, bytes, view: bytes, state: "reserved", loads: 0, loaded: 0, isWritten: false, reason: undefined, lastUse: (this.uses += 1) });
    this.reserved += sizeBytes;
    if (evicted.length > 0) this.tell(evicted, id);
    return id;
  }

  /** Begins to load a reserved asset, or again one that failed. Gives all of its memory, to be filled. FA404 when it is loaded or being loaded, FA401 when it is gone. */
  beginLoad(id: StreamId): Uint8Array {
    const asset = this.assetOf(id, "beginLoad");
    if (asset.state !== "reserved" && asset.state !== "failed") throw streamProtocol("beginLoad", id, asset.state, "begin to load an asset once");
    asset.state = "loading";
    asset.loads += 1;
    asset.reason = undefined;
    asset.isWritten = false;
    this.setLoaded(asset, 0);
    return asset.bytes;
  }

  /** Copies the next bytes of an asset into its memory. FA404 before `beginLoad`, `argument` when there is no room for them; then nothing is changed. */
  write(id: StreamId, chunk: ArrayBuffer | ArrayBufferView): void {
    const asset = this.loadingAsset(id, "write");
    const bytes = chunkBytes(chunk);
    const room = asset.sizeBytes - asset.loaded;
    if (bytes.length > room) throw badArgument("write", "chunk", `${bytes.length} bytes`, `at most the ${room} bytes that are left of the ${asset.sizeBytes} reserved`);
    asset.bytes.set(bytes, asset.loaded);
    asset.isWritten = true;
    this.setLoaded(asset, asset.loaded + bytes.length);
  }

  /** Says how much is loaded, for those who fill the memory themselves; `write` says it by itself. FA404 when the asset is not loading. */
  reportProgress(id: StreamId, loadedBytes: number): void {
    const asset = this.loadingAsset(id, "reportProgress");
    if (!Number.isSafeInteger(loadedBytes) || loadedBytes < 0 || loadedBytes > asset.sizeBytes) throw badArgument("reportProgress", "loadedBytes", loadedBytes, `an integer from 0 to ${asset.sizeBytes}`);
    this.setLoaded(asset, loadedBytes);
  }

  /** The asset is ready: what was written, or all of its memory when nothing was. FA404 when it is not loading. */
  finishLoad(id: StreamId): void {
    const asset = this.loadingAsset(id, "finishLoad");
    if (!asset.isWritten) this.setLoaded(asset, asset.sizeBytes);
    asset.view = asset.loaded === asset.sizeBytes ? asset.bytes : asset.bytes.subarray(0, asset.loaded);
    asset.state = "ready";
    this.use(asset);
  }

  /** Gives a load up. The room stays reserved until `free`, for another try, or until it is evicted. FA404 when the asset is not loading. */
  fail(id: StreamId, reason?: string): void {
    const asset = this.loadingAsset(id, "fail");
    asset.state = "failed";
    asset.reason = reason;
    asset.bytes.fill(0);
    this.setLoaded(asset, 0);
  }

  /** What was loaded; always the same view. Counts as a use. FA404 when the asset is not ready, FA401 when it was freed or evicted. O(1). */
  access(id: StreamId): Uint8Array {
    const asset = this.assetOf(id, "access");
    if (asset.state !== "ready") throw streamProtocol("access", id, asset.reason === undefined ? asset.state : `${asset.state}: ${asset.reason}`, "call `finishLoad` first; `state(id)` tells");
    this.use(asset);
    return asset.view;
  }

  /** As `access`; undefined when the asset is not ready, or gone. */
  tryAccess(id: StreamId): Uint8Array | undefined {
    return this.state(id) === "ready" ? this.access(id) : undefined;
  }

  /** How far an asset is; undefined when it was freed or evicted. Counts as no use. */
  state(id: StreamId): StreamState | undefined {
    return this.assets.get(id)?.state;
  }

  /** How much of an asset is loaded, from 0 to its size; 0 when it is gone. */
  progress(id: StreamId): number {
    return this.assets.get(id)?.loaded ?? 0;
  }

  /** Gives an asset up, however far it is. FA401 when it is gone. */
  free(id: StreamId): void {
    this.remove(this.assetOf(id, "free"));
  }

  /**
   * Loads an asset from a stream of bytes or a response, and finishes it. When the stream fails, holds more than was reserved, or the response says no, so does the asset, and
   * the promise is rejected; when the asset is freed meanwhile, the rest of the stream is cancelled and the promise rejected with FA401, and with FA404 when the load was given up, also when
   * another one has begun.
   */
  async loadFromStream(id: StreamId, source: StreamSource): Promise<void> {
    this.beginLoad(id);
    const { loads } = this.assetOf(id, "loadFromStream");
    const isOver = (): boolean => (this.assets.get(id)?.loads ?? loads) !== loads;
    const ask = (call: string): void => {
      if (isOver()) throw streamProtocol(call, id, "loading from elsewhere", "give a load up only when nothing else is to come of its stream");
    };
    try {
      await pump(source, (chunk) => {
        ask("write");
        this.write(id, chunk);
      });
      ask("finishLoad");
      // An empty stream is an empty asset.
      this.loadingAsset(id, "finishLoad").isWritten = true;
    } catch (error) {
      if (this.state(id) === "loading" && !isOver()) this.fail(id, error instanceof Error ? error.message : String(error));
      throw error;
    }
    this.finishLoad(id);
  }

  /** Calls `listener` for each asset that is evicted; undefined for nobody. When it throws, the reservation is taken back, and the error goes on. `argument` for what is no function. */
  setEvictionCallback(listener: EvictionListener | undefined): void {
    if (listener !== undefined && typeof listener !== "function") throw badArgument("setEvictionCallback", "listener", listener, "a function");
    this.listener = listener;
  }

  /** O(assets). Allocates the object it returns. */
  stats(): StreamingStats {
    const counts = { reserved: 0, loading: 0, ready: 0, failed: 0 };
    for (const { state } of this.assets.values()) counts[state] += 1;
    return {
      budget: this.budget,
      totalReserved: this.reserved,
      totalLoaded: this.loaded,
      available: this.budget - this.reserved,
      allocationCount: this.assets.size,
      reservedCount: counts.reserved,
      loadingCount: counts.loading,
      readyCount: counts.ready,
      failedCount: counts.failed,
      evictedCount: this.evictedCount,
      evictedBytes: this.evictedBytes,
    };
  }

  private assetOf(id: StreamId, call: string): Asset {
    const asset = this.assets.get(id);
    if (asset === undefined) throw staleStream(call, id);
    return asset;
  }

  private loadingAsset(id: StreamId, call: string): Asset {
    const asset = this.assetOf(id, call);
    if (asset.state !== "loading") throw streamProtocol(call, id, asset.state, "call `beginLoad` first, and finish once");
    return asset;
  }

  private use(asset: Asset): void {
    this.uses += 1;
    asset.lastUse = this.uses;
  }

  private setLoaded(asset: Asset, loadedBytes: number): void {
    this.loaded += loadedBytes - asset.loaded;
    asset.loaded = loadedBytes;
  }

  private evict(asset: Asset): void {
    this.remove(asset);
    this.evictedCount += 1;
    this.evictedBytes += asset.sizeBytes;
  }

  private remove(asset: Asset): void {
    this.assets.delete(asset.id);
    this.reserved -= asset.sizeBytes;
    this.loaded -= asset.loaded;
  }

  private tell(evicted: readonly Asset[], id: StreamId): void {
    try {
      for (const asset of evicted) this.listener?.(asset.id, asset.tag);
    } catch (error) {
      const asset = this.assets.get(id);
      if (asset !== undefined) this.remove(asset);
      throw error;
    }
  }

  private tryBuffer(sizeBytes: number): Uint8Array | undefined {
    try {
      return new Uint8Array(this.isShared ? new SharedArrayBuffer(sizeBytes) : new ArrayBuffer(sizeBytes));
    } catch (error) {
      // The engine has no memory of that size.
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }
}
