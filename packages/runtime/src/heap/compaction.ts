/**
 * Compaction: the blocks of a heap that may be moved go down into its holes, in one pass from its first block to its last.
 *
 *   before   | a | hole | b (fixed) | hole | c | hole | d | free ...
 *   after    | a | c    | b (fixed) | d | free ..............
 *
 * A block goes to the first hole below it that it fits into, or else slides down to the end of the block before it.
 *
 * Invariant of the pass: when it has gone past a block, no hole below that block could take it. Holes below only shrink from then on: blocks that come
 * later fill them, and what these leave behind is above. So a pass that goes to the end leaves no hole that a block above it could fill.
 */
import { HEAD_BYTES, type Heap } from "./heap.ts";

/** Whose the blocks are. */
export interface BlockOwner {
  /** Payload bytes that the block needs: a multiple of 8. */
  bytesOf(block: number): number;
  /** The block lies at `to` now; `[vacatedFrom, vacatedTo)` is free. False ends the pass. */
  moved(from: number, to: number, vacatedFrom: number, vacatedTo: number): boolean;
}

/** Free bytes, heads included, that lie below a block in use. */
export function holeBytes(heap: Heap): number {
  let holes = 0;
  let free = 0;
  if (heap.capacity < 8) return 0;
  for (let block = heap.firstBlock, size = heap.sizeOf(block); size > 0; block += size + HEAD_BYTES, size = heap.sizeOf(block)) {
    if (heap.isUsed(block)) {
      holes += free;
      free = 0;
    } else {
      free = size + HEAD_BYTES;
    }
  }
  return holes;
}

export class Compaction {
  private readonly heap: Heap;
  /** The holes that the pass has gone past, in their order; 0 where one was filled up. Kept, so that passes make no garbage. */
  private readonly holes: number[] = [];
  private count = 0;
  /** No hole is larger. */
  private largest = 0;

  constructor(heap: Heap) {
    this.heap = heap;
  }

  /** One pass, which ends when `owner` says so. O(blocks); for each block that is moved, or tried, O(holes below it). */
  run(owner: BlockOwner): void {
    const { heap } = this;
    if (heap.capacity < 8) return;
    this.count = 0;
    this.largest = 0;
    let next = 0;
    for (let block = heap.firstBlock, size = heap.sizeOf(block); size > 0; block = next, size = heap.sizeOf(block)) {
      next = block + size + HEAD_BYTES;
      if (!heap.isUsed(block)) this.note(block);
      else if (heap.isMovable(block)) {
        const free = this.move(block, size, owner);
        if (free < 0) return;
        if (free > 0) next = free + heap.sizeOf(free) + HEAD_BYTES;
      }
    }
  }

  /** Gives the free block that is where the block was; 0 when it was not moved, -1 when the pass is over. */
  private move(block: number, size: number, owner: BlockOwner): number {
    const { heap, holes } = this;
    const wanted = owner.bytesOf(block);
    const last = this.count === 0 ? 0 : (holes[this.count - 1] ?? 0);
    const isBehindHole = last > 0 && last + heap.sizeOf(last) + HEAD_BYTES === block;
    const index = this.firstFit(wanted);
    let to = last;
    let free = 0;
    if (index >= 0 && !(isBehindHole && index === this.count - 1)) {
      to = holes[index] ?? 0;
      const rest = to + wanted + HEAD_BYTES;
      const restSize = heap.sizeOf(to) - wanted - HEAD_BYTES;
      free = heap.jump(block, to, wanted);
      holes[index] = restSize >= 8 ? rest : 0;
      this.note(free);
    } else if (isBehindHole) {
      this.count -= 1;
      free = heap.slide(block, wanted);
      this.note(free);
    } else {
      return 0;
    }
    // What the free block's links and the moved block itself leave.
    return owner.moved(block, to, Math.max(block, free + HEAD_BYTES), block + size) ? free : -1;
  }

  private note(free: number): void {
    if (this.count === 0 || this.holes[this.count - 1] !== free) {
      this.holes[this.count] = free;
      this.count += 1;
    }
    const size = this.heap.sizeOf(free);
    if (size > this.largest) this.largest = size;
  }

  private firstFit(wanted: number): number {
    if (wanted > this.largest) return -1;
    for (let i = 0; i < this.count; i += 1) {
      const hole = this.holes[i] ?? 0;
      if (hole > 0 && this.heap.sizeOf(hole) >= wanted) return i;
    }
    this.largest = wanted - 1;
    return -1;
  }
}
