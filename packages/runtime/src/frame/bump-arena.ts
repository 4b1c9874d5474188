/**
 * The bytes and the life of a frame arena: a bump pointer whose allocations all die together at the end of the frame.
 *
 *   beginByte        top            peak                endByte
 *   |== live ==|== zero again ==|== zero, never used ==|
 *
 * Invariants between calls:
 *   I1  a frame is open: beginByte <= top <= endByte; none is: top is CLOSED, which no bound and no recycled slot admits
 *   I2  live allocations are disjoint and lie in [beginByte, top)
 *   I3  with zeroing on, every byte of [top, endByte) is zero: what a release frees is cleared there, in bulk, so an allocation clears nothing
 *       and nobody pays for bytes that were not used
 *   I4  `touched` holds exactly the lists that handed something out in the open frame
 *
 * One arena belongs to one agent; nothing here is atomic.
 */
import { arenaFull, badArgument, frameAlreadyOpen, noFrameToEnd, outsideFrame, type FrameAllocError } from "../errors.ts";
import { alignUp, isPowerOfTwo, type Memory, type Region } from "../memory.ts";

/** The bump pointer while no frame is open: beyond every end, and still a small integer with any sane size added. */
export const CLOSED = 2 ** 30 - 1;

/** More bytes than any arena has: in place of Infinity, which engines put in a box on the heap wherever it meets a small integer. */
export const UNBOUNDED = CLOSED;

/** Objects that an arena hands out again frame after frame. A position says how many are in use. */
export interface RecycledList<Position = unknown> {
  /** True while the arena's `touched` holds it. */
  touched: boolean;
  /** How many are in use. */
  readonly count: number;
  position(): Position;
  /** Called when the list is first used in a frame. */
  beginFrame(frameNumber: number): void;
  /** Takes back all that was handed out after `position`; all when it is undefined. */
  rewind(position: Position | undefined): void;
}

/** Figures of a frame arena; bytes. */
export interface FrameStats {
  /** In use now, padding included. */
  readonly bytes: number;
  /** Allocations of the open frame, or of the last one when none is open. */
  readonly count: number;
  /** The most in use at once in the open frame, or in the last one. */
  readonly peak: number;
  /** The most in use at once in any frame. */
  readonly highWaterMark: number;
  readonly capacity: number;
}

export class BumpArena {
  readonly memory: Memory;
  readonly beginByte: number;
  readonly endByte: number;
  /** @internal The bump pointer. */
  top: number = CLOSED;
  /** No allocation ends above it: `endByte`, or less where frames have a budget. */
  protected limit: number;
  private frames = 0;
  /** Allocations of raw bytes in this frame; the others are counted by their lists. */
  protected byteCount = 0;
  private lastCount = 0;
  /** Highest bump pointer of the frame, and of all; sampled when memory is freed, so allocating pays nothing for it. */
  private framePeak: number;
  private peak: number;
  /** @internal Fresh bytes are zero: see I3. */
  readonly zeroing: boolean;
  protected readonly touched: RecycledList[] = [];
  protected touchedCount = 0;
  private readonly unlisten: (() => void)[] = [];
  private isGone = false;

  constructor(region: Region, zeroing: boolean) {
    this.memory = region.memory;
    this.beginByte = alignUp(region.beginByte, 8);
    this.endByte = Math.max(this.beginByte, region.endByte);
    this.limit = this.endByte;
    this.zeroing = zeroing;
    this.framePeak = this.beginByte;
    this.peak = this.beginByte;
  }

  /** Opens a frame. O(1). Throws FA006 when one is open, and changes nothing. */
  begin(): void {
    if (this.top !== CLOSED) throw frameAlreadyOpen(this.frames);
    this.memory.refresh();
    this.top = this.beginByte;
    this.frames += 1;
    this.framePeak = this.beginByte;
    this.byteCount = 0;
  }

  /** Ends the frame: everything allocated in it is dead. Clears the bytes used. Throws FA005 when no frame is open. */
  end(): void {
    if (this.top === CLOSED) {
      // Its allocator was disposed, perhaps by the function that the frame was for: that has ended it.
      if (this.isGone) return;
      throw noFrameToEnd();
    }
    this.lastCount = this.count();
    if (this.top !== this.beginByte || this.touchedCount > 0) this.release(this.beginByte, 0, undefined);
    this.top = CLOSED;
  }

  /** Ends the open frame, if there is one, and opens the next. */
  reset(): void {
    if (this.top !== CLOSED) this.end();
    this.begin();
  }

  inFrame(): boolean {
    return this.top !== CLOSED;
  }

  /** The number of the open frame, or of the last one; the first is 1, and 0 says that there was none yet. */
  frameNumber(): number {
    return this.frames;
  }

  /** Bytes in use in the open frame; 0 when none is open. */
  usage(): number {
    return this.top === CLOSED ? 0 : this.top - this.beginByte;
  }

  /** Bytes left for the open frame; all of them when none is open. */
  remaining(): number {
    return Math.max(0, this.limit - this.beginByte - this.usage());
  }

