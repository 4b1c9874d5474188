/**
 * Pool and heap values that live within one frame: allocated while a frame is open and released, on every path, before it ends or anything waits. Frame memory would do,
 * and needs no release.
 *
 * Theory: must. Forward from the allocation over all ways that do not throw: each meets a release before the end or beginning of a frame, a suspension, and the function's
 * exit. The value is handed to nobody who may keep it, and nothing that outlives the call holds it. A frame is open where the states of the frame
 * analysis say so, where the function is the callback of a frame, or where every call in sight stands in one.
 * Known misses: values that one function makes and another releases; frames that nobody in sight opens.
 */
import type { Origin, Site } from "../dataflow/origin.ts";
import { rootOf } from "../dataflow/origin.ts";
import { sameLocation } from "../dataflow/locations.ts";
import { successors } from "../cfg/order.ts";
import type { TextEdit } from "../diagnostic.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact, type FactReader } from "../fact.ts";
import { isFrameBoundary } from "../knowledge/lifetime-apis.ts";
import { frameTwin } from "../knowledge/frame-twins.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { arenaOf } from "./arena-sizes.ts";
import { frameAnalysis, type FrameAnalysis } from "./frame-analysis.ts";
import { standing } from "./frame-protocol.ts";
import { FrameRun, reach } from "./frame-run.ts";
import { functionsOf } from "./function-values.ts";
import { candidatesIn, type Candidate } from "./made-in-calls.ts";
import { programCalls } from "./program-calls.ts";
import { movesFrames } from "./repetitions.ts";
import { statesAfter } from "./solve-function.ts";
import { type Step, valueFates, type ValueFates } from "./value-fates.ts";

export interface PoolScratch {
  readonly at: Location;
  readonly site: Site;
  readonly memory: "pool" | "heap";
  /** `poolBox`, or the helper that gives it. */
  readonly callee: string;
  readonly releases: readonly Location[];
  /** To frame memory, where one call makes it and calls release it. */
  readonly rewrite: readonly TextEdit[] | null;
}

