/**
 * Values that are freed one by one: the typed face of the pool and of the heap, over a store of bytes.
 *
 * Each value has a slot that says where it lies and whether it is live; freeing asks the slot, so a value freed twice, or by the wrong allocator, is
 * told, and nothing is changed. Slots and their objects are recycled by type: in a steady state nothing is made. A recycled object is the same
 * object, so a reference kept after its free may come alive as the next value; debug mode never hands one out twice.
 *
 * Invariants:
 *   I1  a slot is live, or on its list's spare stack, never both
 *   I2  a live slot's bytes are its own: `store.give` is called once for each `tryTake`
 */
import { badArgument, doubleFree, foreignFree, type FrameAllocError } from "../errors.ts";
import type { Memory } from "../memory.ts";
import { isClass, isMemoryType, type AllocType, type BoxValue, type ClassType, type FieldType, type Infer, type Init, type MemoryType } from "../types/memory-type.ts";
import { resetOf } from "../types/object-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { NOT_CLONEABLE, rebindView, View, type ViewHome } from "../view.ts";
import type { ByteStore } from "./byte-store.ts";
import { BoxShelf, type OwnedBox } from "./owned-box.ts";

/** Where a value lies and whose it is. */
export class OwnedSlot implements ViewHome {
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  readonly memory: Memory;
  readonly list: OwnedList;
  /** -1 for instances of classes, which need no bytes. */
  ptr = -1;
  value: object | undefined = undefined;
  isLive = false;
  /** The next spare slot. */
  next: OwnedSlot | undefined = undefined;

  constructor(list: OwnedList) {
    this.memory = list.owner.store.memory;
    this.list = list;
  }
}

/** The slots of one type. */
class OwnedList {
  readonly owner: OwnedValues;
  readonly type: AllocType;
  spare: OwnedSlot | undefined = undefined;
  /** All slots, kept only over memory that may grow: their objects are led over then. */
  readonly all: OwnedSlot[] = [];

  constructor(owner: OwnedValues, type: AllocType) {
    this.owner = owner;
    this.type = type;
  }
}

export class OwnedValues {
  /** @internal */
  readonly store: ByteStore;
  private readonly what: string;
  private readonly freeCall: string;
  private readonly lists: Map<AllocType, OwnedList> = new Map();
  /** Slots of values that cannot carry theirs: typed arrays and instances of classes. */
  private readonly homes: WeakMap<object, OwnedSlot> = new WeakMap();
  private readonly boxes: BoxShelf = new BoxShelf();

  /** `what`: "pool" or "heap", for error messages. */
  constructor(store: ByteStore, what: "pool" | "heap") {
    this.store = store;
    this.what = what;
    this.freeCall = `${what}Free`;
    store.memory.onRefresh(() => this.rebind());
  }

  /** A value of the type, zeroed, until it is freed. Throws FA304 or FA301 when there is no memory. */
  alloc<const T extends AllocType>(type: T): Infer<T> {
    const value = this.tryAlloc(type);
    if (value === undefined) throw this.exhausted(type);
    return value;
  }

  /** As `alloc`; undefined when there is no memory. */
  tryAlloc<const T extends AllocType>(type: T): Infer<T> | undefined {
    const list = this.listOf(type);
    const size = typeof type === "function" ? 0 : type.sizeBytes;
    let ptr = -1;
    if (size > 0) {
      this.store.memory.refresh();
      ptr = this.store.tryTake(size);
      if (ptr < 0) return undefined;
      this.store.memory.zero(ptr, ptr + size);
    }
    const slot = list.spare ?? this.newSlot(list);
    list.spare = slot.next;
    slot.next = undefined;
    if (slot.value === undefined || slot.ptr !== ptr || typeof type === "function") this.settle(slot, ptr);
    slot.isLive = true;
    return slot.value as Infer<T>;
  }

  /** Gives a value back. FA401 for one that was given back, FA206 for one that is not ours or only a part; then nothing is changed. */
  free(value: object): void {
    const slot = this.slotOf(value);
    if (slot === undefined || slot.list.owner !== this) throw foreignFree(this.freeCall);
    if (!slot.isLive) throw doubleFree(this.freeCall);
    this.release(slot);
  }

