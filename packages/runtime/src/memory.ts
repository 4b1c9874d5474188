/**
 * A window on one buffer, as typed arrays: what every allocator of the runtime hands pieces of.
 *
 *   buffer   0 ........ beginByte =========== endByte ........ byteLength
 *            others'    |<- this window ->|            others'
 *
 * An offset counts bytes from the start of the buffer, so it is also the address that a WebAssembly module uses for the same memory;
 * the typed arrays reach from 0 to `endByte`. Offset 0 is never handed out.
 *
 * Invariants:
 *   I1  0 < beginByte <= endByte <= MAX_END_BYTE, beginByte a multiple of 8
 *   I2  every typed array is over `buffer`, also after a WebAssembly.Memory grew and `refresh` was called
 *
 * Only this file and scalar-fields.ts, which reads and writes single values, touch bytes.
 */
import type { StaleWatch } from "./frame/stale-use.ts";
import { assert } from "./check.ts";
import { NOT_CLONEABLE } from "./view.ts";

/** Offsets stay below 2^30, where every engine keeps them as small integers: one step more would put each in a box on the heap. */
export const MAX_END_BYTE = 2 ** 30 - 8;

/** Where memory of one's own begins: offset 0 stands for nothing, and 64 keeps what is allocated first on a cache line of its own. */
export const FIRST_BYTE = 64;

export type Buffer = ArrayBuffer | SharedArrayBuffer;

/** A `WebAssembly.Memory`, told by its shape: the class does not exist everywhere. */
export interface GrowingMemory {
  readonly buffer: Buffer;
  grow(pages: number): number;
}

/** By name: buffers of another realm are not instances of this one's classes. */
export function isSharedBuffer(buffer: Buffer): buffer is SharedArrayBuffer {
  return Object.prototype.toString.call(buffer) === "[object SharedArrayBuffer]";
}

export function isGrowingMemory(source: object): source is GrowingMemory {
  return "grow" in source && "buffer" in source;
}

/** The typed arrays that views read and write through, one for each kind of scalar (`bool` is in `u8`). */
export interface Lanes {
  u8: Uint8Array<Buffer>;
  i8: Int8Array<Buffer>;
  u16: Uint16Array<Buffer>;
  i16: Int16Array<Buffer>;
  u32: Uint32Array<Buffer>;
  i32: Int32Array<Buffer>;
  f32: Float32Array<Buffer>;
  f64: Float64Array<Buffer>;
  u64: BigUint64Array<Buffer>;
  i64: BigInt64Array<Buffer>;
}

export type LaneName = keyof Lanes;
/** Typed arrays of one kind of scalar, as allocations of `array(scalar, n)` give them. */
export type LaneArray = Lanes[LaneName];

interface LaneConstructor {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: Buffer, byteOffset: number, length: number): LaneArray;
}

// Their own declarations have an overload for each class of buffer and none for either.
const LANE_CLASSES = {
  u8: Uint8Array, i8: Int8Array, u16: Uint16Array, i16: Int16Array, u32: Uint32Array, i32: Int32Array,
  f32: Float32Array, f64: Float64Array, u64: BigUint64Array, i64: BigInt64Array,
} as unknown as Readonly<Record<LaneName, LaneConstructor>>;

export class Memory implements Lanes {
  /** @internal First: see `NOT_CLONEABLE`. */
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  /** @internal Itself, for views: they ask their home for it. */
  readonly memory: Memory = this;
  declare u8: Uint8Array<Buffer>;
  declare i8: Int8Array<Buffer>;
  declare u16: Uint16Array<Buffer>;
  declare i16: Int16Array<Buffer>;
  declare u32: Uint32Array<Buffer>;
  declare i32: Int32Array<Buffer>;
  declare f32: Float32Array<Buffer>;
  declare f64: Float64Array<Buffer>;
  declare u64: BigUint64Array<Buffer>;
  declare i64: BigInt64Array<Buffer>;
  /** The buffer in use now; another one after a `WebAssembly.Memory` grew. */
  buffer: Buffer;
  readonly beginByte: number;
  readonly endByte: number;
  /** @internal Told of frame values that are used after their time; absent without the behaviour filter. */
  staleWatch: StaleWatch | undefined = undefined;
  /** Undefined for a buffer that stays what it is. */
  private readonly growing: GrowingMemory | undefined;
  private readonly listeners: (() => void)[] = [];
  private readonly isLocal: boolean;

