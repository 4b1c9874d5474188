/**
 * `malloc` and its kin over one buffer, with the interface and the memory layout of `@thi.ng/malloc`: code that uses its `MemPool` can use this one, also on a
 * buffer that the other one wrote.
 *
 *   start    | free | used | top | end | align | flags | least rest | pad | blocks ...      top .... end
 *   block    | bytes, head included | next block of its list | payload ...
 *
 * All state is in the buffer, so that it can be sent, stored and taken up again (`skipInitialization`).
 *
 * Differences: a `realloc` that moves gives the old block back; one that shrinks the topmost block shrinks what is known of it, and one that just fits fits; a
 * `WebAssembly.Memory` may be given for `buf`, and is followed when it grows; errors are `FrameAllocError`.
 *
 * Invariants:
 *   I1  blocks lie between the first one and `top`, apart, their payloads at multiples of `align`
 *   I2  a block is on the one list or the other; the free ones are in the order of their addresses, and with `compact` no two of them are neighbours and none ends
 *       at `top`
 */
import { badOption, releasedPool } from "../errors.ts";
import { alignUp, isGrowingMemory, isPowerOfTwo, Memory, type Buffer } from "../memory.ts";
import type { MemPoolOpts, MemPoolStats } from "./mem-pool-opts.ts";
import { arrayAt, sizeOfType, type PoolArray, type PoolArrays, type PoolType } from "./pool-type.ts";

const HEAD = 8;
/** The state's words, from `start` on. */
const FREE = 0;
const USED = 4;
const TOP = 8;
const END = 12;
const ALIGN = 16;
const FLAGS = 20;
const MIN_SPLIT = 24;
const STATE_BYTES = 28;
const COMPACT = 1;
const SPLIT = 2;

export class MemPool {
  private held: Memory | undefined;
  private readonly start: number;

  /** Throws `FrameAllocError` (`config`) for options out of their range, or a buffer that is too small. */
  constructor(opts: Partial<MemPoolOpts> = {}) {
    const { buf = new ArrayBuffer(opts.size ?? 4096), start = 0, align = 8, compact = true, split = true, minSplit = 16, skipInitialization = false } = opts;
    const { byteLength } = isGrowingMemory(buf) ? buf.buffer : buf;
    this.start = alignUp(Math.max(start, 0), 4);
    if (!Number.isSafeInteger(this.start) || this.start + STATE_BYTES + HEAD > byteLength) throw badOption("start", start, `an offset with room for the pool's state before ${byteLength}`);
    this.held = new Memory(buf, 8, byteLength);
    if (skipInitialization) return;
    if (!isPowerOfTwo(align) || align < 8) throw badOption("align", align, "a power of two of at least 8");
    if (!Number.isInteger(minSplit) || minSplit <= HEAD) throw badOption("minSplit", minSplit, "an integer above 8");
    const top = this.firstBlock(align);
    const end = Math.min(opts.end ?? byteLength, byteLength);
    if (!(top < end)) throw badOption("end", end, `above ${top}, where the first block begins`);
    for (const [word, value] of [[ALIGN, align], [FLAGS, (compact ? COMPACT : 0) | (split ? SPLIT : 0)], [MIN_SPLIT, minSplit], [END, end], [TOP, top], [FREE, 0], [USED, 0]] as const) this.set(word, value);
  }

  /** The buffer that all lies in; undefined after `release`. */
  get buf(): Buffer | undefined {
    return this.held?.buffer;
  }

  /** The address of `bytes` bytes; 0 when there is no room, or for no bytes. O(free blocks). */
  malloc(bytes: number): number {
    // No number either.
    if (!(bytes > 0)) return 0;
    const end = this.get(END);
    if (bytes > end) return 0;
    const size = this.blockBytes(bytes);
    const top = this.get(TOP);
    let before = 0;
    for (let block = this.get(FREE); block !== 0; before = block, block = this.next(block)) {
      const isTop = block + this.size(block) >= top;
      if (!isTop && this.size(block) < size) continue;
      if (isTop && block + size > end) return 0;
      this.unlink(FREE, before, block);
      this.pushUsed(block);
      if (isTop) this.endAt(block, size);
      else this.splitOff(block, size);
      return block + HEAD;
    }
    if (top + size > end) return 0;
    this.endAt(top, size);
    this.pushUsed(top);
    return top + HEAD;
  }

  /** As `malloc`; the bytes are set to `fill`. */
  calloc(bytes: number, fill = 0): number {
    const ptr = this.malloc(bytes);
    if (ptr !== 0) this.memory().u8.fill(fill, ptr, ptr + bytes);
    return ptr;
  }

  /** A typed array of `num` elements; undefined when there is no room. Its memory is what it was. */
  mallocAs<T extends PoolType>(type: T, num: number): PoolArrays[T] | undefined {
    const ptr = this.malloc(num * sizeOfType(type));
    return ptr === 0 ? undefined : arrayAt(type, this.memory().buffer, ptr, num);
  }

  /** As `mallocAs`; the elements are set to `fill`. */
  callocAs<T extends PoolType>(type: T, num: number, fill = 0): PoolArrays[T] | undefined {
    const made = this.mallocAs(type, num);
    if (made instanceof BigInt64Array || made instanceof BigUint64Array) made.fill(BigInt(fill));
    else (made as Uint8Array | undefined)?.fill(fill);
    return made;
  }

