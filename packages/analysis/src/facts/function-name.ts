/** A function as messages name it; with the name itself, which facts ask for beside it. */
import { functionName } from "../source/function-name.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";

export { functionName };

/** Its name in backticks, or `the function` with its line left to the place it stands beside. */
export function functionLabel(module: ModuleIR, fn: FunctionIR): string {
  const name = functionName(module, fn);
  if (name !== "") return `\`${name}\``;
  return fn.kind === "module" ? "the module" : "the function";
}
