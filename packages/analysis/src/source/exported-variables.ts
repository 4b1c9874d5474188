/** The variables of a module that others can read by importing them. */
import type { ModuleIR, VariableId } from "./ir.ts";

const known = new WeakMap<ModuleIR, ReadonlySet<VariableId>>();

/** Whether an export names the variable itself; computed once a module. */
export function isExported(module: ModuleIR, variable: VariableId): boolean {
  let exported = known.get(module);
  if (exported === undefined) known.set(module, (exported = new Set(module.exports.flatMap((entry) => (entry.kind === "local" ? [entry.variable] : [])))));
  return exported.has(variable);
}
