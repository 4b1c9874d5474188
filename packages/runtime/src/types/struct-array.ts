/**
 * Structs one after the other: `ptr`, `stride`, and a view for each index, made when first asked for and kept.
 *
 *   ptr          ptr + stride      ptr + 2 * stride
 *   | struct 0   | struct 1        | struct 2 ...
 *
 * Views of different indices may be held together. `cursor` is one view that moves: for tight loops over many elements.
 */
import { elementIterator } from "../element-iterator.ts";
import { badArgument } from "../errors.ts";
import type { Memory } from "../memory.ts";
import { moveView, NOT_CLONEABLE, OUT_OF_LINE, rebindView, VIEWS_AT_ONCE, type View } from "../view.ts";
import type { Fields, Init, StructView } from "./memory-type.ts";
import type { StructType } from "./struct-type.ts";

/** A view that stands on element `$index`; setting `$index` moves it. */
export type Cursor<F extends Fields> = StructView<F> & { $index: number };

export class StructArray<F extends Fields = Fields> {
  /** @internal First, so that posting the array fails before its buffer is copied. */
  readonly $notCloneable: symbol = NOT_CLONEABLE;
  readonly length: number;
  /** Bytes from one element to the next. */
  readonly stride: number;
  /** @internal */
  readonly type: StructType<F>;
  /** @internal */
  readonly $memory: Memory;
  /** @internal The slot of the pool or heap that handed this out. */
  $home: object | null = null;
  private base: number;
  /** @internal */
  readonly views: View[] = [];
  /** Where each view stands: compared before it is handed out, as a plain array is read faster than a property of many classes. */
  private readonly places: number[] = [];
  /** The element whose view is to be placed. */
  private wanted = 0;
  private moving: CursorView | undefined = undefined;
  /** A cursor that is nobody's, for writing. */
  private writing: CursorView | undefined = undefined;

  constructor(type: StructType<F>, memory: Memory, ptr: number, length: number) {
    this.type = type;
    this.$memory = memory;
    this.base = ptr;
    this.length = length;
    this.stride = type.sizeBytes;
  }

  /** Byte offset of element 0 in the buffer, for raw access. */
  get ptr(): number {
    return this.base;
  }

  /** The view of element `index`; the same object for the same index. Throws `FrameAllocError` (`argument`) out of range. */
  at(index: number): StructView<F> {
    if (this.places[index] === this.base + index * this.stride) return this.views[index] as unknown as StructView<F>;
    this.checkIndex("at", "index", index, this.length - 1);
    this.wanted = index;
    OUT_OF_LINE.forEach(StructArray.place, this);
    return this.views[index] as unknown as StructView<F>;
  }

  /**
   * One view that is moved over the elements, by its `$index`; the same object at every call, put on element `index`.
   *
   * @example const p = particles.cursor(); for (let i = 0; i < particles.length; i += 1) { p.$index = i; p.age += dt; }
   */
  cursor(index = 0): Cursor<F> {
    if (this.length === 0) throw badArgument("cursor", "length", 0, "at least 1");
    const cursor = (this.moving ??= new (cursorClass(this.type))(this));
    cursor.$index = index;
    return cursor as unknown as Cursor<F>;
  }

  /** Copies the given fields, or another view, into element `index`; fields left out stay. Throws `FrameAllocError` (`argument`) out of range. */
  set(index: number, init: Init<StructType<F>>): void {
    this.checkIndex("set", "index", index, this.length - 1);
    this.write(index, init);
  }

  /** Copies the given fields into the elements from `from` up to and without `to`. Throws `FrameAllocError` (`argument`) out of range. */
  fill(init: Init<StructType<F>>, from = 0, to = this.length): this {
    this.checkIndex("fill", "from", from, this.length);
    this.checkIndex("fill", "to", to, this.length);
    for (let i = from; i < to; i += 1) this.write(i, init);
    return this;
  }

  /** Copies elements `[from, to)` to `target`; the ranges may overlap, and what would lie beyond the end is left out. Throws `FrameAllocError` (`argument`) out of range. */
  copyWithin(target: number, from: number, to = this.length): this {
    this.checkIndex("copyWithin", "target", target, this.length);
    this.checkIndex("copyWithin", "from", from, this.length);
    this.checkIndex("copyWithin", "to", to, this.length);
    const count = Math.min(to - from, this.length - target);
    if (count > 0) this.$memory.move(this.base + target * this.stride, this.base + from * this.stride, count * this.stride);
    return this;
  }

