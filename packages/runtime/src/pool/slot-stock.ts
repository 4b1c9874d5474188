/**
 * The slots of all types over one store of bytes: those of live values, and those that wait to serve again.
 *
 * A freed slot keeps its bytes and its object for the next value of its type, until the store runs out: then what such slots keep, of all types, goes back to
 * it (trimming-store.ts).
 *
 * Invariants: those of owned-slot.ts, and
 *   I4  `store.give` is called once for each `store.tryTake` that gave something
 */
import type { Leak } from "../debug/leak-report.ts";
import { badArgument } from "../errors.ts";
import type { Memory } from "../memory.ts";
import { isMemoryType, type AllocType, type MemoryType } from "../types/memory-type.ts";
import { checkClass, resetOf } from "../types/object-type.ts";
import { rebindValue } from "../types/rebind-value.ts";
import { StructArray } from "../types/struct-array.ts";
import { View } from "../view.ts";
import type { ByteStore } from "./byte-store.ts";
import type { Charges } from "./charges.ts";
import { OwnedList, OwnedSlot } from "./owned-slot.ts";
import { TrimmingStore, type Keeper } from "./trimming-store.ts";
import type { ValueWatch } from "./value-watch.ts";

/** What values are of, for error messages. */
export type OwnedKind = "pool" | "heap" | "group";

/** Values above it give their bytes back as soon as they are freed, so that the heap can join them with their neighbours. */
const KEPT_BYTES = 4096;

let stocks = 0;

export class SlotStock {
  /** @internal Above 0, and of no other. Compared in place of the object: engines compare numbers in fewer steps. */
  readonly id: number = (stocks += 1);
  /** @internal Where the bytes come from; what spare slots keep goes back to it when it has none left. */
  readonly store: ByteStore;
  protected readonly what: OwnedKind;
  /** The public functions, for error messages. */
  protected readonly allocCall: string;
  protected readonly freeCall: string;
  protected readonly memory: Memory;
  private readonly lists: Map<AllocType, OwnedList> = new Map();
  /** The same, to be gone through without an iterator: tags do so each time another one is entered. */
  private readonly inOrder: OwnedList[] = [];
  /** Allocations of types that are forgotten. */
  private forgottenCount = 0;
  private forgottenBytes = 0;
  /** The list of the class that was asked for last. */
  private recent: OwnedList | undefined = undefined;
  /** Slots of values that cannot carry theirs: typed arrays and instances of classes. */
  private readonly homes: WeakMap<object, OwnedSlot> = new WeakMap();

  protected charges: Charges | undefined = undefined;
  private watch: ValueWatch | undefined = undefined;
  protected overflow: SlotStock | undefined = undefined;
  /** Nothing goes the short ways. */
  private isSlow = false;

  /** `keepers`: one array for all that keep bytes of the same stores; this one is added to it. */
  constructor(store: ByteStore, what: OwnedKind, keepers: Keeper[]) {
    this.store = new TrimmingStore(store, keepers);
    this.what = what;
    this.allocCall = what === "group" ? "groups().alloc" : `${what}Alloc`;
    this.freeCall = what === "group" ? "freeGroup" : `${what}Free`;
    this.memory = store.memory;
    keepers.push(this);
    store.memory.onRefresh(() => { for (const list of this.inOrder) for (const slot of list.all) this.leadOver(slot); });
  }

  /** Allocations so far. Only grows. O(types in use), as the three below. */
  get allocatedCount(): number {
    return this.inOrder.reduce(addAllocated, this.forgottenCount);
  }

  /** Bytes of all allocations so far, rounding not included. Only grows. */
  get allocatedBytes(): number {
    return this.inOrder.reduce(addAllocatedBytes, this.forgottenBytes);
  }

  /** Values that are allocated and not yet freed. */
  get liveCount(): number {
    return this.inOrder.reduce(addLive, 0);
  }

  /** Their bytes, rounding not included. */
  get liveBytes(): number {
    return this.inOrder.reduce(addLiveBytes, 0);
  }

  /** @internal Has everything counted from here on, which the short ways do not do. `overflow`: takes values that are promoted. */
  countBy(charges: Charges, overflow: SlotStock | undefined): void {
    this.charges = charges;
    this.overflow = overflow;
    this.isSlow = true;
    for (const list of this.lists.values()) list.fast = 0;
  }

