/** stub */
import type { AnalysisSettings, Resolve } from "../program.ts";
import type { ModuleIR } from "./ir.ts";
import type { Tracer } from "./traced-type.ts";
import type { TypeOracle } from "./type-oracle.ts";
export function createTracer(modules: readonly ModuleIR[], resolve: Resolve, settings: AnalysisSettings, oracle: TypeOracle | undefined): Tracer {
  void modules; void resolve; void settings; void oracle;
  throw new Error("not traced");
}
