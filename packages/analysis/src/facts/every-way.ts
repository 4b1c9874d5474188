/**
 * What a function does on every way, and what on some ways alone: `step() { move(); if (dead) this.running = false; }` ends nothing when it is called once.
 *
 * Theory: must, over paths without exceptions. A way that ends because something is not there (`if (!this.program) return;`) is taken until it is, and does not count.
 * Known misses: a test whose call changes something; work in getters.
 */
import { successors } from "../cfg/order.ts";
import { originOf, withoutNegations } from "../dataflow/places.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Op, Terminal } from "../source/ir.ts";

/** `hits`: the blocks that do it. */
export function isDoneOnEveryWay(module: ModuleIR, fn: FunctionIR, hits: ReadonlySet<BlockId>): boolean {
  return isOnEveryWay(module, fn, hits, true);
}

/** On every way that does anything at all: one that only asks (`if (paused) return;`) leaves everything as it was. */
export function isDoneUnlessAtRest(module: ModuleIR, fn: FunctionIR, hits: ReadonlySet<BlockId>): boolean {
  return isOnEveryWay(module, fn, hits, false);
}

function isOnEveryWay(module: ModuleIR, fn: FunctionIR, hits: ReadonlySet<BlockId>, isBusy: boolean): boolean {
  const atRest = new Set<BlockId>();
  const busy = new Set<BlockId>();
  const work: { readonly at: BlockId; readonly worked: boolean }[] = [{ at: 0, worked: isBusy }];
  for (let next = work.pop(); next !== undefined; next = work.pop()) {
    const block = fn.blocks[next.at];
    if (block === undefined || hits.has(next.at) || block.terminal.kind === "throw") continue;
    const worked = next.worked || doesSomething(module, fn, block);
    const seen = worked ? busy : atRest;
    if (seen.has(next.at)) continue;
    seen.add(next.at);
    if (block.terminal.kind === "exit" && worked) return false;
    for (const to of successors(block.terminal)) if (!isWithoutMeans(module, fn, block.terminal, to)) work.push({ at: to, worked });
  }
  return true;
}

/** `if (!this.program) return;`: nothing can be done yet. */
function isWithoutMeans(module: ModuleIR, fn: FunctionIR, from: Terminal, to: BlockId): boolean {
  const target = fn.blocks[to];
  if (from.kind !== "branch" || from.then === from.else || target === undefined || target.terminal.kind !== "return" || target.terminal.implicit || doesSomething(module, fn, target)) return false;
  if (from.on === "nullish") return to === from.then;
  const { tested, isNegated } = withoutNegations(functionIndex(fn), from.test);
  return (to === from.else) !== isNegated && originOf(functionIndex(fn), tested)?.op !== "binary";
}

function doesSomething(module: ModuleIR, fn: FunctionIR, block: Block): boolean {
  return block.ops.some((op) => {
    if (op.op === "store") return module.variables[op.variable]?.owner !== fn.id;
    return op.op === "set" || op.op === "store-global" || op.op === "new" || op.op === "super-call" || (op.op === "call" && !isAsked(fn, op));
  });
}

/** A call whose answer is only tested. */
function isAsked(fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
  const uses = valueUses(fn).of(op.dst);
  return uses.length > 0 && uses.every(({ role }) => role === "compared");
}
