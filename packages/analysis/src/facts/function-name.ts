/** A function as messages and settings name it. */
import type { FunctionIR, ModuleIR } from "../source/ir.ts";

/** `update`, `Game.update`; "" for one without a name. */
export function functionName(module: ModuleIR, fn: FunctionIR): string {
  const owner = fn.class === null ? "" : module.classes[fn.class]?.name ?? "";
  if (fn.kind === "constructor") return owner === "" ? "constructor" : owner;
  return owner === "" || fn.name === "" ? fn.name : `${owner}.${fn.name}`;
}

/** The same in backticks, or `the function` with its line left to the place it stands beside. */
export function functionLabel(module: ModuleIR, fn: FunctionIR): string {
  const name = functionName(module, fn);
  if (name !== "") return `\`${name}\``;
  return fn.kind === "module" ? "the module" : "the function";
}
