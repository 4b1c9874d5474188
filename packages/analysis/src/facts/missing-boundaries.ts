/**
 * Loops and per-frame callbacks that make frame allocations though nothing opens a frame around a round: neither they, nor what they call, nor their
 * callers.
 *
 * Theory: over the needs of the frame analysis, whose typestate knows where a frame is open. An allocation that some caller reaches with the frame closed
 * belongs to the outermost open-ended loop (`open-ended-loops.ts`) on its way there; one that a platform or engine reaches every frame, to that
 * callback. A loop whose callers are unknown counts only when it never ends or goes on while a flag is set: going through data, it would be its
 * callers' to open a frame. A loop or callback in which some frame begins is left to the other rules.
 * Misses: callbacks in files without their program; frames split between hooks that share the file's imports silence its callbacks, even when they
 * are of another allocator that nobody can tell from this one.
 */
import { placeKey } from "../dataflow/locations.ts";
import { compareText } from "../diagnostic.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import { defineFact, type FactReader } from "../fact.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { BlockId, FunctionIR, ModuleIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { callEdges, type CallEdges } from "./call-edges.ts";
import { frameAnalysis, type FrameAnalysis } from "./frame-analysis.ts";
import { type HotEntry, hotEntries } from "./hot-entries.ts";
import { openEnd } from "./open-ended-loops.ts";
import { SplitBoundaries } from "./split-boundaries.ts";
import type { Need } from "./summary.ts";

export interface MissingBoundary {
  /** The loop's keyword, or the callback's name. */
  readonly at: Location;
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** Who calls it every frame; null for a loop. */
  readonly entry: HotEntry | null;
  readonly allocations: { readonly at: Location; /** `frameAlloc` */ readonly call: string; /** The calls from the loop or callback to it. */ readonly chain: readonly Location[] }[];
}

export interface MissingBoundaries {
  /** In order of place. */
  readonly all: readonly MissingBoundary[];
  /** Callbacks around which an adapter that the program imports would begin a frame, if it is registered. */
  readonly adapted: readonly MissingBoundary[];
  /** Ids of the needs that they account for. */
  readonly needs: ReadonlySet<string>;
}

export const missingBoundaries = defineFact<MissingBoundaries>("missing-boundaries", (program, get) => {
  const frames = get(frameAnalysis);
  const search = new BoundarySearch(program, frames, get);
  for (const evidence of frames.analysis.evidence.values()) {
    const { need, closed, isOutside } = evidence;
    if (need.what !== "allocation" || closed === null) continue;
    if (isOutside) search.loop(need, closed.chain, true);
    else if (program.settings.wholeProgram) for (const { way } of evidence.outsideCalls()) search.loop(need, way, true);
  }
  // In a file on its own what others do is not known.
  if (program.settings.wholeProgram) search.addUncalled();
  return { all: inProject(search.found), adapted: inProject(search.adapted), needs: search.needs };
});

function inProject(found: ReadonlyMap<string, MissingBoundary>): MissingBoundary[] {
  return [...found.values()].filter(({ module }) => module.role === "project").sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
}

/** Where a call or allocation stands. */
interface Position {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly block: BlockId;
}

class BoundarySearch {
  readonly found = new Map<string, MissingBoundary>();
  readonly adapted = new Map<string, MissingBoundary>();
  readonly needs = new Set<string>();
  readonly #program: Program;
  readonly #frames: FrameAnalysis;
  readonly #get: FactReader;
  readonly #positions = new Map<string, Position>();
  readonly #beginning = new Map<FunctionIR, boolean>();

  constructor(program: Program, frames: FrameAnalysis, get: FactReader) {
    this.#program = program;
    this.#frames = frames;
    this.#get = get;
    for (const [fn, { run }] of frames.solved) {
      for (const block of fn.blocks) {
        for (const op of block.ops) {
          if (op.op === "call" || op.op === "new" || op.op === "super-call" || op.op === "get") this.#positions.set(placeKey({ file: fn.file, span: op.span }), { module: run.module, fn, block: block.id });
        }
      }
    }
  }

  /** The outermost loop around a call of the chain, or around the allocation itself. */
  loop(need: Need, chain: readonly Location[], isClosed: boolean): void {
    const path = [...chain, need.at];
    for (const [index, at] of path.entries()) {
      const position = this.#positions.get(placeKey(at));
      const head = position === undefined ? null : outermostLoop(position, isClosed);
      if (position === undefined || head === null) continue;
      const { module, fn } = position;
      const span = fn.blocks[head]?.loopSpan ?? null;
      if (span === null || this.#begins(module, fn, loopBlocks(fn, head))) return;
      this.#add({ at: { file: fn.file, span }, module, fn, entry: null, allocations: [] }, need, path.slice(index, -1));
      return;
    }
  }

  /** What nobody of the program calls: by an engine every frame, or by whoever uses it. */
  addUncalled(): void {
    const { analysis, solved } = this.#frames;
    const waiting = (fn: FunctionIR): readonly Need[] =>
      (solved.get(fn)?.summary.needs ?? []).filter((need) => need.what === "allocation" && !(analysis.called.has(fn) && analysis.evidence.get(need.id)?.open === true));
    for (const [fn, { summary }] of solved) {
      if (analysis.called.has(fn) || fn.kind === "module") continue;
      for (const need of summary.needs) if (need.what === "allocation") this.loop(need, need.chain, false);
    }
    if (![...solved.keys()].some((fn) => waiting(fn).length > 0)) return;
    const splits = new SplitBoundaries(this.#program, this.#frames);
    for (const entry of this.#get(hotEntries)) {
      const { module, function: fn } = entry;
      if (entry.caller !== "engine" || entry.blocks !== null || waiting(fn).length === 0 || this.#begins(module, fn, null) || splits.runsInFrame(entry)) continue;
      for (const need of waiting(fn)) {
        const boundary = { at: { file: fn.file, span: fn.nameSpan }, module, fn, entry, allocations: [] };
        if (splits.isLeftOpen(module, need.key)) continue;
        if (splits.isAdapted(module)) note(this.adapted, boundary, need, need.chain);
        else this.#add(boundary, need, need.chain);
      }
    }
  }

  #add(boundary: MissingBoundary, need: Need, chain: readonly Location[]): void {
    this.needs.add(need.id);
    note(this.found, boundary, need, chain);
  }

  /** Whether a frame begins in these blocks (all for null), or in what they call. */
  #begins(module: ModuleIR, fn: FunctionIR, blocks: ReadonlySet<BlockId> | null): boolean {
    if (beginsIn(this.#program, module, fn, blocks)) return true;
    const edges: CallEdges = this.#get(callEdges);
    const seen = new Set<FunctionIR>([fn]);
    const work = edges.of(module, fn).filter((edge) => blocks === null || blocks.has(edge.block));
    for (let edge = work.pop(); edge !== undefined; edge = work.pop()) {
      if (seen.has(edge.target)) continue;
      seen.add(edge.target);
      let begins = this.#beginning.get(edge.target);
      if (begins === undefined) this.#beginning.set(edge.target, (begins = beginsIn(this.#program, edge.module, edge.target, null)));
      if (begins) return true;
      work.push(...edges.of(edge.module, edge.target));
    }
    return false;
  }
}

function note(found: Map<string, MissingBoundary>, boundary: MissingBoundary, need: Need, chain: readonly Location[]): void {
  const key = placeKey(boundary.at);
  const known = found.get(key) ?? boundary;
  found.set(key, known);
  if (!known.allocations.some(({ at }) => placeKey(at) === placeKey(need.at))) known.allocations.push({ at: need.at, call: need.name, chain });
}

function outermostLoop({ fn, block }: Position, isClosed: boolean): BlockId | null {
  for (const head of fn.blocks) {
    if (head.role !== "loop-head" || !loopBlocks(fn, head.id).has(block)) continue;
    const end = openEnd(fn, head.id);
    if (end !== null && (isClosed || end !== "until")) return head.id;
  }
  return null;
}

function beginsIn(program: Program, module: ModuleIR, fn: FunctionIR, blocks: ReadonlySet<BlockId> | null): boolean {
  return fn.blocks.some((block) => (blocks === null || blocks.has(block.id)) && block.ops.some((op) => op.op === "call" && program.tracer.targets(module, fn, op.dst).apis.some((api) => BEGINS.has(runtimeEffect(api)?.kind ?? ""))));
}

const BEGINS: ReadonlySet<string> = new Set(["begin", "with-frame", "frame-scope"]);
