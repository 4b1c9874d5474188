/**
 * Blocks that run when a chain of frames ends: `if (done) finish(); else requestAnimationFrame(next)`.
 *
 * Theory: must, over paths without exceptions: what lies on no way through a block that asks for the next frame.
 * Known misses: a frame that is asked for by another function than the entry was found by.
 */
import { successors } from "../cfg/order.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";

/** What stands in where there are no animation frames. */
const ASK_OTHERWISE: ReadonlySet<string> = new Set(["setTimeout", "setImmediate", "requestAnimationFrame"]);

/** Of a function that asks for the next frame in the blocks that are given. */
export function blocksOfLastRound(fn: FunctionIR, asking: ReadonlySet<BlockId>): ReadonlySet<BlockId> {
  const asks = [...asking, ...fn.blocks.filter((block) => block.ops.some((op) => op.op === "global" && ASK_OTHERWISE.has(op.name))).map(({ id }) => id)];
  const onTheWay = new Set<BlockId>(asks);
  for (const ahead of [true, false]) {
    const seen = new Set<BlockId>(asks);
    for (const at of seen) {
      const block = fn.blocks[at];
      for (const next of block === undefined ? [] : ahead ? successors(block.terminal) : block.predecessors) seen.add(next);
    }
    for (const at of seen) onTheWay.add(at);
  }
  return new Set(fn.blocks.map(({ id }) => id).filter((id) => !onTheWay.has(id)));
}
