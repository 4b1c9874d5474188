/**
 * The facade: one object for the frame arena, the pool, the heap, long-lived memory and the transfers of one agent. It holds no logic of its own; the names are
 * those of the manual, and each call is one step away from the part that does it.
 *
 *   window   | pool slabs | heap | frame arena |
 *
 * Any number of allocators may live on an agent; nothing is shared between them. Use one from the agent that made it.
 *
 * Longer than 300 lines: one line, and its documentation, for each public name of an allocator.
 */
import type { BehaviorReport } from "./behavior/behavior-report.ts";
import { reportOf } from "./behavior/issues.ts";
import { checkThresholds, type GivenThresholds } from "./behavior/thresholds.ts";
import { Budgets } from "./budgets/budgets.ts";
import { postThreadBudget, ThreadBudgetNews } from "./budgets/posted-thread-budget.ts";
import { forgetUse, roomFor } from "./budgets/shared-budgets.ts";
import type { ThreadBudgetConfig } from "./budgets/thread-budget.ts";
import { AllocConfig, type AllocOptions } from "./config.ts";
import { LeakReport } from "./debug/leak-report.ts";
import { noteAllocator } from "./diagnostics/current-allocator.ts";
import { deliver } from "./diagnostics/sinks.ts";
import { DISPOSE } from "./dispose-symbol.ts";
import { badArgument } from "./errors.ts";
import type { FrameStats } from "./frame/bump-arena.ts";
import { Checkpoints, type Checkpoint, type CheckpointGuard, type Speculation } from "./frame/checkpoints.ts";
import type { FrameValue } from "./frame/frame-arena.ts";
import type { FrameBox } from "./frame/frame-box.ts";
import { FrameContainers } from "./frame/frame-containers.ts";
import type { FrameGuard } from "./frame/frame-guard.ts";
import type { FrameScope } from "./frame/frame-scope.ts";
import type { VecElement } from "./frame/element-lane.ts";
import type { FrameMap } from "./frame/map-interface.ts";
import type { MapKeyKind, MapKeys } from "./frame/map-keys.ts";
import type { FrameVec, VecInput, VecSlice, VecValue } from "./frame/vec-interface.ts";
import type { RewindableArena } from "./frame/rewindable-arena.ts";
import { FrameWatchers } from "./frame-watchers.ts";
import { GroupAllocator } from "./groups/group-allocator.ts";
import type { HandleAllocator } from "./handles/handle-allocator.ts";
import type { FrameListener, ThreadFrameStats } from "./lifecycle/frame-event.ts";
import { listen } from "./lifecycle/listen.ts";
import { readFigures } from "./lifecycle/posted-figures.ts";
import type { Memory } from "./memory.ts";
import { Observation } from "./observation.ts";
import { openParts, type Parts } from "./open-parts.ts";
import type { OwnedBox } from "./pool/owned-box.ts";
import { ObjectPool, type ObjectPoolOptions } from "./pool/object-pool.ts";
import type { OwnedValues, ValueOptions } from "./pool/owned-values.ts";
import type { FrameRetained } from "./retain/frame-retained.ts";
import type { Promotions } from "./retain/retention.ts";
import { checkPolicy, policyOf, type Importance, type RetentionPolicy } from "./retain/retention-policy.ts";
import type { RetentionSummary } from "./retain/retention-summary.ts";
import { ScratchPools, type ScratchOptions } from "./scratch/scratch-pools.ts";
import type { ScratchPool } from "./scratch/scratch-pool.ts";
import { MAX_AGENTS } from "./shared/block-state.ts";
import { checkProcessing, type DeferredProcessing } from "./shared/deferred-config.ts";
import type { DeferredStats } from "./shared/deferred-frees.ts";
import type { Sendable } from "./shared/sendable.ts";
import type { TransferHandle, TransferToken } from "./shared/transfer-handle.ts";
import { TransferRegion } from "./shared/transfer-region.ts";
import type { TransferStats } from "./shared/transfer-watch.ts";
import { Transfers } from "./shared/transfers.ts";
import type { AllocStats } from "./statistics/alloc-stats.ts";
import { readStats } from "./statistics/read-stats.ts";
import { StreamingAllocator } from "./streaming/streaming-allocator.ts";
import type { Phase, PhaseScope, PhaseStats } from "./tags/phases.ts";
import type { TagScope, TagStats } from "./tags/tags.ts";
import type { AllocType, BoxValue, ClassType, ElementType, FieldType, Infer, InferMany, Init } from "./types/memory-type.ts";

