/**
 * A frame arena that can go back: to the point where a scope was opened or a checkpoint taken. Also what else `SmartAlloc` asks of its arena and a lone
 * one does without: a budget for frames, tuples, word of a frame's end, and counters that never fall.
 *
 *   beginByte     mark 1       mark 2      top
 *   |== live =====|== live ====|== live ===|
 *                 ^ rewinding here frees the rest, and mark 2 with it
 *
 * Invariants, besides those of bump-arena.ts:
 *   I5  marks that may still be rewound to lie at or below the bump pointer, the younger ones above the older ones
 *   I6  `newestMark` is the serial number of the youngest of them: what was allocated under another one must not grow, as what it would grow into
 *       may be freed before it is
 */
import { adapterMissing, badArgument, hooksNotRun, overFrameBudget, type FrameAllocError } from "../errors.ts";
import { alignUp } from "../memory.ts";
import type { AllocType, ClassType, ElementType, Infer, MemoryType } from "../types/memory-type.ts";
import { unregisteredAdapter } from "../adapters/imported-adapters.ts";
import { CLOSED, UNBOUNDED } from "./bump-arena.ts";
import { FrameArena, type FrameValue } from "./frame-arena.ts";
import type { FrameBoundary, FrameBounds, FrameWatch } from "./arena-watch.ts";
import { FrameScope } from "./frame-scope.ts";
import type { ManyList, SingleList } from "./slot-list.ts";
import type { Suspendable } from "./stale-use.ts";
import { TupleList } from "./tuple-list.ts";

/** A point to rewind to. Filled by `RewindableArena.mark`. */
export class Mark {
  top = 0;
  touchedCount = 0;
  byteCount = 0;
  scopeDepth = 0;
  serial = 0;
  /** `newestMark` before this one. */
  markBefore = 0;
  readonly positions: unknown[] = [];
}

export class RewindableArena extends FrameArena {
  /** @internal */
  watch: FrameWatch | undefined = undefined;
  /** @internal */
  boundary: FrameBoundary | undefined = undefined;
  /** @internal */
  bounds: FrameBounds | undefined = undefined;
  /** @internal What begins the frames, by its name; undefined: the program by itself. */
  engine: string | undefined = undefined;
  /** Where the frame's own budget ends, and where what others allow ends. */
  private budgetEnd: number = UNBOUNDED;
  private roomEnd: number = UNBOUNDED;
  /** Whether `alloc` and `slice` are this arena's own: see `askForLimit`. */
  private asksForLimit = false;
  /** @internal See I6; 0 for none. */
  newestMark = 0;
  private markCount = 0;
  /** Marks of scopes, and the scopes, by how many were open around them; kept for the next ones. */
  private readonly marks: Mark[] = [];
  private readonly scopes: FrameScope[] = [];
  private depth = 0;
  /** What was allocated in this frame and freed by a scope or a rollback. */
  private freedBytes = 0;
  private freedCount = 0;
  /** What lies outside of the arena until this frame ends. */
  private elsewhereBytes = 0;
  private readonly tuples: Map<MemoryType, TupleList> = new Map();

  override begin(): void {
    super.begin();
    if (this.boundary !== undefined) this.boundary.frameBoundary(true);
  }

  override end(): void {
    if (this.watch !== undefined && this.top !== CLOSED) this.watch.frameEnding();
    super.end();
    this.depth = 0;
    this.newestMark = 0;
    this.markCount = 0;
    this.freedBytes = 0;
    this.freedCount = 0;
    this.elsewhereBytes = 0;
    if (this.boundary !== undefined) this.boundary.frameBoundary(false);
  }

  /** A part of the frame: what is allocated from here on is freed when the scope is disposed. FA001 outside a frame. */
  scope(): FrameScope {
    if (this.top === CLOSED) throw this.outside("frameScope");
    const { depth } = this;
    this.mark((this.marks[depth] ??= new Mark()));
    this.depth = depth + 1;
    return (this.scopes[depth] ??= new FrameScope(this, depth)).open();
  }

  override forget(): void {
    super.forget();
    this.watch = undefined;
    this.boundary = undefined;
    this.bounds = undefined;
  }

