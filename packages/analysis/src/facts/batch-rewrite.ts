/** TODO */
import type { NaturalLoop } from "../dataflow/natural-loops.ts";
import type { TextEdit } from "../diagnostic.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import type { CallLike } from "./value-fates.ts";

export interface Rewrite {
  readonly title: string;
  readonly edits: readonly TextEdit[];
}

export function batchRewrite(_module: ModuleIR, _fn: FunctionIR, _op: CallLike, _loop: NaturalLoop): Rewrite | null {
  return null;
}
