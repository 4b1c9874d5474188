/**
 * The kinds of keys that maps have: how a key is hashed, compared, kept and let go of.
 *
 *   number    | key 1 f64 | key 2 f64 | ...      the key itself; a zero is kept as 0, as `Map` does
 *   others    | hash 1 i32 | hash 2 i32 | ...    the hash; the key is in a recycled array, emptied when the map's life ends
 *
 * Hashing costs a few instructions for an integer, some more for another number or a bigint (of which the low 64 bits count), a step a character
 * for a string. Objects have no hash that a program can ask for, so each gets a number when it first becomes a key; a `WeakMap` holds it, which keeps no
 * object alive. (A `Map` in the place of all this makes garbage whenever it is cleared, as it takes a new table then.)
 */
import { foldDouble, foldLong } from "../scalar-fields.ts";
import type { Memory } from "../memory.ts";
import { LANE_BIT } from "../view.ts";
import { KeyTable } from "./key-table.ts";

/** What keys of each kind are. */
export interface MapKeys {
  /** Any number: `NaN` is equal to itself, and -0 to 0. */
  number: number;
  bigint: bigint;
  /** By content. */
  string: string;
  /** By identity. */
  object: object;
}

/** The kind of a frame map's keys. */
export type MapKeyKind = keyof MapKeys;

/** @internal JavaScript callers pass anything. */
export function isMapKeyKind(kind: unknown): kind is MapKeyKind {
  return kind === "number" || kind === "bigint" || kind === "string" || kind === "object";
}

/** @internal Keys for one map. `numbers`: the arena's. */
export function keyTable(kind: MapKeyKind, memory: Memory, numbers: ObjectNumbers): KeyTable {
  return kind === "number" ? new NumberKeys(memory) : new HeldKeys(memory, kind, numbers);
}

/** @internal Numbers for objects, which stay theirs as long as they live. */
export class ObjectNumbers {
  private readonly numbers: WeakMap<object, number> = new WeakMap();
  private count = 0;

  /** Undefined for an object that was never a key. */
  find(object: object): number | undefined {
    return this.numbers.get(object);
  }

  give(object: object): number {
    const number = (this.count = (this.count + 1) | 0);
    this.numbers.set(object, number);
    return number;
  }
}

/** All bits of the result depend on all of `bits`, the top ones most. */
function mix(bits: number): number {
  return Math.imul(bits ^ (bits >>> 15), 0x9e3779b1) >>> 2;
}

class NumberKeys extends KeyTable {
  /** Index of the double before key 1. */
  private doubles = 0;

  constructor(memory: Memory) {
    super(memory, LANE_BIT.i32 | LANE_BIT.f64, 8);
  }

  // `find`, `take` and `seek` are written out for both classes of keys: an engine compiles what it has seen both use for neither.
  override find(key: number): number {
    if (this.used < 0) return this.stale();
    return this.wordAt(this.seek(key, this.hashOf(key)));
  }

  override take(key: number): number {
    if (this.used < 0) return this.stale();
    const hash = this.hashOf(key);
    const place = this.seek(key, hash);
    const slot = this.wordAt(place);
    if (slot !== 0) return slot;
    return this.insert(place, key, hash);
  }

  override isKey(key: unknown): boolean {
    return typeof key === "number";
  }

  override keyAt(slot: number): number {
    return this.doubleAt(this.doubles + slot);
  }

  protected override openKeys(ptr: number): void {
    this.doubles = (ptr >> 3) - 1;
  }

  protected override hashOf(key: number): number {
    if (typeof key !== "number") return 0;
    const bits = key | 0;
    // `mix`, written out, as engines ask at each call of a function, but not of a method, whether it is the one that they know.
    if (bits === key || key >>> 0 === key) return Math.imul(bits ^ (bits >>> 15), 0x9e3779b1) >>> 2;
    // There are many NaNs in bits.
    return key !== key ? 0 : mix(foldDouble(key));
  }

  protected override hashToPut(_key: unknown, hash: number): number {
    return hash;
  }

  protected override seek(key: number, hash: number): number {
    const { places, mask, doubles } = this;
    for (let place = hash >>> this.shift; ; place = (place + 1) & mask) {
      const slot = this.wordAt(places + place);
      if (slot === 0) return places + place;
      const held = this.doubleAt(doubles + slot);
      if (held === key || (held !== held && key !== key)) return places + place;
    }
  }

  protected override hashAt(slot: number): number {
    return this.hashOf(this.doubleAt(this.doubles + slot));
  }

  protected override putKey(slot: number, key: number): void {
    // -0 becomes 0 by the sum.
    this.putDouble(this.doubles + slot, key + 0);
  }

  protected override dropKey(): void {}

  protected override dropKeys(): void {}
}

/** For objects without a number, which are in no map; the hashes of the others are even. */
const NO_NUMBER = 1;

/** Keys that are kept as values of JavaScript, with their hashes in the arena. One class for three kinds: see `find` above. */
class HeldKeys extends KeyTable {
  private readonly kind: MapKeyKind;
  private readonly numbers: ObjectNumbers;
  /** Index of the word before the hash of slot 1. */
  private hashes = 0;
  private readonly held: unknown[] = [];

  constructor(memory: Memory, kind: MapKeyKind, numbers: ObjectNumbers) {
    super(memory, LANE_BIT.i32, 4);
    this.kind = kind;
    this.numbers = numbers;
  }

  override find(key: unknown): number {
    if (this.used < 0) return this.stale();
    return this.wordAt(this.seek(key, this.hashOf(key)));
  }

  override take(key: unknown): number {
    if (this.used < 0) return this.stale();
    const hash = this.hashOf(key);
    const place = this.seek(key, hash);
    const slot = this.wordAt(place);
    if (slot !== 0) return slot;
    return this.insert(place, key, hash);
  }

  override isKey(key: unknown): boolean {
    return this.kind === "object" ? (typeof key === "object" && key !== null) || typeof key === "function" : typeof key === this.kind;
  }

  override keyAt(slot: number): unknown {
    return this.held[slot - 1];
  }

  protected override openKeys(ptr: number): void {
    this.hashes = (ptr >> 2) - 1;
  }

  protected override hashOf(key: unknown): number {
    if (typeof key === "string") return hashOfString(key);
    if (typeof key === "bigint") return mix(foldLong(key));
    const number = this.numbers.find(key as object);
    return number === undefined ? NO_NUMBER : mix(number) & ~1;
  }

  protected override hashToPut(key: unknown, hash: number): number {
    return this.kind === "object" && hash === NO_NUMBER ? mix(this.numbers.give(key as object)) & ~1 : hash;
  }

  protected override seek(key: unknown, hash: number): number {
    const { places, mask, hashes, held } = this;
    for (let place = hash >>> this.shift; ; place = (place + 1) & mask) {
      const slot = this.wordAt(places + place);
      if (slot === 0 || (this.wordAt(hashes + slot) === hash && held[slot - 1] === key)) return places + place;
    }
  }

  protected override hashAt(slot: number): number {
    return this.wordAt(this.hashes + slot);
  }

  protected override putKey(slot: number, key: unknown, hash: number): void {
    this.putWord(this.hashes + slot, hash);
    this.held[slot - 1] = key;
  }

  protected override dropKey(slot: number): void {
    this.held[slot - 1] = undefined;
  }

  protected override dropKeys(count: number): void {
    for (let i = 0; i < count; i += 1) this.held[i] = undefined;
  }
}

/** FNV-1a over the code units. */
function hashOfString(key: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  return mix(hash);
}