  /** The views of all elements in order, each the object that `at` gives. Makes no garbage but itself, in compiled code. */
  [Symbol.iterator](): IterableIterator<StructView<F>> {
    return elementIterator(this) as IterableIterator<StructView<F>>;
  }

  /** The elements, for JSON and for printing: not the memory below. */
  toJSON(): StructView<F>[] {
    return [...this];
  }

  [Symbol.for("nodejs.util.inspect.custom")](): StructView<F>[] {
    return [...this];
  }

  /** @internal For the iterator. */
  load(index: number): StructView<F> | undefined {
    return index < this.length ? this.at(index) : undefined;
  }

  /** @internal */
  moveTo(ptr: number): void {
    if (ptr === this.base) return;
    this.base = ptr;
    moveCursor(this.moving, ptr);
    moveCursor(this.writing, ptr);
  }

  /** @internal */
  rebind(): void {
    for (const view of this.views) if (view !== undefined) rebindView(view);
    if (this.moving !== undefined) rebindView(this.moving);
    if (this.writing !== undefined) rebindView(this.writing);
  }

  /** By a cursor, as nobody keeps what it is written through; but a view that is there already also has its arrays made. */
  private write(index: number, init: Init<StructType<F>>): void {
    if (index < this.views.length) return this.type.assign(this.at(index), init);
    const cursor = (this.writing ??= new (cursorClass(this.type))(this));
    cursor.$index = index;
    this.type.assign(cursor, init);
  }

  private checkIndex(call: string, name: string, value: number, last: number): void {
    if (!Number.isInteger(value) || value < 0 || value > last) throw badArgument(call, name, value, last < 0 ? "an index, and the array is empty" : `an integer from 0 to ${last}`);
  }

  private static place(this: StructArray): void {
    const first = this.wanted & -VIEWS_AT_ONCE;
    const end = Math.min(first + VIEWS_AT_ONCE, this.length);
    // Filled in order: an array with holes would be slower to read for good.
    for (let i = Math.min(first, this.views.length); i < end; i += 1) {
      const ptr = this.base + i * this.stride;
      if (i === this.views.length) this.views.push(this.type.make(this.$memory, ptr));
      else moveView(this.views[i] as View, ptr);
      this.places[i] = ptr;
    }
  }
}

interface CursorView extends View {
  $base: number;
  $index: number;
}

function moveCursor(cursor: CursorView | undefined, ptr: number): void {
  if (cursor === undefined) return;
  cursor.$base = ptr;
  cursor.$index = 0;
}

const cursorClasses = /* @__PURE__ */ new WeakMap<object, new (of: StructArray<never>) => CursorView>();

function cursorClass<F extends Fields>(type: StructType<F>): new (of: StructArray<F>) => CursorView {
  let made = cursorClasses.get(type);
  if (made === undefined) {
    made = makeCursorClass(type);
    cursorClasses.set(type, made);
  }
  return made as unknown as new (of: StructArray<F>) => CursorView;
}

function makeCursorClass(type: StructType): new (of: StructArray<never>) => CursorView {
  const stride = type.sizeBytes;
  class StructCursor extends type.viewClass {
    // What the array is, kept here: a step reads nothing else.
    declare $base: number;
    declare readonly $count: number;
    declare $at: number;

    constructor(of: StructArray<never>) {
      super(of.$memory, of.ptr);
      this.$base = of.ptr;
      this.$count = of.length;
      this.$at = 0;
    }

    get $index(): number {
      return this.$at;
    }

    set $index(index: number) {
      // Also false for fractions, NaN and what is below 0.
      if (index >>> 0 !== index || index >= this.$count) throw badArgument("cursor", "$index", index, `an integer from 0 to ${this.$count - 1}`);
      this.$at = index;
      const ptr = this.$base + index * stride;
      if (this.$kids === undefined) this.$ptr = ptr;
      else moveView(this, ptr);
    }
  }
  return StructCursor;
}
