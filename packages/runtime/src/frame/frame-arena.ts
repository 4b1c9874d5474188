/**
 * Frame arena: typed allocation from a bump pointer, with everything dead at once at the end of the frame.
 *
 * Allocating in the way of the frame before is the short path of `alloc`: the type's next slot is asked whether the bump pointer stands where it did.
 * Whatever else is the case (no frame, first allocation of the type, another order, a full arena) is `allocSlow`.
 *
 * The layout and the invariants are those of bump-arena.ts. One arena belongs to one agent.
 */
import { badArgument, outsideFrame, promiseFromFrame } from "../errors.ts";
import type { Region } from "../memory.ts";
import { openRegion, type MemoryOption } from "../window.ts";
import { isClass, isMemoryType, type AllocType, type BoxValue, type ClassType, type ElementType, type FieldType, type Infer, type InferMany, type Init, type MemoryType } from "../types/memory-type.ts";
import { BumpArena, type RecycledList } from "./bump-arena.ts";
import { FrameBox, type FrameBrand } from "./frame-box.ts";
import { FrameGuard, FrameScope } from "./frame-scope.ts";
import { frameVecClass, type FrameVec, type FrameVecHandle, type VecElement, type VecInput, type VecValue } from "./frame-vec.ts";
import { HandleList } from "./handle-list.ts";
import { ObjectArrayList, ObjectList } from "./object-list.ts";
import { ManyList, SingleList, TupleList, type SizedList } from "./slot-list.ts";

/** A value that lives as long as its frame. */
export type FrameValue<T> = T & FrameBrand;

export class FrameArena extends BumpArena {
  // By type, for types that another allocator used since; the last one to use a type is found in the type itself.
  private readonly singles: Map<MemoryType, SingleList> = new Map();
  private readonly manies: Map<MemoryType, ManyList> = new Map();
  private readonly tuples: Map<MemoryType, TupleList> = new Map();
  private readonly objects: Map<ClassType, ObjectList> = new Map();
  private readonly objectArrays: ObjectArrayList = new ObjectArrayList();
  private readonly vecs: Map<VecElement, HandleList<FrameVec<unknown> & FrameVecHandle>> = new Map();
  private readonly boxes: HandleList<FrameBox<unknown>> = new HandleList(this.memory, () => new FrameBox());
  private readonly guard: FrameGuard = new FrameGuard(this);
  private readonly scopes: FrameScope[] = [];

