/**
 * Heap: blocks of any size, in a region, with neighbours joined when they are freed.
 *
 *   | head | payload ......... | head | payload ... | head | ... | end head (used, 0 bytes)
 *   head:  payload bytes, lowest bit 1 when in use, next bit 1 when it may be moved | payload bytes of the block before
 *   free payload begins with: next free block of its bin | the one before
 *
 * A bin holds the free blocks whose payload is between two powers of two. Taking looks through its own bin for the first that fits, then takes
 * any block of the next bin that has one: amortised cost is the length of one bin at worst. Blocks that may be moved are moved by compaction.ts.
 *
 * Invariants:
 *   I1  heads tile the region: from the first block, payload bytes lead from head to head up to the end head
 *   I2  no two neighbours are free
 *   I3  a free block is in the one bin of its size, a used one in none
 *   I4  payloads are multiples of 8, at least 8, at multiples of 8
 */
import { assert } from "../check.ts";
import { memoryExhausted, type FrameAllocError } from "../errors.ts";
import { alignUp, type Memory, type Region } from "../memory.ts";
import type { ByteStore, StoreStats } from "../pool/byte-store.ts";

/** @internal */
export const HEAD_BYTES = 8;
const BIN_COUNT = 31;
/** Bits of a head's first word. */
const USED = 1;
const MOVABLE = 2;
const FLAGS = 7;

export class Heap implements ByteStore {
  readonly memory: Memory;
  /** @internal The first block; there is none when `capacity` is below 8. */
  readonly firstBlock: number;
  /** @internal */
  readonly capacity: number;
  /** The first free block of each bin, by its payload; 0 for none. */
  private readonly bins: Int32Array = new Int32Array(BIN_COUNT);
  private used = 0;
  private usedCount = 0;
  private peak = 0;

  constructor(region: Region) {
    this.memory = region.memory;
    const begin = alignUp(region.beginByte, 8);
    const end = Math.floor(region.endByte / 8) * 8;
    const payload = end - begin - 2 * HEAD_BYTES;
    this.firstBlock = begin + HEAD_BYTES;
    this.capacity = Math.max(0, payload);
    if (payload < 8) return;
    this.setHead(this.firstBlock, payload, 0, 0);
    this.setHead(this.firstBlock + payload + HEAD_BYTES, 0, USED, payload);
    this.link(this.firstBlock, payload);
  }

  tryTake(sizeBytes: number): number {
    // Before any arithmetic in 32 bits, which would wrap.
    if (sizeBytes > this.capacity) return -1;
    const wanted = Math.max(8, alignUp(sizeBytes, 8));
    const block = this.findFree(wanted);
    if (block === 0) return -1;
    this.carve(block, wanted);
    this.usedCount += 1;
    if (this.used > this.peak) this.peak = this.used;
    return block;
  }

  give(ptr: number): void {
    this.memory.refresh();
    assert(this.isUsed(ptr), "heap.ts: given blocks are in use");
    this.usedCount -= 1;
    this.release(ptr);
  }

  /** @internal Whether `compact` may move the block, which is in use. */
  setMovable(ptr: number, isMovable: boolean): void {
    const head = this.memory.word(ptr - HEAD_BYTES);
    this.memory.setWord(ptr - HEAD_BYTES, isMovable ? head | MOVABLE : head & ~MOVABLE);
  }

  /** @internal Copies a block in use into a free one that has room for `wanted` bytes, and frees it. Gives the free block that it lies in then. */
  jump(block: number, free: number, wanted: number): number {
    this.carve(free, wanted);
    this.setMovable(free, true);
    this.memory.move(free, block, wanted);
    return this.release(block);
  }

  /** @internal Moves a block in use down to where the free block right before it begins. Gives the free block that is behind it then. */
  slide(block: number, wanted: number): number {
    const freeBytes = this.sizeBefore(block);
    const free = block - HEAD_BYTES - freeBytes;
    const size = this.sizeOf(block);
    this.unlink(free, freeBytes);
    this.memory.move(free, block, wanted);
    this.setHead(free, wanted, USED | MOVABLE, this.sizeBefore(free));
    this.used -= size - wanted;
    const rest = free + wanted + HEAD_BYTES;
    this.setHead(rest, freeBytes + size - wanted, 0, wanted);
    return this.join(rest);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return memoryExhausted("the heap", "heapSize", sizeBytes, this.used, this.capacity);
  }

  stats(): StoreStats {
    return { usedBytes: this.used, usedCount: this.usedCount, highWaterMark: this.peak, capacity: this.capacity };
  }

  /** In blocks handed out, heads included. */
  get usedBytes(): number {
    return this.used;
  }

  /** Bytes of all free blocks, and of the largest. O(free blocks). */
  freeBytes(): { readonly all: number; readonly largest: number } {
    this.memory.refresh();
    let all = 0;
    let largest = 0;
    for (const bin of this.bins) {
      for (let block = bin; block !== 0; block = this.memory.word(block)) {
        const size = this.sizeOf(block);
        all += size;
        if (size > largest) largest = size;
      }
    }
    return { all, largest };
  }

