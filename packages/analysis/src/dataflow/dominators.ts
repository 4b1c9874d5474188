/**
 * Which blocks every path to a block passes (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm", 2001).
 *
 * Invariant I1: blocks are in reverse postorder, so an immediate dominator has a smaller index than its block. Blocks that only an exception
 * enters have no predecessor and no dominator.
 */
import type { BlockId, FunctionIR } from "../source/ir.ts";

const NONE = -1;

export class Dominators {
  readonly #immediate: Int32Array;

  constructor(fn: FunctionIR) {
    const immediate = new Int32Array(fn.blocks.length).fill(NONE);
    immediate[0] = 0;
    let changed = true;
    while (changed) {
      changed = false;
      for (const block of fn.blocks) {
        if (block.id === 0) continue;
        let meet = NONE;
        for (const from of block.predecessors) {
          if (immediate[from] === NONE) continue;
          meet = meet === NONE ? from : intersect(immediate, meet, from);
        }
        if (meet === immediate[block.id]) continue;
        immediate[block.id] = meet;
        changed = true;
      }
    }
    this.#immediate = immediate;
  }

  /** Whether a path from the entry leads to the block without an exception. */
  reachable(block: BlockId): boolean {
    return this.#immediate[block] !== NONE;
  }

  /** Whether every path to `inner` passes `outer`; a block dominates itself. */
  dominates(outer: BlockId, inner: BlockId): boolean {
    let block = inner;
    while (block > outer) block = this.#immediate[block] ?? NONE;
    return block === outer;
  }
}

function intersect(immediate: Int32Array, a: BlockId, b: BlockId): BlockId {
  // Both are reachable, and the entry dominates both, so the walk ends at the entry at the latest.
  while (a !== b) {
    while (a > b) a = immediate[a] as BlockId;
    while (b > a) b = immediate[b] as BlockId;
  }
  return a;
}