  /**
   * An arena of `source` bytes of its own memory, on given memory, or on a region of it. Memory given is cleared, unless `zeroing` is false.
   * Throws `FrameAllocError` (`config`) for memory that cannot serve.
   */
  constructor(source: number | MemoryOption | Region, zeroing = true) {
    super(openRegion(source, zeroing), zeroing);
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

  /** A part of the frame: what is allocated from here on is freed when the scope is disposed. FA001 outside a frame. */
  scope(): FrameScope {
    const depth = this.pushMark();
    return (this.scopes[depth] ??= new FrameScope(this, depth)).open();
  }

  /** An object of the type, valid until the frame ends; recycled. Memory comes zeroed. FA001 outside a frame, FA003 when full. */
  alloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> {
    const list = (type as unknown as MemoryType).$frame as SingleList | undefined;
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
    const size = this.sizeAt(type.sizeBytes, type.alignBytes);
    return size > this.remaining() ? undefined : this.alloc(type);
  }

  /** `count` of a type in one piece: a typed array, a `StructArray`, or an array of instances. One bump. */
  slice<const T extends ElementType | ClassType>(type: T, count: number): FrameValue<InferMany<T>> {
    if (!Number.isSafeInteger(count) || count < 0) throw badArgument("frameSlice", "n", count, "an integer of at least 0");
    return (typeof type === "function" ? this.objectArray(type, count) : this.many(type, count)) as FrameValue<InferMany<T>>;
  }

  /** `length` separate objects of a type by one bump: the tuple is recycled with them. */
  tuple(type: AllocType, length: number): unknown {
    if (typeof type === "function") return this.objectArray(type, length);
    let list = this.tuples.get(type);
    if (list === undefined) {
      list = new TupleList(this, this.checkType(type, "frameAlloc"));
      this.tuples.set(type, list);
    }
    this.open(list, "frameAlloc");
    return this.sized(list, type.sizeBytes * length, type.alignBytes, length, "frameAlloc");
  }

  /** A box that holds a value until the frame ends, or memory of a type. */
  box<const T extends AllocType>(type: T, init?: Init<T>): FrameBox<BoxValue<T>>;
  box<T>(value: T): FrameBox<T>;
  box(content: unknown, init?: unknown): FrameBox<unknown> {
    if (!this.inFrame()) throw outsideFrame("frameBox");
    const type = isMemoryType(content) ? content : undefined;
    const held = type !== undefined ? this.allocWith(type, init) : isClass(content) ? this.alloc(content) : content;
    this.touch(this.boxes);
    return this.boxes.take().hold(this.frameNumber(), held, type);
  }

  /** An empty vec: fixed when a capacity is given, else growing inside the arena. */
  vec<const E extends VecElement>(element: E, capacity?: number): FrameVec<VecValue<E>, VecInput<E>> {
    if (capacity !== undefined && (!Number.isSafeInteger(capacity) || capacity < 0)) throw badArgument("frameVec", "capacity", capacity, "an integer of at least 0");
    if (!this.inFrame()) throw outsideFrame("frameVec");
    const list = this.vecsOf(element);
    const isObject = typeof element === "function";
    const ptr = this.place((capacity ?? 0) * (isObject ? 0 : element.sizeBytes), isObject ? 1 : element.alignBytes, "frameVec");
    this.touch(list);
    const vec = list.take();
    vec.open(this.frameNumber(), ptr, capacity ?? 0, capacity === undefined);
    // The lane's element type is what VecValue and VecInput compute; the class is made for it at run time.
    return vec as unknown as FrameVec<VecValue<E>, VecInput<E>>;
  }

  /** @internal Lets the types forget this arena, so that its memory can go. */
  forget(): void {
    for (const [type, list] of this.singles) if (type.$frame === list) type.$frame = undefined;
    for (const [type, list] of this.manies) if (type.$slice === list) type.$slice = undefined;
  }

  protected allocSlow(type: AllocType): object {
    if (!this.inFrame()) throw outsideFrame("frameAlloc");
    if (typeof type === "function") return this.takeObject(type);
    const list = this.singleList(type);
    const slot = list.next;
    if (slot.from === this.top) {
      this.top = slot.end;
      list.next = slot.next as typeof slot;
      return slot.value as object;
    }
    const from = this.top;
    return list.fill(from, this.place(type.sizeBytes, type.alignBytes, "frameAlloc"), 1);
  }

  /** As `alloc`, filled from `init`; when that cannot be, nothing is allocated. */
  private allocWith(type: FieldType, init: unknown): object {
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
    let list = type.$slice as ManyList | undefined;
    if (list === undefined || list.arena !== this) {
      list = this.manies.get(type) ?? new ManyList(this, this.checkType(type, "frameSlice") as ElementType);
      this.manies.set(type, list);
      type.$slice = list;
    }
    this.open(list, "frameSlice");
    return this.sized(list, type.sizeBytes * count, type.alignBytes, count, "frameSlice");
  }

  private sized(list: SizedList, sizeBytes: number, alignBytes: number, length: number, call: string): object {
    const slot = list.next;
    const from = this.top;
    if (slot.from === from && slot.length === length) {
      this.top = slot.end;
      list.next = slot.next as typeof slot;
      return slot.value as object;
    }
    return list.fill(from, this.place(sizeBytes, alignBytes, call), length);
  }

  private singleList(type: MemoryType): SingleList {
    let list = type.$frame as SingleList | undefined;
    if (list === undefined || list.arena !== this) {
      list = this.singles.get(type) ?? new SingleList(this, this.checkType(type, "frameAlloc"));
      this.singles.set(type, list);
      type.$frame = list;
    }
    this.open(list, "frameAlloc");
    return list;
  }

  private open(list: RecycledList, call: string): void {
    if (!this.inFrame()) throw outsideFrame(call);
    this.touch(list);
  }

  /** JavaScript callers pass anything. Asked once a type: for a list that is not there yet. */
  private checkType(type: MemoryType, call: string): MemoryType {
    if (!this.inFrame()) throw outsideFrame(call);
    if (!isMemoryType(type)) throw badArgument(call, "type", type, "a scalar, a struct, an array or a class");
    return type;
  }

  private vecsOf(element: VecElement): HandleList<FrameVec<unknown> & FrameVecHandle> {
    return this.vecs.get(element) ?? this.newVecs(element);
  }

  // Apart, as a function that makes closures makes their scope on every call.
  private newVecs(element: VecElement): HandleList<FrameVec<unknown> & FrameVecHandle> {
    const given: unknown = element;
    if (typeof given !== "function" && !(isMemoryType(given) && given.kind !== "array")) throw badArgument("frameVec", "type", element, "a scalar, a struct or a class");
    const Vec = frameVecClass(this, element, typeof element === "function" ? () => this.alloc(element) : () => undefined);
    const list = new HandleList(this.memory, () => new Vec());
    this.vecs.set(element, list);
    return list;
  }

  private takeObject(Class: ClassType): object {
    let list = this.objects.get(Class);
    if (list === undefined) {
      list = new ObjectList(Class);
      this.objects.set(Class, list);
    }
    this.touch(list);
    return list.take();
  }

  private objectArray(Class: ClassType, length: number): readonly object[] {
    if (!this.inFrame()) throw outsideFrame("frameSlice");
    this.touch(this.objectArrays);
    const array = this.objectArrays.take(length);
    for (let i = 0; i < length; i += 1) array[i] = this.takeObject(Class);
    return array;
  }

  /** Bytes that an allocation takes from here, padding included. */
  private sizeAt(sizeBytes: number, alignBytes: number): number {
    return sizeBytes + ((alignBytes - (this.top % alignBytes)) % alignBytes);
  }
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
