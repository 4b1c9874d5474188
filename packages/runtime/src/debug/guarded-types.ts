/**
 * Types for debug mode: the same layout, but whoever uses a view asks first whether the view's value still lives, and throws if not, saying where it was
 * allocated: a view has no typed arrays of its own, it asks its life for them.
 *
 * What lives and dies together shares one `Life`, so that a whole frame's views die by one store. A life stands in for the memory that views are made
 * of, so nested views and the elements of arrays have it too.
 *
 * A typed array cannot be stopped: it reads what its memory is filled with.
 */
import type { FrameAllocError } from "../errors.ts";
import type { LaneArray, LaneName, Memory } from "../memory.ts";
import { ArrayType, makeMany } from "../types/array-type.ts";
import type { ByteType, ElementType, Fields, FieldType, StructView } from "../types/memory-type.ts";
import { refClass, ScalarType } from "../types/scalar-type.ts";
import { SoaType, type SoaClass } from "../types/soa-type.ts";
import { StructArray, type Cursor } from "../types/struct-array.ts";
import { StructType } from "../types/struct-type.ts";
import { structViewClass, type StructViewClass } from "../types/struct-view.ts";
import { NOT_CLONEABLE, View, type ViewHome } from "../view.ts";

/** The life of values. Has what views ask of a memory. */
export abstract class Life implements ViewHome {
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  readonly memory: Memory;
  /** 1 when it is over. A number, as the fastest to test. */
  over = 0;
  /** The flat view that was made last. */
  youngest: FlatView | undefined = undefined;

  constructor(memory: Memory) {
    this.memory = memory;
  }

  // What comes back is read or written at once. Short enough (scalar-fields.ts) that an access costs one comparison more.
  get u8(): Memory["u8"] { if (this.over !== 0) this.check(); return this.memory.u8; }
  get i8(): Memory["i8"] { if (this.over !== 0) this.check(); return this.memory.i8; }
  get u16(): Memory["u16"] { if (this.over !== 0) this.check(); return this.memory.u16; }
  get i16(): Memory["i16"] { if (this.over !== 0) this.check(); return this.memory.i16; }
  get u32(): Memory["u32"] { if (this.over !== 0) this.check(); return this.memory.u32; }
  get i32(): Memory["i32"] { if (this.over !== 0) this.check(); return this.memory.i32; }
  get f32(): Memory["f32"] { if (this.over !== 0) this.check(); return this.memory.f32; }
  get f64(): Memory["f64"] { if (this.over !== 0) this.check(); return this.memory.f64; }
  get u64(): Memory["u64"] { if (this.over !== 0) this.check(); return this.memory.u64; }
  get i64(): Memory["i64"] { if (this.over !== 0) this.check(); return this.memory.i64; }

  laneAt(lane: LaneName, ptr: number, count: number): LaneArray {
    return this.memory.laneAt(lane, ptr, count);
  }

  move(toByte: number, fromByte: number, sizeBytes: number): void {
    this.check();
    this.memory.move(toByte, fromByte, sizeBytes);
  }

  /** Throws when it is over. */
  check(): void {
    if (this.over > 0) throw this.stale();
  }

  /** Ends the flat views: where their place was is the life then, and computing with it asks for its value, which throws. */
  protected endViews(): void {
    for (let view = this.youngest; view !== undefined; ) {
      const { $older } = view;
      (view as { $ptr: unknown }).$ptr = this;
      // One that is kept keeps no others.
      view.$older = undefined;
      view = $older;
    }
    this.youngest = undefined;
  }

  valueOf(): never {
    throw this.stale();
  }

  /** The life as the memory that values are made of. */
  asMemory(): Memory {
    // Views and arrays ask it for no more than it has.
    return this as unknown as Memory;
  }

  protected abstract stale(): FrameAllocError;
}

const guardedTypes = /* @__PURE__ */ new WeakMap<ByteType, ByteType>();

/** The guarded twin of a type: made with a life in place of a memory. */
export function guardedType<T extends ByteType>(type: T): T {
  let twin = guardedTypes.get(type);
  if (twin === undefined) {
    twin = twinOf(type);
    guardedTypes.set(type, twin);
  }
  // Of the same kind.
  return twin as T;
}

function twinOf(type: ByteType): ByteType {
  switch (type.kind) {
    case "scalar": return new GuardedScalar(type.name, type.sizeBytes);
    case "array": return new GuardedArray(guardedType<ElementType>(type.element), type.length);
    case "struct": {
      const fields = Object.fromEntries(Object.entries<FieldType>(type.fields).map(([name, field]) => [name, guardedType(field)]));
      return new GuardedStruct(fields, type.offsets, type.sizeBytes, type.alignBytes, type.name);
    }
    case "soa": return new GuardedSoa(type.struct, type.length, type.parts.map((part) => ({ ...part, type: guardedType(part.type) })), type.sizeBytes);
  }
}

