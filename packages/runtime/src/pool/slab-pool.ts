/**
 * Slabs: blocks of a few fixed sizes, cut from pages, each page with a free list of its own.
 *
 *   page of 64-byte slots   | slot | slot | slot | ... not cut yet ... | rest |
 *   size class              open page <-> open page <-> open page        (pages in use that have a free slot)
 *                           empty page                                  (at most one, used last)
 *
 * A size class takes a page from the registry when none of its pages has a free slot, until it holds `pagesPerClass` of them. A page that has no slot in use
 * goes back as soon as the class has half a page of free slots elsewhere; until then it is kept, so that taking and giving in turn does not move pages. When the
 * registry is empty, kept pages go to whoever needs one. O(1), but for that last step, which looks at every class.
 *
 * The free lists lie outside of the memory, so a write through a stale view cannot break them.
 *
 * Invariants:
 *   I1  a slot is handed out, or on its page's free list, or not cut yet
 *   I2  class sizes are multiples of 8 and strictly ascend; a request gets the smallest class that holds it
 *   I3  usedCount and freeCount of a class are the sums over its pages, whose slots they share out
 *   I4  a page is on its class's list while it has both a free slot and one in use; it is the class's empty page, or the registry's, when it has none in use
 */
import { assert } from "../check.ts";
import { noSizeClass, poolExhausted, type FrameAllocError } from "../errors.ts";
import type { Memory, Region } from "../memory.ts";
import type { ByteStore, StoreStats } from "./byte-store.ts";
import { PageRegistry } from "./page-registry.ts";

/** A page in the hands of a size class. Kept for the next page of that class, with its list. */
export interface SlabPage {
  readonly size: SizeClass;
  index: number;
  beginByte: number;
  /** Slots that were handed out and came back: a stack of offsets. */
  readonly free: Int32Array;
  freeCount: number;
  /** Slots from the page's beginning that were handed out at least once. */
  cutCount: number;
  usedCount: number;
  before: SlabPage | undefined;
  after: SlabPage | undefined;
}

export interface SizeClass {
  readonly slotBytes: number;
  readonly slotsPerPage: number;
  freeCount: number;
  usedCount: number;
  pageCount: number;
  /** The first page in use with a free slot. */
  open: SlabPage | undefined;
  /** A page without a slot in use, kept for a while. */
  empty: SlabPage | undefined;
  /** Records of pages that went back. */
  readonly resting: SlabPage[];
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
  private readonly registry: PageRegistry;
  /** Who has a page, by its index. */
  private readonly pages: (SlabPage | undefined)[] = [];
  /** Bytes of the largest class; 0 without any. */
  private readonly largest: number;
  /** Told of each page that a class takes; absent without lifecycle tracking. */
  refilled: ((slotBytes: number, slotCount: number) => void) | undefined = undefined;
  /** Pages that were taken so far. */
  refillCount = 0;
  private used = 0;
  private usedCount = 0;
  private peak = 0;

