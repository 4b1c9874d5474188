/** What a vec is to those who use it: the interface that frame-vec.ts fulfils, and the types of what goes in and comes out. */
import type { ScalarValue } from "../scalar-fields.ts";
import type { ClassType, Init, Infer, InferMany } from "../types/memory-type.ts";
import type { ScalarType } from "../types/scalar-type.ts";
import type { FrameBrand } from "./frame-box.ts";

/** What reading an element of a vec of `E` gives. */
export type VecValue<E> = E extends ScalarType<infer N> ? ScalarValue<N> : Infer<E>;
/** What a vec of `E` takes: a scalar's value, the fields of a struct, an instance of a class. */
export type VecInput<E> = E extends ClassType<infer C> ? C : Init<E>;
/** What a slice of a vec of `E` is. */
export type VecSlice<E> = InferMany<E> & FrameBrand;
/** `sort` has an order of its own for numbers, bigints and booleans; for everything else it has to be told. */
export type SortOrder<V> = V extends number | bigint | boolean ? [compare?: (a: V, b: V) => number] : [compare: (a: V, b: V) => number];

/**
 * A growable or fixed array in the frame arena. Every member but `isAlive` throws FA004 once the frame, or the scope, has ended.
 * `V` is what elements read as, `I` what they are set from, `S` what slices are. A view of a struct is of a place in the vec, not of an element: it
 * reads what lies there after a `sort` or `retain`, also when the vec has grown meanwhile.
 */
export interface FrameVec<V, I = V, S = unknown> extends FrameBrand, Iterable<V> {
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
  /** Element `index`. Throws `argument` for what is no index of the vec. */
  get(index: number): V;
  /** Element `index`, counted from the end when negative; undefined for what is no index of the vec. */
  at(index: number): V | undefined;
  /** Sets element `index`; a struct's fields that are left out stay. Throws `argument` for what is no index of the vec. */
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
  /**
   * Sorts in place, and gives the vec: numbers and bigints upwards, NaN last, or as `compare` says, which is as for `Array.sort`. Not stable.
   * O(n log n) at worst, and no garbage of its own; but an engine may box fractions that `compare` is given, or gives. When `compare` throws, or changes the length (`argument`), no element is lost, but their order is any.
   */
  sort(...order: SortOrder<V>): this;
  /**
   * Keeps the elements for which `keep` says true, in their order, and gives the new length. O(n). When `keep` throws, or changes the length
   * (`argument`), those that it refused before are gone and the others stay.
   */
  retain(keep: (value: V, index: number) => boolean): number;
  /**
   * Elements from `from` up to and without `to`, both as for `Array.slice`, in one piece: a typed array for scalars and a `StructArray` for structs,
   * both over the vec's own memory until the vec grows or its life ends; an array of the same instances for a class, as long as the frame.
   * Kept for the next time: no garbage for the same part at the same place.
   */
  slice(from?: number, to?: number): S;
  /** In order. What is pushed meanwhile is gone through too. No garbage where an engine compiles the loop with the iterator in it; `iterate` makes none anywhere. */
  [Symbol.iterator](): IterableIterator<V>;
}
