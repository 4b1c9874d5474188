/** What a map of a frame is to those who use it: the interface that frame-map.ts fulfils. */
import type { FrameBrand } from "./frame-box.ts";

/**
 * A map of at most `capacity` keys in the frame arena, as `Map` is: entries are in the order in which their keys came, and may be added and deleted
 * while they are gone through. Every member but `isAlive` throws FA004 once the frame, or the scope, has ended.
 * No garbage in steady state. But where an engine does not compile a call into its caller it boxes numbers that are no small integers, as it does for every
 * function: values with a fraction that `set` is given or `get` gives, and keys with one or above 2^30 to 2^31. The fields of a struct are not boxed.
 * `K` are the keys, `V` is what values read as, `I` what they are set from.
 */
export interface FrameMap<K, V, I = V> extends FrameBrand, Iterable<[K, V]> {
  /** How many keys it holds. */
  readonly size: number;
  /** How many it can hold. */
  readonly capacity: number;
  readonly isAlive: boolean;
  /**
   * Sets the value of a key, and gives the map. A struct's fields that are left out stay as they were, and are zero for a new key. O(1) on average.
   * Throws FA003 when the key is new and the map full, `argument` for a key of another kind.
   */
  set(key: K, value: I): this;
  /** As `set`; false, and nothing changed, when the key is new and the map full. */
  trySet(key: K, value: I): boolean;
  /** The value of a key; undefined when it is not there. For a struct a view, which stays the key's until the key is deleted. O(1) on average. */
  get(key: K): V | undefined;
  /** The value of a key, which is put in when it is not there: with `value`, or zeroed (for a class: a recycled instance). Throws as `set`. */
  getOrInsert(key: K, value?: I): V;
  has(key: K): boolean;
  /** Takes a key out; false when it was not there. The first time since the map was made or cleared it costs a step for each entry, else O(1). */
  delete(key: K): boolean;
  /** Takes all out. Costs a step for each key it could hold. */
  clear(): void;
  /** Calls `fn` with each value, its key and the map. Makes no garbage. */
  forEach(fn: (value: V, key: K, map: this) => void): void;
  /** As `forEach`, under the name that vecs have it by. */
  iterate(fn: (value: V, key: K, map: this) => void): void;
  /** These make garbage: an iterator, and what it gives at each step. */
  keys(): IterableIterator<K>;
  values(): IterableIterator<V>;
  entries(): IterableIterator<[K, V]>;
}
