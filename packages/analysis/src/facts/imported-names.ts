/** What the variables that a module imports are called where they come from. */
import type { ModuleIR, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

export const importedNames = onceFor((module: ModuleIR): ReadonlyMap<VariableId, string> => new Map(module.imports.flatMap(({ variable, imported }) => (variable === null ? [] : [[variable, imported] as const]))));
