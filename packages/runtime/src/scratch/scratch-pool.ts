/**
 * Scratch pool: a bump arena with a name that lives until it is reset, over any number of frames. For what one level, one search or one import
 * needs and gives up all at once.
 *
 * It is a frame arena whose one frame is always open; a reset ends that frame and begins the next. Its bytes are a block of the heap.
 */
import { badArgument, removedScratch, scratchExhausted, type FrameAllocError } from "../errors.ts";
import type { FrameArena } from "../frame/frame-arena.ts";
import { ScratchAccount, type ScratchCounts } from "./scratch-account.ts";
import { isMemoryType, type AllocType, type ByteType, type ClassType, type ElementType, type Infer, type InferMany } from "../types/memory-type.ts";

/** Figures of a scratch pool; bytes. */
export interface ScratchStats {
  readonly name: string;
  readonly usedBytes: number;
  readonly count: number;
  /** The most in use at once. */
  readonly highWaterMark: number;
  readonly capacity: number;
}

/** Something that lives elsewhere and has to go when the pool is reset. */
export interface ScratchGuest {
  leave(): void;
}

/** 0 for a class, and for what is no type. */
function bytesOf(type: unknown): number {
  return isMemoryType(type) ? type.sizeBytes : 0;
}

export class ScratchPool {
  readonly name: string;
  private readonly arena: FrameArena;
  /** @internal */
  readonly account: ScratchAccount;
  private readonly counts: ScratchCounts;
  private readonly guests: ScratchGuest[] = [];
  private resets = 0;

  /** @internal `arena` has no frame open. */
  constructor(name: string, arena: FrameArena, counts: ScratchCounts) {
    this.name = name;
    this.arena = arena;
    this.counts = counts;
    this.account = new ScratchAccount(counts);
    arena.begin();
  }

  /** A zeroed object of the type, valid until `reset`; recycled. O(1). FA301 when the pool is full, FA301 and FA302 when a budget has no room, FA401 when it was removed. */
  alloc<const T extends AllocType>(type: T): Infer<T> {
    const value = this.tryAlloc(type);
    if (value === undefined) throw this.counts.charges?.denied() ?? this.full(bytesOf(type));
    return value;
  }

  /** As `alloc`; undefined when there is no room, or the pool was removed. */
  tryAlloc<const T extends AllocType>(type: T): Infer<T> | undefined {
    const { account, arena } = this;
    const sizeBytes = bytesOf(type);
    if (!account.admit(sizeBytes)) return undefined;
    const value = arena.tryAlloc(type);
    if (value === undefined) account.revoke(sizeBytes);
    else account.add(sizeBytes);
    return value;
  }

  /** @internal A copy of what `source`, a value of the type, holds; or why there is none. When copying throws, nothing is allocated. */
  tryCopy(type: ByteType, source: unknown): object | "scratchPoolFull" | "budgetExceeded" {
    const { account, arena } = this;
    if (!arena.fits(type)) return "scratchPoolFull";
    if (!account.admit(type.sizeBytes)) return "budgetExceeded";
    try {
      const value = arena.allocWith(type, source);
      account.add(type.sizeBytes);
      return value;
    } catch (error) {
      account.revoke(type.sizeBytes);
      throw error;
    }
  }

  /** `n` of a type in one piece, as `frameSlice` gives them. Errors as `alloc`. */
  slice<const T extends ElementType | ClassType>(type: T, n: number): InferMany<T> {
    const { account, arena } = this;
    if (!Number.isSafeInteger(n) || n < 0) throw badArgument("slice", "n", n, "an integer of at least 0");
    const sizeBytes = bytesOf(type) * n;
    if (!arena.inFrame() || sizeBytes > arena.remaining()) throw this.full(sizeBytes);
    if (!account.admit(sizeBytes)) throw this.counts.charges?.denied() ?? this.full(sizeBytes);
    try {
      const value: InferMany<T> = arena.slice(type, n);
      account.add(sizeBytes);
      return value;
    } catch (error) {
      account.revoke(sizeBytes);
      throw error;
    }
  }

  /** Frees everything in it at once. O(bytes used). FA401 when the pool was removed. */
  reset(): void {
    if (!this.arena.inFrame()) throw removedScratch(this.name);
    this.arena.reset();
    this.endGeneration();
  }

  /** Allocates the object it returns. */
  stats(): ScratchStats {
    const { bytes, count, highWaterMark, capacity } = this.arena.stats();
    return { name: this.name, usedBytes: bytes, count, highWaterMark, capacity };
  }

  /** @internal How often it was reset: what was allocated before the last time is gone. */
  get generation(): number {
    return this.resets;
  }

  /** @internal Bytes that it can hold at all. */
  get capacity(): number {
    return this.arena.endByte - this.arena.beginByte;
  }

  /** @internal */
  close(): void {
    this.endGeneration();
    this.arena.end();
    this.arena.forget();
  }

  /** @internal Tells the guest when what is in the pool goes. */
  host(guest: ScratchGuest): void {
    this.guests.push(guest);
  }

  private endGeneration(): void {
    this.resets += 1;
    this.account.end();
    if (this.guests.length > 0) for (const guest of this.guests.splice(0)) guest.leave();
  }

  private full(requested: number): FrameAllocError {
    return this.arena.inFrame() ? scratchExhausted(this.name, requested, this.arena.usage(), this.capacity) : removedScratch(this.name);
  }
}