  constructor(source: Buffer | GrowingMemory, beginByte: number, endByte: number) {
    this.growing = isGrowingMemory(source) ? source : undefined;
    this.buffer = isGrowingMemory(source) ? source.buffer : source;
    assert(beginByte > 0 && beginByte % 8 === 0 && beginByte <= endByte && endByte <= MAX_END_BYTE, "memory.ts: I1");
    assert(endByte <= this.buffer.byteLength, "memory.ts: the window ends inside its buffer");
    this.beginByte = beginByte;
    this.endByte = endByte;
    this.isLocal = !isSharedBuffer(this.buffer);
    this.bind();
  }

  /**
   * Follows a `WebAssembly.Memory` that grew: true when the views were made anew. Every begin of a frame and every allocation that is not
   * a repetition of the last frame's does it by itself; after a growth in the middle of a frame, call it before touching older views.
   */
  refresh(): boolean {
    const growing = this.growing;
    if (growing === undefined || growing.buffer === this.buffer) return false;
    this.buffer = growing.buffer;
    this.bind();
    for (const listener of this.listeners) listener();
    return true;
  }

  /** All of it, for one allocator. */
  whole(): Region {
    return { memory: this, beginByte: this.beginByte, endByte: this.endByte };
  }

  /** True over a `WebAssembly.Memory`. */
  get canGrow(): boolean {
    return this.growing !== undefined;
  }

  /** @internal Calls `listener` after each `refresh` that changed the buffer. One that stays what it is holds on to nobody. Gives a function that ends it. */
  onRefresh(listener: () => void): () => void {
    if (this.canGrow) this.listeners.push(listener);
    return () => {
      const index = this.listeners.indexOf(listener);
      if (index >= 0) this.listeners.splice(index, 1);
    };
  }

  /** @internal Sets `[from, to)` to zero. */
  zero(from: number, to: number): void {
    const firstWhole = (from + 7) & ~7;
    const endWhole = to & ~7;
    if (firstWhole >= endWhole) return this.zeroBytes(from, to);
    this.zeroBytes(from, firstWhole);
    const doubles = this.f64;
    // A call of `fill` costs as much as some thirty stores; in shared memory it goes element by element, and stores written out are faster.
    if (this.isLocal && endWhole - firstWhole > 256) doubles.fill(0, firstWhole >> 3, endWhole >> 3);
    else zeroDoubles(doubles, firstWhole >> 3, endWhole >> 3);
    this.zeroBytes(endWhole, to);
  }

  private zeroBytes(from: number, to: number): void {
    const bytes = this.u8;
    for (let at = from; at < to; at += 1) bytes[at] = 0;
  }

  /** @internal Sets `[from, to)` to `byte`. */
  fill(from: number, to: number, byte: number): void {
    const first = from >> 2;
    const end = to >> 2;
    const word = (byte * 0x0101_0101) | 0;
    // Whole words, if that is what it is: shared memory is filled element by element. A call of `fill` costs as much as some thirty stores.
    if (((from | to) & 3) !== 0) this.u8.fill(byte, from, to);
    else if (end - first > 32) this.i32.fill(word, first, end);
    else for (let at = first, words = this.i32; at < end; at += 1) words[at] = word;
  }

  /** @internal Copies within this memory; the ranges may overlap. */
  move(toByte: number, fromByte: number, sizeBytes: number): void {
    // A call of `copyWithin` costs as much as some thirty stores.
    if (sizeBytes > 128 || toByte > fromByte || ((toByte | fromByte | sizeBytes) & 3) !== 0) this.u8.copyWithin(toByte, fromByte, fromByte + sizeBytes);
    else for (let i = 0, words = this.i32; i < sizeBytes >> 2; i += 1) words[(toByte >> 2) + i] = words[(fromByte >> 2) + i] ?? 0;
  }

