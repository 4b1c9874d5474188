/**
 * Flags of one call: `let changed = false; ... if (a !== b) { ...; changed = true; } ... if (changed) ...`. What they guard is as rare as the code that raises them.
 *
 * Theory: must, flow-insensitive: whatever is stored in the variable is empty or stands in cold code. Known misses: flags that are
 * joined by `||`, counted, or kept in a field.
 */
import type { Places } from "../dataflow/places.ts";
import type { BlockId, Op, VariableId } from "../source/ir.ts";

/** Whether only blocks that are cold raise the variable, and some do. */
export function isRaisedByColdCode(places: Places, variable: VariableId, isCold: (at: BlockId) => boolean): boolean {
  if (!places.isLocal(variable) || places.module.variables[variable]?.kind === "parameter") return false;
  let raised = false;
  for (const block of places.fn.blocks) {
    for (const op of block.ops) {
      if (op.op !== "store" || op.variable !== variable) continue;
      if (isEmpty(places, op)) continue;
      if (isCold(block.id)) raised = true;
      else return false;
    }
  }
  return raised;
}

function isEmpty(places: Places, store: Op & { readonly op: "store" }): boolean {
  const value = places.origin(store.src);
  if (value?.op === "global") return value.name === "undefined";
  return value?.op === "const" && (value.type === "undefined" || value.value === null || value.value === false || value.value === 0 || value.value === "");
}
