/**
 * Lifecycle tracking: tells listeners what an allocator does, as it does it. One object serves all events of a type, so that telling makes no garbage.
 *
 * What a listener allocates is not told.
 */
import type { BudgetEvent } from "../budgets/budget-events.ts";
import type { Budgets } from "../budgets/budgets.ts";
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { FrameTap } from "../frame-taps.ts";
import type { Heap } from "../heap/heap.ts";
import type { OwnedSlot } from "../pool/owned-slot.ts";
import type { SlabPool } from "../pool/slab-pool.ts";
import type { ValueWatch, WatchedKind } from "../pool/value-watch.ts";
import type { TransferRegion } from "../shared/transfer-region.ts";
import type { TransferWatch } from "../shared/transfer-watch.ts";
import type { Transfers } from "../shared/transfers.ts";
import { clockOriginMs, makeClock, type Clock } from "../tags/clock.ts";
import type { Tags } from "../tags/tags.ts";
import { BeganEvent, EndedEvent, TransferEvent, ValueEvent } from "./filled-events.ts";
import type { FrameEvent, FrameListener, ThreadFrameStats } from "./frame-event.ts";
import { tellAll } from "./listen.ts";
import { postFigures } from "./posted-figures.ts";

/** Part of the memory from which on it is told. */
const PRESSURE = 0.9;

export interface TrackedParts {
  /** In use already: `heapBytes` with handles and groups. */
  readonly poolBytes: number;
  readonly heapBytes: number;
  readonly frames: RewindableArena;
  readonly rawHeap: Heap;
  readonly slabs: SlabPool;
}

export class Lifecycle implements ValueWatch, FrameTap, TransferWatch {
  /** This agent's figures since tracking is on. */
  readonly figures: { -readonly [K in keyof ThreadFrameStats]: ThreadFrameStats[K] } = { framesStarted: 0, framesCompleted: 0, currentFrame: 0, totalAllocated: 0, peakMemory: 0, crossThreadFrees: 0 };
  private readonly frames: RewindableArena;
  private readonly heap: Heap;
  private readonly tags: Tags;
  private readonly listeners: readonly FrameListener[];
  private region: TransferRegion | undefined = undefined;
  private readonly clock: Clock = makeClock();
  /** Where the clock of this agent begins on the one that all share. */
  private readonly originMs: number = clockOriginMs();
  /** What the clock said last, and when the frame began; milliseconds. */
  private readonly times: Float64Array = new Float64Array(2);
  private isTelling = false;
  private peak = 0;
  /** In use by values, those that listeners allocate and free among them. */
  private poolBytes: number;
  private heapBytes: number;
  private isFrameFull = false;
  private isHeapFull = false;
  private readonly began: BeganEvent = new BeganEvent();
  private readonly ended: EndedEvent = new EndedEvent();
  private readonly alloc: ValueEvent<"alloc"> = new ValueEvent("alloc");
  private readonly free: ValueEvent<"free"> = new ValueEvent("free");
  private readonly transfer: TransferEvent = new TransferEvent();

  /** `listeners` may grow and shrink. */
  constructor({ frames, rawHeap, slabs, poolBytes, heapBytes }: TrackedParts, tags: Tags, listeners: readonly FrameListener[]) {
    this.frames = frames;
    this.heap = rawHeap;
    this.poolBytes = poolBytes;
    this.heapBytes = heapBytes;
    this.tags = tags;
    this.listeners = listeners;
    slabs.refilled = (slotBytes, slotCount) => this.tell({ type: "slabRefill", agentId: this.agentId, slotBytes, slotCount });
    if (frames.inFrame()) this.frameBegan();
  }

  get agentId(): number {
    return this.region?.agent ?? 0;
  }

  /** Tells of an allocator's transfers too, and posts the figures for the agents that it shares memory with. */
  listenToTransfers(transfers: Transfers): void {
    this.region = transfers.region;
    transfers.transferWatch = this;
    if (transfers.deferred !== undefined) transfers.deferred.watch = this;
    this.post();
  }

  /** Tells of an allocator's budgets too. */
  listenToBudgets(budgets: Budgets): void {
    const tell = (type: "budgetWarning" | "budgetExceeded") => ({ tag, usedBytes, limitBytes, requestedBytes }: BudgetEvent): void => this.tell({ type, agentId: this.agentId, tag, usedBytes, limitBytes, requestedBytes });
    for (const name of ["softLimitExceeded", "threadBudgetWarning"] as const) budgets.on(name, tell("budgetWarning"));
    for (const name of ["hardLimitExceeded", "globalLimitExceeded", "threadBudgetExceeded"] as const) budgets.on(name, tell("budgetExceeded"));
  }

