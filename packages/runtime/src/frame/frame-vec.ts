/**
 * A vec: elements one after the other in the frame arena, with a length and a capacity.
 *
 *   $ptr                 + length * stride        + capacity * stride
 *   | element 0 | ... |  |  free                  |
 *
 * With a capacity given it is fixed; without one it grows: in place while it is the arena's last allocation, else by moving to fresh
 * memory (the old place is lost until the frame ends). It does not grow while a scope is open that was opened after it: what it would grow into
 * is freed when that scope ends.
 *
 * Longer than 60 lines: the one long function is a class, made anew for each element type so that engines compile its code for that type.
 *
 * Invariants:
 *   I1  0 <= length <= capacity; both are 0 in a stale vec, so that the bound checks of the short ways refuse it too
 */
import { badArgument, staleFrameValue, vecFull, vecInScope } from "../errors.ts";
import { laneBitOf, laneClass } from "../scalar-fields.ts";
import { rebindView, type View } from "../view.ts";
import type { ClassType, ElementType, Init, Infer, ScalarArray } from "../types/memory-type.ts";
import type { ScalarType } from "../types/scalar-type.ts";
import type { ScalarValue } from "../scalar-fields.ts";
import type { BumpArena } from "./bump-arena.ts";
import { objectLane, structLane } from "./element-lane.ts";
import type { FrameBrand } from "./frame-box.ts";
import type { FrameHandle } from "./handle-list.ts";

/** What a vec can hold. */
export type VecElement = ElementType | ClassType;
/** What reading an element of a vec of `E` gives. */
export type VecValue<E> = E extends ScalarType<infer N> ? ScalarValue<N> : Infer<E>;
/** What a vec of `E` takes: a scalar's value, the fields of a struct, an instance of a class. */
export type VecInput<E> = E extends ClassType<infer C> ? C : Init<E>;
export type VecArray<E> = E extends ScalarType<infer N> ? ScalarArray<N> : never;

/**
 * A growable or fixed array in the frame arena. Every member but `isAlive` throws FA004 once the frame, or the scope, has ended.
 * `V` is what elements read as, `I` what they are set from.
 */
export interface FrameVec<V, I = V> extends FrameBrand, Iterable<V> {
  readonly length: number;
  /** Elements it can hold before it has to grow, or at all. */
  readonly capacity: number;
  /** `capacity - length` */
  readonly remaining: number;
  /** True when a fixed vec holds `capacity` elements; a growing one is never full by itself. */
  readonly isFull: boolean;
  readonly isEmpty: boolean;
  readonly isAlive: boolean;
  /** Appends, and gives the new length. Amortised O(1). Throws FA003 when a fixed vec is full, or a growing one finds the arena full or a later scope open. */
  push(value: I): number;
  /** Appends; false, and nothing changed, when there is no room. */
  tryPush(value: I): boolean;
  /** Removes the last element and gives it; undefined when empty. A struct's view stays readable until the next push. */
  pop(): V | undefined;
  /** Element `index`. Throws `argument` out of range. */
  get(index: number): V;
  /** Element `index`, counted from the end when negative; undefined out of range. */
  at(index: number): V | undefined;
  /** Sets element `index`; a struct's fields that are left out stay. Throws `argument` out of range. */
  set(index: number, value: I): void;
  /** Makes it empty; the capacity stays. */
  clear(): void;
  /** Makes it at most `length` long. */
  truncate(length: number): void;
  /** Makes it `length` long: new elements are `value`, or zero (for a class: recycled instances). Throws as `push`, and then changes nothing. */
  resize(length: number, value?: I): void;
  /** Appends all of `values`, and gives the new length. Throws as `push`; what did not fit was not appended, what came before was. */
  extend(values: Iterable<I>): number;
  /** Calls `fn` with each element and its index. Makes no garbage. */
  iterate(fn: (value: V, index: number) => void): void;
}

/** @internal */
export interface FrameVecHandle extends FrameHandle {
  open(frameNumber: number, ptr: number, capacity: number, grows: boolean): void;
}

/** @internal The class of vecs of one element type in one arena; `takeObject` gives instances of a class. */
export function frameVecClass(arena: BumpArena, element: VecElement, takeObject: () => unknown): new () => FrameVec<unknown> & FrameVecHandle {
  if (typeof element === "function") return vecClass(objectLane(takeObject), arena, 0, 0, 1);
  if (element.kind === "struct") return vecClass(structLane(element), arena, 0, element.sizeBytes, element.alignBytes);
  return vecClass(scalarLane(element), arena, laneBitOf(element.name), element.sizeBytes, element.alignBytes);
}

/** @internal What a vec needs of its elements. */
export interface ElementLane extends View {
  load(index: number): unknown;
  store(index: number, value: unknown): void;
  /** Before `value` is appended at `index`: clears what an element that was removed left there. */
  renew(index: number, value: unknown): void;
  /** Makes elements `[from, to)` what fresh ones are. */
  blank(from: number, to: number): void;
  /** Lets go of elements `[from, to)`. */
  drop(from: number, to: number): void;
  rebindElements(): void;
}

/** @internal */
export type ElementLaneClass = new (...args: ConstructorParameters<typeof View>) => ElementLane;

