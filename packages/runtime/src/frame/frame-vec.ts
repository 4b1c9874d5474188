/**
 * A vec: elements one after the other in the frame arena, with a length and a capacity.
 *
 *   $ptr                 + length * stride        + capacity * stride
 *   | element 0 | ... |  |  free                  |
 *
 * With a capacity given it is fixed; without one it grows: in place while it is the arena's last allocation, else by moving to fresh
 * memory (the old place is lost until the frame ends). It does not grow over a scope or a checkpoint that is younger than it:
 * what it would grow into may be freed before it is.
 *
 * Longer than 60 lines: the one long function is a class, made for each kind of elements. Its short ways are straight lines with everything else
 * behind a last call, since an engine that compiles them into a caller of a known class forgets the class where two ways meet.
 *
 * Invariants:
 *   I1  0 <= length <= capacity; both are 0 in a stale vec, so that the bound checks of the short ways refuse it too
 */
import { elementIterator } from "../element-iterator.ts";
import { badArgument, vecFull, vecInScope } from "../errors.ts";
import { describeList } from "../types/describe-view.ts";
import { rebindView } from "../view.ts";
import type { RewindableArena } from "./rewindable-arena.ts";
import { elementLane, strideOf, type ElementLaneClass, type TakeObject, type VecElement } from "./element-lane.ts";
import type { FrameHandle } from "./handle-list.ts";
import { staleUse } from "./stale-use.ts";
import { sortingLane } from "./sorting-lane.ts";
import type { FrameVec } from "./vec-interface.ts";
import { Span, vecIteratorClass, type VecIterator } from "./vec-iterator.ts";

/** @internal */
export interface FrameVecHandle extends FrameHandle {
  open(frameNumber: number, ptr: number, capacity: number, grows: boolean): void;
}

/** @internal */
export type FrameVecClass = new (arena: RewindableArena, element: VecElement, takeObject: TakeObject) => FrameVec<unknown> & FrameVecHandle;

const vecClasses: Map<ElementLaneClass, FrameVecClass> = /* @__PURE__ */ new Map();

/** @internal The class of vecs of a type. */
export function frameVecClass(element: VecElement): FrameVecClass {
  const Lane = elementLane(element);
  let Vec = vecClasses.get(Lane);
  if (Vec === undefined) {
    Vec = vecClass(Lane);
    vecClasses.set(Lane, Vec);
  }
  return Vec;
}

const FIRST_CAPACITY = 8;
/** Iterators that a vec keeps for its next life; beyond so many in one life each is made anew. */
const MAX_ITERATORS = 32;

