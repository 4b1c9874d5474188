/** stub */
import type { ModuleIR } from "./ir.ts";
import type { ParsedModule } from "./parsed-module.ts";
export function lowerModule(parsed: ParsedModule): ModuleIR {
  throw new Error(`not lowered: ${parsed.file}`);
}
