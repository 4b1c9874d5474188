/**
 * How vecs and maps read, write, move and let go of their elements: a class for each kind of scalar, one for structs, one for instances of classes.
 * Vecs and maps extend them.
 *
 * All structs are read by one class, and so by vecs of one class: an engine that sees more than four classes in a place compiles that place for none,
 * also where the class was made anew for each type, as it collects what it learns by the place in the source.
 */
import { swapBytes, type Memory } from "../memory.ts";
import { laneBitOf, laneClass } from "../scalar-fields.ts";
import { moveView, OUT_OF_LINE, rebindView, View, VIEWS_AT_ONCE } from "../view.ts";
import type { ClassType, ElementType } from "../types/memory-type.ts";
import { followValue } from "../types/rebind-value.ts";
import type { ScalarType } from "../types/scalar-type.ts";
import type { StructType } from "../types/struct-type.ts";
import { SliceCache } from "./slice-cache.ts";

/** What vecs and maps can hold. */
export type VecElement = ElementType | ClassType;

/** @internal What a vec needs of its elements. The caller keeps indices in range. */
export interface ElementLane extends View {
  load(index: number): unknown;
  store(index: number, value: unknown): void;
  /** Before `value` is put at `index`, which was free: clears what an element that was removed left there. */
  renew(index: number, value: unknown): void;
  /** Makes elements `[from, to)` what fresh ones are. */
  blank(from: number, to: number): void;
  /** Lets go of elements `[from, to)`. */
  drop(from: number, to: number): void;
  /** Copies element `from` over element `to`, which is before it. */
  moveElement(to: number, from: number): void;
  swapElements(a: number, b: number): void;
  /** Whether elements have an order of their own. */
  readonly isOrdered: boolean;
  /** Whether element `a` comes before element `b` in that order. */
  isLess(a: number, b: number): boolean;
  /** Elements `[from, to)` as one object: over the same memory, for instances a copy. The same object for the same place, as long as it is kept. */
  sliceOf(from: number, to: number): object;
  /** The life of the elements is over. */
  dropSlices(): void;
  /** The first `count` elements lie at another `$ptr` now: their views do too. */
  follow(count: number): void;
  /** The arena's `newestMark` when the elements' life began: what a younger mark frees dies before they do. */
  newestMark: number;
  rebindElements(): void;
  /** Reads the elements of another one of its class from here on, whose place it is told. */
  shareElements(of: ElementLane): void;
}

/** @internal Gives an instance of a class that lives as long as what was made under the mark. */
export type TakeObject = (newestMark: number) => unknown;

/** @internal */
export type ElementLaneClass = new (memory: Memory, element: VecElement, takeObject: TakeObject) => ElementLane;

/** @internal Bytes from one element to the next. */
export function strideOf(element: VecElement): number {
  return typeof element === "function" ? 0 : element.sizeBytes;
}

const scalarLanes: Map<string, ElementLaneClass> = /* @__PURE__ */ new Map();

/** @internal The class for elements of a type: always the same for all that it serves. */
export function elementLane(element: VecElement): ElementLaneClass {
  if (typeof element === "function") return ObjectLane;
  if (element.kind === "struct") return StructLane;
  let Lane = scalarLanes.get(element.name);
  if (Lane === undefined) {
    Lane = scalarLane(element);
    scalarLanes.set(element.name, Lane);
  }
  return Lane;
}

function scalarLane(type: ScalarType): ElementLaneClass {
  const stride = type.sizeBytes;
  // The lane's `load` and `store` are there; the compiler takes them for abstract still.
  class ScalarLane extends (laneClass(type.name) as unknown as new (...args: ConstructorParameters<typeof View>) => View & Pick<ElementLane, "load" | "store">) implements ElementLane {
    newestMark = 0;
    private slices: SliceCache | undefined = undefined;

    constructor(memory: Memory) {
      super(memory, memory.beginByte, laneBitOf(type.name));
    }

    renew(): void {}

    blank(from: number, to: number): void {
      this.$home.memory.zero(this.$ptr + from * stride, this.$ptr + to * stride);
    }

    drop(): void {}

    moveElement(to: number, from: number): void {
      this.store(to, this.load(from));
    }

    swapElements(a: number, b: number): void {
      const value = this.load(a);
      this.store(a, this.load(b));
      this.store(b, value);
    }

    get isOrdered(): boolean { return true; }

    // As typed arrays: -0 before 0, NaN behind everything. Here, and not where elements of all kinds are sorted: an engine boxes a number that may
    // also be something else.
    isLess(a: number, b: number): boolean {
      const x = this.load(a) as number;
      const y = this.load(b) as number;
      if (x < y) return true;
      return x === y ? x === 0 && 1 / x < 1 / y : x === x && y !== y;
    }

    sliceOf(from: number, to: number): object {
      return (this.slices ??= new SliceCache(type, this.$home.memory)).at(this.$ptr + from * stride, to - from);
    }

    dropSlices(): void {}

    follow(): void {}

    rebindElements(): void {
      this.slices?.rebind();
    }

    shareElements(): void {}
  }
  return ScalarLane;
}

