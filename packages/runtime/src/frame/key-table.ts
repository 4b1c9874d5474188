/**
 * The keys of a map in the frame arena: open addressing with linear probing. A key has a slot, which stays its own until it is taken out.
 *
 *   | keys | table i32 x 2^n | order i32 x 2 x (capacity + 1) |
 *
 *   keys    see map-keys.ts
 *   table   at the place that the top bits of a key's hash say, or at the next free place behind: the key's slot, 0 for none
 *   order   see entry-order.ts
 *
 * Taking a key out closes its gap in the table, by moving back what was pushed along: nothing is left of it, and looking up stays as fast as it was.
 *
 * Invariants:
 *   I1  the table has a free place always: it has more places than there are slots
 *   I2  between the place that a key's hash says and the place of its slot no place is free
 *   I3  `used` is -1 when the map's life is over, so that one comparison of small integers tells
 */
import { badArgument, mapFull } from "../errors.ts";
import { alignUp, type Memory } from "../memory.ts";
import { EntryOrder, orderWords, type Cursor } from "./entry-order.ts";
import { staleUse } from "./stale-use.ts";

/** Bits of a hash, well mixed at the top. So many are a small integer in every engine: handing a hash on makes no garbage. */
export const HASH_BITS = 30;

/** A fifth to two fifths of the places are taken at most, so that a key is at the first place nearly always. */
function placeBits(capacity: number): number {
  return Math.ceil(Math.log2(Math.max(2, capacity * 2.5)));
}

export abstract class KeyTable extends EntryOrder {
  /** How many keys there are. */
  used = -1;
  room = 0;
  /** Index of the table's first word. */
  protected places = 0;
  protected mask = 0;
  protected shift = 0;
  private frameNumber = 0;
  /** Bytes for a key in the arena, a power of two. */
  private readonly keyBytes: number;

  constructor(memory: Memory, lanes: number, keyBytes: number) {
    super(memory, memory.beginByte, lanes);
    this.keyBytes = keyBytes;
  }

  /** Of all of it, a multiple of 8. */
  sizeBytes(capacity: number): number {
    return this.placesAt(capacity) + 4 * 2 ** placeBits(capacity) + 4 * orderWords(capacity);
  }

  /** Begins a life without keys at `ptr`, a multiple of 8. `isZero`: the bytes there are. */
  open(frameNumber: number, ptr: number, capacity: number, isZero: boolean): void {
    // By shifting: an engine keeps a power as a double.
    const placeCount = 1 << placeBits(capacity);
    this.frameNumber = frameNumber;
    this.room = capacity;
    this.used = 0;
    this.places = (ptr + this.placesAt(capacity)) >> 2;
    this.mask = placeCount - 1;
    this.shift = HASH_BITS - (31 - Math.clz32(placeCount));
    this.openKeys(ptr);
    this.openOrder(this.places + placeCount);
    if (!isZero) this.emptyPlaces();
  }

  close(): void {
    this.dropKeys(this.fresh);
    this.leaveAll();
    this.used = -1;
  }

  /** The key's slot; 0 for none. Throws FA004, as all that follow. */
  abstract find(key: unknown): number;

  /** The key's slot, a new one when it had none. Throws FA003 when there is none left, `argument` for what is no key of the kind. */
  abstract take(key: unknown): number;

  /** Takes the key out, and gives the slot that was its own; 0 for none. */
  remove(key: unknown): number {
    if (this.used < 0) this.stale();
    const place = this.seek(key, this.hashOf(key));
    const slot = this.wordAt(place);
    if (slot === 0) return 0;
    this.closeGap(place - this.places);
    this.freeSlot(slot);
    this.dropKey(slot);
    this.used -= 1;
    return slot;
  }

  clear(): void {
    if (this.used < 0) this.stale();
    this.dropKeys(this.fresh);
    this.freeAll();
    this.emptyPlaces();
    this.used = 0;
  }

  /** The slot of the next entry of a walk; 0 behind the last one. */
  walk(cursor: Cursor): number {
    return this.used < 0 ? this.stale() : this.step(cursor);
  }

  stale(): never {
    throw staleUse(this.$home.memory, "frame map", this.frameNumber);
  }

  abstract isKey(key: unknown): boolean;

  /** Takes `keyBytes` for each slot at `ptr`, a multiple of 8. */
  protected abstract openKeys(ptr: number): void;

  /** Any number for what is in no map. */
  protected abstract hashOf(key: unknown): number;

  /** The hash of a key that is to be put in, when `hashOf` said `hash`. */
  protected abstract hashToPut(key: unknown, hash: number): number;

  /** The index of the word in the table that holds the key's slot, or of the free place where that would be put. */
  protected abstract seek(key: unknown, hash: number): number;

  protected abstract hashAt(slot: number): number;

  abstract keyAt(slot: number): unknown;

  protected abstract putKey(slot: number, key: unknown, hash: number): void;

  /** Lets go of a key. */
  protected abstract dropKey(slot: number): void;

  /** Lets go of the keys of slots 1 to `count`. */
  protected abstract dropKeys(count: number): void;

  /** Puts a key in at the place where `seek` did not find it, and gives its slot. */
  protected insert(place: number, key: unknown, hash: number): number {
    if (!this.isKey(key)) throw badArgument("frameMap", "key", key, "of the kind that the map was made for");
    if (this.used === this.room) throw mapFull(this.room);
    const hashToPut = this.hashToPut(key, hash);
    const placeToPut = hashToPut === hash ? place : this.seek(key, hashToPut);
    const slot = this.takeSlot();
    this.putWord(placeToPut, slot);
    this.putKey(slot, key, hashToPut);
    this.used += 1;
    return slot;
  }

  /** Frees a place: what lies behind it, up to the next free place, moves nearer to where its hash says. */
  private closeGap(at: number): void {
    const { places, mask, shift } = this;
    let gap = at;
    for (let place = (gap + 1) & mask; ; place = (place + 1) & mask) {
      const slot = this.wordAt(places + place);
      if (slot === 0) break;
      const home = this.hashAt(slot) >>> shift;
      if (((place - home) & mask) < ((place - gap) & mask)) continue;
      this.putWord(places + gap, slot);
      gap = place;
    }
    this.putWord(places + gap, 0);
  }

  private emptyPlaces(): void {
    this.$home.memory.zero(this.places * 4, (this.places + this.mask + 1) * 4);
  }

  private placesAt(capacity: number): number {
    return alignUp(capacity * this.keyBytes, 8);
  }
}