  /** Figures of now. Allocates the object it returns. */
  stats(): FrameStats {
    const isOpen = this.top !== CLOSED;
    return {
      bytes: this.usage(),
      count: isOpen ? this.count() : this.lastCount,
      peak: Math.max(this.framePeak, isOpen ? this.top : 0) - this.beginByte,
      highWaterMark: this.highWaterMark(),
      capacity: this.endByte - this.beginByte,
    };
  }

  /**
   * The offset of `sizeBytes` fresh bytes in `memory`, a multiple of `alignBytes` (any power of two up to 2^30). O(1).
   * Throws FA001 outside a frame, FA003 when the arena is full, `argument` for a size or an alignment that is none.
   */
  allocBytes(sizeBytes: number, alignBytes = 8): number {
    // Small integers, an open frame, room. Whatever else is the case is told apart by the long way. CLOSED + 4095 is below 2^31.
    if ((sizeBytes | 0) === sizeBytes && sizeBytes >= 0 && (alignBytes | 0) === alignBytes && alignBytes > 0 && alignBytes <= 4096 && (alignBytes & (alignBytes - 1)) === 0 && !this.memory.canGrow) {
      const ptr = (this.top + (alignBytes - 1)) & -alignBytes;
      if (sizeBytes <= this.limit - ptr) {
        this.top = ptr + sizeBytes;
        this.byteCount += 1;
        return ptr;
      }
    }
    return this.allocBytesSlow(sizeBytes, alignBytes);
  }

  protected allocBytesSlow(sizeBytes: number, alignBytes: number): number {
    if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0) throw badArgument("frameAllocBytes", "size", sizeBytes, "an integer of at least 0");
    if (!isPowerOfTwo(alignBytes)) throw badArgument("frameAllocBytes", "align", alignBytes, "a power of two up to 2^30");
    const ptr = this.place(sizeBytes, alignBytes, "frameAllocBytes");
    this.byteCount += 1;
    return ptr;
  }

  /** @internal As `tryPlace`, with an error instead of -1. `call` names the public function for it. */
  place(sizeBytes: number, alignBytes: number, call: string): number {
    const ptr = this.tryPlace(sizeBytes, alignBytes);
    if (ptr >= 0) return ptr;
    if (this.top === CLOSED) throw this.outside(call);
    throw this.full(sizeBytes);
  }

  /** @internal Moves the bump pointer over `sizeBytes` at the next multiple of `alignBytes`; -1, and nothing changed, when that cannot be. */
  tryPlace(sizeBytes: number, alignBytes: number): number {
    if (this.top === CLOSED) return -1;
    this.memory.refresh();
    const ptr = alignUp(this.top, alignBytes);
    const end = ptr + sizeBytes;
    if (end > this.limit) return -1;
    this.top = end;
    return ptr;
  }

  /** @internal As `memory.onRefresh`, until `letGo`. */
  onRefresh(listener: () => void): void {
    if (this.memory.canGrow) this.unlisten.push(this.memory.onRefresh(listener));
  }

  /** The memory, which may live longer, holds on to nothing of this arena. */
  protected letGo(): void {
    this.isGone = true;
    for (const end of this.unlisten.splice(0)) end();
  }

  /** @internal Remembers that `list` is used in this frame, which is open. */
  touch(list: RecycledList): void {
    if (list.touched) return;
    list.touched = true;
    this.touched[this.touchedCount] = list;
    this.touchedCount += 1;
    list.beginFrame(this.frames);
  }

  /** Frees `[toTop, top)`. The first `keptCount` touched lists go back to `positions`, the others were not used then. */
  protected release(toTop: number, keptCount: number, positions: readonly unknown[] | undefined): void {
    // What is wiped, and what debug mode looks at, is what is there now.
    this.memory.refresh();
    const top = this.top;
    if (top > this.framePeak) this.framePeak = top;
    if (top > this.peak) this.peak = top;
    for (let i = this.touchedCount - 1; i >= 0; i -= 1) {
      const list = this.touched[i];
      if (list === undefined) continue;
      const isKept = i < keptCount;
      list.rewind(isKept ? positions?.[i] : undefined);
      if (!isKept) list.touched = false;
    }
    this.touchedCount = keptCount;
    if (top > toTop) this.wipe(toTop, top);
    this.top = toTop;
  }

  /** Makes freed bytes what fresh ones have to be. */
  protected wipe(fromByte: number, toByte: number): void {
    if (this.zeroing) this.memory.zero(fromByte, toByte);
  }

  /** @internal What to throw when no frame is open. */
  outside(call: string): FrameAllocError {
    return outsideFrame(call);
  }

  /** What to throw when an allocation does not fit. */
  protected full(sizeBytes: number): FrameAllocError {
    return arenaFull(sizeBytes, this.usage(), this.endByte - this.beginByte, this.highWaterMark());
  }

  protected count(): number {
    let count = this.byteCount;
    for (let i = 0; i < this.touchedCount; i += 1) count += this.touched[i]?.count ?? 0;
    return count;
  }

  protected highWaterMark(): number {
    return Math.max(this.peak, this.top === CLOSED ? 0 : this.top) - this.beginByte;
  }
}
