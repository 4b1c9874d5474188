/**
 * Loops without a count that allocate in each round, and neither end a frame, give anything back, nor look at what is left.
 *
 * Theory: by declaration, may: over the operations of the loop and of what these call. A loop counts when it never ends by itself, or goes on while a flag or
 * property is set that its rounds do not write; one that goes through data (a length, an element, a next node, a call that says whether there is more)
 * is bounded by them. What another rule says of the same place is left to it: a loop without any frame, an allocation outside one, a value that leaks,
 * a pile of boxes.
 * Misses: loops spread over several turns; allocations and checks that the tracer cannot follow; whether a check in the loop is one of this allocator.
 */
import { compareText, type Related } from "../diagnostic.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import { defineFact, type Fact } from "../fact.ts";
import { budgetCall } from "../knowledge/agents-api.ts";
import { isFrameBoundary, isPartOfFrame } from "../knowledge/lifetime-apis.ts";
import { mayRelease, ownershipEffect } from "../knowledge/ownership-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { functionLabel } from "./function-name.ts";
import { missingBoundaries } from "./missing-boundaries.ts";
import { openEnd } from "./open-ended-loops.ts";
import { ownership } from "./ownership.ts";
import { piledBoxes } from "./piled-boxes.ts";

export interface UnboundedLoop {
  /** The first allocation of a round, or the call that leads to it. */
  readonly at: Location;
  /** `frameVec` */
  readonly call: string;
  readonly memory: string;
  readonly loop: Location;
  readonly how: "endless" | "flag";
  /** Down to the allocation. */
  readonly chain: readonly Related[];
}

