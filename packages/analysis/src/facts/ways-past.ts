/** Ways of one call that pass two blocks of a function, rounds of loops that both stand in aside. Linear in the function. */
import { successors } from "../cfg/order.ts";
import { headsAround } from "../dataflow/loops.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";

/** Whether some way leads from one of the blocks to the other, whichever comes first: arms of one `if` do not, nor do they by the next round of a loop around both. */
export function isOnOneWay(fn: FunctionIR, one: BlockId, other: BlockId): boolean {
  const heads = headsAroundBoth(fn, one, other);
  return leadsTo(fn, one, other, heads) || leadsTo(fn, other, one, heads);
}

function leadsTo(fn: FunctionIR, from: BlockId, to: BlockId, heads: ReadonlySet<BlockId>): boolean {
  const seen = new Set<BlockId>([from]);
  for (const at of seen) {
    if (at === to) return true;
    const block = fn.blocks[at];
    for (const next of block === undefined ? [] : successors(block.terminal)) if (!heads.has(next)) seen.add(next);
  }
  return false;
}

/** Whether some way leads from one block to the other, not by the next round of a loop around both. */
export function isAhead(fn: FunctionIR, one: BlockId, other: BlockId): boolean {
  return leadsTo(fn, one, other, headsAroundBoth(fn, one, other));
}

function headsAroundBoth(fn: FunctionIR, one: BlockId, other: BlockId): ReadonlySet<BlockId> {
  const heads = headsAround(fn, other);
  return new Set(headsAround(fn, one).filter((head) => heads.includes(head)));
}

/** Whether every way from a block to the end of the function passes one for which `hits` holds; ways into blocks for which `ignored` holds aside. */
export function alwaysMeets(fn: FunctionIR, from: BlockId, hits: (at: BlockId) => boolean, ignored: (at: BlockId) => boolean): boolean {
  const seen = new Set<BlockId>([from]);
  for (const at of seen) {
    const block = fn.blocks[at];
    if (hits(at)) continue;
    if (block === undefined || block.terminal.kind === "exit") return false;
    for (const next of successors(block.terminal)) if (!ignored(next)) seen.add(next);
  }
  return true;
}
