/**
 * Frame arena: typed allocation from a bump pointer, with everything dead at once at the end of the frame.
 *
 * Allocating in the way of the frame before is the short path of `alloc`: the type's next slot is asked whether the bump pointer stands where it did.
 * Whatever else is the case (no frame, first allocation of the type, another order, a full arena) is `allocSlow`.
 *
 * The layout and the invariants are those of bump-arena.ts. One arena belongs to one agent.
 */
import { badArgument, badOption, promiseFromFrame } from "../errors.ts";
import { alignUp, FIRST_BYTE, MAX_END_BYTE, Memory, type Region } from "../memory.ts";
import { isMemoryType, type AllocType, type ClassType, type ElementType, type ByteType, type Infer, type InferMany, type MemoryType } from "../types/memory-type.ts";
import { BumpArena, type RecycledList } from "./bump-arena.ts";
import type { FrameBrand } from "./frame-box.ts";
import { FrameGuard } from "./frame-guard.ts";
import { ObjectArrayList, ObjectList } from "./object-list.ts";
import { ManyList, SingleList, type SizedList } from "./slot-list.ts";

/** A value that lives as long as its frame. */
export type FrameValue<T> = T & FrameBrand;

export class FrameArena extends BumpArena {
  // By type, for types that another allocator used since; the last one to use a type is found in the type itself.
  protected readonly singles: Map<MemoryType, SingleList> = new Map();
  protected readonly manies: Map<MemoryType, ManyList> = new Map();
  private readonly objects: Map<ClassType, ObjectList> = new Map();
  /** The one used last: loops make many of the same class. */
  private lastObjects: ObjectList | undefined = undefined;
  private readonly objectArrays: ObjectArrayList = new ObjectArrayList();
  private readonly guard: FrameGuard = new FrameGuard(this);

  /**
   * An arena of so many bytes of its own memory, or on a region of a memory, whose bytes are zero unless `zeroing` is false.
   * Throws `FrameAllocError` (`config`) for a size that is none.
   */
  constructor(source: number | Region, zeroing = true) {
    super(isRegion(source) ? source : ownRegion(source), zeroing);
  }

  /** Calls `fn` in a frame of its own, also ended when it throws, and gives what it returned. FA006 in a frame; FA607 for a promise. */
  withFrame<R>(fn: () => R): R {
    this.begin();
    let result: R;
    try {
      result = fn();
    } catch (error) {
      if (this.inFrame()) this.end();
      throw error;
    }
    this.end();
    if (isThenable(result)) throw promiseFromFrame();
    return result;
  }

  /** Opens a frame that ends when the guard is disposed: `using f = arena.frame()`. The guard is always the same object. */
  frame(): FrameGuard {
    return this.guard.open();
  }

  /** An object of the type, valid until the frame ends; recycled. Memory comes zeroed. FA001 outside a frame, FA003 when full. */
  alloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> {
    if (typeof type === "function") return this.takeObject(type) as FrameValue<Infer<T>>;
    const list = (type as unknown as MemoryType | undefined)?.$frame as SingleList | undefined;
    if (list !== undefined && list.arena === this) {
      const slot = list.next;
      if (slot.from === this.top) {
        this.top = slot.end;
        list.next = slot.next as typeof slot;
        return slot.value as FrameValue<Infer<T>>;
      }
    }
    return this.allocSlow(type) as FrameValue<Infer<T>>;
  }

  /** As `alloc`; undefined outside a frame and when full. */
  tryAlloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> | undefined {
    if (!this.inFrame()) return undefined;
    if (typeof type === "function") return this.takeObject(type) as FrameValue<Infer<T>>;
    if (this.fits(type)) return this.alloc(type);
    this.checkType(type, "tryFrameAlloc");
    return undefined;
  }

  /** @internal Whether a frame is open that has room for a value of the type. */
  fits(type: ByteType): boolean {
    // JavaScript callers pass anything: what has no size does not fit.
    return this.inFrame() && (type as ByteType | undefined)?.sizeBytes !== undefined && this.sizeAt(type.sizeBytes, type.alignBytes) <= this.remaining();
  }

  /** `count` of a type in one piece: a typed array, a `StructArray`, or an array of instances. One bump. */
  slice<const T extends ElementType | ClassType>(type: T, count: number): FrameValue<InferMany<T>> {
    const list = (type as unknown as MemoryType | undefined)?.$slice as ManyList | undefined;
    if (list !== undefined && list.arena === this) {
      const slot = list.next;
      if (slot.from === this.top && slot.length === count) {
        this.top = slot.end;
        list.next = slot.next as typeof slot;
        return slot.value as FrameValue<InferMany<T>>;
      }
    }
    return this.sliceSlow(type, count) as FrameValue<InferMany<T>>;
  }

  /** @internal Lets the types forget this arena, so that its memory can go. */
  forget(): void {
    for (const [type, list] of this.singles) if (type.$frame === list) type.$frame = undefined;
    for (const [type, list] of this.manies) if (type.$slice === list) type.$slice = undefined;
    this.letGo();
  }

  protected allocSlow(type: MemoryType): object {
    if (!this.inFrame()) throw this.outside("frameAlloc");
    const list = this.singleList(type);
    const slot = list.next;
    if (slot.from === this.top && slot.end <= this.limit) {
      this.top = slot.end;
      list.next = slot.next as typeof slot;
      return slot.value as object;
    }
    const from = this.top;
    return list.fill(from, this.place(type.sizeBytes, type.alignBytes, "frameAlloc"), 1);
  }

