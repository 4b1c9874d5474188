/**
 * Which cells of very many are kept: those nearest to what can be seen from outside, through fewest fields, so that what is forgotten lies deep inside
 * of objects.
 *
 * Theory: a cell that is forgotten holds what nobody knows; nothing is reported of that. Without a limit the cells of a caller are those of all
 * its callees together, and each call costs as much as there are: a chain of constructors costs the square of its length.
 * Order: by distance, then what may hold memory, allocators or functions, then as they were written.
 */
import type { Cell } from "./cell.ts";
import { type Origin, rootOf, type Value } from "./origin.ts";

/** The cells in their order; the list itself when there are no more than `most`. `seen`: values that are in sight besides variables. */
export function nearestCells(cells: readonly Cell[], seen: readonly Value[], most: number): readonly Cell[] {
  if (cells.length <= most) return cells;
  const distances = distancesOf(cells, seen);
  const ranked = cells.map((cell, index) => ({ cell, index, rank: 2 * levelOf(cell, distances) + (cell.value.size > 0 && [...cell.value].some(matters) ? 0 : 1) }));
  ranked.sort((a, b) => a.rank - b.rank || a.index - b.index);
  return ranked.slice(0, most).sort((a, b) => a.index - b.index).map(({ cell }) => cell);
}

const FAR = 1_000;

function levelOf({ base }: Cell, distances: ReadonlyMap<Origin, number>): number {
  if (base === null) return 0;
  const root = rootOf(base);
  return (root.kind === "site" ? distances.get(root) ?? FAR : 0) + (base.kind === "field" ? base.depth : 0);
}

/** Of sites: through how many fields they are reached. */
function distancesOf(cells: readonly Cell[], seen: readonly Value[]): ReadonlyMap<Origin, number> {
  const distances = new Map<Origin, number>();
  const queue: Origin[] = [];
  const note = (value: Value, distance: number): void => {
    for (const origin of value) {
      const root = rootOf(origin);
      if (root.kind !== "site" || distances.has(root)) continue;
      distances.set(root, distance);
      queue.push(root);
    }
  };
  const inside = new Map<Origin, Value[]>();
  for (const value of seen) note(value, 1);
  for (const { base, value } of cells) {
    const root = base === null ? null : rootOf(base);
    if (root?.kind !== "site") note(value, 1);
    else {
      const known = inside.get(root);
      if (known === undefined) inside.set(root, [value]);
      else known.push(value);
    }
  }
  for (let at = 0; at < queue.length; at++) {
    const root = queue[at];
    if (root !== undefined) for (const value of inside.get(root) ?? []) note(value, (distances.get(root) ?? 0) + 1);
  }
  return distances;
}

/** Whether a frame, an owner or a call may depend on it. */
function matters(origin: Origin): boolean {
  return origin.kind === "function" || origin.kind === "class" || (origin.kind === "site" && origin.site.kind !== "result");
}