/** What `share()` gives: structured-cloneable, for `SmartAlloc.attach` in another agent. */
export interface SharedAlloc {
  readonly framealloc: "shared";
  /** Undefined where memory is not shared: values are then transferred. */
  readonly region: SharedArrayBuffer | undefined;
  readonly options: AllocOptions;
}

const NO_FRAMES: ThreadFrameStats = { framesStarted: 0, framesCompleted: 0, currentFrame: 0, totalAllocated: 0, peakMemory: 0, crossThreadFrees: 0 };
const NO_DEFERRED: DeferredStats = { capacity: 0, queued: 0, processed: 0, dropped: 0, sent: 0, processedImmediately: 0, grown: 0, failed: 0 };

/** Two, four or eight of the same. */
type Two<T> = FrameValue<readonly [T, T]>;
type Four<T> = FrameValue<readonly [T, T, T, T]>;
type Eight<T> = FrameValue<readonly [T, T, T, T, T, T, T, T]>;

export class SmartAlloc {
  readonly config: AllocConfig;
  private frames: RewindableArena;
  private containers: FrameContainers;
  private pool: OwnedValues;
  private heap: OwnedValues;
  private scratchPools: ScratchPools;
  private checkpoints: Checkpoints;
  /** Where the rest comes from, when it is first asked for. */
  private parts: Parts;
  private handleAllocator: HandleAllocator | undefined = undefined;
  private groupAllocator: GroupAllocator | undefined = undefined;
  private streams: StreamingAllocator | undefined = undefined;
  private transfers: Transfers | undefined = undefined;
  private budgeting: Budgets | undefined = undefined;
  private news: ThreadBudgetNews | undefined = undefined;
  /** Made when the first tag, phase or retained value is. */
  private watchers: FrameWatchers | undefined = undefined;
  /** Made when something watches values. */
  private observation: Observation | undefined = undefined;
  private readonly frameListeners: FrameListener[] = [];
  private isTracking = false;

  /** Takes all its memory at once. Throws `FrameAllocError` (`config`) for options out of their range, or memory that is too small for them. */
  constructor(options: AllocOptions = {}) {
    this.config = options instanceof AllocConfig ? options : new AllocConfig(options);
    const parts = openParts(this.config);
    this.parts = parts;
    this.frames = parts.frames;
    this.containers = new FrameContainers(parts.frames);
    this.pool = parts.pool;
    this.heap = parts.heap;
    this.scratchPools = new ScratchPools(parts.heap.store, parts.tally);
    this.checkpoints = new Checkpoints(parts.frames);
    if (this.config.budgets || this.config.threadBudget !== undefined) this.startBudgets();
    if (this.config.statistics) this.enableStatistics();
    noteAllocator(this);
  }

  /** An allocator with every option at its default. */
  static withDefaults(): SmartAlloc {
    return new SmartAlloc();
  }

  /**
   * An allocator for this agent that can receive from, and send to, the agents that share `shared`. `options` replace those of the sharing one. Errors as the constructor; `argument` for what is not
   * shared, and for more than 62 agents at a time; FA301 when transfer memory has no room for the first budget.
   */
  static attach(shared: SharedAlloc, options: AllocOptions = {}): SmartAlloc {
    if (typeof shared !== "object" || shared === null || shared.framealloc !== "shared") throw badArgument("attach", "shared", shared, "what `share()` of an allocator gave");
    const attached = new SmartAlloc({ ...shared.options, ...options });
    const region = shared.region === undefined ? undefined : TransferRegion.attach(shared.region);
    attached.setTransfers(region);
    try {
      if (region !== undefined) attached.budgeting?.share(region);
    } catch (error) {
      attached.dispose();
      throw error;
    }
    return attached;
  }

