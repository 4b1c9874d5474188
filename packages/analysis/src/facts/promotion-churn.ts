/**
 * Data that is retained and promoted in every frame: each promotion copies it out of the arena and takes memory for it, where one place that is
 * written again would do.
 *
 * Theory: a retaining call counts when its policy is known to promote, it stands on a hot path, and no branch decides over it: in its function every round of
 * its loop (or every call) passes it, and so does every call on the way from the entry. Must, as far as calls are known.
 * What is lost, or released without a use, is said elsewhere. A loop inside of one frame is no loop of frames.
 * Known misses: policies that are not constant; promotions that a branch decides over, however often it is taken.
 */
import { dominatorsOf } from "../dataflow/dominators.ts";
import { placeKey } from "../dataflow/locations.ts";
import { loopsAround } from "../dataflow/natural-loops.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { type Retention } from "../knowledge/retention-policies.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { BlockId, FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { churnRewrite } from "./churn-rewrite.ts";
import { mayReachRuntime } from "./frame-call-graph.ts";
import type { HotEntry } from "./hot-entries.ts";
import { type HotFunction, hotPaths } from "./hot-paths.ts";
import { retainedHandles } from "./retained-handles.ts";
import { retentionOf } from "./retention-policy.ts";
import type { Rewrite } from "./rewrite-site.ts";
import { bindingOf } from "./runtime-call.ts";

export interface PromotionChurn {
  readonly at: Location;
  readonly binding: string | null;
  readonly retention: Exclude<Retention, "discard">;
  readonly hot: HotFunction;
  readonly inLoop: boolean;
  readonly rewrite: Rewrite | null;
}

export const promotionChurn: Fact<readonly PromotionChurn[]> = defineFact("promotion-churn", (program, get) => {
  const found: PromotionChurn[] = [];
  // Without the runtime nothing is retained.
  if (!mayReachRuntime(program)) return found;
  const told = new Set(get(retainedHandles).handles.map(({ site }) => placeKey(site.at)));
  for (const hot of get(hotPaths).functions.values()) {
    const { module, function: fn } = hot;
    if (module.role !== "project" || (program.only !== null && module.file !== program.only) || !isOfManyFrames(hot.entry)) continue;
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        if (op.op !== "call" || !program.tracer.targets(module, fn, op.dst).apis.some(retains)) continue;
        const retention = retentionOf(program, module, fn, op);
        if (retention === null || retention === "discard" || !hot.isHot(block.id) || !isPassed(fn, block.id) || told.has(placeKey({ file: fn.file, span: op.span })) || !isReachedAlways(hot, new Set())) continue;
        found.push({ at: { file: fn.file, span: op.span }, binding: bindingOf({ module, fn }, op.dst), retention, hot, inLoop: block.loopDepth > 0, rewrite: churnRewrite(program, module, fn, op, retention) });
      }
    }
  }
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

/** Of a loop that stands in one frame, the call that begins the frame stands before the loop. */
function isOfManyFrames(entry: HotEntry): boolean {
  if (entry.blocks === null) return true;
  const { span } = entry.at;
  return entry.function.blocks.some((block) => block.loop !== null && block.ops.some((op) => (op.op === "call" ? op.calleeSpan.start === span.start : op.span.start === span.start)));
}

function retains(api: string): boolean {
  const effect = runtimeEffect(api);
  return effect?.kind === "alloc" && effect.memory === "retained";
}

/** Every round of the innermost loop passes the block; without a loop, every call that returns. */
function isPassed(fn: FunctionIR, block: BlockId): boolean {
  const dominators = dominatorsOf(fn);
  const [loop] = loopsAround(fn, block);
  if (loop !== undefined) return loop.latches.every((latch) => dominators.dominates(block, latch));
  const exit = fn.blocks.find(({ terminal }) => terminal.kind === "exit");
  return exit !== undefined && dominators.dominates(block, exit.id);
}

/** Some chain of calls from an entry on which no branch decides. */
function isReachedAlways(hot: HotFunction, seen: Set<FunctionIR>): boolean {
  if (hot.chain.length === 0) return true;
  if (seen.has(hot.function)) return false;
  seen.add(hot.function);
  return hot.callers.some(({ caller, edge }) => isPassed(caller.function, edge.block) && isReachedAlways(caller, seen));
}
