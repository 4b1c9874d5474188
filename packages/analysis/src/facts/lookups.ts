/**
 * Where a local variable got its value from when that was looked up: `const v = cache.get(k)`, `let v = null; if (...) v = this.list[i]`, `const v = given || table[k]`.
 *
 * Theory: may, the stores of the variable one by one, through `||`, `??` and conditional expressions. Known misses: values that went through another variable
 * that is assigned again.
 */
import type { Places } from "../dataflow/places.ts";
import type { Op, Temp, VariableId } from "../source/ir.ts";

const MAX_DEPTH = 3;

/** The calls, member reads and tests by `in` that were stored in the variable. */
export function lookupsOf(places: Places, variable: VariableId): readonly Op[] {
  return places.storesOf(variable).flatMap((store) => lookups(places, store.src, 0));
}

/** The same of a value. */
export function lookups(places: Places, temp: Temp, depth = 0): readonly Op[] {
  const origin = places.origin(temp);
  if (origin !== null) return origin.op === "call" || origin.op === "get" || (origin.op === "binary" && origin.operator === "in") ? [origin] : [];
  if (depth >= MAX_DEPTH) return [];
  return (places.index.definitions(temp) ?? []).flatMap((each) => ("op" in each && each.op === "copy" ? lookups(places, each.src, depth + 1) : []));
}

/** Calls that are given what they look in: `Object.hasOwn(table, key)`, `Object.prototype.hasOwnProperty.call(table, key)`. */
const GIVEN_HOLDER: ReadonlySet<string> = new Set(["g:Object.hasOwn", "g:Reflect.has", "g:Reflect.get"]);

/** The place of what was looked in. */
export function holderOf(places: Places, lookup: Op): string | null {
  if (lookup.op === "get") return places.of(lookup.object);
  if (lookup.op === "binary") return places.of(lookup.right);
  if (lookup.op !== "call" || lookup.receiver === null) return null;
  const receiver = places.of(lookup.receiver);
  const isGiven = lookup.key === "call" || GIVEN_HOLDER.has(`${receiver}.${lookup.key}`);
  if (!isGiven) return receiver;
  const [holder] = lookup.args;
  return holder === undefined ? null : places.of(holder.temp);
}
