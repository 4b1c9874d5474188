/** What functions name, and what the file names of which alone findings are wanted. */
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, VariableId } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { onceFor } from "../source/once-for.ts";
import { addTo } from "./add-to.ts";
import type { ModuleNames } from "./module-names.ts";

/** What a function loads and gets, each once. */
export const namesIn = onceFor((fn: FunctionIR) => {
  const variables = new Set<VariableId>();
  const keys = new Set<string>();
  for (const block of fn.blocks) {
    for (const op of block.ops) {
      if (op.op === "load") variables.add(op.variable);
      else if (op.op === "get" && op.key !== null) keys.add(op.key);
    }
  }
  return { variables: [...variables], keys: [...keys] };
});

/** What the functions of a module get. */
export function keysIn(module: ModuleIR): ReadonlySet<string> {
  return moduleOps(module).readKeys;
}

interface SoughtNames {
  /** In the modules that declare them. */
  readonly variables: ReadonlyMap<ModuleIR, ReadonlySet<VariableId>>;
  readonly keys: ReadonlySet<string>;
}

/** Null where the findings of all files are wanted. */
export function soughtNames(program: Program, names: ModuleNames): SoughtNames | null {
  if (program.only === null) return null;
  const variables = new Map<ModuleIR, Set<VariableId>>();
  const keys = new Set<string>();
  for (const module of program.modules) {
    if (module.file !== program.only) continue;
    for (const variable of new Set(module.functions.flatMap((fn) => namesIn(fn).variables))) {
      const { module: owner, variable: own } = names.canonical(module, variable);
      addTo(variables, owner, own);
    }
    for (const key of keysIn(module)) keys.add(key);
  }
  return { variables, keys };
}
