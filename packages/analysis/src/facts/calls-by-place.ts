/** The calls of the analysed functions by where they are written. */
import type { FunctionIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";

export interface CallAt {
  readonly fn: FunctionIR;
  readonly op: Op & { readonly op: "call" | "new" };
}

export function callsByPlace(result: FrameAnalysis): (at: Location) => CallAt | undefined {
  const key = ({ file, span }: Location): string => `${file}:${span.start}:${span.end}`;
  const calls = new Map<string, CallAt>();
  for (const fn of result.solved.keys()) {
    for (const block of fn.blocks) for (const op of block.ops) if (op.op === "call" || op.op === "new") calls.set(key({ file: fn.file, span: op.span }), { fn, op });
  }
  return (at) => calls.get(key(at));
}
