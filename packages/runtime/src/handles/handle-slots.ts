/**
 * The numbers that handles are, and what is known of each: a table of slots.
 *
 *   handle = generation * 2^20 + slot
 *
 * The generation of a slot grows each time it is freed, so a number is given out once and never again: a stale handle is found by one comparison, for good.
 *
 * Handles below 2^30 are small integers, which engines keep without garbage. A slot whose next handle is not one is worn: it is used again only when all of
 * the 2^20 slots are in use or worn, that is after about a thousand million allocations; its handles are then exact up to 2^53, and after that it is not used
 * any more.
 *
 * Invariants:
 *   I1  `current[slot]` is the handle of a live slot; of a free one the handle that it will have next, negative; -1 where there is no slot
 *   I2  a free slot is on one of the two lists, unless its handles are used up; a live one is on none
 */

/** How many slots there can be, and what a generation counts in. */
const SLOTS_MAX = 2 ** 20;
const SLOT_MASK = SLOTS_MAX - 1;
/** Below it a number is a small integer in every engine. */
const SMALL_END = 2 ** 30;
const EXACT_END = 2 ** 53;
const NONE = -1;

export class HandleSlots {
  /** See I1. */
  current: Float64Array = new Float64Array(64).fill(NONE);
  /** Where the value's bytes begin; 0 for one without bytes. */
  ptrs: Int32Array = new Int32Array(64);
  /** How often the value is pinned. */
  pins: Int32Array = new Int32Array(64);
  /** The slot below, on a list of free ones. */
  private below: Int32Array = new Int32Array(64);
  private used = 0;
  private free = NONE;
  private worn = NONE;
  private live = 0;
  private readonly firstGeneration: number;
  readonly slotsMax: number;
  private readonly smallEnd: number;
  private readonly exactEnd: number;

  /** `firstGeneration` differs between tables, so that a handle of one is seldom one of another. The limits are lower in tests. */
  constructor(firstGeneration = 1, limits: { readonly slotsMax?: number; readonly smallEnd?: number; readonly exactEnd?: number } = {}) {
    this.firstGeneration = firstGeneration;
    this.slotsMax = limits.slotsMax ?? SLOTS_MAX;
    this.smallEnd = limits.smallEnd ?? SMALL_END;
    this.exactEnd = limits.exactEnd ?? EXACT_END;
  }

  /** Slots in use. */
  get liveCount(): number {
    return this.live;
  }

  /** Slots made so far. */
  get slotCount(): number {
    return this.used;
  }

  /** A new handle, live from now on; 0 when all slots are in use or used up. */
  take(): number {
    let slot = this.free;
    if (slot !== NONE) this.free = this.below[slot] as number;
    else if (this.used < this.slotsMax) slot = this.newSlot();
    else if ((slot = this.worn) !== NONE) this.worn = this.below[slot] as number;
    else return 0;
    this.current[slot] = -(this.current[slot] as number);
    this.live += 1;
    return this.handleOf(slot);
  }

  /** The handle of a live slot. */
  handleOf(slot: number): number {
    const handle = this.current[slot] as number;
    // As an integer, for engines that would put a double in a box.
    if (handle < SMALL_END) return handle | 0;
    return handle;
  }

  /** Ends a live handle. */
  give(handle: number): void {
    const slot = slotOf(handle);
    const next = handle + SLOTS_MAX;
    this.live -= 1;
    this.pins[slot] = 0;
    this.current[slot] = -next;
    if (next < this.smallEnd) {
      this.below[slot] = this.free;
      this.free = slot;
    } else if (next < this.exactEnd) {
      this.below[slot] = this.worn;
      this.worn = slot;
    }
  }

  private newSlot(): number {
    const slot = this.used;
    if (slot >= this.current.length) this.grow();
    this.used += 1;
    this.current[slot] = -(this.firstGeneration * SLOTS_MAX + slot);
    return slot;
  }

  private grow(): void {
    const size = this.current.length * 2;
    const current = new Float64Array(size).fill(NONE);
    current.set(this.current);
    this.current = current;
    this.ptrs = grown(this.ptrs, size);
    this.pins = grown(this.pins, size);
    this.below = grown(this.below, size);
  }
}

/** The slot that a handle names, live or not; some slot for what is no handle. */
export function slotOf(handle: number): number {
  return handle & SLOT_MASK;
}

function grown(cells: Int32Array, size: number): Int32Array {
  const larger = new Int32Array(size);
  larger.set(cells);
  return larger;
}
