/** Cells by the new names of what they hold and of what they belong to. */
import { type Cell, fieldKey, joinStores } from "./cell.ts";
import { EMPTY, type OriginTable, union } from "./origin.ts";
import { type Moves, rebase, replaced } from "./rename-origins.ts";

/** Changes the map; fields that get one name are joined. */
export function renameCells(table: OriginTable, cells: Map<string, Cell>, moves: Moves): void {
  const moved: Cell[] = [];
  for (const [key, cell] of cells) {
    const value = replaced(table, cell.value, moves);
    const stores = value === cell.value ? cell.stores : cell.stores.map((store) => ({ ...store, value: replaced(table, store.value, moves) }));
    const base = cell.base === null ? null : rebase(table, cell.base, moves);
    if (base === cell.base) {
      if (value !== cell.value) cells.set(key, { ...cell, value, stores });
      continue;
    }
    cells.delete(key);
    moved.push({ ...cell, base, value, stores });
  }
  for (const cell of moved) {
    if (cell.base === null) continue;
    const key = fieldKey(cell.base, cell.name);
    const target = cells.get(key);
    cells.set(key, { ...cell, value: union(table, target?.value ?? EMPTY, cell.value), stores: joinStores(table, target?.stores ?? [], cell.stores), isEmptied: cell.isEmptied && target?.isEmptied !== false });
  }
}