  /** `length` separate objects of a type by one bump: the tuple is recycled with them. */
  tuple(type: AllocType, length: number): unknown {
    if (typeof type === "function") return this.objectArray(type, length);
    let list = this.tuples.get(type);
    if (list === undefined) {
      list = new TupleList(this, this.checkType(type, "frameAlloc"));
      this.tuples.set(type, list);
    }
    this.open(list, "frameAlloc");
    return this.take(list, type.sizeBytes * length, type.alignBytes, length, "frameAlloc");
  }

  /** Bytes that the open frame has allocated so far, with those that a scope or a rollback freed and those that lie elsewhere; 0 when none is open. Never falls in a frame. */
  allocatedBytes(): number {
    return this.freedBytes + this.elsewhereBytes + this.usage();
  }

  /** @internal So many bytes of the open frame lie outside of the arena. */
  addElsewhere(bytes: number): void {
    this.elsewhereBytes += bytes;
  }

  /** Allocations of the open frame so far, counted as `allocatedBytes`. */
  allocatedCount(): number {
    return this.top === CLOSED ? 0 : this.freedCount + this.count();
  }

  /**
   * Allows a frame `bytes` at most, from now on; `Infinity` allows all of the arena. What is allocated already stays.
   * Throws `argument` for what is no size. Cost: a step for each recycled object.
   */
  setBudget(bytes: number): void {
    if (bytes !== Infinity && (!Number.isSafeInteger(bytes) || bytes < 0)) throw badArgument("setFrameBudget", "bytes", bytes, "an integer of at least 0, or Infinity");
    this.budgetEnd = Math.min(this.beginByte + bytes, UNBOUNDED);
    this.limit = Math.min(this.endByte, this.budgetEnd, this.roomEnd);
    this.forgetPlaces();
  }

  /** @internal Allows the open frame so many bytes more. The first time that frames have been larger than that, the short ways begin to ask for the limit. */
  setRoom(bytes: number): void {
    const before = this.limit;
    this.roomEnd = Math.min(this.top + Math.max(0, bytes), UNBOUNDED);
    this.limit = Math.min(this.endByte, this.budgetEnd, this.roomEnd);
    if (this.limit < before && this.limit < this.beginByte + this.highWaterMark() && !this.askForLimit()) this.forgetPlaces();
  }

  /**
   * Replaces this arena's short ways by ones that ask for the limit, for good; false where others have put themselves in their way, as debug mode does, and what watches frames. Arenas whose frames are not bounded
   * by less than they have been large keep the ways that do not ask.
   */
  private askForLimit(): boolean {
    if (this.asksForLimit) return true;
    const { alloc, slice } = FrameArena.prototype;
    if (this.alloc !== alloc || this.slice !== slice) return false;
    this.alloc = this.allocAsking as typeof alloc;
    this.slice = this.sliceAsking as typeof slice;
    this.asksForLimit = true;
    return true;
  }

  private allocAsking(type: AllocType): unknown {
    if (typeof type === "function") return super.alloc(type);
    const list = (type as unknown as MemoryType | undefined)?.$frame as SingleList | undefined;
    if (list !== undefined && list.arena === this) {
      const slot = list.next;
      if (slot.from === this.top && slot.end <= this.limit) {
        this.top = slot.end;
        list.next = slot.next as typeof slot;
        return slot.value;
      }
    }
    return this.allocSlow(type);
  }

  private sliceAsking(type: ElementType | ClassType, count: number): unknown {
    const list = (type as unknown as MemoryType | undefined)?.$slice as ManyList | undefined;
    if (list !== undefined && list.arena === this) {
      const slot = list.next;
      if (slot.from === this.top && slot.length === count && slot.end <= this.limit) {
        this.top = slot.end;
        list.next = slot.next as typeof slot;
        return slot.value;
      }
    }
    return this.sliceSlow(type, count);
  }

  /** @internal The lives of the open frame's views; debug mode has some. */
  openLives(): readonly Suspendable[] {
    return [];
  }

  /** @internal Makes the next allocations take the long way, as the short one does not ask for the limit: it goes where it went before. */
  forgetPlaces(): void {
    for (const lists of [this.singles, this.manies, this.tuples]) for (const list of lists.values()) list.forgetPlaces();
  }

