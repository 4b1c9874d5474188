/**
 * The part of a function that only one block leads into: what it dominates. Asked of branches: does every way through one pass a certain point?
 *
 * Theory: must, over paths without exceptions. A path that ends in a block which `ignored` accepts does not count.
 */
import { successors } from "../cfg/order.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import { type Dominators, dominatorsOf } from "./dominators.ts";

export class Regions {
  readonly dominators: Dominators;
  readonly #fn: FunctionIR;

  constructor(fn: FunctionIR) {
    this.#fn = fn;
    this.dominators = dominatorsOf(fn);
  }

  /** The blocks that every path enters through this one, itself included. */
  inside(entry: BlockId): readonly BlockId[] {
    return this.#fn.blocks.filter((block) => block.id >= entry && this.dominators.dominates(entry, block.id)).map((block) => block.id);
  }

  /** Whether no path from `entry` (or from a block inside) leaves its region without a block for which `hits` holds; false when there is none. */
  mustPass(entry: BlockId, hits: (at: BlockId) => boolean, ignored: (at: BlockId) => boolean, from: BlockId = entry): boolean {
    const seen = new Set<BlockId>([from]);
    const work: BlockId[] = [from];
    let any = false;
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      if (hits(at)) {
        any = true;
        continue;
      }
      const terminal = this.#fn.blocks[at]?.terminal;
      if (terminal === undefined || terminal.kind === "exit") return false;
      for (const next of successors(terminal)) {
        if (ignored(next) || seen.has(next)) continue;
        if (!this.dominators.dominates(entry, next)) return false;
        seen.add(next);
        work.push(next);
      }
    }
    return any;
  }
}

/** Of a function, made once. */
export const regionsOf = onceFor((fn: FunctionIR) => new Regions(fn));
