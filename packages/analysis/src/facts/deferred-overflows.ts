/**
 * Loops that release memory received from another agent faster than its owner can be counted on to take it back: into a queue that grows without bound, or that
 * refuses what it cannot hold.
 *
 * Theory: which values were received is followed by the frame analysis (may; all that a released value may be must be received), also through containers and
 * functions that release what they are given. The loops are those around the release, around the callbacks of array methods, and around calls by name of the
 * function that it stands in. A loop that is
 * known to run no oftener than the queue holds is silent, and so is one whose rounds drain a queue or let a turn end.
 * Misses: loops around the call of a method that releases one of its fields; boxes that travel in messages of other kinds.
 */
import { compareText } from "../diagnostic.ts";
import { loopsAround } from "../dataflow/natural-loops.ts";
import { isSymbolic, type Origin, type Site, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { AT_ENTRY, type Standing, ThingState } from "../dataflow/thing-state.ts";
import { defineFact, type Fact } from "../fact.ts";
import { DRAIN_MEMBERS, drainsQueue, GIVES_BACK, givesBack, givesForeign } from "../knowledge/deferred-api.ts";
import type { BlockId, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { type CallEdges, callEdges } from "./call-edges.ts";
import { type DeferredPolicy, DeferredPolicies } from "./deferred-policies.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { type FrameRun } from "./frame-run.ts";
import { KnownSizes } from "./known-sizes.ts";
import { LoopRounds } from "./loop-rounds.ts";
import { type ProgramCalls, programCalls } from "./program-calls.ts";
import { programParts } from "./program-parts.ts";
import type { Protocol } from "./protocol.ts";
import { Repetitions } from "./repetitions.ts";
import { solveProtocol } from "./solve-protocol.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

export interface DeferredOverflow {
  readonly at: Location;
  /** The release itself, in a callee, when `at` is the call. */
  readonly inner: Location | null;
  readonly site: Site;
  readonly loop: Location;
  /** Null when nobody knows. */
  readonly rounds: number | null;
  readonly policy: DeferredPolicy;
}

interface ForeignRelease {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly at: Location;
  readonly inner: Location | null;
  readonly site: Site;
}

export const deferredOverflows: Fact<readonly DeferredOverflow[]> = defineFact("deferred-overflows", (program, get) => {
  const frames = get(frameAnalysis);
  const receiving = [...frames.solved.keys()].filter((fn) => receives(frames, fn)).map((fn) => frames.analysis.moduleOf(fn));
  if (receiving.length === 0) return [];
  const parts = get(programParts);
  const protocol = new ForeignReleases();
  solveProtocol(frames, protocol, parts, receiving);
  const policies = new DeferredPolicies(program, frames.analysis.sizes);
  const loops = new ReleasingLoops(frames, get(callEdges), get(programCalls));
  const found = [...protocol.found.values()].filter(({ module }) => module.role === "project").flatMap((release) => {
    const around = loops.around(release);
    if (around === null) return [];
    const part = program.modules.filter((module) => module.role === "project" && parts.partOf(module) === parts.partOf(release.module));
    const policy = policies.of(release.site.api?.includes("SmartAlloc#") === true ? release.site.allocator : null, part);
    if (policy === null || (policy.policy !== "fail" && policy.policy !== "grow") || (around.rounds !== null && around.rounds <= policy.capacity)) return [];
    return [{ at: release.at, inner: release.inner, site: release.site, ...around, policy }];
  });
  return found.sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

function receives({ analysis }: FrameAnalysis, fn: FunctionIR): boolean {
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && analysis.program.tracer.targets(analysis.moduleOf(fn), fn, op.dst).apis.some(givesForeign)));
}

/** Collects the releases of received memory; of a parameter's, they are done again at each call. */
class ForeignReleases implements Protocol {
  readonly found = new Map<string, ForeignRelease>();

  entry(state: State): State {
    const known = new ThingState(state.entry, () => null);
    for (const [key, cell] of state.cells) known.cells.set(key, cell);
    return known;
  }

  before(run: FrameRun, state: State, op: Op): void {
    if (op.op === "dispose" && state instanceof ThingState) this.#release(run, state, state.readVariable(run.table, run.module, op.variable), run.at(op.span), null);
  }

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    if (!(state instanceof ThingState) || call.op.op !== "call" || (api === null ? call.key !== GIVES_BACK : !givesBack(api))) return;
    this.#release(run, state, call.receiver, run.at(call.op.span), null);
  }

  applied(run: FrameRun, _before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
    if (!(state instanceof ThingState) || exit.things === undefined) return;
    for (const [origin, standing] of exit.things) {
      const [step] = standing.steps;
      if (step === undefined) continue;
      // A function written at the call releases where it is written.
      const isWritten = application.callback === true;
      this.#release(run, state, substitute.origin(origin), isWritten ? step.at : application.at, isWritten ? null : step.at);
    }
  }

  thrown(state: State): State {
    return state;
  }

  settled(): void {
    // Only what is done counts, not what is left undone.
  }

  leaving(_run: FrameRun, state: State): ReadonlyMap<Origin, Standing> {
    return new Map(state instanceof ThingState ? [...state.things].filter(([origin]) => isSymbolic(origin)) : []);
  }

  #release(run: FrameRun, state: ThingState, value: Value, at: Location, inner: Location | null): void {
    const things = [...value].filter((origin) => origin.kind !== "const");
    for (const origin of things) if (isSymbolic(origin)) state.things.set(origin, { ...AT_ENTRY, steps: [{ what: GIVES_BACK, at: inner ?? at }] });
    const [first] = things;
    if (first?.kind !== "site" || run.phase !== "report" || !things.every((origin) => origin.kind === "site" && givesForeign(origin.site.api))) return;
    const writer = at.file === run.fn.file ? run.fn : null;
    if (writer !== null) this.found.set(`${at.file}:${at.span.start}`, { module: run.module, fn: writer, at, inner, site: first.site });
  }
}

