/** Variables and fields as they are at one point, with the stores that made their values. */
import type { ModuleIR, VariableId } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { MAX_LOCATIONS, sameLocation } from "./locations.ts";
import { EMPTY, ELEMENT, type Origin, type OriginTable, union, type Value } from "./origin.ts";

/** Where and under which name a value was stored. */
export interface StorePlace {
  readonly at: Location;
  /** What this store put there. */
  readonly value: Value;
  /** The store in a callee that did it, when `at` is the call. */
  readonly inner: Location | null;
}

/** A store without its value. */
export type Place = Omit<StorePlace, "value">;

/** A variable (`base` null) or a field of `base`. */
export interface Cell {
  readonly base: Origin | null;
  readonly module: ModuleIR | null;
  readonly variable: VariableId;
  readonly name: string;
  readonly value: Value;
  readonly stores: readonly StorePlace[];
  /** Of a container's elements: on every way here it was emptied, whatever others had put there. */
  readonly isEmptied: boolean;
  /** Nothing wrote it since a call that threw, if it did, skipped what would have come next; on every way here. */
  readonly isSkipped?: boolean;
}

/** What the place held at entry: itself for a symbolic place, nothing for what was made here. */
export function initialOf(table: OriginTable, cell: Cell): Value {
  if (cell.base === null) return cell.module === null ? EMPTY : new Set([table.variable(cell.module, cell.variable)]);
  if (cell.base.kind === "site") return EMPTY;
  return cell.name === ELEMENT ? EMPTY : new Set([table.field(cell.base, cell.name)]);
}

/** By which a state finds the cell of a field. */
export function fieldKey(base: Origin, name: string): string {
  return `${base.id}.${name}`;
}

/** The stores of both; the first list itself when it has all of the second. */
export function joinStores(table: OriginTable, known: readonly StorePlace[], added: readonly StorePlace[]): readonly StorePlace[] {
  let joined = known;
  for (const store of added) {
    const index = joined.findIndex((each) => sameLocation(each.at, store.at));
    const same = joined[index];
    if (same === undefined) {
      if (joined.length < MAX_LOCATIONS) joined = [...joined, store];
      continue;
    }
    const value = union(table, same.value, store.value);
    if (value !== same.value) joined = joined.with(index, { ...same, value });
  }
  return joined;
}