type ViewWithoutLanes = new (memory: Memory, ptr: number, lanes: number) => Omit<View, "$home" | `$${LaneName}`>;

/** A view that has no typed arrays of its own. */
class GuardedView extends (View as unknown as ViewWithoutLanes) {
  declare $home: Life;

  constructor(memory: Memory, ptr: number) {
    super(memory, ptr, 0);
  }

  get $u8(): Memory["u8"] { return this.$home.u8; }
  get $i8(): Memory["i8"] { return this.$home.i8; }
  get $u16(): Memory["u16"] { return this.$home.u16; }
  get $i16(): Memory["i16"] { return this.$home.i16; }
  get $u32(): Memory["u32"] { return this.$home.u32; }
  get $i32(): Memory["i32"] { return this.$home.i32; }
  get $f32(): Memory["f32"] { return this.$home.f32; }
  get $f64(): Memory["f64"] { return this.$home.f64; }
  get $u64(): Memory["u64"] { return this.$home.u64; }
  get $i64(): Memory["i64"] { return this.$home.i64; }
}

class GuardedScalar extends ScalarType {
  private guarded: StructViewClass | undefined = undefined;

  override make(memory: Memory, ptr: number): View {
    this.guarded ??= refClass(this.name, GuardedView);
    return new this.guarded(memory, ptr);
  }
}

/**
 * A view that asks nobody: it has typed arrays of its own, so that its fields cost what they cost without debug mode, and whoever ends its life ends it. It cannot be suspended.
 */
interface FlatView extends View {
  /** The one of the same life that was made before it. */
  $older: FlatView | undefined;
}

export type FlatViewClass = new (memory: Memory, ptr: number, life: Life) => FlatView;

/** The class of flat views of a guarded type; undefined for one whose values have objects in them. */
export function flatClassOf(twin: ByteType): FlatViewClass | undefined {
  return twin instanceof GuardedStruct ? twin.flatClass : undefined;
}

class GuardedStruct extends StructType {
  private guarded: StructViewClass | undefined = undefined;
  private flat: FlatViewClass | undefined = undefined;

  get flatClass(): FlatViewClass | undefined {
    return (this.flat ??= flatViewClass(this));
  }

  override get viewClass(): StructViewClass {
    return (this.guarded ??= guardedClass(structViewClass(this, GuardedView)));
  }
}

function flatViewClass(type: StructType): FlatViewClass | undefined {
  if (Object.values<FieldType>(type.fields).some(({ kind }) => kind !== "scalar")) return undefined;
  // Without a name, for the reason that struct-view.ts gives.
  return class extends structViewClass(type) {
    $older: FlatView | undefined;

    constructor(memory: Memory, ptr: number, life: Life) {
      super(memory, ptr);
      this.$home = life;
      this.$older = life.youngest;
      life.youngest = this;
    }
  };
}

class GuardedArray extends ArrayType {
  override make(memory: Memory, ptr: number): object {
    return makeGuarded(this.element, memory, ptr, this.length);
  }
}

class GuardedSoa extends SoaType {
  private guarded: SoaClass | undefined = undefined;

  override get columnsClass(): SoaClass {
    return (this.guarded ??= guardedClass(super.columnsClass));
  }
}

class GuardedStructArray extends StructArray {
  override at(index: number): StructView<Fields> {
    (this.$memory as unknown as Life).check();
    return super.at(index);
  }

  override cursor(index = 0): Cursor<Fields> {
    (this.$memory as unknown as Life).check();
    return super.cursor(index);
  }
}

/** What stands for `count` elements of a guarded type at `ptr`. */
export function makeGuarded(element: ElementType, memory: Memory, ptr: number, count: number): object {
  return element.kind === "struct" ? new GuardedStructArray(element, memory, ptr, count) : makeMany(element, memory, ptr, count);
}

type ViewClass = new (memory: Memory, ptr: number) => object;

/** `Base` with values in it, which have no typed arrays to be asked for, that ask for the life first. */
function guardedClass<C extends ViewClass>(Base: C): C {
  const nested = Object.entries(Object.getOwnPropertyDescriptors(Base.prototype as object)).filter(([, { get, set }]) => get !== undefined && set === undefined);
  if (nested.length === 0) return Base;
  class Guarded extends (Base as ViewClass) {
    // Written out: V8 calls the one that it would make itself by a slower way.
    // oxlint-disable-next-line no-useless-constructor
    constructor(memory: Memory, ptr: number) {
      super(memory, ptr);
    }
  }
  for (const [name, { get }] of nested) Object.defineProperty(Guarded.prototype, name, { ...guardedGetter(get as () => unknown), enumerable: true });
  return Guarded as C;
}

function guardedGetter(get: () => unknown): PropertyDescriptor & ThisType<{ readonly $home: Life }> {
  return {
    get() {
      const life = this.$home;
      if (life.over > 0) life.check();
      return get.call(this);
    },
  };
}
