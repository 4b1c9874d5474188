/**
 * Allocations of frame, pool or heap memory that are made once a round of a loop of many rounds, where one made before the loop would do.
 *
 * Theory: an allocation, or the call of a function that gives back one it made, is followed outwards through the loops around it, and through the
 * callbacks that it stands in (array methods, `withTag`, a project function that calls what it is given). Rounds multiply on the way; the way
 * ends at a frame, a part of one, a suspension, a loop without a count, and where something needs the values apart: what is kept beyond a
 * round (may, by the settled states at the loop's head), released in it, or handed to something that nobody knows.
 * A size or type that changes from round to round is not made at once, so it is left out; so are cold branches and those of one round.
 * Known misses: helpers that use what they allocate up themselves; module-level loops whose values a closure captures.
 */
import type { Site } from "../dataflow/origin.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { type Gives, runtimeEffect } from "../knowledge/runtime-api.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { coldCode } from "./cold-blocks.ts";
import { batchRewrite, type Rewrite } from "./batch-rewrite.ts";
import { type Candidate, candidatesIn } from "./made-in-calls.ts";
import { RoundsOutwards, type Ways } from "./rounds-outwards.ts";
import { valueFates } from "./value-fates.ts";

export interface LoopAllocation {
  /** The call in the loop. */
  readonly at: Location;
  readonly site: Site;
  readonly memory: "frame" | "pool" | "heap";
  readonly gives: Gives;
  /** `frameAlloc`, or the helper that makes it. */
  readonly callee: string;
  readonly helper: boolean;
  /** Null when the rounds are not known: lengths, sizes, parameters. */
  readonly rounds: number | null;
  readonly exact: boolean;
  /** Innermost first: where each loop goes round. */
  readonly loops: readonly Location[];
  /** One allocation before the loop, where the rewriting is simple. */
  readonly rewrite: Rewrite | null;
}

export const loopAllocations: Fact<readonly LoopAllocation[]> = defineFact("loop-allocations", (program, get) => {
  const result = get(frameAnalysis);
  const cold = get(coldCode);
  // An allocation outside any frame fails in its first round.
  const outside = new Set(result.events.flatMap((event) => (event.kind === "outside" ? [`${event.at.file}:${event.at.span.start}`] : [])));
  const outwards = new RoundsOutwards(result, get(valueFates));
  const candidates: Candidate[] = [];
  for (const fn of result.solved.keys()) {
    const module = result.analysis.moduleOf(fn);
    if (module.role !== "project") continue;
    for (const candidate of candidatesIn(result, outwards.fates, fn)) {
      const { at } = candidate.site;
      if (!cold.of(module, fn).cold.has(candidate.step.block) && !outside.has(`${at.file}:${at.span.start}`)) candidates.push(candidate);
    }
  }
  // What is reported where it is made is not reported again where a helper of helpers gives it back.
  candidates.sort((a, b) => a.site.via.length - b.site.via.length);
  const reported = new Set<string>();
  const found: LoopAllocation[] = [];
  for (const candidate of candidates) {
    const inner = candidate.site.via.map((_, index) => placeKey(candidate, index + 1));
    if (inner.some((key) => reported.has(key))) continue;
    const ways = outwards.of(candidate);
    // Without the rest of the program, what bounds a loop may be small at every call.
    if (ways === null || (ways.most === null ? !program.settings.wholeProgram : ways.most <= program.settings.loopAllocationLimit(candidate.fn.file))) continue;
    reported.add(placeKey(candidate, 0));
    found.push(describe(candidate, ways, result.analysis.moduleOf));
  }
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start || a.at.span.end - b.at.span.end);
});

/** The allocation as the function `skipped` calls further in sees it. */
function placeKey({ site }: Candidate, skipped: number): string {
  return [...site.via.slice(skipped), site.at].map((at) => `${at.file}:${at.span.start}`).join(">");
}

function describe(candidate: Candidate, ways: Ways, moduleOf: (fn: FunctionIR) => Parameters<typeof batchRewrite>[0]): LoopAllocation {
  const { site, fn, step } = candidate;
  const effect = runtimeEffect(site.api ?? "");
  const helper = site.via.length > 0;
  return {
    at: { file: fn.file, span: step.op.span },
    site,
    memory: site.kind === "pool" || site.kind === "heap" ? site.kind : "frame",
    gives: effect?.kind === "alloc" ? effect.gives : "type",
    callee: candidate.callee,
    helper,
    rounds: ways.most,
    exact: ways.exact,
    loops: ways.loops,
    rewrite: helper || ways.innermost === null ? null : batchRewrite(moduleOf(fn), fn, site, step.op, ways.innermost),
  };
}