function scalarLane(type: ScalarType): ElementLaneClass {
  // The lane's `load` and `store` are there; the compiler takes them for abstract still.
  class ScalarLane extends (laneClass(type.name) as unknown as typeof View) {
    renew(): void {}
    blank(from: number, to: number): void {
      this.$home.memory.zero(this.$ptr + from * type.sizeBytes, this.$ptr + to * type.sizeBytes);
    }
    drop(): void {}
    rebindElements(): void {}
  }
  return ScalarLane as unknown as ElementLaneClass;
}

const FIRST_CAPACITY = 8;

/** `lanes`: the typed arrays that the elements are read through by the vec itself. */
function vecClass(Base: ElementLaneClass, arena: BumpArena, lanes: number, stride: number, alignBytes: number): new () => FrameVec<unknown> & FrameVecHandle {
  class Vec extends Base implements FrameVec<unknown>, FrameVecHandle {
    private used = 0;
    private room = 0;
    private alive = false;
    private grows = false;
    private frameNumber = 0;
    private depth = 0;

    constructor() {
      super(arena.memory, arena.beginByte, lanes);
    }

    open(frameNumber: number, ptr: number, capacity: number, grows: boolean): void {
      this.$ptr = ptr;
      this.used = 0;
      this.room = capacity;
      this.grows = grows;
      this.frameNumber = frameNumber;
      this.depth = arena.scopeDepth;
      this.alive = true;
    }

    release(): void {
      this.drop(0, this.used);
      this.used = 0;
      this.room = 0;
      this.alive = false;
    }

    rebind(): void {
      rebindView(this);
      this.rebindElements();
    }

    get isAlive(): boolean { return this.alive; }
    get length(): number { return this.alive ? this.used : this.stale(); }
    get capacity(): number { return this.alive ? this.room : this.stale(); }
    get remaining(): number { return this.alive ? this.room - this.used : this.stale(); }
    get isFull(): boolean { return this.alive ? this.used === this.room && !this.grows : this.stale(); }
    get isEmpty(): boolean { return this.length === 0; }

    push(value: unknown): number {
      const index = this.used;
      if (index >= this.room) this.makeRoom(1);
      this.renew(index, value);
      this.store(index, value);
      this.used = index + 1;
      return index + 1;
    }

    tryPush(value: unknown): boolean {
      if (this.used >= this.room && !this.tryMakeRoom(1)) return false;
      this.push(value);
      return true;
    }

    pop(): unknown {
      const index = this.used - 1;
      if (index < 0) return this.alive ? undefined : this.stale();
      const value = this.load(index);
      this.used = index;
      this.drop(index, index + 1);
      return value;
    }

    get(index: number): unknown {
      if (!(index >= 0 && index < this.used)) this.outOfRange("get", index);
      return this.load(index);
    }

    at(index: number): unknown {
      const from = index < 0 ? this.length + index : index;
      return from >= 0 && from < this.length ? this.load(from) : undefined;
    }

    set(index: number, value: unknown): void {
      if (!(index >= 0 && index < this.used)) this.outOfRange("set", index);
      this.store(index, value);
    }

    clear(): void {
      this.truncate(0);
    }

    truncate(length: number): void {
      const before = this.length;
      if (!Number.isInteger(length) || length < 0) throw badArgument("truncate", "length", length, "an integer of at least 0");
      if (length >= before) return;
      this.drop(length, before);
      this.used = length;
    }

    resize(length: number, value?: unknown): void {
      const before = this.length;
      if (!Number.isInteger(length) || length < 0) throw badArgument("resize", "length", length, "an integer of at least 0");
      if (length <= before) return this.truncate(length);
      if (length > this.room) this.makeRoom(length - before);
      this.blank(before, length);
      if (value !== undefined) for (let i = before; i < length; i += 1) this.store(i, value);
      this.used = length;
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

    *[Symbol.iterator](): Generator<unknown, void, undefined> {
      for (let i = 0; i < this.length; i += 1) yield this.load(i);
    }

    private tryMakeRoom(count: number): boolean {
      if (!this.alive) return this.stale();
      if (!this.grows || this.depth !== arena.scopeDepth) return false;
      const wanted = Math.max(this.room * 2, this.used + count, FIRST_CAPACITY);
      return this.growTo(wanted) || this.growTo(this.used + count);
    }

    private makeRoom(count: number): void {
      if (this.tryMakeRoom(count)) return;
      if (!this.grows) throw vecFull(this.room);
      if (this.depth !== arena.scopeDepth) throw vecInScope(this.room);
      arena.place((this.used + count) * stride, alignBytes, "frameVec");
    }

    /** Room for `capacity` elements; false when the arena has none. */
    private growTo(capacity: number): boolean {
      if (!arena.tryExtend(this.$ptr + this.room * stride, (capacity - this.room) * stride)) {
        const ptr = arena.tryPlace(capacity * stride, alignBytes);
        if (ptr < 0) return false;
        if (this.used > 0) arena.memory.move(ptr, this.$ptr, this.used * stride);
        this.$ptr = ptr;
      }
      this.room = capacity;
      return true;
    }

    private outOfRange(call: string, index: number): never {
      if (!this.alive) this.stale();
      throw badArgument(call, "index", index, this.used === 0 ? "an index of the vec, which is empty" : `an integer from 0 to ${this.used - 1}`);
    }

    private stale(): never {
      throw staleFrameValue("frame vec", this.frameNumber);
    }
  }
  return Vec;
}