  /** @internal Has the watch told of what is allocated and freed from here on; by the short ways too only when `all`, which are not gone any more then. */
  watchBy(watch: ValueWatch | undefined, all: boolean): void {
    this.watch = watch;
    if (!all) return;
    this.isSlow = true;
    for (const list of this.lists.values()) list.fast = 0;
  }

  /** @internal What is allocated and not yet freed. Here in one; debug mode knows where each was made. */
  *leaks(): Generator<Leak> {
    if (this.liveCount > 0) yield { kind: this.what, site: undefined, count: this.liveCount, bytes: this.liveBytes };
  }

  /** @internal Lets the types forget this owner, so that its memory can go. */
  dispose(): void {
    for (const [type, list] of this.lists) if (typeof type !== "function" && type.$pool === list) type.$pool = undefined;
  }

  /** @internal Gives the bytes that spare slots keep back to the store. False when there were none. */
  trim(): boolean {
    let hasTrimmed = false;
    for (const list of this.lists.values()) if (this.trimList(list)) hasTrimmed = true;
    return hasTrimmed;
  }

  /** Lets go of a type that is not used again, with what its slots keep. False while there are values of it. */
  protected forgetType(type: AllocType): boolean {
    const list = this.lists.get(type);
    if (list === undefined) return true;
    if (list.allocated > list.freed) return false;
    this.trimList(list);
    this.lists.delete(type);
    this.inOrder.splice(this.inOrder.indexOf(list), 1);
    if (typeof type !== "function" && type.$pool === list) type.$pool = undefined;
    this.forgottenCount += list.allocated;
    this.forgottenBytes += list.allocated * list.sizeBytes;
    return true;
  }

  /** A slot with bytes and an object, for a value that lives from now on; undefined when there is no memory. */
  protected takeSlot(list: OwnedList): OwnedSlot | undefined {
    const { sizeBytes, type } = list;
    if (sizeBytes > 0) this.memory.refresh();
    let slot = list.spare;
    if (slot !== undefined) {
      if (typeof type === "function") resetOf(type)?.(slot.value as object);
      list.spare = slot.next;
    } else {
      const ptr = sizeBytes > 0 ? this.store.tryTake(sizeBytes) : -1;
      if (sizeBytes > 0 && ptr < 0) return undefined;
      slot = this.fill(list, ptr);
    }
    slot.holder = this.id;
    list.allocated += 1;
    if (this.watch !== undefined) this.watch.allocated(this.what, sizeBytes, slot);
    return slot;
  }

  /** As `takeSlot`, if budgets allow it. A value that is promoted has a slot of the overflow. */
  protected takeCounted(list: OwnedList, charges: Charges): OwnedSlot | undefined {
    const { sizeBytes } = list;
    if (sizeBytes === 0) return this.takeSlot(list);
    const charge = charges.charge(sizeBytes, this.what === "pool");
    if (charge === undefined) return undefined;
    const from: SlotStock = charge.isPromoted ? (this.overflow ?? this) : this;
    const slot = from.takeSlot(from.listOf(list.type));
    if (slot === undefined) charges.refund(charge, sizeBytes);
    else slot.charge = charge;
    return slot;
  }

  /** Takes off what a value was charged with. The slot keeps it until the next value, so that a second free is known for one. */
  protected refund(slot: OwnedSlot): void {
    if (slot.charge !== undefined) this.charges?.refund(slot.charge, slot.list.sizeBytes);
  }

  /** Ends the life of a promoted value, where it was promoted to. */
  protected releaseOf(owner: SlotStock, slot: OwnedSlot): void {
    owner.release(slot);
  }

  /** Ends the life of a slot's value. */
  protected release(slot: OwnedSlot): void {
    const { list } = slot;
    slot.holder = 0;
    list.freed += 1;
    // Who is told may free it again, and is told that it is freed; but its bytes are not somebody else's yet.
    if (this.watch !== undefined) this.watch.freed(this.what, list.sizeBytes, slot);
    if (list.keeps) {
      slot.next = list.spare;
      list.spare = slot;
    } else {
      if (list.sizeBytes > 0) this.store.give(slot.ptr, list.sizeBytes);
      this.shelve(slot);
    }
  }

  /** A slot without bytes is kept for its object. Debug mode lets go of it instead. */
  protected shelve(slot: OwnedSlot): void {
    slot.next = slot.list.bare;
    slot.list.bare = slot;
  }

