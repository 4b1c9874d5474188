/** What becomes of the objects that stand for memory when it goes elsewhere: to another buffer, as that of a `WebAssembly.Memory` that grows, or by a move of the value. */
import { followView, rebindView, View } from "../view.ts";
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

/** @internal After an object was moved with its value: elements of it that somebody holds go along. */
export function followValue<T extends object>(value: T): T {
  if (value instanceof View) followView(value);
  else if (value instanceof StructArray) value.follow();
  return value;
}
