/**
 * The slots of a map's entries: which are free, in which order the others came, and the walks through them, which stay right when entries are put in
 * and taken out meanwhile.
 *
 *   | next 0, previous 0 | next 1, previous 1 | ... | next n, previous n |    words, for slots 1 to the map's capacity
 *
 * Slot 0 is no entry: it closes the ring of entries, from the last one to the first. Free slots are chained by `next`. Nothing is written before a
 * slot is freed: until then the order is that of the slots.
 *
 * Invariants:
 *   I1  a slot is an entry and in the order, or free and chained from `free`, or beyond `fresh`, never used since the map was made or cleared
 *   I2  every active cursor stands on slot 0 or on an entry
 */
import { TableView } from "../scalar-fields.ts";

/** Where a walk through a map stands: on the slot that it gave last, or on 0. */
export class Cursor {
  slot = 0;
}

export class EntryOrder extends TableView {
  /** Slots 1 to `fresh` are entries, or were. */
  fresh = 0;
  /** The first of the slots that were freed; 0 for none. */
  private free = 0;
  /** False as long as no slot was freed. */
  private linked = false;
  /** Index of the word `next 0`. */
  private links = 0;
  private readonly active: Cursor[] = [];
  private activeCount = 0;

  /** Starts without entries, at so many words as `orderWords` says, which may hold anything. */
  protected openOrder(links: number): void {
    this.links = links;
    this.freeAll();
  }

  /** A free slot, now the last in the order. There is one. */
  protected takeSlot(): number {
    return this.linked ? this.link() : (this.fresh += 1);
  }

  /** Takes a slot out of the order. */
  protected freeSlot(slot: number): void {
    if (!this.linked) this.linkAll();
    const { links } = this;
    const next = this.wordAt(links + 2 * slot);
    const previous = this.wordAt(links + 2 * slot + 1);
    this.putWord(links + 2 * previous, next);
    this.putWord(links + 2 * next + 1, previous);
    this.putWord(links + 2 * slot, this.free);
    this.free = slot;
    for (let i = 0; i < this.activeCount; i += 1) {
      const cursor = this.active[i];
      if (cursor?.slot === slot) cursor.slot = previous;
    }
  }

  protected freeAll(): void {
    this.fresh = 0;
    this.free = 0;
    this.linked = false;
    for (let i = 0; i < this.activeCount; i += 1) (this.active[i] as Cursor).slot = 0;
  }

  /** Begins a walk, before the first entry. */
  enter(cursor: Cursor): void {
    cursor.slot = 0;
    this.active[this.activeCount] = cursor;
    this.activeCount += 1;
  }

  /** Ends a walk; no effect on one that is over. */
  leave(cursor: Cursor): void {
    for (let i = this.activeCount - 1; i >= 0; i -= 1) {
      if (this.active[i] !== cursor) continue;
      this.activeCount -= 1;
      this.active[i] = this.active[this.activeCount] as Cursor;
      return;
    }
  }

  protected leaveAll(): void {
    this.activeCount = 0;
  }

  /** The slot of the next entry, where the cursor stands then; 0 behind the last one. */
  protected step(cursor: Cursor): number {
    const { slot } = cursor;
    return (cursor.slot = this.linked ? this.wordAt(this.links + 2 * slot) : slot < this.fresh ? slot + 1 : 0);
  }

  private link(): number {
    const { links } = this;
    let slot = this.free;
    if (slot === 0) slot = this.fresh += 1;
    else this.free = this.wordAt(links + 2 * slot);
    const last = this.wordAt(links + 1);
    this.putWord(links + 2 * last, slot);
    this.putWord(links + 2 * slot, 0);
    this.putWord(links + 2 * slot + 1, last);
    this.putWord(links + 1, slot);
    return slot;
  }

  /** Writes down the order of slots that were taken one after the other. */
  private linkAll(): void {
    const { links, fresh } = this;
    for (let slot = 0; slot <= fresh; slot += 1) {
      this.putWord(links + 2 * slot, slot === fresh ? 0 : slot + 1);
      this.putWord(links + 2 * slot + 1, slot === 0 ? fresh : slot - 1);
    }
    this.linked = true;
  }
}

export function orderWords(capacity: number): number {
  return 2 * (capacity + 1);
}
