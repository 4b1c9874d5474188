/** What holds a scratch object that is put somewhere, as far as its declaration says. */
import { isExported } from "../source/exported-variables.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import { definition } from "./scratch-objects.ts";

export function isModules(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  return op?.op === "load" && module.variables[op.variable]?.owner === 0;
}

/** What this function made itself, and may die with the call; or a constant that is the module's own: two objects for one use. */
export function isLocalHolder(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
  const op = definition(fn, temp);
  if (op?.op === "object" || op?.op === "array" || op?.op === "new") return true;
  if (op?.op === "get") return isLocalHolder(module, fn, op.object);
  if (op?.op !== "load") return false;
  const declared = module.variables[op.variable];
  if (declared !== undefined && declared.owner === 0 && declared.kind === "const") return !isExported(module, op.variable);
  if (declared?.owner !== fn.id) return false;
  const stores = functionIndex(fn).stores(op.variable);
  return stores.length > 0 && stores.every(({ op: { src } }) => { const made = definition(fn, src)?.op; return made === "object" || made === "array" || made === "new"; });
}
