/** Natural loops: the blocks from which control can go back to a loop's head without leaving the loop. */
import type { BlockId, FunctionIR } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";

const known = new WeakMap<FunctionIR, Map<BlockId, ReadonlySet<BlockId>>>();

/** The blocks of the loop with this head, the head included. Computed once a head; linear in the loop's blocks. */
export function loopBlocks(fn: FunctionIR, head: BlockId): ReadonlySet<BlockId> {
  let loops = known.get(fn);
  if (loops === undefined) known.set(fn, (loops = new Map()));
  const found = loops.get(head);
  if (found !== undefined) return found;
  // A loop whose every path leaves it has no back edge: then its body is what the lowering says.
  const blocks = blocksBackFrom(fn, head, fn.blocks.filter((block) => (block.terminal.kind === "goto" && block.terminal.to === head && block.terminal.back) || block.loop === head).map((block) => block.id));
  loops.set(head, blocks);
  return blocks;
}

/** The heads of the loops that a block is in, outermost first. */
export function headsAround(fn: FunctionIR, block: BlockId): readonly BlockId[] {
  return findHeads(fn).get(block) ?? [];
}

/** Blocks are in reverse postorder: an outer loop's head comes first. */
const findHeads = onceFor((fn: FunctionIR): ReadonlyMap<BlockId, readonly BlockId[]> => {
  const heads = new Map<BlockId, BlockId[]>();
  for (const { id, role } of fn.blocks) {
    if (role !== "loop-head") continue;
    for (const inside of loopBlocks(fn, id)) {
      const known = heads.get(inside);
      if (known === undefined) heads.set(inside, [id]);
      else known.push(id);
    }
  }
  return heads;
});

/** The blocks on ways from `head` to one of `ends`, both included. */
export function blocksBackFrom(fn: FunctionIR, head: BlockId, ends: readonly BlockId[]): ReadonlySet<BlockId> {
  const blocks = new Set<BlockId>([head]);
  const queue = [...ends];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (blocks.has(id)) continue;
    blocks.add(id);
    queue.push(...(fn.blocks[id]?.predecessors ?? []));
  }
  return blocks;
}
