/**
 * Heap: blocks of any size, in a region, with neighbours joined when they are freed.
 *
 *   | head | payload ......... | head | payload ... | head | ... | end head (used, 0 bytes)
 *   head:  payload bytes, lowest bit 1 when in use | payload bytes of the block before
 *   free payload begins with: next free block of its bin | the one before
 *
 * A bin holds the free blocks whose payload is between two powers of two. Taking looks through its own bin for the first that fits, then takes
 * any block of the next bin that has one: amortised cost is the length of one bin at worst.
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

const HEAD_BYTES = 8;
const BIN_COUNT = 31;

export class Heap implements ByteStore {
  readonly memory: Memory;
  private readonly firstBlock: number;
  private readonly capacity: number;
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
    this.setHead(this.firstBlock, payload, false, 0);
    this.setHead(this.firstBlock + payload + HEAD_BYTES, 0, true, payload);
    this.link(this.firstBlock, payload);
  }

  tryTake(sizeBytes: number): number {
    // Before any arithmetic in 32 bits, which would wrap.
    if (sizeBytes > this.capacity) return -1;
    const wanted = Math.max(8, alignUp(sizeBytes, 8));
    const block = this.findFree(wanted);
    if (block === 0) return -1;
    const size = this.sizeOf(block);
    this.unlink(block, size);
    const rest = size - wanted - HEAD_BYTES;
    // A rest that holds no payload stays with the block.
    if (rest >= 8) {
      this.setHead(block, wanted, true, this.sizeBefore(block));
      const restBlock = block + wanted + HEAD_BYTES;
      this.setHead(restBlock, rest, false, wanted);
      this.setSizeBefore(restBlock + rest + HEAD_BYTES, rest);
      this.link(restBlock, rest);
    } else {
      this.setHead(block, size, true, this.sizeBefore(block));
    }
    this.used += this.sizeOf(block) + HEAD_BYTES;
    this.usedCount += 1;
    if (this.used > this.peak) this.peak = this.used;
    return block;
  }

  give(ptr: number): void {
    assert(this.isUsed(ptr), "heap.ts: a block in use is given back");
    this.used -= this.sizeOf(ptr) + HEAD_BYTES;
    this.usedCount -= 1;
    let block = ptr;
    let size = this.sizeOf(ptr);
    const after = block + size + HEAD_BYTES;
    if (!this.isUsed(after)) {
      const afterSize = this.sizeOf(after);
      this.unlink(after, afterSize);
      size += afterSize + HEAD_BYTES;
    }
    const sizeBefore = this.sizeBefore(block);
    if (sizeBefore > 0 && !this.isUsed(block - HEAD_BYTES - sizeBefore)) {
      block -= HEAD_BYTES + sizeBefore;
      this.unlink(block, sizeBefore);
      size += sizeBefore + HEAD_BYTES;
    }
    this.setHead(block, size, false, this.sizeBefore(block));
    this.setSizeBefore(block + size + HEAD_BYTES, size);
    this.link(block, size);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return memoryExhausted("the heap", "heapSize", sizeBytes, this.used, this.capacity);
  }

  stats(): StoreStats {
    return { usedBytes: this.used, usedCount: this.usedCount, highWaterMark: this.peak, capacity: this.capacity };
  }

  /** @internal Walks all blocks and asserts I1 to I4; for tests. Gives the number of free blocks. */
  check(): number {
    let inBins = 0;
    for (let bin = 0; bin < BIN_COUNT; bin += 1) {
      for (let block = this.bins[bin] ?? 0; block !== 0; block = this.memory.word(block)) {
        assert(!this.isUsed(block) && binOf(this.sizeOf(block)) === bin, "heap.ts: I3");
        inBins += 1;
      }
    }
    let free = 0;
    let before = 0;
    let beforeIsFree = false;
    let block = this.firstBlock;
    while (this.capacity > 0 && this.sizeOf(block) > 0) {
      assert(this.sizeBefore(block) === before && this.sizeOf(block) % 8 === 0, "heap.ts: I1, I4");
      assert(!(beforeIsFree && !this.isUsed(block)), "heap.ts: I2");
      beforeIsFree = !this.isUsed(block);
      if (beforeIsFree) free += 1;
      before = this.sizeOf(block);
      block += before + HEAD_BYTES;
    }
    assert(free === inBins, "heap.ts: I3, every free block is in a bin");
    return free;
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

  private sizeOf(block: number): number {
    return this.memory.word(block - HEAD_BYTES) & ~1;
  }

  private isUsed(block: number): boolean {
    return (this.memory.word(block - HEAD_BYTES) & 1) === 1;
  }

  private sizeBefore(block: number): number {
    return this.memory.word(block - HEAD_BYTES + 4);
  }

  private setSizeBefore(block: number, size: number): void {
    this.memory.setWord(block - HEAD_BYTES + 4, size);
  }

  private setHead(block: number, size: number, isUsed: boolean, sizeBefore: number): void {
    this.memory.setWord(block - HEAD_BYTES, size | (isUsed ? 1 : 0));
    this.memory.setWord(block - HEAD_BYTES + 4, sizeBefore);
  }
}

function binOf(size: number): number {
  return 31 - Math.clz32(size);
}