  frameBegan(): void {
    const { figures, began, times } = this;
    this.clock(times, 1);
    this.peak = 0;
    this.isFrameFull = false;
    figures.framesStarted += 1;
    figures.currentFrame = this.frames.frameNumber();
    began.agentId = this.agentId;
    began.frameNumber = figures.currentFrame;
    began.timeUs = ((times[1] ?? 0) + this.originMs) * 1e3;
    this.tell(began);
  }

  /** A part of the frame will be freed. */
  rewinding(): void {
    this.peak = Math.max(this.peak, this.frames.usage());
  }

  /** All that the frame holds is there still. */
  frameEnding(): void {
    const { figures, ended, times } = this;
    this.clock(times, 0);
    this.rewinding();
    const allocated = this.frames.allocatedBytes();
    figures.framesCompleted += 1;
    figures.totalAllocated += allocated;
    figures.peakMemory = Math.max(figures.peakMemory, this.peak);
    this.post();
    ended.agentId = this.agentId;
    ended.frameNumber = figures.currentFrame;
    ended.timeUs = ((times[0] ?? 0) + this.originMs) * 1e3;
    ended.durationUs = ((times[0] ?? 0) - (times[1] ?? 0)) * 1e3;
    ended.totalAllocated = allocated;
    ended.peak = this.peak;
    ended.poolBytes = this.poolBytes;
    ended.heapBytes = this.heapBytes;
    this.tell(ended);
  }

  frameAllocated(_what: unknown, sizeBytes: number): void {
    this.tellOf(this.alloc, "frame", sizeBytes, -1);
    const { frames, isFrameFull } = this;
    const capacity = frames.endByte - frames.beginByte;
    if (isFrameFull || frames.usage() < capacity * PRESSURE) return;
    this.isFrameFull = true;
    this.tell({ type: "memoryPressure", agentId: this.agentId, kind: "frame", usedBytes: frames.usage(), limitBytes: capacity });
  }

  allocated(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void {
    this.count(kind, sizeBytes);
    this.tellOf(this.alloc, kind, sizeBytes, slot?.ptr ?? -1);
    const { usedBytes, capacity } = this.heap;
    const isFull = usedBytes >= capacity * PRESSURE && capacity > 0;
    if (isFull && !this.isHeapFull) this.tell({ type: "memoryPressure", agentId: this.agentId, kind: "heap", usedBytes, limitBytes: capacity });
    this.isHeapFull = isFull;
  }

  freed(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void {
    this.count(kind, -sizeBytes);
    this.tellOf(this.free, kind, sizeBytes, slot?.ptr ?? -1);
  }

  transferred(isSent: boolean, sizeBytes: number, ptr: number, generation: number): void {
    const { transfer, times } = this;
    this.clock(times, 0);
    transfer.type = isSent ? "transferInitiated" : "transferCompleted";
    transfer.agentId = this.agentId;
    transfer.sizeBytes = sizeBytes;
    transfer.ptr = this.region === undefined ? 0 : ptr;
    transfer.generation = generation;
    transfer.timeUs = ((times[0] ?? 0) + this.originMs) * 1e3;
    this.tell(transfer);
  }

  freeQueued(toAgent: number, sizeBytes: number): void {
    this.figures.crossThreadFrees += 1;
    this.post();
    this.tell({ type: "crossThreadFreeQueued", agentId: this.agentId, toAgent, sizeBytes });
  }

  freesProcessed(count: number): void {
    this.tell({ type: "deferredProcessed", agentId: this.agentId, count });
  }

  private count(kind: WatchedKind, bytes: number): void {
    if (kind === "pool") this.poolBytes += bytes;
    else this.heapBytes += bytes;
  }

  private tellOf(event: ValueEvent<"alloc" | "free">, kind: "frame" | WatchedKind, sizeBytes: number, ptr: number): void {
    event.agentId = this.agentId;
    event.kind = kind;
    event.sizeBytes = sizeBytes;
    event.ptr = ptr;
    event.tag = this.tags.path();
    event.frameNumber = this.frames.inFrame() ? this.frames.frameNumber() : 0;
    this.tell(event);
  }

  private post(): void {
    if (this.region !== undefined) postFigures(this.region, this.figures);
  }

  private tell(event: FrameEvent): void {
    if (this.isTelling) return;
    this.isTelling = true;
    tellAll(this.listeners, event);
    this.isTelling = false;
  }
}