  protected sliceSlow(type: ElementType | ClassType, count: number): object {
    if (!Number.isSafeInteger(count) || count < 0) throw badArgument("frameSlice", "n", count, "an integer of at least 0");
    return typeof type === "function" ? this.objectArray(type, count) : this.many(type, count);
  }

  /** @internal As `alloc`, filled from `init`; when that cannot be, nothing is allocated. */
  allocWith(type: ByteType, init: unknown): object {
    const list = this.singleList(type);
    const from = this.top;
    const before = list.next;
    const value: object = this.alloc(type);
    if (init === undefined) return value;
    try {
      type.assign(value, init);
    } catch (error) {
      this.wipe(from, this.top);
      this.top = from;
      list.next = before;
      throw error;
    }
    return value;
  }

  private many(type: ElementType, count: number): object {
    let list = (type as ElementType | undefined)?.$slice as ManyList | undefined;
    if (list === undefined || list.arena !== this) {
      list = this.manies.get(type) ?? new ManyList(this, this.checkElement(type));
      this.manies.set(type, list);
      type.$slice = list;
    }
    this.open(list, "frameSlice");
    return this.take(list, type.sizeBytes * count, type.alignBytes, count, "frameSlice");
  }

  /** The next value of a list, which is touched: by the short way where the list's slot allows it. */
  protected take(list: SizedList, sizeBytes: number, alignBytes: number, length: number, call: string): object {
    const slot = list.next;
    const from = this.top;
    if (slot.from === from && slot.length === length && slot.end <= this.limit) {
      this.top = slot.end;
      list.next = slot.next as typeof slot;
      return slot.value as object;
    }
    return list.fill(from, this.place(sizeBytes, alignBytes, call), length);
  }

  protected singleList(type: MemoryType): SingleList {
    let list = (type as MemoryType | undefined)?.$frame as SingleList | undefined;
    if (list === undefined || list.arena !== this) {
      list = this.singles.get(type) ?? new SingleList(this, this.checkType(type, "frameAlloc"));
      this.singles.set(type, list);
      type.$frame = list;
    }
    this.open(list, "frameAlloc");
    return list;
  }

  protected open(list: RecycledList, call: string): void {
    if (!this.inFrame()) throw this.outside(call);
    this.touch(list);
  }

  /** JavaScript callers pass anything. Asked once a type: for a list that is not there yet. */
  protected checkType(type: MemoryType, call: string): MemoryType {
    if (!this.inFrame()) throw this.outside(call);
    if (!isMemoryType(type)) throw badArgument(call, "type", type, "a scalar, a struct, an array or a class");
    return type;
  }

  protected checkElement(type: ElementType): ElementType {
    const { kind } = this.checkType(type, "frameSlice");
    if (kind === "scalar" || kind === "struct") return type;
    throw badArgument("frameSlice", "type", type, "a scalar, a struct or a class");
  }

  private takeObject(Class: ClassType): object {
    const list = this.lastObjects;
    // A list that is touched belongs to an open frame.
    return (list !== undefined && list.Class === Class && list.touched ? list : this.objectsOf(Class)).take();
  }

  private objectsOf(Class: ClassType): ObjectList {
    if (!this.inFrame()) throw this.outside("frameAlloc");
    let list = this.objects.get(Class);
    if (list === undefined) {
      list = new ObjectList(Class);
      this.objects.set(Class, list);
    }
    this.touch(list);
    this.lastObjects = list;
    return list;
  }

  protected objectArray(Class: ClassType, length: number): readonly object[] {
    if (!this.inFrame()) throw this.outside("frameSlice");
    if (length > MAX_ARRAY) throw badArgument("frameSlice", "n", length, `an integer from 0 to ${MAX_ARRAY} for a class`);
    const { objectArrays } = this;
    const list = this.objectsOf(Class);
    const taken = list.count;
    const arrays = objectArrays.touched ? objectArrays.count : 0;
    this.touch(objectArrays);
    const array = objectArrays.take(length);
    try {
      for (let i = 0; i < length; i += 1) array[i] = this.takeObject(Class);
    } catch (error) {
      // What a constructor or a reset throws leaves nothing half done.
      if (list.touched && objectArrays.touched) {
        list.rewind(taken);
        objectArrays.rewind(arrays);
      }
      throw error;
    }
    return array;
  }

  /** Bytes that an allocation takes from here, padding included. */
  private sizeAt(sizeBytes: number, alignBytes: number): number {
    return sizeBytes + ((alignBytes - (this.top % alignBytes)) % alignBytes);
  }
}

/** What arrays of JavaScript hold at most. */
const MAX_ARRAY = 4_294_967_295;

/** JavaScript callers pass anything: what is none is told as a size. */
function isRegion(source: number | Region): source is Region {
  return typeof source === "object" && (source as Region | null)?.memory !== undefined;
}

function ownRegion(sizeBytes: number): Region {
  if (typeof sizeBytes !== "number") throw badOption("frameArenaSize", sizeBytes, `an integer from 0 to ${MAX_END_BYTE - FIRST_BYTE}`);
  const endByte = FIRST_BYTE + alignUp(sizeBytes, 8);
  if (!Number.isSafeInteger(sizeBytes) || sizeBytes < 0 || endByte > MAX_END_BYTE) throw badOption("frameArenaSize", sizeBytes, `an integer from 0 to ${MAX_END_BYTE - FIRST_BYTE}`);
  return new Memory(new ArrayBuffer(endByte), FIRST_BYTE, endByte).whole();
}

/** @internal */
export function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
