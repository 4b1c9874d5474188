/** The variable behind a name, in the module that declares it: of an import that of the exporter, of any other itself. */
import type { Program } from "../program.ts";
import type { ModuleIR, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { ModuleNames } from "./module-names.ts";

const namesOf = onceFor((program: Program) => new ModuleNames(program));

export function declaredVariable(program: Program, module: ModuleIR, variable: VariableId): { readonly module: ModuleIR; readonly variable: VariableId } {
  return module.variables[variable]?.kind === "import" ? namesOf(program).canonical(module, variable) : { module, variable };
}
