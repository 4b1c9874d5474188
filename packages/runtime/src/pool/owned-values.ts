/**
 * Values that are freed one by one: the typed face of the pool and of the heap, over a store of bytes.
 *
 * Each value has a slot (owned-slot.ts) that says where it lies and whether it is live; freeing asks the slot, so a value freed twice, or by the wrong
 * allocator, is told, and nothing is changed. In a steady state an allocation takes a slot from a stack and clears its bytes, and a free puts it back.
 *
 * A recycled object is the same object, so a reference kept after its free may come alive as the next value; debug mode never hands one out twice.
 */
import { badArgument, doubleFree, foreignFree, type FrameAllocError } from "../errors.ts";
import { zeroWords } from "../memory.ts";
import { makeMany } from "../types/array-type.ts";
import { isClass, isMemoryType, type AllocType, type BoxValue, type ByteType, type ElementType, type Infer, type Init, type MemoryType } from "../types/memory-type.ts";
import type { ByteStore } from "./byte-store.ts";
import { BoxShelf, type OwnedBox } from "./owned-box.ts";
import type { OwnedList, OwnedSlot } from "./owned-slot.ts";
import { SliceTypes } from "./slice-types.ts";
import { SlotStock, type OwnedKind } from "./slot-stock.ts";
import type { Keeper } from "./trimming-store.ts";

/** How a value is allocated. */
export interface ValueOptions {
  /** Leaves the bytes as whatever they were, instead of zero. Default false. */
  readonly uninitialized?: boolean;
}

export class OwnedValues extends SlotStock {
  private readonly boxes: BoxShelf;
  private sliceTypes: SliceTypes | undefined = undefined;

  /** `what`: for error messages. `keepers`: one array for all values over the same bytes; this one is added to it. */
  constructor(store: ByteStore, what: OwnedKind, keepers: Keeper[] = [], boxes: BoxShelf = new BoxShelf()) {
    super(store, what, keepers);
    this.boxes = boxes;
  }

  /** A value of the type, zeroed unless the options say otherwise, until it is freed. Throws FA304 or FA301 when there is no memory. */
  alloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> {
    // A class has no such property; and JavaScript callers may pass anything.
    const list = (type as unknown as MemoryType | undefined)?.$pool as OwnedList | undefined;
    if (list !== undefined && list.fast === this.id && options === undefined) {
      const slot = list.spare;
      if (slot !== undefined) {
        list.spare = slot.next;
        slot.holder = this.id;
        list.allocated += 1;
        zeroWords(list.doubles, slot.ptr, list.sizeBytes);
        return slot.value as Infer<T>;
      }
    }
    const value = this.allocSlow(type, options);
    if (value === undefined) throw this.exhausted(type);
    return value as Infer<T>;
  }

  /** As `alloc`; undefined when there is no memory. */
  tryAlloc<const T extends AllocType>(type: T, options?: ValueOptions): Infer<T> | undefined {
    return this.allocSlow(type, options) as Infer<T> | undefined;
  }

  /** @internal `n` of a type in one piece, freed as one: a typed array for a scalar, a `StructArray` for a struct. None are nobody's. Errors as `alloc`. */
  slice(type: ElementType, n: number): object {
    if (n === 0) return makeMany(type, this.memory, this.memory.beginByte, 0);
    const types = (this.sliceTypes ??= new SliceTypes((dead) => this.forgetType(dead)));
    return this.alloc(types.typeFor(type, n));
  }

  /** Gives a value back. FA401 for one that was given back, FA206 for one that is not ours or only a part; then nothing is changed. */
  free(value: object): void {
    // Views and struct arrays carry their slot; asking for the property is faster than asking what they are.
    const slot = (value as { readonly $home?: OwnedSlot | null } | null | undefined)?.$home;
    if (slot !== undefined && slot !== null && slot.holder === this.id && slot.value === value) {
      const { list } = slot;
      if (list.fast > 0) {
        slot.holder = 0;
        list.freed += 1;
        slot.next = list.spare;
        list.spare = slot;
        return;
      }
    }
    this.freeSlow(value);
  }

  /** A box around a JavaScript value, or around memory of a type. */
  box<const T extends AllocType>(type: T, init?: Init<T>): OwnedBox<BoxValue<T>>;
  box<T>(value: T): OwnedBox<T>;
  box(content: unknown, init?: unknown): OwnedBox<unknown> {
    const type = typeOf(content);
    if (type === undefined) return this.wrap(content, undefined, undefined);
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

  /** A box that frees `freed`, if anything, when it is released. */
  protected wrap(held: unknown, freed: object | undefined, type: ByteType | undefined): OwnedBox<unknown> {
    return this.boxes.take().hold(this, held, freed, type);
  }

  /** Clears the bytes of a value. The rest of their block may be cleared too. */
  protected clear(ptr: number, sizeBytes: number): void {
    zeroWords(this.memory.f64, ptr, sizeBytes);
  }

  /** For error messages: where a value was allocated, as far as it is known. */
  protected siteOf(_slot: OwnedSlot): string | undefined {
    return undefined;
  }

  private allocSlow(type: AllocType, options: ValueOptions | undefined): object | undefined {
    const list = this.listOf(type);
    const isUninitialized = options !== undefined && this.readOptions(options);
    const slot = this.charges === undefined ? this.takeSlot(list) : this.takeCounted(list, this.charges);
    if (slot === undefined) return undefined;
    if (list.sizeBytes > 0 && !isUninitialized) this.clear(slot.ptr, list.sizeBytes);
    return slot.value;
  }

  private freeSlow(value: object): void {
    const slot = this.slotOf(value);
    const owner = slot?.charge?.isPromoted === true ? this.overflow : this;
    if (slot === undefined || slot.list.owner !== owner) throw foreignFree(this.freeCall);
    if (slot.holder === 0) throw doubleFree(this.freeCall, this.siteOf(slot));
    this.refund(slot);
    this.releaseOf(owner, slot);
  }

  private boxed(type: AllocType, value: object, init: unknown): OwnedBox<unknown> {
    const fieldType: ByteType | undefined = typeof type === "function" ? undefined : type;
    if (init !== undefined && fieldType !== undefined) {
      try {
        fieldType.assign(value, init);
      } catch (error) {
        this.free(value);
        throw error;
      }
    }
    return this.wrap(value, value, fieldType);
  }

  private readOptions(options: ValueOptions): boolean {
    const given: unknown = typeof options === "object" && options !== null ? (options.uninitialized ?? false) : options;
    if (typeof given !== "boolean") throw badArgument(this.allocCall, "options", given, "{ uninitialized: true or false }");
    return given;
  }

  private exhausted(type: AllocType): FrameAllocError {
    return this.charges?.denied() ?? this.store.exhausted((type as ByteType).sizeBytes);
  }
}

function typeOf(content: unknown): AllocType | undefined {
  return isMemoryType(content) || isClass(content) ? content : undefined;
}