  /** @internal The 32-bit word at `ptr`, a multiple of 4: for bookkeeping that lies in the memory itself. */
  word(ptr: number): number {
    return this.i32[ptr >> 2] ?? 0;
  }

  /** @internal */
  setWord(ptr: number, value: number): void {
    this.i32[ptr >> 2] = value;
  }

  /** @internal A typed array of `count` elements at `ptr`, which is a multiple of the element's size. Allocates. */
  laneAt(lane: LaneName, ptr: number, count: number): LaneArray {
    return new LANE_CLASSES[lane](this.buffer, ptr, count);
  }

  private bind(): void {
    const lanes: Partial<Record<LaneName, LaneArray>> = {};
    for (const name of Object.keys(LANE_CLASSES) as LaneName[]) {
      const Lane = LANE_CLASSES[name];
      lanes[name] = new Lane(this.buffer, 0, Math.floor(this.endByte / Lane.BYTES_PER_ELEMENT));
    }
    Object.assign(this, lanes);
  }
}

// Functions, not methods: bundlers leave them out where nothing asks for them.

/** @internal Whether every byte of `[from, to)` is `byte`. */
export function isFilled(memory: Memory, from: number, to: number, byte: number): boolean {
  let at = from;
  if (((from | to) & 3) === 0) {
    const words = memory.i32;
    const word = (byte * 0x0101_0101) | 0;
    while (at < to && words[at >> 2] === word) at += 4;
  } else {
    const bytes = memory.u8;
    while (at < to && bytes[at] === byte) at += 1;
  }
  return at >= to;
}

/** @internal Exchanges two ranges of `memory` that do not overlap. */
export function swapBytes(memory: Memory, aByte: number, bByte: number, sizeBytes: number): void {
  const inWords = ((aByte | bByte | sizeBytes) & 3) === 0;
  if (inWords) swapElements(memory.i32, aByte >> 2, bByte >> 2, sizeBytes >> 2);
  else swapElements(memory.u8, aByte, bByte, sizeBytes);
}

function swapElements(lane: Int32Array | Uint8Array, a: number, b: number, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const value = lane[a + i] ?? 0;
    lane[a + i] = lane[b + i] ?? 0;
    lane[b + i] = value;
  }
}

function zeroDoubles(doubles: Float64Array, from: number, end: number): void {
  let at = from;
  for (; at + 8 <= end; at += 8) {
    doubles[at] = 0;
    doubles[at + 1] = 0;
    doubles[at + 2] = 0;
    doubles[at + 3] = 0;
    doubles[at + 4] = 0;
    doubles[at + 5] = 0;
    doubles[at + 6] = 0;
    doubles[at + 7] = 0;
  }
  for (; at < end; at += 1) doubles[at] = 0;
}

/** A piece of a memory for one allocator. */
export interface Region {
  readonly memory: Memory;
  readonly beginByte: number;
  readonly endByte: number;
}

/** `ptr` rounded up to a multiple of `align`, a power of two. */
export function alignUp(ptr: number, align: number): number {
  if (align <= 2 ** 16 && ptr < 2 ** 30) return (ptr + align - 1) & -align;
  // Division, not bit operations: with an alignment near 2^30 the sum leaves the range of 32-bit integers.
  return Math.ceil(ptr / align) * align;
}

/** True for 1, 2, 4, ... 2^30. */
export function isPowerOfTwo(n: number): boolean {
  return Number.isInteger(n) && n > 0 && n <= 2 ** 30 && (n & (n - 1)) === 0;
}

/** @internal Sets `sizeBytes` from `from` on, a multiple of 8, to zero, and what follows up to the next one. For blocks whose size is rounded up. */
export function zeroWords(words: Float64Array, from: number, sizeBytes: number): void {
  const at = from >> 3;
  // The first ones written out: most blocks are small, and a loop costs as much as a store.
  words[at] = 0;
  if (sizeBytes <= 8) return;
  words[at + 1] = 0;
  if (sizeBytes <= 16) return;
  const end = (from + sizeBytes + 7) >> 3;
  if (sizeBytes > 256) words.fill(0, at + 2, end);
  else for (let next = at + 2; next < end; next += 1) words[next] = 0;
}