  /** Gives a block another size, and its address then: another one, when it cannot grow where it is. 0, and nothing changed, when there is no room, or the address is none of a block. O(blocks). */
  realloc(ptr: number, bytes: number): number {
    const block = ptr - HEAD;
    if (!(bytes > 0) || bytes > this.get(END) || this.beforeUsed(block) < 0) return 0;
    const size = this.blockBytes(bytes);
    const before = this.size(block);
    const isTop = block + before >= this.get(TOP);
    if (size <= before) {
      if (!this.splitOff(block, size) && isTop) this.endAt(block, size);
      return ptr;
    }
    if (isTop && block + size <= this.get(END)) {
      this.endAt(block, size);
      return ptr;
    }
    const moved = this.malloc(bytes);
    if (moved === 0) return 0;
    this.memory().move(moved, ptr, before - HEAD);
    this.free(ptr);
    return moved;
  }

  /** As `realloc`, for an array of `mallocAs`: a new array of its kind; undefined when there is no room, or the array is none of the pool's. */
  reallocArray<A extends PoolArray>(array: A, num: number): A | undefined {
    if (array.buffer !== this.memory().buffer) return undefined;
    const ptr = this.realloc(array.byteOffset, num * array.BYTES_PER_ELEMENT);
    const Class = array.constructor as new (buffer: Buffer, ptr: number, length: number) => A;
    return ptr === 0 ? undefined : new Class(this.memory().buffer, ptr, num);
  }

  /** Gives a block back; false when it is none that is in use, and nothing is changed. O(blocks). */
  free(block: number | PoolArray): boolean {
    if (typeof block !== "number") return block.buffer === this.memory().buffer && this.free(block.byteOffset);
    const own = block - HEAD;
    const before = this.beforeUsed(own);
    if (before < 0) return false;
    this.unlink(USED, before, own);
    this.insertFree(own);
    return true;
  }

  /** Gives all blocks back. O(1). */
  freeAll(): void {
    this.set(FREE, 0);
    this.set(USED, 0);
    this.set(TOP, this.firstBlock(this.get(ALIGN)));
  }

  /** Lets go of the buffer. All calls throw FA401 from then on. */
  release(): boolean {
    this.held = undefined;
    return true;
  }

  /** O(blocks). Allocates the object it returns. */
  stats(): MemPoolStats {
    const free = this.sumOf(FREE);
    return { free, used: this.sumOf(USED), top: this.get(TOP), available: this.get(END) - this.get(TOP) + free.size, total: this.memory().buffer.byteLength };
  }

  private sumOf(list: number): { readonly count: number; readonly size: number } {
    let count = 0;
    let size = 0;
    for (let block = this.get(list); block !== 0; block = this.next(block)) {
      count += 1;
      size += this.size(block);
    }
    return { count, size };
  }

  /** Makes what a block in use does not need a free block; false when it is too small for one. */
  private splitOff(block: number, size: number): boolean {
    const rest = this.size(block) - size;
    if ((this.get(FLAGS) & SPLIT) === 0 || rest < this.get(MIN_SPLIT)) return false;
    this.setSize(block, size);
    this.setSize(block + size, rest);
    this.insertFree(block + size);
    return true;
  }

  /** The topmost block has so many bytes; blank memory begins behind it. */
  private endAt(block: number, size: number): void {
    this.setSize(block, size);
    this.set(TOP, block + size);
  }

  private insertFree(block: number): void {
    let before = 0;
    let after = this.get(FREE);
    while (after !== 0 && after < block) {
      before = after;
      after = this.next(after);
    }
    this.link(before, block, after);
    if ((this.get(FLAGS) & COMPACT) !== 0) this.join(before, block, after);
  }

  /** Joins a free block with its neighbours, and with blank memory. */
  private join(before: number, block: number, after: number): void {
    if (after !== 0 && block + this.size(block) === after) {
      this.setSize(block, this.size(block) + this.size(after));
      this.link(before, block, this.next(after));
    }
    let joined = block;
    if (before !== 0 && before + this.size(before) === block) {
      this.setSize(before, this.size(before) + this.size(block));
      this.setNext(before, this.next(block));
      joined = before;
    }
    if (joined + this.size(joined) < this.get(TOP)) return;
    this.set(TOP, joined);
    let last = 0;
    for (let each = this.get(FREE); each !== joined; each = this.next(each)) last = each;
    this.unlink(FREE, last, joined);
  }

  /** The block that leads to one in use; 0 for the first one, -1 for what is none in use. */
  private beforeUsed(block: number): number {
    let before = 0;
    for (let each = this.get(USED); each !== 0; each = this.next(each)) {
      if (each === block) return before;
      before = each;
    }
    return -1;
  }

  private pushUsed(block: number): void {
    this.setNext(block, this.get(USED));
    this.set(USED, block);
  }

  private unlink(list: number, before: number, block: number): void {
    if (before === 0) this.set(list, this.next(block));
    else this.setNext(before, this.next(block));
  }

  private link(before: number, block: number, after: number): void {
    this.setNext(block, after);
    if (before === 0) this.set(FREE, block);
    else this.setNext(before, block);
  }

  private firstBlock(align: number): number {
    return alignUp(this.start + STATE_BYTES + HEAD, align) - HEAD;
  }

  private blockBytes(bytes: number): number {
    return alignUp(Math.ceil(bytes) + HEAD, this.get(ALIGN));
  }

  private memory(): Memory {
    const { held } = this;
    if (held === undefined) throw releasedPool();
    held.refresh();
    return held;
  }

  private get(word: number): number {
    return this.memory().word(this.start + word);
  }

  private set(word: number, value: number): void {
    this.memory().setWord(this.start + word, value);
  }

  private size(block: number): number {
    return this.memory().word(block);
  }

  private setSize(block: number, size: number): void {
    this.memory().setWord(block, size);
  }

  private next(block: number): number {
    return this.memory().word(block + 4);
  }

  private setNext(block: number, next: number): void {
    this.memory().setWord(block + 4, next);
  }
}
