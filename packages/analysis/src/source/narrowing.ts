/** stub: see below */
import type { FunctionIR, ModuleIR, Op } from "./ir.ts";
import type { TracedType } from "./traced-type.ts";

export class Narrowing {
  constructor(needs: object) {
    void needs;
  }

  narrow(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "load" }, type: TracedType): TracedType {
    void module; void fn; void op;
    return type;
  }
}
