/**
 * Variables whose collection is made larger under that very name: `list.push(x)`, `list.length = n`, `set.add(x)`; and those with elements written
 * by index, which makes an array larger that is empty at first.
 *
 * Theory: may, syntactic, over one module. Known misses: growth through another name for the same collection.
 */
import { GROWS } from "../knowledge/collection-sizes.ts";
import type { ModuleIR, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

interface Grown {
  readonly byName: ReadonlySet<VariableId>;
  readonly byIndex: ReadonlySet<VariableId>;
}

/** How the collection behind a variable may grow in this module. */
export function growthOf(module: ModuleIR, variable: VariableId): "none" | "index" | "name" {
  const grown = grownIn(module);
  return grown.byName.has(variable) ? "name" : grown.byIndex.has(variable) ? "index" : "none";
}

const grownIn = onceFor((module: ModuleIR): Grown => {
  const byName = new Set<VariableId>();
  const byIndex = new Set<VariableId>();
  for (const fn of module.functions) {
    const loaded = new Map<Temp, VariableId>();
    const note = (grown: Set<VariableId>, temp: Temp | null): void => {
      const variable = temp === null ? undefined : loaded.get(temp);
      if (variable !== undefined) grown.add(variable);
    };
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op === "load") loaded.set(op.dst, op.variable);
        else if (op.op === "call" && op.key !== null && GROWS.has(op.key)) note(byName, op.receiver);
        else if (op.op === "set" && (op.key === null || op.key === "length" || /^\d+$/.test(op.key))) note(op.key === "length" ? byName : byIndex, op.object);
      }
    }
  }
  return { byName, byIndex };
});