  /** For other agents: `worker.postMessage(alloc.share())`. Any number of times. FA301 when transfer memory has no room for the budgets that there are: see `transferSize`. */
  share(): SharedAlloc {
    const { memory, onLeak: _, threadBudget, ...rest } = this.config;
    const { region } = this.transferring();
    if (region !== undefined && this.budgeting !== undefined) this.budgeting.share(region);
    // A function cannot go along, and what was to ask it is of no use without.
    const options = { ...rest, budgets: this.budgeting !== undefined, ...(threadBudget?.onExceeded === undefined ? { threadBudget } : {}) };
    return { framealloc: "shared", region: region?.buffer, options: { ...options, ...(typeof memory === "string" ? { memory } : {}) } };
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

  /** @internal An adapter began to begin its frames, or does not any more. */
  setEngine(engine: string | undefined): void { this.frames.engine = engine; }

  /** The number of the open frame, or of the last one; 0 before the first. */
  frameNumber(): number { return this.frames.frameNumber(); }

  /** Bytes in use in the open frame. */
  frameUsage(): number { return this.frames.usage(); }

  /** Bytes left for the open frame, by its budget if one is set. */
  frameRemaining(): number { return this.frames.remaining(); }

  /** Allows a frame so many bytes at most, from now on; `Infinity`: all of the arena. Above it, allocations throw FA301. `argument` for what is no size. */
  setFrameBudget(bytes: number): void { this.frames.setBudget(bytes); }

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
  frameBox(content: unknown, init?: unknown): FrameBox<unknown> { return this.containers.box(content as AllocType, init as never); }

  /** An empty vec, fixed at `capacity` elements, or growing inside the arena without one. Errors as `frameAlloc`. */
  frameVec<const E extends VecElement>(type: E, capacity?: number): FrameVec<VecValue<E>, VecInput<E>, VecSlice<E>> { return this.containers.vec(type, capacity); }

  /** An empty map for at most `capacity` keys of a kind, with values of the type, all in the arena. Errors as `frameAlloc`. */
  frameMap<const K extends MapKeyKind, const E extends VecElement>(keyKind: K, type: E, capacity: number): FrameMap<MapKeys[K], VecValue<E>, VecInput<E>> { return this.containers.map(keyKind, type, capacity); }

  /** The point where the open frame stands, for `rollbackTo`. O(types in use). FA001 outside a frame. */
  frameCheckpoint(): Checkpoint { return this.checkpoints.take(); }

  /** Frees all that was allocated in the frame after the checkpoint, which can be gone back to again. FA008 when it is of another frame, or stale. */
  rollbackTo(checkpoint: Checkpoint): void { this.checkpoints.rollbackTo(checkpoint); }

  /** Calls `fn` and tells what came of it; frees what it allocated when it throws or returns `{ ok: false }`. FA001 outside a frame, FA607 for a promise. */
  speculative<R>(fn: () => R): Speculation<R> { return this.checkpoints.speculative(fn); }

  /** Rolls back when disposed, unless it was committed: `using guard = alloc.checkpointGuard()`. FA001 outside a frame. */
  checkpointGuard(): CheckpointGuard { return this.checkpoints.guard(); }

  /**
   * Data of a type, or any JavaScript value, that is discarded or promoted when the frame ends, by its policy. The handle follows it, and is to be
   * released after a promotion. FA001 outside a frame, FA003 when the arena is full, `argument` for what is no policy.
   */
  frameRetained<const T extends AllocType>(type: T, policy: RetentionPolicy, init?: Init<T>): FrameRetained<BoxValue<T>>;
  frameRetained<T>(value: T, policy: RetentionPolicy): FrameRetained<T>;
  frameRetained(content: unknown, policy: RetentionPolicy, init?: unknown): FrameRetained<unknown> { return this.watching().retention.retain(content, checkPolicy(policy), init, "frameRetained"); }

  /** As `frameRetained`, by how long the data is likely to be wanted. */
  frameWithImportance<const T extends AllocType>(type: T, importance: Importance, init?: Init<T>): FrameRetained<BoxValue<T>>;
  frameWithImportance<T>(value: T, importance: Importance): FrameRetained<T>;
  frameWithImportance(content: unknown, importance: Importance, init?: unknown): FrameRetained<unknown> { return this.watching().retention.retain(content, policyOf(importance), init, "frameWithImportance"); }

  /** How many values the open frame holds for retention. */
  retainedCount(): number { return this.watchers?.retention.retainedCount() ?? 0; }

  /** Discards what the open frame retained so far. */
  clearRetained(): void { this.watchers?.retention.clear(); }

  /** As `endFrame`; tells what became of retained data, by target, reason, tag and phase. Allocates what it returns. */
  endFrameWithSummary(): RetentionSummary { return this.endFrameWithPromotions().summary; }

  /** As `endFrame`; also gives the handles of what was promoted, which are to be released. Allocates what it returns. */
  endFrameWithPromotions(): Promotions { return this.watching().retention.reported(() => { this.frames.end(); }); }

  /** Calls `fn` with the tag in force, nested in those that are, and gives what it returned. `"ai::search"` enters both. `argument` for what is no name. */
  withTag<R>(tag: string, fn: () => R): R { return this.watching().tags.with(tag, fn); }

  /** The tag is in force until the scope is disposed: `using tag = alloc.tagScope("ai")`. */
  tagScope(tag: string): TagScope { return this.watching().tags.scope(tag); }

  /** The innermost tag in force; undefined for none. */
  currentTag(): string | undefined { return this.watchers?.tags.currentTag(); }

  /** The tags in force: `"ai::pathfinding"`; empty for none. */
  tagPath(): string { return this.watchers?.tags.path() ?? ""; }

  /** What was allocated under each path of tags so far, by kind of memory. Allocates what it returns. */
  tagStats(): TagStats[] { return this.watchers?.tags.stats() ?? []; }

  /** Begins a phase inside the one that is open; it ends with `endPhase`, or with the frame. `argument` for what is no name. */
  beginPhase(name: string): void { this.watching().phases.begin(name); }

  /** Ends the innermost phase and tells of it: an object that is filled again when the phase runs again. `argument` when none is open. */
  endPhase(): Phase { return this.watching().phases.end(); }

  /** A phase until the scope is disposed: `using phase = alloc.phaseScope("physics")`. */
  phaseScope(name: string): PhaseScope { return this.watching().phases.scope(name); }

  /** Calls `fn` in a phase, also ended when it throws, and gives what it returned. */
  withPhase<R>(name: string, fn: () => R): R { return this.watching().phases.with(name, fn); }

  /** The phases of the open frame, or of the last one. Allocates what it returns. */
  phaseStats(): PhaseStats[] { return this.watchers?.phases.stats() ?? []; }

  /** The scratch pool of the name; made on the heap when first asked for. FA301 when the heap has no room. */
  scratchPool(name: string, options?: ScratchOptions): ScratchPool { return this.scratchPools.open(name, options); }

  /** All scratch pools: their figures, `reset`, `resetAll`, `remove`. */
  scratch(): ScratchPools { return this.scratchPools; }

  /** Values that may be moved, so that their memory can be compacted. */
  handles(): HandleAllocator { return (this.handleAllocator ??= this.counted(this.parts.makeHandles())); }

  /** Values that are freed all at once, group by group. */
  groups(): GroupAllocator { return (this.groupAllocator ??= this.counted(this.parts.makeGroups())); }

  /** Assets that are loaded over time, within a budget: 64 MB, unless the first call gives another one. */
  streaming(budget?: number): StreamingAllocator { return (this.streams ??= this.parts.makeStreaming(budget)); }

  /**
   * A value of the type, zeroed unless the options say `uninitialized`, until `poolFree`. FA304 when its size class is exhausted, FA301 when it is large and
   * the heap is full, or when `memoryLimit` is reached.
   */
  poolAlloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> { return this.pool.alloc(type, options); }

  tryPoolAlloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> | undefined { return this.pool.tryAlloc(type, options); }

  /** Frees what `poolAlloc` gave. FA401 the second time, FA206 for anything else; then nothing is changed. */
  poolFree(value: object): void { this.pool.free(value); }

  /** A box around memory of a type, or around any JavaScript value, until its release. Errors as `poolAlloc`. */
  poolBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  poolBox<T>(value: T): OwnedBox<T>;
  poolBox(content: unknown, init?: unknown): OwnedBox<unknown> { return this.pool.box(content as AllocType, init as never); }

  tryPoolBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>> | undefined;
  tryPoolBox<T>(value: T): OwnedBox<T> | undefined;
  tryPoolBox(content: unknown, init?: unknown): OwnedBox<unknown> | undefined { return this.pool.tryBox(content as AllocType, init as never); }

  /** As `poolAlloc`, on the heap: for large values. FA301 when it is exhausted, or when `memoryLimit` is reached. */
  heapAlloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> { return this.heap.alloc(type, options); }

  tryHeapAlloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> | undefined { return this.heap.tryAlloc(type, options); }

  /** Frees what `heapAlloc` gave. Errors as `poolFree`. */
  heapFree(value: object): void { this.heap.free(value); }

  heapBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  heapBox<T>(value: T): OwnedBox<T>;
  heapBox(content: unknown, init?: unknown): OwnedBox<unknown> { return this.heap.box(content as AllocType, init as never); }

  tryHeapBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>> | undefined;
  tryHeapBox<T>(value: T): OwnedBox<T> | undefined;
  tryHeapBox(content: unknown, init?: unknown): OwnedBox<unknown> | undefined { return this.heap.tryBox(content as AllocType, init as never); }

  /**
   * A pool of any objects: `create` makes one, `reset` cleans one that is released. `argument` for options out of their range.
   *
   * @example const bullets = alloc.objectPool(() => new Bullet(), (b) => b.clear(), { initial: 100, max: 1000 });
   */
  objectPool<T extends object>(create: () => T, reset?: (object: T) => void, options?: ObjectPoolOptions): ObjectPool<T> { return new ObjectPool(create, reset, options); }

  /**
   * What of the pool, the heap, handles and groups is not freed or released, with promoted data: in debug mode by the places in the code that allocated it, otherwise in one sum
   * for each. Throws FA401 when the guard bytes of a value were overwritten (debug mode). O(what is not freed) in debug mode. Allocates what it returns.
   */
  leakReport(): LeakReport {
    const { pool, heap, handleAllocator, groupAllocator } = this;
    return new LeakReport([...pool.leaks(), ...heap.leaks(), ...(handleAllocator?.leaks() ?? []), ...(groupAllocator?.owned.leaks() ?? [])]);
  }

  /** Counts from here on what costs to count: peaks, and the totals of frames. Allocating and freeing pool and heap values takes a little longer then. No effect the second time. */
  enableStatistics(): void { this.observing().countUsage(this.besidesHeapValues()); }

  /**
   * What is in use, what was allocated so far and the most at once, by kind of memory, for this agent; `mergeStats` adds up those of several. Allocates what it returns.
   * O(types in use, free blocks of the heap).
   */
  stats(): AllocStats {
    const { parts, watchers, transfers, scratchPools: scratch, handleAllocator: handles, groupAllocator: groups } = this;
    return readStats({ ...parts, handles, groups, scratch, framesSoFar: watchers?.framesSoFar(), usage: watchers?.usage, deferredFreeCount: transfers?.deferred?.stats().processed ?? 0 });
  }

  /**
   * Watches from here on whether memory behaves as it was declared to; asked a second time, it begins anew. Allocating takes several times as long then. `argument` for thresholds
   * out of their range.
   */
  enableBehaviorFilter(thresholds: GivenThresholds = "default"): void {
    this.observing().filterBehavior(checkThresholds(thresholds));
    this.setBoundary();
  }

  /** What the behaviour filter has found so far; an issue that is new is also emitted, as a diagnostic, which strict mode throws. Empty without the filter. O(tags). Allocates what it returns. */
  behaviorReport(): BehaviorReport {
    const { behavior } = this.watchers ?? {};
    const report = reportOf(behavior);
    for (const issue of report.issues) if (behavior?.isNew(issue) === true) deliver(issue);
    return report;
  }

  /** Tells the listeners of `onFrameEvent` what happens from here on. Allocating takes several times as long then. No effect the second time. */
  enableLifecycleTracking(): void {
    const { transfers, budgeting } = this;
    const lifecycle = this.observing().track(this.frameListeners, this.besidesHeapValues());
    if (transfers !== undefined) lifecycle.listenToTransfers(transfers);
    if (budgeting !== undefined && !this.isTracking) lifecycle.listenToBudgets(budgeting);
    this.isTracking = true;
    this.setBoundary();
  }

  /** Calls `listener` on each lifecycle event while tracking is on; gives the function that ends it. The event is filled again for the next one. */
  onFrameEvent(listener: FrameListener): () => void {
    if (typeof listener !== "function") throw badArgument("onFrameEvent", "listener", listener, "a function");
    return listen(this.frameListeners, listener);
  }

  /**
   * Figures of the frames of an agent, by its `agentId`: of this one, or of one that shares the memory and tracks its lifecycle, from about now. `argument` for a number that
   * is nobody's. Allocates what it returns.
   */
  threadFrameStats(agentId: number): ThreadFrameStats {
    const { region } = this.transferring();
    const own = this.watchers?.lifecycle?.figures;
    if (agentId === this.agentId) return own === undefined ? NO_FRAMES : { ...own };
    if (region === undefined || !Number.isInteger(agentId) || agentId < 0 || agentId >= MAX_AGENTS || !region.isSeated(agentId)) throw badArgument("threadFrameStats", "agentId", agentId, "the `agentId` of an agent that shares this memory");
    return readFigures(region, agentId);
  }

  /** @internal The pool, for what gives its values back by itself. */
  pooled(): OwnedValues { return this.pool; }

  /**
   * A handle for sending a value to another agent: fresh memory of a type, a copy of what a box holds, or a JavaScript value, which structured clone
   * copies. Throws FA301 when transfer memory is full, FA201 for a view, FA004 and FA401 for a stale box.
   */
  frameBoxForTransfer<const T extends FieldType>(type: T, init?: Init<T>): TransferHandle<BoxValue<T>>;
  frameBoxForTransfer<T>(box: FrameBox<T> | OwnedBox<T>): TransferHandle<T>;
  frameBoxForTransfer<T>(value: T & Sendable<T>): TransferHandle<T>;
  frameBoxForTransfer(content: unknown, init?: unknown): TransferHandle<unknown> { this.memory.refresh(); return this.transferring().make(content, init); }

  /** Takes the value that a token, or its `ptr` and `generation`, stand for: a box to be released. FA208 the second time, FA207 when this allocator is not attached. */
  receive<T>(token: TransferToken<T>): OwnedBox<T>;
  receive<T>(ptr: number, generation: number): OwnedBox<T>;
  receive(token: TransferToken | number, generation?: number): OwnedBox<unknown> { return typeof token === "number" && generation !== undefined ? this.transferring().receiveAt(token, generation) : this.transferring().receive(token as TransferToken); }

  /** Transfers of this allocator so far. Allocates what it returns. */
  transferStats(): TransferStats { return this.transferring().transferStats(); }

  /** This agent's number among those that share the memory; 0 where it is not shared. For `reclaimAgent`, and per-agent budgets. */
  get agentId(): number { return this.transferring().region?.agent ?? 0; }

  /** @internal As `agentId`, without joining the agents for it. */
  seat(): number { return this.transfers?.region?.agent ?? 0; }

  /** From now on, when this agent takes back what others freed of its memory. `config` for what is no mode. */
  setDeferredProcessing(processing: DeferredProcessing): void {
    const { deferred } = this.transferring();
    const checked = checkProcessing(processing);
    if (deferred !== undefined) deferred.processing = checked;
  }

  /** Takes back at most `max` of what other agents freed of this one's memory; gives how many. `argument` for a `max` that is no number. */
  processDeferredFrees(max = Infinity): number {
    if (typeof max !== "number" || Number.isNaN(max)) throw badArgument("processDeferredFrees", "max", max, "a number of frees");
    return this.transferring().deferred?.process(Math.floor(max)) ?? 0;
  }

  /** Frees across agents so far. Allocates what it returns. */
  deferredStats(): DeferredStats { return this.transferring().deferred?.stats() ?? NO_DEFERRED; }

  /**
   * Takes over the transfer memory of an agent that was terminated: what it had made, received or was freeing, wherever it stopped. What it had sent stays on its
   * way. Gives the number of values. The agent must be dead: a live one would use memory that is another's. `argument` for a number that is nobody's, this agent's own,
   * or one that another agent is reclaiming.
   */
  reclaimAgent(id: number): number { return this.transferring().reclaimAgent(id, forgetUse); }

  /** Limits for tags and for all memory, for all agents that share it; counted from the first call on, which makes allocating slower. FA301 when transfer memory that is shared has no room for them. */
  budgets(): Budgets { return this.budgeting ?? this.startBudgets(); }

  /**
   * Bounds the frame and pool memory of an agent by its `agentId`, this one's or another's, which hears of it when its next frame begins. FA303 above it, or what the policies say. `argument` for
   * values out of their range, a number that is nobody's, and `onExceeded` for another agent.
   */
  setThreadBudgetConfig(agentId: number, config: ThreadBudgetConfig): void {
    if (agentId === this.agentId) this.budgets().setThreadBudget(config);
    else postThreadBudget(this.transferring().region, agentId, config);
  }

  /** Ends an open frame and lets go of all memory. Allocations then fail as from an allocator that has none. */
  dispose(): void {
    try {
      if (this.frames.inFrame()) this.frames.end();
    } finally {
      // Also when the end of the frame tells of a fault.
      this.letGo();
    }
  }

  private letGo(): void {
    this.frames.forget();
    this.pool.dispose();
    this.heap.dispose();
    this.groupAllocator?.owned.dispose();
    this.handleAllocator = undefined;
    this.groupAllocator = undefined;
    this.streams = new StreamingAllocator(0);
    const parts = openParts(new AllocConfig({ frameArenaSize: 0, slabPagesPerClass: 0, heapSize: 0, memory: "local", debug: false }));
    this.parts = parts;
    this.frames = parts.frames;
    this.containers = new FrameContainers(parts.frames);
    this.pool = parts.pool;
    this.heap = parts.heap;
    this.scratchPools = new ScratchPools(parts.heap.store, parts.tally);
    this.checkpoints = new Checkpoints(parts.frames);
    this.containers = new FrameContainers(parts.frames);
    this.watchers = undefined;
    this.observation = undefined;
    this.isTracking = false;
    this.budgeting?.leave();
    this.budgeting = undefined;
    this.transfers?.dispose();
    this.transfers = new Transfers(undefined, this.config.deferred, 0, false);
  }

  [DISPOSE](): void { this.dispose(); }

  private watching(): FrameWatchers {
    return this.watchers ?? this.watch();
  }

  // Apart, as it is called once.
  private watch(): FrameWatchers {
    const { frames, pool, heap, scratchPools: scratch, config, parts } = this;
    const largestHeap = config.heapSize;
    const largestPool = Math.max(config.slabSizeClasses.at(-1) ?? 0, largestHeap);
    this.watchers = new FrameWatchers({ frames, pool, heap, tally: parts.tally, scratch, largestPool, largestHeap });
    frames.watch = this.watchers;
    return this.watchers;
  }

  private transferring(): Transfers {
    return this.transfers ?? this.startTransferring();
  }

  private startTransferring(): Transfers {
    const isShared = typeof SharedArrayBuffer !== "undefined" && this.memory.buffer instanceof SharedArrayBuffer;
    const { transferSize, deferred } = this.config;
    return this.setTransfers(isShared ? TransferRegion.create(transferSize, deferred.capacity) : undefined);
  }

  private setTransfers(region: TransferRegion | undefined): Transfers {
    const { deferred, transferSize, debug } = this.config;
    this.transfers = new Transfers(region, deferred, transferSize, debug);
    this.watchers?.lifecycle?.listenToTransfers(this.transfers);
    this.setBoundary();
    return this.transfers;
  }

  private observing(): Observation {
    return (this.observation ??= new Observation(this.parts, this.containers, this.watching(), this.groupAllocator));
  }

  /** Bytes of handles and scratch pools, in use on the heap. */
  private besidesHeapValues(): number {
    return (this.handleAllocator?.stats().totalAllocated ?? 0) + this.scratchPools.inUse().bytes;
  }

  private counted<A extends HandleAllocator | GroupAllocator>(made: A): A {
    if (this.budgeting !== undefined) made.countBy(this.budgeting);
    if (made instanceof GroupAllocator) this.observation?.addGroups(made);
    return made;
  }

  private startBudgets(): Budgets {
    const { frames, pool, heap, config } = this;
    // First, so that nothing is changed when there is none.
    if (this.transfers?.region !== undefined) roomFor(this.transfers.region, "");
    const watchers = this.watching();
    this.budgeting = new Budgets({ frames, tags: watchers.tags, pool, heap, canPromote: !config.debug }, config.threadBudget);
    watchers.budgets = this.budgeting;
    watchers.lifecycle?.listenToBudgets(this.budgeting);
    this.handleAllocator?.countBy(this.budgeting);
    this.groupAllocator?.countBy(this.budgeting);
    this.scratchPools.countBy(this.budgeting);
    this.setBoundary();
    if (this.transfers?.region !== undefined) this.budgeting.share(this.transfers.region);
    return this.budgeting;
  }

  private setBoundary(): void {
    const { transfers, budgeting, watchers } = this;
    if (transfers?.region !== undefined) this.news ??= new ThreadBudgetNews(transfers.region, (config) => this.budgets().setThreadBudget(config));
    const { news } = this;
    this.frames.boundary = {
      frameBoundary: (isBegin) => {
        transfers?.frameBoundary(isBegin);
        if (!isBegin) return budgeting?.thread.frameEnded();
        news?.look();
        budgeting?.frameBegan();
        watchers?.frameBegan();
      },
    };
  }
}
