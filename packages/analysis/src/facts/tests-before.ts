/**
 * What was tested on the way to each block of a function, of what somebody asks for.
 *
 * Theory: must, by dominance: a branch that alone leads to a block was taken for that block and for all that only it leads into. A negation is read through.
 * Known misses: a test that two branches make together (`a || b`).
 */
import { withoutNegations } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, Temp } from "../source/ir.ts";

/** By block, what `read` makes of the tests before it; a test that it gives null for is left out. */
export function testsBefore<T>(fn: FunctionIR, read: (tested: Temp, truthy: boolean) => T | null): ReadonlyMap<BlockId, readonly T[]> {
  const tests = new Map<BlockId, T[]>();
  for (const block of fn.params.length === 0 ? [] : fn.blocks) {
    const way = wayInto(fn, block);
    const test = way === null ? null : read(way.tested, way.truthy);
    if (test === null) continue;
    for (const inner of regionsOf(fn).inside(block.id)) {
      const known = tests.get(inner);
      if (known === undefined) tests.set(inner, [test]);
      else known.push(test);
    }
  }
  return tests;
}

/** What a branch found that alone leads to the block. */
function wayInto(fn: FunctionIR, block: Block): { readonly tested: Temp; readonly truthy: boolean } | null {
  const [from, ...others] = block.predecessors;
  const terminal = from === undefined || others.length > 0 || block.role === "catch" || block.role === "finally" ? undefined : fn.blocks[from]?.terminal;
  if (terminal?.kind !== "branch" || terminal.on !== "truthy" || terminal.then === terminal.else) return null;
  const { tested, isNegated } = withoutNegations(functionIndex(fn), terminal.test);
  return { tested, truthy: (terminal.then === block.id) !== isNegated };
}
