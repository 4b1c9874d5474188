/**
 * The loops of a function as control really goes round them: a block belongs to a loop when the loop's head can be reached from it without
 * leaving. A branch that ends in `return`, `throw` or `break` is in no round, whatever braces it stands in.
 */
import type { BlockId, FunctionIR } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { blocksBackFrom } from "./loops.ts";

export interface NaturalLoop {
  readonly head: BlockId;
  /** The head included. */
  readonly blocks: ReadonlySet<BlockId>;
  /** The blocks that go back to the head. */
  readonly latches: readonly BlockId[];
}

/** The loops that a block is in, innermost first. */
export function loopsAround(fn: FunctionIR, block: BlockId): readonly NaturalLoop[] {
  return loopsByBlock(fn).get(block) ?? [];
}

const loopsByBlock = onceFor((fn: FunctionIR): ReadonlyMap<BlockId, readonly NaturalLoop[]> => {
  const byBlock = new Map<BlockId, NaturalLoop[]>();
  for (const loop of findLoops(fn)) {
    for (const block of loop.blocks) {
      const inner = byBlock.get(block);
      if (inner === undefined) byBlock.set(block, [loop]);
      else inner.push(loop);
    }
  }
  return byBlock;
});

/** Inner loops before outer ones. */
function findLoops(fn: FunctionIR): readonly NaturalLoop[] {
  const latches = new Map<BlockId, BlockId[]>();
  for (const block of fn.blocks) {
    if (block.terminal.kind !== "goto" || !block.terminal.back) continue;
    latches.set(block.terminal.to, [...(latches.get(block.terminal.to) ?? []), block.id]);
  }
  const loops = [...latches].map(([head, from]): NaturalLoop => ({ head, latches: from, blocks: blocksBackFrom(fn, head, from) }));
  return loops.sort((a, b) => a.blocks.size - b.blocks.size || b.head - a.head);
}
