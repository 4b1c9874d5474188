/**
 * Whether what happened at one place is met at another only by going round a loop, after a round that need not have done it: `if (part.isLast) finish()`
 * ends a loop by what the data say, which no path tells.
 *
 * Theory: by dominators. A place that every round passes is met in the next one for sure; any other is taken to have been the loop's last.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import type { Block, FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";

export function mayBeLastRound(fn: FunctionIR, was: Location, at: Location): boolean {
  const before = blockOf(fn, was);
  const after = blockOf(fn, at);
  if (before === undefined || after === undefined || was.span.start < at.span.start) return false;
  const dominators = dominatorsOf(fn);
  for (const head of fn.blocks) {
    if (head.role !== "loop-head") continue;
    const inside = loopBlocks(fn, head.id);
    if (!inside.has(before.id) || !inside.has(after.id)) continue;
    const backs = fn.blocks.filter(({ id, terminal }) => inside.has(id) && terminal.kind === "goto" && terminal.back && terminal.to === head.id);
    if (!backs.every(({ id }) => dominators.dominates(before.id, id))) return true;
  }
  return false;
}

function blockOf(fn: FunctionIR, { file, span }: Location): Block | undefined {
  if (file !== fn.file) return undefined;
  return fn.blocks.find((block) => block.ops.some((op) => op.span.start <= span.start && span.end <= op.span.end));
}