  /** @internal Walks all blocks and asserts I1 to I4; for tests. Gives the number of free blocks. */
  check(): number {
    let free = 0;
    let before = 0;
    let beforeIsFree = false;
    let block = this.firstBlock;
    while (this.capacity >= 8 && this.sizeOf(block) !== 0) {
      const size = this.sizeOf(block);
      assert(this.sizeBefore(block) === before && size >= 8 && size % 8 === 0 && block + size <= this.firstBlock + this.capacity, "heap.ts: I1, I4");
      assert(!(beforeIsFree && !this.isUsed(block)), "heap.ts: I2");
      beforeIsFree = !this.isUsed(block);
      if (beforeIsFree) free += 1;
      before = size;
      block += size + HEAD_BYTES;
    }
    assert(this.capacity < 8 || block === this.firstBlock + this.capacity + HEAD_BYTES, "heap.ts: I1, the last block ends where the region does");
    let inBins = 0;
    for (let bin = 0; bin < BIN_COUNT; bin += 1) {
      for (let each = this.bins[bin] ?? 0; each !== 0; each = this.memory.word(each)) {
        // A list that leads back into itself would have no end.
        assert(inBins < free && !this.isUsed(each) && binOf(this.sizeOf(each)) === bin, "heap.ts: I3");
        inBins += 1;
      }
    }
    assert(free === inBins, "heap.ts: I3, every free block is in a bin");
    return free;
  }

  /** @internal Payload bytes of a block; 0 for the end. */
  sizeOf(block: number): number {
    return this.memory.word(block - HEAD_BYTES) & ~FLAGS;
  }

  /** @internal */
  isUsed(block: number): boolean {
    return (this.memory.word(block - HEAD_BYTES) & USED) !== 0;
  }

  /** @internal */
  isMovable(block: number): boolean {
    return (this.memory.word(block - HEAD_BYTES) & MOVABLE) !== 0;
  }

  /** Makes a free block one in use, and what is left of it a free block. */
  private carve(block: number, wanted: number): void {
    const size = this.sizeOf(block);
    this.unlink(block, size);
    const rest = size - wanted - HEAD_BYTES;
    // A rest that holds no payload stays with the block.
    this.setHead(block, rest >= 8 ? wanted : size, USED, this.sizeBefore(block));
    if (rest >= 8) {
      const restBlock = block + wanted + HEAD_BYTES;
      this.setHead(restBlock, rest, 0, wanted);
      this.setSizeBefore(restBlock + rest + HEAD_BYTES, rest);
      this.link(restBlock, rest);
    }
    this.used += this.sizeOf(block) + HEAD_BYTES;
  }

  /** Makes a block in use a free one, joined with its neighbours. Gives the free block. */
  private release(ptr: number): number {
    this.used -= this.sizeOf(ptr) + HEAD_BYTES;
    const sizeBefore = this.sizeBefore(ptr);
    const before = ptr - HEAD_BYTES - sizeBefore;
    if (sizeBefore === 0 || this.isUsed(before)) return this.join(ptr);
    this.unlink(before, sizeBefore);
    this.setHead(before, sizeBefore + HEAD_BYTES + this.sizeOf(ptr), 0, this.sizeBefore(before));
    return this.join(before);
  }

  /** Makes a free block of one that is in no bin, joined with the one behind it. Gives it. */
  private join(block: number): number {
    let size = this.sizeOf(block);
    const after = block + size + HEAD_BYTES;
    if (!this.isUsed(after)) {
      const afterSize = this.sizeOf(after);
      this.unlink(after, afterSize);
      size += afterSize + HEAD_BYTES;
    }
    this.setHead(block, size, 0, this.sizeBefore(block));
    this.setSizeBefore(block + size + HEAD_BYTES, size);
    this.link(block, size);
    return block;
  }

  private findFree(wanted: number): number {
    const own = binOf(wanted);
    for (let block = this.bins[own] ?? 0; block !== 0; block = this.memory.word(block)) {
      if (this.sizeOf(block) >= wanted) return block;
    }
    for (let bin = own + 1; bin < BIN_COUNT; bin += 1) {
      const block = this.bins[bin] ?? 0;
      if (block !== 0) return block;
    }
    return 0;
  }

  private link(block: number, size: number): void {
    const bin = binOf(size);
    const next = this.bins[bin] ?? 0;
    this.memory.setWord(block, next);
    this.memory.setWord(block + 4, 0);
    if (next !== 0) this.memory.setWord(next + 4, block);
    this.bins[bin] = block;
  }

  private unlink(block: number, size: number): void {
    const next = this.memory.word(block);
    const previous = this.memory.word(block + 4);
    if (previous === 0) this.bins[binOf(size)] = next;
    else this.memory.setWord(previous, next);
    if (next !== 0) this.memory.setWord(next + 4, previous);
  }

  private sizeBefore(block: number): number {
    return this.memory.word(block - HEAD_BYTES + 4);
  }

  private setSizeBefore(block: number, size: number): void {
    this.memory.setWord(block - HEAD_BYTES + 4, size);
  }

  private setHead(block: number, size: number, flags: number, sizeBefore: number): void {
    this.memory.setWord(block - HEAD_BYTES, size | flags);
    this.memory.setWord(block - HEAD_BYTES + 4, sizeBefore);
  }
}

function binOf(size: number): number {
  return 31 - Math.clz32(size);
}
