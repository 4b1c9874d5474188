/**
 * The facade: one object for the frame arena, the pool, the heap and the transfers of one agent. It holds no logic of its own; the names are
 * those of the manual, and each call is one step away from the part that does it.
 *
 *   window   | pool slabs | heap | frame arena |
 *
 * Any number of allocators may live on an agent; nothing is shared between them. Use one from the agent that made it.
 */
import { AllocConfig, type AllocOptions } from "./config.ts";
import { PoisonedFrameArena } from "./debug/poisoned-frame-arena.ts";
import { PoisonedValues } from "./debug/poisoned-values.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import { badArgument } from "./errors.ts";
import type { FrameStats } from "./frame/bump-arena.ts";
import { FrameArena, type FrameValue } from "./frame/frame-arena.ts";
import type { FrameBox } from "./frame/frame-box.ts";
import type { FrameGuard, FrameScope } from "./frame/frame-scope.ts";
import type { FrameVec, VecElement, VecInput, VecValue } from "./frame/frame-vec.ts";
import { Heap } from "./heap/heap.ts";
import type { Memory } from "./memory.ts";
import type { OwnedBox } from "./pool/owned-box.ts";
import { OwnedValues } from "./pool/owned-values.ts";
import { PoolStore } from "./pool/pool-store.ts";
import { slabBytes, SlabPool } from "./pool/slab-pool.ts";
import type { Sendable } from "./shared/sendable.ts";
import type { TransferHandle, TransferToken } from "./shared/transfer-handle.ts";
import { TransferRegion } from "./shared/transfer-region.ts";
import { Transfers } from "./shared/transfers.ts";
import type { AllocType, BoxValue, ClassType, ElementType, FieldType, Infer, InferMany, Init } from "./types/memory-type.ts";
import { openMemory } from "./window.ts";

/** What `share()` gives: structured-cloneable, for `SmartAlloc.attach` in another agent. */
export interface SharedAlloc {
  readonly framealloc: "shared";
  /** Undefined where memory is not shared: values are then transferred. */
  readonly region: SharedArrayBuffer | undefined;
  readonly options: AllocOptions;
}

/** Two, four or eight of the same. */
type Two<T> = FrameValue<readonly [T, T]>;
type Four<T> = FrameValue<readonly [T, T, T, T]>;
type Eight<T> = FrameValue<readonly [T, T, T, T, T, T, T, T]>;

export class SmartAlloc {
  readonly config: AllocConfig;
  private frames: FrameArena;
  private pool: OwnedValues;
  private heap: OwnedValues;
  private transfers: Transfers | undefined = undefined;

  /** Takes all its memory at once. Throws `FrameAllocError` (`config`) for options out of their range, or memory that is too small for them. */
  constructor(options: AllocOptions = {}) {
    this.config = options instanceof AllocConfig ? options : new AllocConfig(options);
    const parts = openParts(this.config);
    this.frames = parts.frames;
    this.pool = parts.pool;
    this.heap = parts.heap;
  }

  /** An allocator with every option at its default. */
  static withDefaults(): SmartAlloc {
    return new SmartAlloc();
  }

  /** An allocator for this agent that can receive from, and send to, the agents that share `shared`. `options` replace those of the sharing one. */
  static attach(shared: SharedAlloc, options: AllocOptions = {}): SmartAlloc {
    if (typeof shared !== "object" || shared === null || shared.framealloc !== "shared") throw badArgument("attach", "shared", shared, "what `share()` of an allocator gave");
    const attached = new SmartAlloc({ ...shared.options, ...options });
    const region = shared.region === undefined ? undefined : TransferRegion.attach(shared.region);
    attached.transfers = new Transfers(region, attached.config.transferSize, attached.config.debug);
    return attached;
  }

  /** For other agents: `worker.postMessage(alloc.share())`. */
  share(): SharedAlloc {
    const { memory, ...options } = this.config;
    return { framealloc: "shared", region: this.transferring().region?.buffer, options: { ...options, ...(typeof memory === "string" ? { memory } : {}) } };
  }

  /** The window that everything lies in, for raw access by offset: `alloc.memory.f32[ptr >> 2]`. */
  get memory(): Memory {
    return this.frames.memory;
  }

  /** Opens a frame. O(1). Throws FA006 when one is open, and changes nothing. */
  beginFrame(): void { this.frames.begin(); }

  /** Ends the frame; what was allocated in it is dead. Throws FA005 when none is open. */
  endFrame(): void { this.frames.end(); }

  inFrame(): boolean { return this.frames.inFrame(); }