export const unboundedLoops: Fact<readonly UnboundedLoop[]> = defineFact("unbounded-loops", (program, get) => {
  const frames = get(frameAnalysis);
  const found: UnboundedLoop[] = [];
  const search = new LoopSearch(program, get(callEdges));
  for (const fn of frames.solved.keys()) {
    const module = frames.analysis.moduleOf(fn);
    const needs = program.settings.wholeProgram ? [] : frames.solved.get(fn)?.summary.needs ?? [];
    // Of a file alone nobody knows whether a frame is missing, which is worse.
    const isCallers = ({ at }: UnboundedLoop): boolean => needs.some((need) => [need.at, ...need.chain].some((place) => place.file === at.file && place.span.start === at.span.start));
    if (module.role === "project") found.push(...[...search.in(module, fn)].filter((loop) => !isCallers(loop)));
  }
  if (found.length === 0) return found;
  const said = new Set<string>();
  const note = ({ file, span }: Location): void => { said.add(`${file}:${span.start}`); };
  for (const boundary of get(missingBoundaries).all) note(boundary.at);
  for (const event of frames.events) if (event.kind === "outside") note(event.at);
  for (const leak of get(ownership).leaks) if (leak.made !== null) note(leak.made.at);
  for (const pile of get(piledBoxes)) note(pile.made);
  const isNew = (at: Location): boolean => !said.has(`${at.file}:${at.span.start}`);
  return found.filter(({ at, loop }) => isNew(at) && isNew(loop)).sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

interface Allocation {
  readonly call: string;
  readonly memory: string;
  readonly chain: readonly Related[];
}

class LoopSearch {
  readonly #program: Program;
  readonly #edges: CallEdges;

  constructor(program: Program, edges: CallEdges) {
    this.#program = program;
    this.#edges = edges;
  }

  *in(module: ModuleIR, fn: FunctionIR): Generator<UnboundedLoop> {
    const inner = new Set<BlockId>();
    for (const head of fn.blocks) {
      if (head.role !== "loop-head" || head.loopSpan === null) continue;
      const how = openEnd(fn, head.id);
      if (how !== "endless" && how !== "flag") continue;
      const inside = loopBlocks(fn, head.id);
      if (this.#isHeld(module, fn, inside)) continue;
      const first = this.#firstIn(module, fn, inside, inner);
      for (const id of inside) inner.add(id);
      if (first !== null) yield { ...first, how, loop: { file: fn.file, span: head.loopSpan } };
    }
  }

  /** The first allocation in blocks that no loop outside has spoken of, itself or through a call. */
  #firstIn(module: ModuleIR, fn: FunctionIR, inside: ReadonlySet<BlockId>, spoken: ReadonlySet<BlockId>): (Allocation & { readonly at: Location }) | null {
    for (const block of fn.blocks) {
      if (!inside.has(block.id) || spoken.has(block.id)) continue;
      for (const op of block.ops) {
        const own = this.#allocationOf(module, fn, op);
        if (own !== null) return { ...own, chain: [], at: { file: fn.file, span: op.span } };
        if (op.op !== "call" && op.op !== "new") continue;
        const edge = this.#edges.of(module, fn).find((each) => each.block === block.id && each.span.start === op.span.start && each.span.end <= op.span.end);
        const called = edge === undefined ? null : this.#below(edge.module, edge.target, [{ at: { file: fn.file, span: op.span }, message: `${functionLabel(module, fn)} calls ${functionLabel(edge.module, edge.target)}` }], new Set([fn]));
        if (called !== null) return { ...called, at: { file: fn.file, span: op.span } };
      }
    }
    return null;
  }

  #below(module: ModuleIR, fn: FunctionIR, chain: readonly Related[], seen: Set<FunctionIR>): Allocation | null {
    if (seen.has(fn) || chain.length > MAX_CALLS) return null;
    seen.add(fn);
    for (const block of fn.blocks) {
      for (const op of block.ops) {
        const own = this.#allocationOf(module, fn, op);
        if (own !== null) return { ...own, chain: [...chain, { at: { file: fn.file, span: op.span }, message: `\`${own.call}\` allocates here` }] };
      }
    }
    for (const edge of this.#edges.of(module, fn)) {
      const step = { at: { file: fn.file, span: edge.span }, message: `${functionLabel(module, fn)} calls ${functionLabel(edge.module, edge.target)}` };
      const found = this.#below(edge.module, edge.target, [...chain, step], seen);
      if (found !== null) return found;
    }
    return null;
  }

  #allocationOf(module: ModuleIR, fn: FunctionIR, op: Op): Omit<Allocation, "chain"> | null {
    if (op.op !== "call" || op.key === null || op.key.startsWith("try")) return null;
    for (const api of this.#program.tracer.targets(module, fn, op.dst).apis) {
      const effect = runtimeEffect(api);
      if (effect?.kind === "alloc" && effect.memory !== "transfer") return { call: op.key, memory: effect.memory === "retained" ? "frame" : effect.memory };
    }
    return null;
  }

  /** Whether a round ends a frame, gives something back or looks at what is left: itself, or in what it calls. */
  #isHeld(module: ModuleIR, fn: FunctionIR, inside: ReadonlySet<BlockId>): boolean {
    if (fn.blocks.some((block) => inside.has(block.id) && this.#holds(module, fn, block.ops))) return true;
    const seen = new Set<FunctionIR>([fn]);
    const work = this.#edges.of(module, fn).filter((edge) => inside.has(edge.block));
    for (let edge = work.pop(); edge !== undefined; edge = work.pop()) {
      const { module: other, target } = edge;
      if (seen.has(target)) continue;
      seen.add(target);
      if (target.blocks.some((block) => this.#holds(other, target, block.ops))) return true;
      work.push(...this.#edges.of(other, target));
    }
    return false;
  }

  #holds(module: ModuleIR, fn: FunctionIR, ops: readonly Op[]): boolean {
    return ops.some((op) => op.op === "dispose" || (op.op === "call" && op.key !== null && (mayRelease(op.key) || op.key.startsWith("try") || this.#program.tracer.targets(module, fn, op.dst).apis.some(holdsBack))));
  }
}

const MAX_CALLS = 6;

/** What bounds the memory of a loop's rounds. */
function holdsBack(api: ApiKey): boolean {
  const owned = ownershipEffect(api)?.kind;
  return isFrameBoundary(api) || isPartOfFrame(api) || budgetCall(api) === "look" || owned === "release" || owned === "dispose-all";
}