  /** The slots of a type. Throws `argument` for what is no type. */
  protected listOf(type: AllocType): OwnedList {
    // A class has no place for it. In a type the pool comes before the heap, so that using both in turn is not slow for either.
    const cached = typeof type === "function" ? this.recent : ((type as MemoryType | undefined)?.$pool as OwnedList | undefined);
    if (cached !== undefined && cached.type === type && cached.owner === this) return cached;
    let list = this.lists.get(type);
    if (list === undefined) {
      if (typeof type === "function") checkClass(type, this.allocCall);
      else if (!isMemoryType(type)) throw badArgument(this.allocCall, "type", type, "a scalar, a struct, an array or a class");
      list = this.newList(type);
      if (this.isSlow) list.fast = 0;
      this.lists.set(type, list);
      this.inOrder.push(list);
    }
    if (typeof type === "function") this.recent = list;
    else if (this.what === "pool" || cached === undefined || cached.owner.what !== "pool") type.$pool = list;
    return list;
  }

  /** The slot of a value of this owner or another; undefined for anything else. */
  protected slotOf(value: unknown): OwnedSlot | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    const home = (value as { readonly $home?: unknown }).$home;
    return home instanceof OwnedSlot && home.value === value ? home : (this.homes.get(value) ?? this.overflow?.slotOf(value));
  }

  /** @internal What stands for a live value now: of a typed array, the one over the buffer that is. */
  current(value: object): object {
    this.memory.refresh();
    return this.slotOf(value)?.value ?? value;
  }

  /** A new object for the bytes at `ptr`. */
  protected makeValue(slot: OwnedSlot, ptr: number): object {
    const { type } = slot.list;
    return typeof type === "function" ? new type() : type.make(this.memory, ptr);
  }

  /** Makes `slotOf` find the slot of its new value. */
  protected bind(value: object, slot: OwnedSlot): void {
    if (value instanceof View || value instanceof StructArray) value.$home = slot;
    else this.homes.set(value, slot);
  }

  protected newList(type: AllocType): OwnedList {
    return new OwnedList(this, type, typeof type === "function" || type.sizeBytes <= KEPT_BYTES);
  }

  protected newSlot(list: OwnedList): OwnedSlot {
    const slot = new OwnedSlot(list);
    if (this.memory.canGrow) list.all.push(slot);
    return slot;
  }

  private trimList(list: OwnedList): boolean {
    if (list.sizeBytes === 0 || list.spare === undefined) return false;
    for (let slot: OwnedSlot | undefined = list.spare; slot !== undefined; ) {
      const { next }: OwnedSlot = slot;
      this.store.give(slot.ptr, list.sizeBytes);
      slot.next = list.bare;
      list.bare = slot;
      slot = next;
    }
    list.spare = undefined;
    return true;
  }

  /** A slot for the bytes at `ptr`, with an object that stands for them. */
  private fill(list: OwnedList, ptr: number): OwnedSlot {
    const slot = list.bare ?? this.newSlot(list);
    list.bare = slot.next;
    slot.next = undefined;
    if (slot.value === undefined || slot.ptr !== ptr) this.settle(slot, ptr);
    return slot;
  }

  /** Makes the slot's value stand for the bytes at `ptr`. */
  private settle(slot: OwnedSlot, ptr: number): void {
    const { type } = slot.list;
    const before = slot.value;
    const value = before === undefined ? this.makeValue(slot, ptr) : typeof type === "function" ? before : type.place(before, this.memory, ptr);
    slot.value = value;
    slot.ptr = ptr;
    if (value !== before) this.bind(value, slot);
  }

  /** After the memory got another buffer. A typed array cannot be led over: another one takes its place, and either can be freed. */
  protected leadOver(slot: OwnedSlot): void {
    if (slot.list.sizeBytes > 0 && slot.value !== undefined && !rebindValue(slot.value)) this.settle(slot, slot.ptr);
  }
}

const addAllocated = (sum: number, { allocated }: OwnedList): number => sum + allocated;
const addAllocatedBytes = (sum: number, { allocated, sizeBytes }: OwnedList): number => sum + allocated * sizeBytes;
const addLive = (sum: number, { allocated, freed }: OwnedList): number => sum + allocated - freed;
const addLiveBytes = (sum: number, { allocated, freed, sizeBytes }: OwnedList): number => sum + (allocated - freed) * sizeBytes;
