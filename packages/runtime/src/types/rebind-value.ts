/** What becomes of the objects that stand for memory when it goes elsewhere: to another buffer, as that of a `WebAssembly.Memory` that grows, or by a move of the value. */
import type { Memory } from "../memory.ts";
import type { ByteType } from "./memory-type.ts";
import { rebindView, View, type Kid } from "../view.ts";
import type { SoaValue } from "./soa-type.ts";
import { StructArray } from "./struct-array.ts";

/** @internal Leads an object over, or the objects of a tuple. False for what cannot be: typed arrays, which have to be made anew. */
export function rebindValue(value: unknown): boolean {
  if (value instanceof View) rebindView(value);
  else if (value instanceof StructArray) value.rebind();
  else if (Array.isArray(value)) return value.reduce<boolean>((isLed, part) => rebindValue(part) && isLed, true);
  else if (typeof value === "object" && value !== null && "$columns" in value) (value as SoaValue).$rebind();
  else return false;
  return true;
}

/** @internal Whether what stands for a value of the type is a typed array of a buffer that is gone. None of an array type is empty otherwise. */
export function isGone(type: ByteType, value: unknown): boolean {
  return type.kind === "array" && (value as { readonly length: number }).length === 0;
}

/** @internal Where a typed array lies, while its buffer is there. */
export function placeOf(value: unknown): number {
  return (value as { readonly byteOffset?: number }).byteOffset ?? 0;
}

/** @internal In place of one that is gone. Allocates. */
export function madeAnew(type: ByteType, memory: Memory, ptr: number): object {
  memory.refresh();
  return type.make(memory, ptr);
}

/** @internal After an object was moved with its value: elements of it that somebody holds go along. Elsewhere they are moved when they are asked for again. */
export function followValue<T>(value: T): T {
  if (value instanceof View) followKids(value.$kids);
  // Whoever asks for one has it moved.
  else if (value instanceof StructArray) for (let i = 0; i < value.views.length; i += 1) followValue(value.at(i));
  return value;
}

function followKids(kids: readonly Kid[] | undefined): void {
  // A kid that has its value by a getter is a typed array, made when it is asked for.
  if (kids !== undefined) for (let i = 0; i < kids.length; i += 1) if (Object.hasOwn(kids[i] as Kid, "value")) followValue((kids[i] as Kid & { readonly value: unknown }).value);
}
