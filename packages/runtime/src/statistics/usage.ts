/**
 * How many bytes of values are in use, and the most at once, for each kind and for all together with the frame.
 *
 * What is in use only falls when something is freed or a frame, or a part of one, ends. So the most is found right before that, and an allocation adds
 * to one number only.
 */
import { CLOSED } from "../frame/bump-arena.ts";
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import { zeroWords } from "../memory.ts";
import type { OwnedList, OwnedSlot } from "../pool/owned-slot.ts";
import type { OwnedValues, ValueOptions } from "../pool/owned-values.ts";
import type { ValueWatch, WatchedKind } from "../pool/value-watch.ts";
import type { AllocType, Infer, MemoryType } from "../types/memory-type.ts";

/** Of one kind. */
export class KindUsage {
  bytes: number;
  peak: number;

  constructor(bytes: number) {
    this.bytes = bytes;
    this.peak = bytes;
  }
}

export class Usage implements ValueWatch {
  readonly pool: KindUsage;
  /** Groups and handles included. */
  readonly heap: KindUsage;
  readonly frames: RewindableArena;
  /** The most in use at once, as far as it was looked at. */
  most = 0;

  /** `poolBytes` and `heapBytes` are in use already. */
  constructor(frames: RewindableArena, poolBytes: number, heapBytes: number) {
    this.frames = frames;
    this.pool = new KindUsage(poolBytes);
    this.heap = new KindUsage(heapBytes);
  }

  /** The most in use at once, frames included. */
  get peak(): number {
    this.falling();
    return this.most;
  }

  allocated(kind: WatchedKind, sizeBytes: number): void {
    (kind === "pool" ? this.pool : this.heap).bytes += sizeBytes;
  }

  freed(kind: WatchedKind, sizeBytes: number): void {
    this.falling();
    (kind === "pool" ? this.pool : this.heap).bytes -= sizeBytes;
  }

  /** To be called before anything is freed. */
  falling(): void {
    const { pool, heap } = this;
    if (pool.bytes > pool.peak) pool.peak = pool.bytes;
    if (heap.bytes > heap.peak) heap.peak = heap.bytes;
    const all = pool.bytes + heap.bytes + this.frames.usage();
    if (all > this.most) this.most = all;
  }
}

/**
 * Has the short ways of `values` counted too: its `alloc` and `free` become functions of its own that do as those of its class, and count. What they do not do
 * themselves goes the long way, which tells the watch.
 */
export function countShortWays(values: OwnedValues, usage: Usage, kind: KindUsage): void {
  const { id, alloc, free } = values;
  const { frames, pool, heap } = usage;
  const { beginByte } = frames;
  const other = kind === pool ? heap : pool;
  values.alloc = function counted<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> {
    const list = (type as unknown as MemoryType | undefined)?.$pool as OwnedList | undefined;
    if (list !== undefined && list.fast === id && options === undefined) {
      const slot = list.spare;
      if (slot !== undefined) {
        list.spare = slot.next;
        slot.holder = id;
        list.allocated += 1;
        kind.bytes += list.sizeBytes;
        zeroWords(list.doubles, slot.ptr, list.sizeBytes);
        return slot.value as Infer<T>;
      }
    }
    return alloc.call(values, type, options) as Infer<T>;
  };
  values.free = function counted(value: object): void {
    const slot = (value as { readonly $home?: OwnedSlot | null } | null | undefined)?.$home;
    if (slot !== undefined && slot !== null && slot.holder === id && slot.value === value) {
      const { list } = slot;
      if (list.fast > 0) {
        // As `falling`, in as few steps as it takes; of the other kind nothing has changed.
        const { bytes } = kind;
        const { top } = frames;
        const all = bytes + other.bytes + (top === CLOSED ? 0 : top - beginByte);
        if (bytes > kind.peak) kind.peak = bytes;
        if (all > usage.most) usage.most = all;
        kind.bytes = bytes - list.sizeBytes;
        slot.holder = 0;
        list.freed += 1;
        slot.next = list.spare;
        list.spare = slot;
        return;
      }
    }
    free.call(values, value);
  };
}