/** The loop around a release, and how often it runs. */
class ReleasingLoops {
  readonly #frames: FrameAnalysis;
  readonly #edges: CallEdges;
  readonly #rounds: LoopRounds;
  readonly #repetitions: Repetitions;
  readonly #drains = new Map<FunctionIR, boolean>();
  readonly #calls: ProgramCalls;

  constructor(frames: FrameAnalysis, edges: CallEdges, calls: ProgramCalls) {
    this.#frames = frames;
    this.#calls = calls;
    this.#edges = edges;
    this.#rounds = new LoopRounds(new KnownSizes(frames.analysis.program, frames.analysis.names, () => []));
    this.#repetitions = new Repetitions(frames);
  }

  around({ module, at }: ForeignRelease): { readonly loop: Location; readonly rounds: number | null } | null {
    for (const fn of module.functions) {
      const block = fn.blocks.find(({ ops }) => ops.some((op) => op.span.start === at.span.start && op.span.end === at.span.end));
      const found = block === undefined ? null : this.#aroundBlock(module, fn, block.id, 0);
      if (found !== null) return found;
    }
    return null;
  }

  #aroundBlock(module: ModuleIR, fn: FunctionIR, block: BlockId, depth: number): { readonly loop: Location; readonly rounds: number | null } | null {
    const loops = loopsAround(fn, block);
    const outermost = loops.at(-1);
    if (loops.some((loop) => this.#rests(module, fn, loop.blocks))) return null;
    if (outermost !== undefined) {
      const most = loops.map((loop) => this.#rounds.of(module, fn, loop)?.most ?? null);
      const span = fn.blocks[outermost.head]?.loopSpan ?? fn.nameSpan;
      return { loop: { file: fn.file, span }, rounds: most.includes(null) ? null : most.reduce<number>((product, each) => product * (each ?? 1), 1) };
    }
    if (depth > MAX_CALLS || fn.async || this.#rests(module, fn, null)) return null;
    for (const repeat of this.#repetitions.of(fn)) {
      if (repeat.each !== null) return { loop: repeat.at, rounds: this.#rounds.elements({ module: repeat.module, fn: repeat.fn, temp: repeat.each }) };
      const outer = this.#aroundBlock(repeat.module, repeat.fn, repeat.block, depth + 1);
      if (outer !== null) return outer;
    }
    for (const call of this.#calls.of(fn)) {
      const calling = call.fn === fn ? undefined : call.fn.blocks.find(({ ops }) => ops.includes(call.op));
      const outer = calling === undefined ? null : this.#aroundBlock(call.module, call.fn, calling.id, depth + 1);
      if (outer !== null) return outer;
    }
    return null;
  }

  /** Whether these blocks (all for null) let a turn end, or drain a queue, themselves or in what they call. */
  #rests(module: ModuleIR, fn: FunctionIR, blocks: ReadonlySet<BlockId> | null): boolean {
    const own = fn.blocks.filter(({ id }) => blocks === null || blocks.has(id));
    if (own.some((block) => block.ops.some((op) => op.op === "await" || op.op === "yield" || this.#isDrain(module, fn, op)))) return true;
    const seen = new Set<FunctionIR>([fn]);
    const work = this.#edges.of(module, fn).filter((edge) => blocks === null || blocks.has(edge.block));
    for (let edge = work.pop(); edge !== undefined; edge = work.pop()) {
      if (seen.has(edge.target)) continue;
      seen.add(edge.target);
      const { module: other, target } = edge;
      let drains = this.#drains.get(target);
      if (drains === undefined) this.#drains.set(target, (drains = target.blocks.some((block) => block.ops.some((op) => this.#isDrain(other, target, op)))));
      if (drains) return true;
      work.push(...this.#edges.of(other, target));
    }
    return false;
  }

  #isDrain(module: ModuleIR, fn: FunctionIR, op: Op): boolean {
    return op.op === "call" && op.key !== null && DRAIN_MEMBERS.has(op.key) && this.#frames.analysis.program.tracer.targets(module, fn, op.dst).apis.some(drainsQueue);
  }
}

const MAX_CALLS = 4;
