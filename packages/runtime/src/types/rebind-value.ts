/** What becomes of the objects that stand for memory when the memory gets another buffer, as a `WebAssembly.Memory` does that grows. */
import { rebindView, View } from "../view.ts";
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
