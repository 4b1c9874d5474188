/** The variables of a module that others can read by importing them. */
import type { ModuleIR, VariableId } from "./ir.ts";
import { onceFor } from "./once-for.ts";

const exportedIn = onceFor((module: ModuleIR): ReadonlySet<VariableId> => new Set(module.exports.flatMap((entry) => (entry.kind === "local" ? [entry.variable] : []))));

/** Whether an export names the variable itself; computed once a module. */
export function isExported(module: ModuleIR, variable: VariableId): boolean {
  return exportedIn(module).has(variable);
}