  override tryAlloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> | undefined {
    if (this.bounds === undefined || typeof type === "function" || !this.inFrame() || this.fits(type)) return super.tryAlloc(type);
    const list = this.singleList(type);
    const from = this.top;
    const ptr = this.tryPlaceBounded(type.sizeBytes, type.alignBytes);
    if (ptr >= 0) return list.fill(from, ptr, 1) as FrameValue<Infer<T>>;
    this.denied(type.sizeBytes, type.alignBytes, "tryFrameAlloc");
    return undefined;
  }

  override place(sizeBytes: number, alignBytes: number, call: string): number {
    const ptr = this.tryPlaceBounded(sizeBytes, alignBytes);
    if (ptr >= 0) return ptr;
    throw this.denied(sizeBytes, alignBytes, call);
  }

  /** @internal As `tryPlace`; also where the bounds find room for what they do not allow. */
  tryPlaceBounded(sizeBytes: number, alignBytes: number): number {
    const ptr = this.tryPlace(sizeBytes, alignBytes);
    if (ptr >= 0 || this.bounds === undefined || this.top === CLOSED) return ptr;
    return this.bounds.placeElsewhere(sizeBytes, alignBytes, this.takenBy(sizeBytes, alignBytes));
  }

  /** @internal What to throw for what found no place; whoever watches the bounds is told. */
  denied(sizeBytes: number, alignBytes: number, call: string): FrameAllocError {
    if (this.top === CLOSED) return this.outside(call);
    return this.bounds?.frameDenied(sizeBytes, this.takenBy(sizeBytes, alignBytes)) ?? this.full(sizeBytes);
  }

  /** By how much an allocation raises the bump pointer. */
  protected takenBy(sizeBytes: number, alignBytes: number): number {
    return alignUp(this.top, alignBytes) - this.top + sizeBytes;
  }

  /** @internal Makes the last allocation, which ends at `end`, larger where it lies; false when it is not the last or there is no room. */
  tryExtend(end: number, moreBytes: number): boolean {
    if (end !== this.top || end + moreBytes > this.limit) return false;
    this.top = end + moreBytes;
    return true;
  }

  /** @internal Frees all that was allocated since the scope of `depth` was opened, and the scopes inside it. No effect when it is closed already. */
  closeScope(depth: number): void {
    const mark = this.marks[depth];
    if (mark === undefined || depth >= this.depth || this.top === CLOSED) return;
    this.rewindTo(mark);
    this.newestMark = mark.markBefore;
  }

  /** @internal Notes in `mark` where the open frame stands. O(lists in use). */
  mark(mark: Mark): void {
    this.markCount += 1;
    mark.serial = this.markCount;
    mark.markBefore = this.newestMark;
    this.newestMark = mark.serial;
    mark.top = this.top;
    mark.touchedCount = this.touchedCount;
    mark.byteCount = this.byteCount;
    mark.scopeDepth = this.depth;
    for (let i = 0; i < this.touchedCount; i += 1) mark.positions[i] = this.touched[i]?.position();
  }

  /** @internal Frees all that was allocated since `mark`, which keeps to I5; ends the scopes opened since. */
  rewindTo(mark: Mark): void {
    if (this.watch !== undefined) this.watch.rewinding();
    const count = this.count();
    this.freedBytes += this.top - mark.top;
    this.release(mark.top, mark.touchedCount, mark.positions);
    this.byteCount = mark.byteCount;
    this.freedCount += count - this.count();
    this.depth = mark.scopeDepth;
    this.newestMark = mark.serial;
  }

  /** @internal `mark` will not be rewound to. False when there are younger ones still. */
  forgetMark(mark: Mark): boolean {
    if (this.newestMark !== mark.serial) return false;
    this.newestMark = mark.markBefore;
    return true;
  }

  override outside(call: string): FrameAllocError {
    if (this.engine !== undefined) return hooksNotRun(call, this.engine);
    // A program that began frames by itself has no need of the adapter.
    const engine = this.frameNumber() === 0 ? unregisteredAdapter() : undefined;
    return engine === undefined ? super.outside(call) : adapterMissing(call, engine);
  }

  protected override full(sizeBytes: number): FrameAllocError {
    return this.limit === this.endByte ? super.full(sizeBytes) : overFrameBudget(sizeBytes, this.usage(), this.limit - this.beginByte, this.highWaterMark());
  }
}