  /** The number of the open frame, or of the last one; 0 before the first. */
  frameNumber(): number { return this.frames.frameNumber(); }

  /** Bytes in use in the open frame. */
  frameUsage(): number { return this.frames.usage(); }

  /** Bytes left for the open frame. */
  frameRemaining(): number { return this.frames.remaining(); }

  /** Bytes, count, peak and high-water mark of now. Allocates the object it returns. */
  frameStats(): FrameStats { return this.frames.stats(); }

  /** Calls `fn` in a frame, which also ends when it throws, and gives what it returned. FA006 in a frame, FA607 for a promise. */
  withFrame<R>(fn: () => R): R { return this.frames.withFrame(fn); }

  /** Opens a frame that ends when disposed: `using f = alloc.frame()`. */
  frame(): FrameGuard { return this.frames.frame(); }

  /** What is allocated from here on is freed when the scope is disposed. FA001 outside a frame. */
  frameScope(): FrameScope { return this.frames.scope(); }

  /** An object of the type, zeroed, until the frame ends; recycled, so it makes no garbage. FA001 outside a frame, FA003 when the arena is full. */
  frameAlloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> { return this.frames.alloc(type); }

  /** As `frameAlloc`; undefined outside a frame and when the arena is full. */
  tryFrameAlloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> | undefined { return this.frames.tryAlloc(type); }

  /** The offset of fresh bytes in `memory`, at a multiple of `align`, any power of two. Errors as `frameAlloc`. */
  frameAllocBytes(size: number, align?: number): number { return this.frames.allocBytes(size, align); }

  /** `n` of a type in one piece, by one bump: a typed array for a scalar, a `StructArray` for a struct. Errors as `frameAlloc`. */
  frameAllocBatch<const T extends ElementType | ClassType>(type: T, n: number): FrameValue<InferMany<T>> { return this.frames.slice(type, n); }

  /** Two separate objects of the type by one bump; the tuple is recycled with them. Errors as `frameAlloc`. */
  frameAlloc2<const T extends AllocType>(type: T): Two<FrameValue<Infer<T>>> { return this.frames.tuple(type, 2) as Two<FrameValue<Infer<T>>>; }

  frameAlloc4<const T extends AllocType>(type: T): Four<FrameValue<Infer<T>>> { return this.frames.tuple(type, 4) as Four<FrameValue<Infer<T>>>; }

  frameAlloc8<const T extends AllocType>(type: T): Eight<FrameValue<Infer<T>>> { return this.frames.tuple(type, 8) as Eight<FrameValue<Infer<T>>>; }

  /** `n` of a type as a typed array or a `StructArray`; the same object when a later frame asks for the same. Errors as `frameAlloc`. */
  frameSlice<const T extends ElementType | ClassType>(type: T, n: number): FrameValue<InferMany<T>> { return this.frames.slice(type, n); }

  /** A box around memory of a type, or around any JavaScript value; it knows when its frame is over (FA004). Errors as `frameAlloc`. */
  frameBox<const T extends AllocType>(type: T, init?: Init<T>): FrameBox<BoxValue<T>>;
  frameBox<T>(value: T): FrameBox<T>;
  frameBox(content: unknown, init?: unknown): FrameBox<unknown> { return this.frames.box(content as AllocType, init as never); }

  /** An empty vec, fixed at `capacity` elements, or growing inside the arena without one. Errors as `frameAlloc`. */
  frameVec<const E extends VecElement>(type: E, capacity?: number): FrameVec<VecValue<E>, VecInput<E>> { return this.frames.vec(type, capacity); }

  /** A value of the type, zeroed, until `poolFree`. FA304 when its size class is exhausted, FA301 when it is large and the heap is full. */
  poolAlloc<const T extends AllocType>(type: T): Infer<T> { return this.pool.alloc(type); }

  tryPoolAlloc<const T extends AllocType>(type: T): Infer<T> | undefined { return this.pool.tryAlloc(type); }

  /** Frees what `poolAlloc` gave. FA401 the second time, FA206 for anything else; then nothing is changed. */
  poolFree(value: object): void { this.pool.free(value); }

  /** A box around memory of a type, or around any JavaScript value, until its release. Errors as `poolAlloc`. */
  poolBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  poolBox<T>(value: T): OwnedBox<T>;
  poolBox(content: unknown, init?: unknown): OwnedBox<unknown> { return this.pool.box(content as AllocType, init as never); }

  tryPoolBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>> | undefined;
  tryPoolBox<T>(value: T): OwnedBox<T> | undefined;
  tryPoolBox(content: unknown, init?: unknown): OwnedBox<unknown> | undefined { return this.pool.tryBox(content as AllocType, init as never); }

