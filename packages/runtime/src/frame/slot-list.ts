/**
 * The objects of one type that an arena hands out, kept in the order of the frame: the n-th allocation of a type gets the object that the n-th one
 * got in the frame before.
 *
 *   head -> slot 0 -> slot 1 -> slot 2 -> empty
 *                     ^ next
 *
 * A slot remembers where the bump pointer stood before and after its allocation. If it stands there again, the whole allocation is two
 * comparisons and two stores, nothing is computed and nothing is made; that is the steady state of a loop that does the same each frame.
 * If not, the object is moved, or made anew where it cannot move (a typed array).
 *
 * Invariants:
 *   I1  `next` is never undefined; behind the last filled slot comes an empty one, with `from` -1
 *   I2  a filled slot's value stands for the bytes right before `end`, which lie inside the arena
 *   I3  while the list is not touched, `next` is `head`, whose `from` is -1: the first allocation of a frame cannot take the short way
 */
import { laneOf } from "../scalar-fields.ts";
import type { LaneArray } from "../memory.ts";
import { makeMany, placeMany } from "../types/array-type.ts";
import type { ElementType, MemoryType } from "../types/memory-type.ts";
import { rebindValue } from "../types/rebind-value.ts";
import type { BumpArena, RecycledList } from "./bump-arena.ts";

export class Slot {
  /** The bump pointer before the allocation; -1 for none. */
  from = -1;
  /** The bump pointer after it. */
  end = 0;
  value: object | undefined = undefined;
  next: this | undefined = undefined;
  readonly index: number;

  constructor(index: number) {
    this.index = index;
  }
}

/** For values of a length. */
export class SizedSlot extends Slot {
  length = -1;
}

/** What one allocation stands for: one object, many in a row as an array, or a tuple of separate ones. */
export abstract class SlotList<S extends Slot = Slot> implements RecycledList<S> {
  readonly arena: BumpArena;
  touched = false;
  /** The slot of the next allocation. */
  next: S;
  private readonly head: S;

  constructor(arena: BumpArena) {
    this.arena = arena;
    this.head = this.newSlot(-1);
    this.head.next = this.newSlot(0);
    this.next = this.head;
    arena.onRefresh(() => this.rebind());
  }

  get count(): number {
    return Math.max(0, this.next.index);
  }

  position(): S {
    return this.next;
  }

  beginFrame(): void {
    this.next = this.head.next ?? this.head;
  }

  rewind(position: S | undefined): void {
    this.next = position ?? this.head;
  }

  /** Fills the next slot with an object for the bytes at `ptr` and steps over it. `from`: the bump pointer before. The list is touched. */
  fill(from: number, ptr: number, length: number): object {
    const slot = this.next;
    slot.value = this.valueFor(slot, ptr, length);
    // Outside of the arena, before it, lies what budgets find room for elsewhere: it is there this once.
    slot.from = ptr < from ? -1 : from;
    slot.end = this.arena.top;
    slot.next ??= this.newSlot(slot.index + 1);
    this.next = slot.next;
    return slot.value;
  }

  /** Makes the next allocations take the long way; the values stay. */
  forgetPlaces(): void {
    for (let slot = this.head.next; slot !== undefined; slot = slot.next) slot.from = -1;
  }

  protected abstract valueFor(slot: S, ptr: number, length: number): object;

  protected abstract newSlot(index: number): S;

  /** After the memory got another buffer: values that cannot be led over are forgotten with their place. */
  private rebind(): void {
    for (let slot = this.head.next; slot !== undefined; slot = slot.next) {
      if (rebindValue(slot.value)) continue;
      slot.value = undefined;
      slot.from = -1;
    }
  }
}

/** `frameAlloc(type)`. */
export class SingleList extends SlotList {
  private readonly type: MemoryType;

  constructor(arena: BumpArena, type: MemoryType) {
    super(arena);
    this.type = type;
  }

  protected override newSlot(index: number): Slot {
    return new Slot(index);
  }

  protected override valueFor(slot: Slot, ptr: number): object {
    const memory = this.arena.memory;
    return slot.value === undefined ? this.type.make(memory, ptr) : this.type.place(slot.value, memory, ptr);
  }
}

/** Lists of values that are asked for by length. */
export abstract class SizedList extends SlotList<SizedSlot> {
  protected override newSlot(index: number): SizedSlot {
    return new SizedSlot(index);
  }

  override fill(from: number, ptr: number, length: number): object {
    const slot = this.next;
    const value = super.fill(from, ptr, length);
    slot.length = length;
    return value;
  }
}

/** Typed arrays kept for places other than their slot's, before all are forgotten at once. */
const MAX_KEPT_ARRAYS = 4096;

/** `frameSlice(type, n)` and `frameAllocBatch(type, n)`. */
export class ManyList extends SizedList {
  private readonly element: ElementType;
  /** Typed arrays by their place, for frames that ask for several lengths in changing order. */
  private kept: Map<number, LaneArray[]> = new Map();
  private keptCount = 0;

  constructor(arena: BumpArena, element: ElementType) {
    super(arena);
    this.element = element;
    arena.onRefresh(() => this.forget());
  }

  protected override valueFor(slot: Slot, ptr: number, length: number): object {
    const memory = this.arena.memory;
    if (this.element.kind === "scalar") return this.arrayFor(ptr, length);
    return slot.value === undefined ? makeMany(this.element, memory, ptr, length) : placeMany(this.element, slot.value, memory, ptr, length);
  }

  private arrayFor(ptr: number, length: number): LaneArray {
    let atPlace = this.kept.get(ptr);
    if (atPlace !== undefined) {
      for (let i = 0; i < atPlace.length; i += 1) {
        const array = atPlace[i];
        if (array?.length === length) return array;
      }
    }
    if (this.keptCount >= MAX_KEPT_ARRAYS) {
      this.forget();
      atPlace = undefined;
    }
    const made = this.arena.memory.laneAt(laneOf((this.element as ElementType & { kind: "scalar" }).name), ptr, length);
    if (atPlace === undefined) this.kept.set(ptr, [made]);
    else atPlace.push(made);
    this.keptCount += 1;
    return made;
  }

  private forget(): void {
    this.kept = new Map();
    this.keptCount = 0;
  }
}