  /** A box around a JavaScript value, or around memory of a type. */
  box<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  box<T>(value: T): OwnedBox<T>;
  box(content: unknown, init?: unknown): OwnedBox<unknown> {
    const type = typeOf(content);
    if (type === undefined) return this.boxes.take().hold(this, content, undefined, undefined);
    return this.boxed(type, this.alloc(type), init);
  }

  /** As `box`; undefined when there is no memory. */
  tryBox<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>> | undefined;
  tryBox<T>(value: T): OwnedBox<T> | undefined;
  tryBox(content: unknown, init?: unknown): OwnedBox<unknown> | undefined {
    const type = typeOf(content);
    if (type === undefined) return this.box(content);
    const value = this.tryAlloc(type);
    return value === undefined ? undefined : this.boxed(type, value, init);
  }

  /** @internal Lets the types forget this owner, so that its memory can go. */
  dispose(): void {
    for (const [type, list] of this.lists) if (typeof type !== "function" && type.$pool === list) type.$pool = undefined;
  }

  /** @internal Gives the slot's bytes back and keeps its object for the next value. */
  protected release(slot: OwnedSlot): void {
    const { type } = slot.list;
    slot.isLive = false;
    if (typeof type !== "function") this.store.give(slot.ptr, type.sizeBytes);
    this.recycle(slot);
  }

  /** Debug mode drops the slot instead. */
  protected recycle(slot: OwnedSlot): void {
    slot.next = slot.list.spare;
    slot.list.spare = slot;
  }

  private boxed(type: AllocType, value: object, init: unknown): OwnedBox<unknown> {
    const fieldType: FieldType | undefined = typeof type === "function" ? undefined : type;
    if (init !== undefined && fieldType !== undefined) {
      try {
        fieldType.assign(value, init);
      } catch (error) {
        this.free(value);
        throw error;
      }
    }
    return this.boxes.take().hold(this, value, value, fieldType);
  }

  private listOf(type: AllocType): OwnedList {
    // A class has no such property: the table finds it.
    const cached = (type as unknown as MemoryType).$pool as OwnedList | undefined;
    if (cached !== undefined && cached.owner === this) return cached;
    let list = this.lists.get(type);
    if (list === undefined) {
      if (typeof type !== "function" && !isMemoryType(type)) throw badArgument(`${this.what}Alloc`, "type", type, "a scalar, a struct, an array or a class");
      list = new OwnedList(this, type);
      this.lists.set(type, list);
    }
    if (typeof type !== "function") type.$pool = list;
    return list;
  }

  private newSlot(list: OwnedList): OwnedSlot {
    const slot = new OwnedSlot(list);
    if (this.store.memory.canGrow) list.all.push(slot);
    return slot;
  }

  /** Makes the slot's value stand for the bytes at `ptr`. */
  private settle(slot: OwnedSlot, ptr: number): void {
    const { type } = slot.list;
    const { memory } = this.store;
    const before = slot.value;
    slot.ptr = ptr;
    if (typeof type === "function") slot.value = before === undefined ? new type() : cleaned(type, before);
    else slot.value = before === undefined ? type.make(memory, ptr) : type.place(before, memory, ptr);
    const value = slot.value;
    if (value === before) return;
    if (value instanceof View || value instanceof StructArray) value.$home = slot;
    else this.homes.set(value, slot);
  }

  private slotOf(value: unknown): OwnedSlot | undefined {
    if (typeof value !== "object" || value === null) return undefined;
    // Views and struct arrays carry it; asking for the property is faster than asking what they are.
    const home = (value as { readonly $home?: unknown }).$home;
    return home instanceof OwnedSlot && home.value === value ? home : this.homes.get(value);
  }

  private exhausted(type: AllocType): FrameAllocError {
    return this.store.exhausted((type as FieldType).sizeBytes);
  }

  private rebind(): void {
    for (const list of this.lists.values()) for (const slot of list.all) rebindValue(slot);
  }
}

/** Views are led over to the new buffer. A typed array cannot be: a live one is dead from here on, a spare one is made anew. */
function rebindValue(slot: OwnedSlot): void {
  if (slot.value instanceof View) rebindView(slot.value);
  else if (slot.value instanceof StructArray) slot.value.rebind();
  else if (!slot.isLive && typeof slot.list.type !== "function") slot.value = undefined;
}

function cleaned(Class: ClassType, instance: object): object {
  resetOf(Class)?.(instance);
  return instance;
}

function typeOf(content: unknown): AllocType | undefined {
  return isMemoryType(content) || isClass(content) ? content : undefined;
}