  /** As `poolAlloc`, on the heap: for large values. FA301 when it is exhausted. */
  heapAlloc<const T extends AllocType>(type: T): Infer<T> { return this.heap.alloc(type); }

  tryHeapAlloc<const T extends AllocType>(type: T): Infer<T> | undefined { return this.heap.tryAlloc(type); }

  /** Frees what `heapAlloc` gave. Errors as `poolFree`. */
  heapFree(value: object): void { this.heap.free(value); }

  heapBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  heapBox<T>(value: T): OwnedBox<T>;
  heapBox(content: unknown, init?: unknown): OwnedBox<unknown> { return this.heap.box(content as AllocType, init as never); }

  tryHeapBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>> | undefined;
  tryHeapBox<T>(value: T): OwnedBox<T> | undefined;
  tryHeapBox(content: unknown, init?: unknown): OwnedBox<unknown> | undefined { return this.heap.tryBox(content as AllocType, init as never); }

  /**
   * A handle for sending a value to another agent: fresh memory of a type, a copy of what a box holds, or a JavaScript value, which structured clone
   * copies. Throws FA301 when transfer memory is full, FA201 for a view, FA004 and FA401 for a stale box.
   */
  frameBoxForTransfer<const T extends FieldType>(type: T, init?: Init<T>): TransferHandle<BoxValue<T>>;
  frameBoxForTransfer<T>(box: FrameBox<T> | OwnedBox<T>): TransferHandle<T>;
  frameBoxForTransfer<T>(value: T & Sendable<T>): TransferHandle<T>;
  frameBoxForTransfer(content: unknown, init?: unknown): TransferHandle<unknown> { return this.transferring().make(content, init); }

  /** Takes the value that a token stands for: a box to be released. FA208 the second time, FA207 when this allocator is not attached. */
  receive<T>(token: TransferToken<T>): OwnedBox<T> { return this.transferring().receive(token) as OwnedBox<T>; }

  /** Ends an open frame and lets go of all memory. Allocations then fail as from an allocator that has none. */
  dispose(): void {
    if (this.frames.inFrame()) this.frames.end();
    this.frames.forget();
    this.pool.dispose();
    this.heap.dispose();
    const parts = openParts(new AllocConfig({ frameArenaSize: 0, slabPagesPerClass: 0, heapSize: 0, memory: "local" }));
    this.frames = parts.frames;
    this.pool = parts.pool;
    this.heap = parts.heap;
    this.transfers = new Transfers(undefined, 0, false);
  }

  [DISPOSE](): void { this.dispose(); }

  private transferring(): Transfers {
    if (this.transfers === undefined) {
      const isShared = typeof SharedArrayBuffer !== "undefined" && this.memory.buffer instanceof SharedArrayBuffer;
      const { transferSize, debug } = this.config;
      this.transfers = new Transfers(isShared ? TransferRegion.create(transferSize) : undefined, transferSize, debug);
    }
    return this.transfers;
  }
}

/** Divides a window among the parts: the slabs and the heap first, so that the arena's end is the window's. */
function openParts(config: AllocConfig): { readonly frames: FrameArena; readonly pool: OwnedValues; readonly heap: OwnedValues } {
  const slabConfig = { sizeClasses: config.slabSizeClasses, pageBytes: config.slabPageSize, pagesPerClass: config.slabPagesPerClass };
  const slabSize = Math.ceil(slabBytes(slabConfig) / 8) * 8;
  const heapSize = Math.ceil(config.heapSize / 8) * 8;
  const memory = openMemory(config.memory, slabSize + heapSize + config.frameArenaSize);
  // What the caller's buffer held before would be read as fresh memory.
  if (typeof config.memory !== "string") memory.fill(memory.beginByte, memory.endByte, 0);
  const heapBegin = memory.beginByte + slabSize;
  const arenaBegin = heapBegin + heapSize;
  const slabs = new SlabPool({ memory, beginByte: memory.beginByte, endByte: heapBegin }, slabConfig);
  const heap = new Heap({ memory, beginByte: heapBegin, endByte: arenaBegin });
  const Arena = config.debug ? PoisonedFrameArena : FrameArena;
  const Values = config.debug ? PoisonedValues : OwnedValues;
  return {
    frames: new Arena({ memory, beginByte: arenaBegin, endByte: arenaBegin + config.frameArenaSize }, config.zeroFrameMemory),
    pool: new Values(new PoolStore(slabs, heap, config.largeThreshold), "pool"),
    heap: new Values(heap, "heap"),
  };
}