function vecClass(Lane: ElementLaneClass): FrameVecClass {
  const Base = sortingLane(Lane);
  const Iterator = vecIteratorClass(Lane);
  class Vec extends Base implements FrameVec<unknown>, FrameVecHandle {
    private readonly arena: RewindableArena;
    private readonly elementBytes: number;
    private readonly alignBytes: number;
    private readonly element: VecElement;
    private readonly takeObject: TakeObject;
    private readonly span: Span = new Span();
    private room = 0;
    private grows = false;
    private frameNumber = 0;
    /** Given out, in the order of the calls; those of lives before are behind. */
    private readonly iterators: VecIterator[] = [];
    private iteratorCount = 0;

    constructor(arena: RewindableArena, element: VecElement, takeObject: TakeObject) {
      super(arena.memory, element, takeObject);
      this.arena = arena;
      this.element = element;
      this.takeObject = takeObject;
      this.elementBytes = strideOf(element);
      this.alignBytes = typeof element === "function" ? 1 : element.alignBytes;
    }

    open(frameNumber: number, ptr: number, capacity: number, grows: boolean): void {
      this.$ptr = ptr;
      this.span.used = 0;
      this.room = capacity;
      this.grows = grows;
      this.frameNumber = frameNumber;
      this.newestMark = this.arena.newestMark;
      this.iteratorCount = 0;
      this.span.alive = true;
    }

    release(): void {
      this.drop(0, this.span.used);
      this.dropSlices();
      this.span.used = 0;
      this.room = 0;
      this.span.alive = false;
    }

    rebind(): void {
      rebindView(this);
      this.rebindElements();
      for (const iterator of this.iterators) rebindView(iterator);
    }

    get isAlive(): boolean { return this.span.alive; }
    get length(): number { return this.span.alive ? this.span.used : this.stale(); }
    get capacity(): number { return this.span.alive ? this.room : this.stale(); }
    get remaining(): number { return this.span.alive ? this.room - this.span.used : this.stale(); }
    get isFull(): boolean { return this.span.alive ? this.span.used === this.room && !this.grows : this.stale(); }
    get isEmpty(): boolean { return this.length === 0; }

    push(value: unknown): number {
      const index = this.span.used;
      if (index >= this.room) return this.growAndPush(value);
      this.renew(index, value);
      this.store(index, value);
      this.span.used = index + 1;
      return index + 1;
    }

    tryPush(value: unknown): boolean {
      if (this.span.used >= this.room && !this.tryMakeRoom(1)) return false;
      this.push(value);
      return true;
    }

    pop(): unknown {
      const index = this.span.used - 1;
      if (index < 0) return this.span.alive ? undefined : this.stale();
      const value = this.load(index);
      this.span.used = index;
      this.drop(index, index + 1);
      return value;
    }

    get(index: number): unknown {
      if (index === (index | 0) && index >= 0 && index < this.span.used) return this.load(index);
      return this.outOfRange("get", index);
    }

    at(index: number): unknown {
      const from = index < 0 ? this.length + index : index;
      return from >= 0 && from < this.length && from === (from | 0) ? this.load(from) : undefined;
    }

    set(index: number, value: unknown): void {
      if (index === (index | 0) && index >= 0 && index < this.span.used) return this.store(index, value);
      return this.outOfRange("set", index);
    }

    clear(): void {
      this.truncate(0);
    }

    truncate(length: number): void {
      const before = this.length;
      if (!Number.isInteger(length) || length < 0) throw badArgument("truncate", "length", length, "an integer of at least 0");
      if (length >= before) return;
      this.drop(length, before);
      // Not -0, which is no small integer.
      this.span.used = length + 0;
    }

    resize(length: number, value?: unknown): void {
      const before = this.length;
      if (!Number.isInteger(length) || length < 0) throw badArgument("resize", "length", length, "an integer of at least 0");
      if (length <= before) return this.truncate(length);
      if (length > this.room) this.makeRoom(length - before);
      this.blank(before, length);
      if (value !== undefined) for (let i = before; i < length; i += 1) this.store(i, value);
      this.span.used = length;
    }

    extend(values: Iterable<unknown>): number {
      // A vec appended to itself would chase its own end.
      if (values === this) for (let i = 0, end = this.length; i < end; i += 1) this.push(this.load(i));
      else for (const value of values) this.push(value);
      return this.length;
    }

    iterate(fn: (value: unknown, index: number) => void): void {
      for (let i = 0; i < this.length; i += 1) fn(this.load(i), i);
    }

    [Symbol.iterator](): IterableIterator<unknown> {
      const index = this.iteratorCount;
      if (index === MAX_ITERATORS) return elementIterator(this);
      this.iteratorCount = index + 1;
      return (this.iterators[index] ??= new Iterator(this, this.span, this.arena.memory, this.element, this.takeObject)).restart(this.$ptr);
    }

    sort(compare?: (a: unknown, b: unknown) => number): this {
      this.sortElements(this.length, compare);
      return this;
    }

    retain(keep: (value: unknown, index: number) => boolean): number {
      const before = this.length;
      let kept = 0;
      let read = 0;
      try {
        while (read < before) {
          const isKept = keep(this.load(read), read);
          if (this.length !== before) throw badArgument("retain", "keep", keep, "a function that leaves the vec's length alone");
          if (isKept && kept !== read) this.moveElement(kept, read);
          if (isKept) kept += 1;
          read += 1;
        }
      } finally {
        this.closeGap(kept, read);
      }
      return kept;
    }

    slice(from = 0, to = Infinity): object {
      const end = indexIn(to, this.length);
      const begin = Math.min(indexIn(from, this.length), end);
      return this.sliceOf(begin, end);
    }

    /** Takes out what lies from `to` up to and without `from`. */
    private closeGap(to: number, from: number): void {
      const before = this.span.used;
      if (to === from || from > before) return;
      let kept = to;
      for (let i = from; i < before; i += 1, kept += 1) this.moveElement(kept, i);
      this.drop(kept, before);
      this.span.used = kept;
    }

    private growAndPush(value: unknown): number {
      this.makeRoom(1);
      return this.push(value);
    }

    private tryMakeRoom(count: number): boolean {
      if (!this.span.alive) return this.stale();
      if (!this.grows || this.arena.newestMark > this.newestMark) return false;
      return this.growTo(this.wantedFor(count)) || this.growTo(this.span.used + count) || this.growBeyond(this.wantedFor(count));
    }

    private wantedFor(count: number): number {
      return Math.max(this.room * 2, this.span.used + count, FIRST_CAPACITY);
    }

    private makeRoom(count: number): void {
      if (this.tryMakeRoom(count)) return;
      if (!this.grows) throw vecFull(this.room);
      if (this.arena.newestMark > this.newestMark) throw vecInScope(this.room);
      throw this.arena.denied((this.span.used + count) * this.elementBytes, this.alignBytes, "frameVec");
    }

    /** Room for `capacity` elements; false when the arena has none. */
    private growTo(capacity: number): boolean {
      const { arena, elementBytes } = this;
      if (!arena.tryExtend(this.$ptr + this.room * elementBytes, (capacity - this.room) * elementBytes)) {
        const ptr = arena.tryPlace(capacity * elementBytes, this.alignBytes);
        if (ptr < 0) return false;
        this.moveTo(ptr);
      }
      this.room = capacity;
      return true;
    }

    /** Budgets may know of room elsewhere. */
    private growBeyond(capacity: number): boolean {
      const { arena } = this;
      const ptr = arena.bounds === undefined ? -1 : arena.tryPlaceBounded(capacity * this.elementBytes, this.alignBytes);
      if (ptr < 0) return false;
      this.moveTo(ptr);
      this.room = capacity;
      return true;
    }

    private moveTo(ptr: number): void {
      if (this.span.used > 0) this.arena.memory.move(ptr, this.$ptr, this.span.used * this.elementBytes);
      this.$ptr = ptr;
      this.follow(this.span.used);
      for (let i = 0; i < this.iteratorCount; i += 1) (this.iterators[i] as VecIterator).$ptr = ptr;
    }

    private outOfRange(call: string, index: number): never {
      if (!this.span.alive) this.stale();
      throw badArgument(call, "index", index, this.span.used === 0 ? "an index of the vec, which is empty" : `an integer from 0 to ${this.span.used - 1}`);
    }

    private stale(): never {
      throw staleUse(this.arena.memory, "frame vec", this.frameNumber);
    }
  }
  describeList(Vec.prototype, "FrameVec");
  return Vec;
}

/** As `Array.slice` reads its arguments. */
function indexIn(index: number, length: number): number {
  const whole = Math.trunc(index) || 0;
  return whole < 0 ? Math.max(0, length + whole) : Math.min(whole, length);
}
