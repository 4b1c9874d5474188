/**
 * Slabs: blocks of a few fixed sizes, cut from pages, with a free list for each size.
 *
 *   region   | page of 64-byte slots | page of 16-byte slots | page of 64-byte slots |  untaken pages ...
 *
 * A size class takes a page when it has no free slot left, until it holds `pagesPerClass` of them; pages are not given back. The free lists
 * are stacks outside of the memory, so a write through a stale view cannot break them.
 *
 * Invariants:
 *   I1  a slot is on its class's free list or handed out, never both
 *   I2  class sizes are multiples of 8 and strictly ascend; a request gets the smallest class that holds it
 *   I3  usedCount + free slots = slots of the class's pages
 */
import { assert } from "../check.ts";
import { noSizeClass, poolExhausted, type FrameAllocError } from "../errors.ts";
import { alignUp, type Memory, type Region } from "../memory.ts";
import type { ByteStore, StoreStats } from "./byte-store.ts";

interface SizeClass {
  readonly slotBytes: number;
  /** Free slots; the top of the stack is `free[freeCount - 1]`. */
  readonly free: Int32Array;
  freeCount: number;
  usedCount: number;
  pageCount: number;
}

export interface SlabConfig {
  readonly sizeClasses: readonly number[];
  readonly pageBytes: number;
  readonly pagesPerClass: number;
}

/** Bytes that slabs of this configuration take at most. */
export function slabBytes(config: SlabConfig): number {
  return config.sizeClasses.length * config.pagesPerClass * config.pageBytes;
}

export class SlabPool implements ByteStore {
  readonly memory: Memory;
  private readonly classes: readonly SizeClass[];
  /** The class index for each size in units of 8 bytes. */
  private readonly classOf: Uint8Array;
  private readonly config: SlabConfig;
  private readonly endByte: number;
  /** Bytes of the largest class; 0 without any. */
  private readonly largest: number;
  private nextPage: number;
  private used = 0;
  private usedCount = 0;
  private peak = 0;

  constructor(region: Region, config: SlabConfig) {
    this.memory = region.memory;
    this.config = config;
    this.nextPage = alignUp(region.beginByte, 8);
    this.endByte = region.endByte;
    this.classes = config.sizeClasses.map((slotBytes) => ({
      slotBytes,
      free: new Int32Array(Math.floor(config.pageBytes / slotBytes) * config.pagesPerClass),
      freeCount: 0,
      usedCount: 0,
      pageCount: 0,
    }));
    this.largest = config.sizeClasses.at(-1) ?? 0;
    this.classOf = new Uint8Array((this.largest >> 3) + 1);
    let index = 0;
    for (let unit = 0; unit < this.classOf.length; unit += 1) {
      while ((config.sizeClasses[index] ?? this.largest) < unit * 8) index += 1;
      this.classOf[unit] = index;
    }
  }

  tryTake(sizeBytes: number): number {
    const size = this.classFor(sizeBytes);
    if (size === undefined || (size.freeCount === 0 && !this.refill(size))) return -1;
    const ptr = size.free[(size.freeCount -= 1)] ?? -1;
    size.usedCount += 1;
    this.usedCount += 1;
    this.used += size.slotBytes;
    if (this.used > this.peak) this.peak = this.used;
    return ptr;
  }

  give(ptr: number, sizeBytes: number): void {
    const size = this.classFor(sizeBytes);
    assert(size !== undefined && size.usedCount > 0, "slab-pool.ts: I1, a slot of a class in use");
    size.free[size.freeCount] = ptr;
    size.freeCount += 1;
    size.usedCount -= 1;
    this.usedCount -= 1;
    this.used -= size.slotBytes;
  }

  exhausted(sizeBytes: number): FrameAllocError {
    const size = this.classFor(sizeBytes);
    return size === undefined ? noSizeClass(sizeBytes, this.largest) : poolExhausted(sizeBytes, size.slotBytes, size.usedCount, size.usedCount + size.freeCount);
  }

  stats(): StoreStats {
    return { usedBytes: this.used, usedCount: this.usedCount, highWaterMark: this.peak, capacity: slabBytes(this.config) };
  }

  private classFor(sizeBytes: number): SizeClass | undefined {
    // Before the shift, which would wrap.
    if (sizeBytes > this.largest) return undefined;
    return this.classes[this.classOf[(sizeBytes + 7) >> 3] ?? -1];
  }

  /** Cuts a page into slots; false when the class has all its pages, or none is left. */
  private refill(size: SizeClass): boolean {
    const { pageBytes, pagesPerClass } = this.config;
    const page = this.nextPage;
    if (size.pageCount === pagesPerClass || page + pageBytes > this.endByte) return false;
    this.nextPage = page + pageBytes;
    size.pageCount += 1;
    // The first slot of the page ends up on top of the stack, so that pages are used from their beginning.
    for (let slot = Math.floor(pageBytes / size.slotBytes) - 1; slot >= 0; slot -= 1) {
      size.free[size.freeCount] = page + slot * size.slotBytes;
      size.freeCount += 1;
    }
    return true;
  }
}
