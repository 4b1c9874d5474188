/**
 * Paths of fields that lead from values to one thing each: `all.*.alloc` is `alloc` when every element of `all` was made with it.
 *
 * Theory: over the cells of one state. A step goes on from all that a value may be; its elements are those under any index, `*` among them.
 * A path that ends at several things names none. Breadth first, fields by name, so that the shortest path to a thing comes first; paths
 * longer than `MAX_STEPS` and levels of more than `MAX_PATHS` paths are not followed.
 */
import type { Cell } from "../dataflow/cell.ts";
import { ELEMENT, type Origin, type OriginTable, union, type Value } from "../dataflow/origin.ts";

const MAX_STEPS = 4;
const MAX_PATHS = 256;

export interface HeldPath {
  readonly path: readonly string[];
  readonly value: Value;
}

/** The paths themselves first. A field of a first value goes in only when `follows` says so. */
export function* heldPaths(table: OriginTable, cells: Iterable<Cell>, roots: readonly HeldPath[], follows: (name: string) => boolean = () => true): Generator<HeldPath> {
  const fields = fieldsByBase(cells);
  let level = roots;
  for (let step = 0; level.length > 0 && level.length <= MAX_PATHS; step++) {
    yield* level;
    if (step === MAX_STEPS) return;
    level = level.flatMap(({ path, value }) => [...fieldsOf(table, fields, value)].filter(([name]) => step > 0 || follows(name)).map(([name, held]) => ({ path: [...path, name], value: held })));
  }
}

/** The one thing that a value is; null for several, and for what has no identity. */
export function thingOf(value: Value): Origin | null {
  let only: Origin | null = null;
  for (const origin of value) {
    // Nothing is called on `null` and `undefined`.
    if (origin.kind === "const") continue;
    if (only !== null || origin.kind === "scalar" || origin.kind === "unknown" || origin.kind === "expr") return null;
    only = origin;
  }
  return only;
}

function fieldsOf(table: OriginTable, byBase: ReadonlyMap<Origin, readonly Cell[]>, value: Value): Map<string, Value> {
  const fields = new Map<string, Value>();
  const add = (name: string, held: Value): void => {
    const known = fields.get(name);
    fields.set(name, known === undefined ? held : union(table, known, held));
  };
  for (const base of value) {
    for (const { name, value: held } of byBase.get(base) ?? []) {
      add(name, held);
      if (/^\d+$/.test(name)) add(ELEMENT, held);
    }
  }
  return new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function fieldsByBase(cells: Iterable<Cell>): ReadonlyMap<Origin, readonly Cell[]> {
  const fields = new Map<Origin, Cell[]>();
  for (const cell of cells) {
    if (cell.base === null) continue;
    const list = fields.get(cell.base);
    if (list === undefined) fields.set(cell.base, [cell]);
    else list.push(cell);
  }
  return fields;
}
