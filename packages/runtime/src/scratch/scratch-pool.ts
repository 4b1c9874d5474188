/**
 * Scratch pool: a bump arena with a name that lives until it is reset, over any number of frames. For what one level, one search or one import
 * needs and gives up all at once.
 *
 * It is a frame arena whose one frame is always open; a reset ends that frame and begins the next. Its bytes are a block of the heap.
 */
import { removedScratch, scratchExhausted, type FrameAllocError } from "../errors.ts";
import type { FrameArena } from "../frame/frame-arena.ts";
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
  private readonly guests: ScratchGuest[] = [];
  private resets = 0;

  /** @internal `arena` has no frame open. */
  constructor(name: string, arena: FrameArena) {
    this.name = name;
    this.arena = arena;
    arena.begin();
  }

  /** A zeroed object of the type, valid until `reset`; recycled. O(1). FA301 when the pool is full, FA401 when it was removed. */
  alloc<const T extends AllocType>(type: T): Infer<T> {
    const value = this.tryAlloc(type);
    if (value === undefined) throw this.full(bytesOf(type));
    return value;
  }

  /** As `alloc`; undefined when the pool is full or was removed. */
  tryAlloc<const T extends AllocType>(type: T): Infer<T> | undefined {
    return this.arena.tryAlloc(type);
  }

  /** @internal A copy of what `source`, a value of the type, holds; undefined as `tryAlloc`. When copying throws, nothing is allocated. */
  tryCopy(type: ByteType, source: unknown): object | undefined {
    return this.arena.fits(type) ? this.arena.allocWith(type, source) : undefined;
  }

  /** `n` of a type in one piece, as `frameSlice` gives them. Errors as `alloc`. */
  slice<const T extends ElementType | ClassType>(type: T, n: number): InferMany<T> {
    const sizeBytes = bytesOf(type) * n;
    if (!this.arena.inFrame() || sizeBytes > this.arena.remaining()) throw this.full(sizeBytes);
    return this.arena.slice(type, n);
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
    if (this.guests.length > 0) for (const guest of this.guests.splice(0)) guest.leave();
  }

  private full(requested: number): FrameAllocError {
    return this.arena.inFrame() ? scratchExhausted(this.name, requested, this.arena.usage(), this.capacity) : removedScratch(this.name);
  }
}
