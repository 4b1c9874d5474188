/**
 * The member whose value a variable has where a branch begins, whatever it is given later: `let state = data.state; if (state === null) state = data.state = make();`.
 *
 * Theory: must, flow-sensitive by blocks: of all the values that the variable is given on a way to the test one alone, and that of a member. A closure that was made before may have given it something else.
 */
import type { Place, Places } from "../dataflow/places.ts";
import type { BlockId } from "../source/ir.ts";
import { isAhead } from "./ways-past.ts";

/** Null for a place that is no such variable. */
export function takenFrom(places: Places, id: BlockId, place: Place): Place {
  const { fn, module } = places;
  const variable = places.variableOf(place);
  const asking = fn.blocks[id]?.predecessors ?? [];
  if (variable === null || fn.kind === "module" || module.variables[variable]?.owner !== fn.id) return null;
  const isBefore = (block: BlockId): boolean => asking.some((at) => isAhead(fn, block, at));
  const [store, ...others] = places.index.stores(variable).filter(({ block }) => isBefore(block));
  const taken = store === undefined || others.length > 0 ? null : places.of(store.op.src);
  if (taken === null || !taken.includes(".")) return null;
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "function" && module.functions[op.function]?.captures.includes(variable) === true) && isBefore(block.id)) ? null : taken;
}
