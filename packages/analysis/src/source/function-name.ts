/** A function as settings and messages name it. */
import type { FunctionIR, ModuleIR } from "./ir.ts";

/** `update`, `Game.update`; "" for one without a name. */
export function functionName(module: ModuleIR, fn: FunctionIR): string {
  const owner = fn.class === null ? "" : module.classes[fn.class]?.name ?? "";
  if (fn.kind === "constructor") return owner === "" ? "constructor" : owner;
  return owner === "" || fn.name === "" ? fn.name : `${owner}.${fn.name}`;
}