  constructor(region: Region, config: SlabConfig) {
    this.memory = region.memory;
    this.config = config;
    this.registry = new PageRegistry(region, config.pageBytes);
    this.classes = config.sizeClasses.map((slotBytes) => ({
      slotBytes, slotsPerPage: Math.floor(config.pageBytes / slotBytes), freeCount: 0, usedCount: 0, pageCount: 0, open: undefined, empty: undefined, resting: [],
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
    if (size === undefined) return -1;
    const known = size.open ?? openEmpty(size);
    const page = known ?? this.refill(size);
    if (page === undefined) return -1;
    let ptr: number;
    if (page.freeCount > 0) {
      page.freeCount -= 1;
      ptr = page.free[page.freeCount] ?? -1;
    } else {
      ptr = page.beginByte + page.cutCount * size.slotBytes;
      page.cutCount += 1;
    }
    page.usedCount += 1;
    if (page.usedCount === size.slotsPerPage) unlink(page);
    size.freeCount -= 1;
    size.usedCount += 1;
    this.usedCount += 1;
    this.used += size.slotBytes;
    if (this.used > this.peak) this.peak = this.used;
    // Last: who is told may take and give too.
    if (known === undefined) this.refilled?.(size.slotBytes, size.slotsPerPage);
    return ptr;
  }

  give(ptr: number, sizeBytes: number): void {
    const page = this.pages[this.registry.pageAt(ptr)];
    assert(page !== undefined && page.size === this.classFor(sizeBytes) && page.usedCount > 0, "slab-pool.ts: I1, a slot in use of a page of its class");
    const { size } = page;
    if (page.usedCount === size.slotsPerPage) link(page);
    page.free[page.freeCount] = ptr;
    page.freeCount += 1;
    page.usedCount -= 1;
    size.freeCount += 1;
    size.usedCount -= 1;
    this.usedCount -= 1;
    this.used -= size.slotBytes;
    if (page.usedCount === 0) {
      unlink(page);
      // One of the two is enough.
      if (size.empty !== undefined) this.giveBack(size.empty);
      size.empty = page;
    }
    const elsewhere = size.freeCount - size.slotsPerPage;
    if (size.empty !== undefined && elsewhere * 2 >= size.slotsPerPage) this.giveBack(size.empty);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    const size = this.classFor(sizeBytes);
    return size === undefined ? noSizeClass(sizeBytes, this.largest) : poolExhausted(sizeBytes, size.slotBytes, size.usedCount, size.usedCount + size.freeCount);
  }

  stats(): StoreStats {
    return { usedBytes: this.used, usedCount: this.usedCount, highWaterMark: this.peak, capacity: this.registry.pageCount * this.config.pageBytes };
  }

  private classFor(sizeBytes: number): SizeClass | undefined {
    // Before the shift, which would wrap.
    if (sizeBytes > this.largest) return undefined;
    return this.classes[this.classOf[(sizeBytes + 7) >> 3] ?? -1];
  }

  /** Another page for the class; undefined when it has all its pages, or none is left. */
  private refill(size: SizeClass): SlabPage | undefined {
    if (size.pageCount === this.config.pagesPerClass) return undefined;
    if (this.registry.freeCount === 0) this.reclaim();
    const index = this.registry.tryTake();
    if (index < 0) return undefined;
    this.refillCount += 1;
    const page = size.resting.pop() ?? newPage(size);
    page.index = index;
    page.beginByte = this.registry.byteOf(index);
    this.pages[index] = page;
    size.pageCount += 1;
    size.freeCount += size.slotsPerPage;
    link(page);
    return page;
  }

  /** Gives a class's empty page back. */
  private giveBack(page: SlabPage): void {
    const { size } = page;
    size.empty = undefined;
    this.pages[page.index] = undefined;
    this.registry.give(page.index);
    page.freeCount = 0;
    page.cutCount = 0;
    size.pageCount -= 1;
    size.freeCount -= size.slotsPerPage;
    size.resting.push(page);
  }

  /** Gives back all pages that classes keep without use. */
  private reclaim(): void {
    for (const { empty } of this.classes) if (empty !== undefined) this.giveBack(empty);
  }
}

function newPage(size: SizeClass): SlabPage {
  return { size, index: -1, beginByte: 0, free: new Int32Array(size.slotsPerPage), freeCount: 0, cutCount: 0, usedCount: 0, before: undefined, after: undefined };
}

/** The class's empty page, for use. */
function openEmpty(size: SizeClass): SlabPage | undefined {
  const page = size.empty;
  if (page !== undefined) link(page);
  size.empty = undefined;
  return page;
}

function link(page: SlabPage): void {
  const { size } = page;
  page.before = undefined;
  page.after = size.open;
  if (size.open !== undefined) size.open.before = page;
  size.open = page;
}

function unlink(page: SlabPage): void {
  const { size, before, after } = page;
  if (before === undefined) size.open = after;
  else before.after = after;
  if (after !== undefined) after.before = before;
}
