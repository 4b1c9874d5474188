/**
 * Where a value of the pool or the heap lies, and whose it is; and the slots of one type, which serve its values again and again.
 *
 *   alloc:  spare (bytes and object ready) -> live      bare (an object, no bytes) -> live      neither left: a new slot -> live
 *   free:   live -> spare, or live -> bare when the bytes go back to the store at once
 *   trim:   spare -> bare
 *
 * Invariants:
 *   I1  a slot is live, spare or bare: it has a holder exactly while it is live, and is on one stack of its list exactly while it has none
 *   I2  the bytes at `ptr` are the slot's own while it is live or spare; a bare slot has none, and `ptr` says only where its object points
 *   I3  the object of a live or spare slot stands for the bytes at `ptr`
 */
import type { Birth } from "../behavior/behavior-filter.ts";
import type { Memory } from "../memory.ts";
import type { AllocType } from "../types/memory-type.ts";
import { NOT_CLONEABLE, type ViewHome } from "../view.ts";
import type { Charge } from "./charges.ts";
import type { SlotStock } from "./slot-stock.ts";

/** Where a value lies and whose it is. Small, as it is read and written by every allocation and every free, and what does not fit the cache is slow. */
export class OwnedSlot implements ViewHome {
  /** First, so that posting a view fails at its own first property. */
  readonly list: OwnedList;
  /** -1 for instances of classes, which need no bytes. */
  ptr: number;
  /** The number of the owner while the value is live, else 0. */
  holder: number;
  value: object | undefined;
  /** What the live value was charged to; undefined without budgets. */
  charge: Charge | undefined;
  /** The slot below it on its stack. */
  next: OwnedSlot | undefined;

  /** What the behaviour filter remembers of the live value. Not among those that the constructor makes: without the filter a slot is as small as ever. */
  declare birth?: Birth;

  constructor(list: OwnedList) {
    this.list = list;
    this.ptr = -1;
    this.holder = 0;
    this.value = undefined;
    this.charge = undefined;
    this.next = undefined;
  }

  get $notCloneable(): symbol {
    return NOT_CLONEABLE;
  }

  get memory(): Memory {
    return this.list.memory;
  }
}

/** The slots of one type. */
export class OwnedList {
  /** First: see `NOT_CLONEABLE`. */
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  readonly owner: SlotStock;
  readonly memory: Memory;
  readonly type: AllocType;
  /** 0 for classes. */
  readonly sizeBytes: number;
  /** Whether freed slots keep their bytes. */
  readonly keeps: boolean;
  /** The number of the owner if the type may go the short ways, else 0: its slots keep their bytes, the memory does not grow, and nobody counts. */
  fast: number;
  /** What the bytes of small values are cleared through. */
  readonly doubles: Float64Array;
  /** Stacks: the slot freed last is used first, as it is in the cache. */
  spare: OwnedSlot | undefined = undefined;
  bare: OwnedSlot | undefined = undefined;
  /** Values so far. */
  allocated = 0;
  freed = 0;
  /** All slots, kept only over memory that may grow: their objects are led over then. */
  readonly all: OwnedSlot[] = [];

  constructor(owner: SlotStock, type: AllocType, keeps: boolean) {
    this.owner = owner;
    this.memory = owner.store.memory;
    this.type = type;
    this.sizeBytes = typeof type === "function" ? 0 : type.sizeBytes;
    this.keeps = keeps;
    this.fast = keeps && !this.memory.canGrow ? owner.id : 0;
    this.doubles = this.memory.f64;
  }
}