/** Elements are views, made when first read and kept; storing copies fields. */
class StructLane extends View implements ElementLane {
  newestMark = 0;
  private readonly type: StructType;
  private readonly stride: number;
  private views: View[] = [];
  /** Where each view stands: compared before it is handed out, as a plain array is read faster than a property of many classes. */
  private places: number[] = [];
  /** The element whose view is to be placed. */
  private wanted = 0;
  private slices: SliceCache | undefined = undefined;

  constructor(memory: Memory, element: VecElement) {
    super(memory, memory.beginByte, 0);
    this.type = element as StructType;
    this.stride = strideOf(element);
  }

  load(index: number): View {
    const ptr = this.$ptr + index * this.stride;
    if (this.places[index] === ptr) return this.views[index] as View;
    this.wanted = index;
    OUT_OF_LINE.forEach(StructLane.placeWanted, this);
    return this.views[index] as View;
  }

  store(index: number, value: unknown): void {
    const view = this.load(index);
    if (value !== view) this.type.assign(view, value);
  }

  renew(index: number, value: unknown): void {
    // The view that `pop` or `delete` left is the one of this place.
    if (value !== this.views[index]) this.blank(index, index + 1);
  }

  blank(from: number, to: number): void {
    this.$home.memory.zero(this.$ptr + from * this.stride, this.$ptr + to * this.stride);
  }

  drop(): void {}

  moveElement(to: number, from: number): void {
    this.$home.memory.move(this.$ptr + to * this.stride, this.$ptr + from * this.stride, this.stride);
  }

  swapElements(a: number, b: number): void {
    swapBytes(this.$home.memory, this.$ptr + a * this.stride, this.$ptr + b * this.stride, this.stride);
  }

  get isOrdered(): boolean { return false; }

  isLess(): boolean {
    return false;
  }

  sliceOf(from: number, to: number): object {
    return (this.slices ??= new SliceCache(this.type, this.$home.memory)).at(this.$ptr + from * this.stride, to - from);
  }

  dropSlices(): void {}

  follow(count: number): void {
    for (let i = Math.min(count, this.views.length) - 1; i >= 0; i -= 1) {
      this.placeView(i);
      followValue(this.views[i]);
    }
  }

  rebindElements(): void {
    for (const view of this.views) rebindView(view);
    this.slices?.rebind();
  }

  shareElements(of: StructLane): void {
    this.views = of.views;
    this.places = of.places;
  }

  private static placeWanted(this: StructLane): void {
    const first = this.wanted & -VIEWS_AT_ONCE;
    // Filled in order: an array with holes would be slower to read for good.
    for (let i = Math.min(first, this.views.length); i < first + VIEWS_AT_ONCE; i += 1) {
      if (i === this.views.length) this.views.push(this.type.make(this.$home.memory, this.$ptr + i * this.stride));
      this.placeView(i);
    }
  }

  private placeView(index: number): void {
    const ptr = this.$ptr + index * this.stride;
    moveView(this.views[index] as View, ptr);
    this.places[index] = ptr;
  }
}

/** Elements are references to objects of the caller; nothing lies in the arena. */
class ObjectLane extends View implements ElementLane {
  newestMark = 0;
  private readonly takeObject: TakeObject;
  private held: unknown[] = [];
  /** Slices given out, and those of lives before, in the order of the calls. */
  private readonly slices: unknown[][] = [];
  private sliceCount = 0;

  constructor(memory: Memory, _element: VecElement, takeObject: TakeObject) {
    super(memory, memory.beginByte, 0);
    this.takeObject = takeObject;
  }

  load(index: number): unknown {
    return this.held[index];
  }

  renew(): void {}

  store(index: number, value: unknown): void {
    this.held[index] = value;
  }

  blank(from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.held[i] = this.takeObject(this.newestMark);
  }

  drop(from: number, to: number): void {
    for (let i = from; i < to; i += 1) this.held[i] = undefined;
  }

  moveElement(to: number, from: number): void {
    this.held[to] = this.held[from];
  }

  swapElements(a: number, b: number): void {
    const value = this.held[a];
    this.held[a] = this.held[b];
    this.held[b] = value;
  }

  get isOrdered(): boolean { return false; }

  isLess(): boolean {
    return false;
  }

  sliceOf(from: number, to: number): object {
    const slice = (this.slices[this.sliceCount] ??= []);
    this.sliceCount += 1;
    slice.length = to - from;
    for (let i = from; i < to; i += 1) slice[i - from] = this.held[i];
    return slice;
  }

  dropSlices(): void {
    for (let i = 0; i < this.sliceCount; i += 1) this.slices[i]?.fill(undefined);
    this.sliceCount = 0;
  }

  follow(): void {}

  rebindElements(): void {}

  shareElements(of: ObjectLane): void {
    this.held = of.held;
  }
}
