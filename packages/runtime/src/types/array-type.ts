/** Arrays of a fixed length: a typed array for scalars, a `StructArray` for structs. */
import { badArgument } from "../errors.ts";
import type { LaneArray, Memory } from "../memory.ts";
import { laneOf } from "../scalar-fields.ts";
import { MemoryType, type ElementType } from "./memory-type.ts";
import { StructArray } from "./struct-array.ts";

export class ArrayType<E extends ElementType = ElementType> extends MemoryType {
  readonly kind = "array";
  readonly element: E;
  readonly length: number;

  constructor(element: E, length: number) {
    super(element.sizeBytes * length, element.alignBytes);
    this.element = element;
    this.length = length;
  }

  override make(memory: Memory, ptr: number): object {
    return makeMany(this.element, memory, ptr, this.length);
  }

  override place(value: object, memory: Memory, ptr: number): object {
    return placeMany(this.element, value, memory, ptr, this.length);
  }

  override assign(value: object, init: unknown): void {
    assignMany(this.element, value, init);
  }
}

/**
 * `length` of `element` one after the other. As an allocation, or as a field of a struct. Throws `FrameAllocError` (`argument`) unless `length`
 * is an integer of at least 1.
 */
export function array<E extends ElementType>(element: E, length: number): ArrayType<E> {
  const type: unknown = element;
  if (!(type instanceof MemoryType) || type.kind === "array" || type.kind === "soa") throw badArgument("array", "element", element, "a scalar or a struct");
  if (!Number.isInteger(length) || length < 1) throw badArgument("array", "length", length, "an integer of at least 1");
  return new ArrayType(element, length);
}

/** @internal What stands for `count` elements at `ptr`. */
export function makeMany(element: ElementType, memory: Memory, ptr: number, count: number): object {
  return element.kind === "scalar" ? memory.laneAt(laneOf(element.name), ptr, count) : new StructArray(element, memory, ptr, count);
}

/** @internal The same with an object made before, if it can serve. */
export function placeMany(element: ElementType, value: object, memory: Memory, ptr: number, count: number): object {
  if (element.kind === "scalar") {
    const lane = value as LaneArray;
    return lane.byteOffset === ptr && lane.length === count && lane.buffer === memory.buffer ? lane : memory.laneAt(laneOf(element.name), ptr, count);
  }
  const many = value as StructArray;
  if (many.length !== count) return new StructArray(element, memory, ptr, count);
  many.moveTo(ptr);
  return many;
}

/** @internal Copies from an array-like of plain values, or from another object of the kind; the shorter length counts. */
export function assignMany(element: ElementType, value: object, init: unknown): void {
  if (typeof init !== "object" || init === null || !("length" in init)) throw badArgument("init", "array", init, "an array or a typed array");
  if (value instanceof StructArray) {
    const source = init as ArrayLike<unknown> | StructArray;
    const count = Math.min(value.length, source.length);
    for (let i = 0; i < count; i += 1) value.set(i, (source instanceof StructArray ? source.at(i) : source[i]) as never);
    return;
  }
  const target = value as unknown as { readonly length: number; [index: number]: unknown };
  const source = init as ArrayLike<unknown>;
  const asFlag = element.kind === "scalar" && element.name === "bool";
  const count = Math.min(target.length, source.length);
  for (let i = 0; i < count; i += 1) target[i] = asFlag ? Number(source[i]) : source[i];
}
