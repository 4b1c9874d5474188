/** The branches that lead into a block, and what they say. Syntactic, from the blocks above it that nothing else leads into. */
import type { Places } from "../dataflow/places.ts";
import { headsAround } from "../dataflow/loops.ts";
import { regionsOf } from "../dataflow/regions.ts";
import type { BlockId, Temp } from "../source/ir.ts";
import { type Branch, type Condition, conditionOf, testOf } from "./cold-tests.ts";
import { comparedWithTruth, isRefuted, severalOf } from "./joined-values.ts";

/** How far conditions that must hold are looked for above a branch. */
const CONJUNCTS = 4;

/** One side of a branch. */
export interface Side {
  readonly branch: Branch;
  readonly taken: boolean;
}

/** For each way into the block the sides taken, the last one first; null when something else than a branch leads there. */
export function waysInto(places: Places, id: BlockId): readonly (readonly Side[])[] | null {
  const ways: Side[][] = [];
  for (const from of places.fn.blocks[id]?.predecessors ?? []) {
    const side = sideTaken(places, from, id);
    if (side === null) return null;
    const way = [side];
    let inner = from;
    while (way.length <= CONJUNCTS) {
      const [above, ...more] = places.fn.blocks[inner]?.predecessors ?? [];
      const next = above === undefined || more.length > 0 ? null : sideTaken(places, above, inner);
      if (above === undefined || next === null) break;
      way.push(next);
      inner = above;
    }
    ways.push(way);
  }
  return ways;
}

/** What held on the only way into the blocks that every path to this one passes, itself included, those in loops aside: one of many elements brings such about often. It may have ended since. */
export function conditionsAround(places: Places, id: BlockId): readonly Condition[] {
  const { dominators } = regionsOf(places.fn);
  const found: Condition[] = [];
  for (let at: BlockId | null = id; at !== null; at = dominators.immediate(at)) {
    const [from, ...more] = places.fn.blocks[at]?.predecessors ?? [];
    const side = from === undefined || more.length > 0 || headsAround(places.fn, at).length > 0 ? null : sideTaken(places, from, at);
    if (side !== null) found.push(...conditionsOn(places, [side]));
  }
  return found;
}

/** What holds on a way: of `a || b` that is false both parts are. */
export function conditionsOn(places: Places, way: readonly Side[]): readonly Condition[] {
  return way.flatMap(({ branch, taken }) => (branch.on === "truthy" ? conditionsOf(places, branch.test, taken, 0) : [conditionOf(places, branch, taken)].filter((condition) => condition !== null)));
}

function conditionsOf(places: Places, test: Temp, truthy: boolean, depth: number): readonly Condition[] {
  const op = depth > CONJUNCTS ? null : places.origin(test);
  if (op?.op === "unary" && op.operator === "!") return conditionsOf(places, op.src, !truthy, depth + 1);
  const same = op?.op === "binary" ? comparedWithTruth(places, op) : null;
  if (same !== null) return conditionsOf(places, same.temp, same.truth === truthy, depth + 1);
  const itself = [testOf(places, test, truthy)].filter((condition) => condition !== null);
  const several = depth > CONJUNCTS ? null : severalOf(places, valueTested(places, test));
  const [only, ...more] = several?.filter(({ block, src }) => !isRefuted(places, block, src, truthy)) ?? [];
  if (only === undefined || more.length > 0) return itself;
  const [from, ...others] = places.fn.blocks[only.block]?.predecessors ?? [];
  const side = from === undefined || others.length > 0 ? null : sideTaken(places, from, only.block);
  const before = side === null || side.branch.on !== "truthy" ? [] : conditionsOf(places, side.branch.test, side.taken, depth + 1);
  return [...itself, ...conditionsOf(places, only.src, truthy, depth + 1), ...before];
}

/** What a constant of the function stands for: `const isDue = a && b; if (isDue) ...`. */
function valueTested(places: Places, test: Temp): Temp {
  const op = places.origin(test);
  const [store, ...more] = op?.op === "load" && places.isLocal(op.variable) ? places.storesOf(op.variable) : [];
  return store?.init === true && more.length === 0 && op?.op === "load" && places.module.variables[op.variable]?.kind !== "parameter" ? store.src : test;
}

function sideTaken(places: Places, from: BlockId, to: BlockId): Side | null {
  const above = places.fn.blocks[from];
  const below = places.fn.blocks[to];
  const terminal = above?.terminal;
  if (above === undefined || below === undefined || terminal?.kind !== "branch" || terminal.then === terminal.else) return null;
  // What follows a loop runs whatever the loop's test says.
  if (above.role === "loop-head" && below.loopDepth < above.loopDepth) return null;
  return { branch: terminal, taken: terminal.then === to };
}