export const poolScratch: Fact<readonly PoolScratch[]> = defineFact("pool-scratch", (_program, get) => {
  const scan = new ScratchScan(get);
  return [...scan.run()].sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

const MAX_CALLERS = 4;
const SMALL_ARENA = 64 * 1024;

class ScratchScan {
  readonly #get: FactReader;
  readonly #result: FrameAnalysis;
  readonly #fates: ValueFates;

  constructor(get: FactReader) {
    this.#get = get;
    this.#result = get(frameAnalysis);
    this.#fates = get(valueFates);
  }

  *run(): Iterable<PoolScratch> {
    for (const fn of this.#result.solved.keys()) {
      if (this.#result.analysis.moduleOf(fn).role !== "project") continue;
      for (const candidate of candidatesIn(this.#result, this.#fates, fn)) {
        const found = candidate.site.kind === "pool" || candidate.site.kind === "heap" ? this.#judge(candidate, candidate.site.kind) : null;
        if (found !== null) yield found;
      }
    }
  }

  #judge({ fn, step, site, callee }: Candidate, memory: "pool" | "heap"): PoolScratch | null {
    const is = (origin: Origin): boolean => { const root = rootOf(origin); return root.kind === "site" && sameLocation(root.site.at, site.at) && root.site.via.length === site.via.length; };
    const steps = this.#fates.stepsWith(fn, site.at);
    const releases = steps.filter((each) => this.#fates.releases(each, is));
    if (releases.length === 0 || steps.some((each) => !releases.includes(each) && each.op !== step.op && this.#fates.handsOver(each, is))) return null;
    if (this.#isKept(fn, is) || !this.#isReleasedOnAllWays(fn, step.block, step.op, new Set(releases.map(({ op }) => op)))) return null;
    if (!this.#isInFrame(fn, step.block, step.op, site.allocator, 0)) return null;
    if (!this.#fits(fn, step.op, site)) return null;
    const at = { file: fn.file, span: step.op.span };
    return { at, site, memory, callee, releases: releases.map(({ op }) => ({ file: fn.file, span: op.span })), rewrite: site.via.length > 0 ? null : rewriteOf(fn, step.op, site, releases) };
  }

  /** A value of more than a quarter of the arena is right where it is; of an unknown arena, one of more than a quarter of the smallest. */
  #fits(fn: FunctionIR, op: Op, site: Site): boolean {
    const { analysis } = this.#result;
    const type = op.op === "call" && site.via.length === 0 ? op.args[0] : undefined;
    const bytes = type === undefined ? null : analysis.sizes.typeSize({ module: analysis.moduleOf(fn), fn, temp: type.temp });
    const arena = site.allocator === null ? null : arenaOf(analysis, site.allocator);
    return bytes === null || bytes * 4 <= (arena?.bytes ?? SMALL_ARENA);
  }

  /** Returned, or held by what outlives the call. */
  #isKept(fn: FunctionIR, is: (origin: Origin) => boolean): boolean {
    const { analysis, solved } = this.#result;
    const run = new FrameRun(analysis, fn, "solve");
    for (const { state, value, thrown } of solved.get(fn)?.exits ?? []) {
      if (thrown) continue;
      if ([...reach(run, state, value)].some(is)) return true;
      for (const cell of state.cells.values()) {
        const declared = cell.base === null ? cell.module?.variables[cell.variable] : undefined;
        const isOwn = cell.base === null ? declared !== undefined && cell.module === run.module && declared.owner === fn.id && !declared.captured : rootOf(cell.base).kind === "site";
        if (!isOwn && [...reach(run, state, cell.value)].some(is)) return true;
      }
    }
    return false;
  }

  #isReleasedOnAllWays(fn: FunctionIR, from: BlockId, made: Op, releases: ReadonlySet<Op>): boolean {
    const seen = new Set<BlockId>();
    const work: { readonly id: BlockId; readonly skip: Op | null }[] = [{ id: from, skip: made }];
    for (let at = work.pop(); at !== undefined; at = work.pop()) {
      const block = fn.blocks[at.id];
      if (block === undefined) continue;
      if (block.terminal.kind === "exit") return false;
      const ops = at.skip === null ? block.ops : block.ops.slice(block.ops.indexOf(at.skip) + 1);
      const stop = ops.find((op) => releases.has(op) || op === made || op.op === "await" || op.op === "yield" || this.#movesFrame(fn, op));
      if (stop !== undefined) {
        if (!releases.has(stop)) return false;
        continue;
      }
      for (const to of successors(block.terminal)) {
        if (seen.has(to)) continue;
        seen.add(to);
        work.push({ id: to, skip: null });
      }
    }
    return true;
  }

  #movesFrame(fn: FunctionIR, op: Op): boolean {
    if (op.op !== "call") return false;
    const { apis, functions } = this.#result.analysis.program.tracer.targets(this.#result.analysis.moduleOf(fn), fn, op.dst);
    return apis.some(isFrameBoundary) || functions.some((target) => { const summary = this.#result.solved.get(target.function)?.summary; return summary !== undefined && movesFrames(summary); });
  }

  #isInFrame(fn: FunctionIR, block: BlockId, op: Op, key: Origin | null, depth: number): boolean {
    const { analysis, solved } = this.#result;
    const states = solved.get(fn)?.states;
    const at = fn.blocks[block];
    if (states === undefined || at === undefined || depth > MAX_CALLERS) return false;
    const before = statesAfter(analysis, fn, states, at, at.ops.indexOf(op));
    const words = before.map((state) => (key === null || depth > 0 ? anyStanding(state.frames.values()) : standing(state.frame(key))));
    if (words.length === 0 || words.includes("closed")) return false;
    if (!words.includes("unknown")) return true;
    if (this.#isFrameCallback(fn)) return true;
    const calls = this.#get(programCalls).of(fn);
    return calls.length > 0 && calls.every((call) => { const around = call.fn.blocks.find((each) => each.ops.includes(call.op)); return around !== undefined && this.#isInFrame(call.fn, around.id, call.op, null, depth + 1); });
  }

  /** `alloc.withFrame(() => ...)` runs it. */
  #isFrameCallback(fn: FunctionIR): boolean {
    const { program } = this.#result.analysis;
    const module = this.#result.analysis.moduleOf(fn);
    const outer = fn.parent === null ? undefined : module.functions[fn.parent];
    return outer !== undefined && outer.blocks.some((block) => block.ops.some((op) => {
      if (op.op !== "call") return false;
      const effect = program.tracer.targets(module, outer, op.dst).apis.map(runtimeEffect).find((each) => each?.kind === "with-frame");
      const arg = effect?.kind === "with-frame" ? op.args[effect.callback] : undefined;
      return arg !== undefined && functionsOf(program, module, outer, arg.temp).some((value) => value.function === fn);
    }));
  }
}

function anyStanding(frames: Iterable<Parameters<typeof standing>[0]>): "open" | "closed" | "unknown" {
  const words = [...frames].map(standing);
  return words.includes("open") ? "open" : words.includes("closed") ? "closed" : "unknown";
}

/** The name of the allocation, and each release taken out; null where something else reads what a release gives, or a scope releases it. */
function rewriteOf(fn: FunctionIR, op: Op, site: Site, releases: readonly Step[]): readonly TextEdit[] | null {
  const twin = frameTwin(site.api ?? "");
  const get = op.op === "call" ? functionIndex(fn).definition(op.callee) : undefined;
  if (twin === null || get === undefined || !("op" in get) || get.op !== "get") return null;
  const read = new Set(fn.blocks.flatMap((block) => [...block.ops.flatMap((each) => (each.op === "copy" || each.op === "store" ? [each.src] : each.op === "call" || each.op === "new" ? each.args.map((arg) => arg.temp) : [])), ...(block.terminal.kind === "return" && block.terminal.value !== null ? [block.terminal.value] : [])]));
  const edits: TextEdit[] = [{ at: { file: fn.file, span: get.keySpan }, text: twin }];
  for (const release of releases) {
    if (release.op.op !== "call" || read.has(release.op.dst) || release.functions.size > 0) return null;
    edits.push({ at: { file: fn.file, span: release.op.span }, text: "" });
  }
  return edits;
}
