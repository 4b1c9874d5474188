/**
 * Which blocks every path to a block passes (Cooper, Harvey, Kennedy: "A Simple, Fast Dominance Algorithm", 2001).
 *
 * Invariant I1: blocks are in reverse postorder, so an immediate dominator has a smaller index than its block. Blocks that only an exception
 * enters have no predecessor and no dominator.
 */
import type { BlockId, FunctionIR } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

const NONE = -1;

export class Dominators {
  readonly #immediate: Int32Array;
  /** Where the walk over the tree of immediate dominators enters and leaves each block. */
  #entered: Int32Array | null = null;
  #left: Int32Array | null = null;

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
    if (outer === inner) return true;
    if (this.#immediate[inner] === NONE || this.#immediate[outer] === NONE) return false;
    const { entered, left } = this.#walk();
    return (entered[outer] ?? 0) <= (entered[inner] ?? 0) && (left[inner] ?? 0) <= (left[outer] ?? 0);
  }

  /** The nearest block that every path to this one passes; null for the entry and for what only an exception enters. */
  immediate(block: BlockId): BlockId | null {
    const found = this.#immediate[block];
    return block === 0 || found === undefined || found === NONE ? null : found;
  }

  /** Sizes of subtrees, then places in a depth-first order: a block's dominators have smaller numbers, so two passes do. */
  #walk(): { readonly entered: Int32Array; readonly left: Int32Array } {
    if (this.#entered !== null && this.#left !== null) return { entered: this.#entered, left: this.#left };
    const count = this.#immediate.length;
    const size = new Int32Array(count).fill(1);
    for (let block = count - 1; block > 0; block--) {
      const over = this.#immediate[block] ?? NONE;
      if (over !== NONE) size[over] = (size[over] ?? 0) + (size[block] ?? 0);
    }
    const entered = new Int32Array(count);
    const left = new Int32Array(count);
    const next = new Int32Array(count);
    left[0] = (size[0] ?? 1) - 1;
    next[0] = 1;
    for (let block = 1; block < count; block++) {
      const over = this.#immediate[block] ?? NONE;
      if (over === NONE) continue;
      const at = next[over] ?? 0;
      entered[block] = at;
      left[block] = at + (size[block] ?? 1) - 1;
      next[block] = at + 1;
      next[over] = at + (size[block] ?? 1);
    }
    this.#entered = entered;
    this.#left = left;
    return { entered, left };
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

/** Of a function, made once. */
export const dominatorsOf = onceFor((fn: FunctionIR) => new Dominators(fn));
