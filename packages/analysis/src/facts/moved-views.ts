/**
 * Raw views of memory that moves: of a handle that is not pinned, kept while its allocator compacts; of a `WebAssembly.Memory`, kept while it grows.
 *
 * Theory: typestate over the frame analysis's values, forward, may a path: a view is `fresh` until its memory moves, then `moved`; resolved again it is
 * another view. Only views of the very allocator or memory that moves are concerned, as far as names and fields tell that two are one. A handle that was
 * pinned stays where it is; one that a caller or a field supplies is taken for pinned when anything in that part of the program pins. A view kept in a
 * constant or a field that nothing else is put into is judged where one function moves its memory and then uses it.
 * Misses: views that are parameters; views that one call moves and another uses; typed arrays of `alloc.memory`; what code out of sight moves; programs
 * of WebAssembly that do not use the runtime.
 */
import { placeKey } from "../dataflow/locations.ts";
import { compareText } from "../diagnostic.ts";
import { nameOf, type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { type Standing, type Step, ThingState } from "../dataflow/thing-state.ts";
import { defineFact, type Fact } from "../fact.ts";
import { BUFFER_MEMBER, givesHandles, isBufferView, movesMemory, PINS, pinsHandle, resolvesHandle } from "../knowledge/moving-memory.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { allocatorKey } from "./frame-protocol.ts";
import { type FrameRun, read } from "./frame-run.ts";
import { type Backing, backingOfPlace } from "./kept-views.ts";
import { isBracketOpen } from "./owned-brackets.ts";
import { programParts } from "./program-parts.ts";
import type { Protocol } from "./protocol.ts";
import { solveProtocol } from "./solve-protocol.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";
import { makerOf } from "./value-makers.ts";

export interface MovedView {
  readonly at: Location;
  readonly name: string | null;
  /** Where the view was taken. */
  readonly taken: Location;
  readonly moved: Location;
  /** The move itself, in a callee, when `moved` is the call. */
  readonly inner: Location | null;
  readonly how: "compact" | "grow";
}

export const movedViews: Fact<readonly MovedView[]> = defineFact("moved-views", (program, get) => {
  const frames = get(frameAnalysis);
  const moving = [...frames.solved.keys()].filter((fn) => calls(program, frames, fn, (api) => movesMemory(api) !== undefined)).map((fn) => frames.analysis.moduleOf(fn));
  if (moving.length === 0) return [];
  const parts = get(programParts);
  const pinning = new Set(program.modules.filter((module) => pins(program, module)).map((module) => parts.partOf(module)));
  const protocol = new MovedViews((module) => pinning.has(parts.partOf(module)));
  solveProtocol(frames, protocol, parts, moving);
  const own = new Set(program.modules.filter((module) => module.role === "project").map((module) => module.file));
  return [...protocol.found.values()].filter(({ at }) => own.has(at.file)).sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

function calls(program: Program, { analysis }: FrameAnalysis, fn: FunctionIR, matches: (api: ApiKey) => boolean): boolean {
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && program.tracer.targets(analysis.moduleOf(fn), fn, op.dst).apis.some(matches)));
}

const pinCalls = callsOfMembers((name) => name !== null && PINS.has(name));

function pins(program: Program, module: ModuleIR): boolean {
  return pinCalls(module).some(({ fn, op }) => program.tracer.targets(module, fn, op.dst).apis.some((api) => pinsHandle(api) !== undefined));
}

const FRESH = "fresh";
const MOVED = "moved";
const PINNED = "pinned";

class MovedViews implements Protocol {
  readonly found = new Map<string, MovedView>();
  readonly #pinsIn: (module: ModuleIR) => boolean;
  /** What each view looks at, by the place that takes it, and by the value where it came through calls. */
  readonly #places = new Map<string, Backing>();
  readonly #values = new Map<Origin, Backing>();
  /** The allocator whose handles a call of `handles()` gives, by place. */
  readonly #handles = new Map<string, Origin>();

  constructor(pinsIn: (module: ModuleIR) => boolean) {
    this.#pinsIn = pinsIn;
  }

  entry(state: State): State {
    const known = new ThingState(state.entry, (origin) => (origin.kind === "site" && this.#backingOf(origin) !== undefined ? FRESH : null));
    for (const [key, cell] of state.cells) known.cells.set(key, cell);
    return known;
  }

  before(run: FrameRun, state: State, op: Op): void {
    if (!(state instanceof ThingState) || run.phase !== "report") return;
    for (const temp of usedBy(op)) this.#use(run, state, read(state, temp), run.at(op.span));
  }

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    if (!(state instanceof ThingState)) return;
    const place = placeKey(run.at(call.op.span));
    if (call.op.op === "new") {
      const key = isBufferView(run.analysis.program.tracer.targets(run.module, run.fn, call.dst).apis[0] ?? "") ? memoryOf(run, call.args[0] ?? NOTHING) : null;
      if (key !== null) this.#places.set(place, { key, handle: null });
      return;
    }
    const how = api === null ? undefined : movesMemory(api);
    const key = this.#keyOf(run, call.receiver);
    if (api === null || key === null) return;
    if (givesHandles(api)) this.#handles.set(place, key);
    else if (resolvesHandle(api)) this.#places.set(place, { key, handle: allocatorKey(run, call.args[0] ?? NOTHING) });
    else if (pinsHandle(api) === "scope") for (const handle of call.args[0] ?? NOTHING) state.things.set(handle, { now: PINNED, at: run.at(call.op.span), steps: [], escaped: false });
    else if (how !== undefined) this.#move(run, state, key, { what: how, at: run.at(call.op.span) }, run.at(call.op.span));
  }

  applied(run: FrameRun, _before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
    if (!(state instanceof ThingState) || exit.things === undefined) return;
    for (const [origin, standing] of exit.things) {
      const own = substitute.origin(origin);
      const backing = this.#backingOf(origin);
      for (const each of own) {
        if (origin.kind !== "site" || backing === undefined || each.kind !== "site") continue;
        const key = this.#keyOf(run, substitute.origin(backing.key));
        if (key === null) continue;
        this.#values.set(each, { key, handle: backing.handle === null ? null : substitute.key(backing.handle) });
        state.things.set(each, standing);
      }
      if (standing.now === PINNED) for (const each of own) state.things.set(each, standing);
      const [step] = standing.steps;
      const key = step === undefined ? null : this.#keyOf(run, own);
      if (step !== undefined && key !== null) this.#move(run, state, key, step, application.at);
    }
  }

  thrown(state: State): State {
    return state;
  }

  settled(): void {
    // A view that nothing uses any more may have moved.
  }

  leaving(_run: FrameRun, state: State): ReadonlyMap<Origin, Standing> {
    const things = new Map<Origin, Standing>();
    if (state instanceof ThingState) for (const [origin, standing] of state.things) if (standing.now !== "any") things.set(origin, standing);
    return things;
  }

  /** `handles()` of one allocator is one thing, however often it is called. */
  #keyOf(run: FrameRun, value: Value): Origin | null {
    const key = allocatorKey(run, value);
    const owner = key?.kind === "site" ? this.#handles.get(placeKey(key.site.at)) : undefined;
    return owner === undefined ? key : run.table.field(owner, "handles()");
  }

  #backingOf(origin: Origin): Backing | undefined {
    if (origin.kind !== "site") return undefined;
    return origin.site.via.length === 0 ? this.#places.get(placeKey(origin.site.at)) : this.#values.get(origin);
  }

  #move(run: FrameRun, state: ThingState, key: Origin, step: Step, at: Location): void {
    for (const [origin, standing] of state.things) {
      const backing = standing.now === FRESH ? this.#backingOf(origin) : undefined;
      if (backing?.key === key && (step.what === "grow" || !this.#isPinned(run, state, backing.handle))) state.things.set(origin, { now: MOVED, at, steps: [], escaped: false });
    }
    state.things.set(key, { now: MOVED, at, steps: [step], escaped: false });
  }

  #isPinned(run: FrameRun, state: ThingState, handle: Origin | null): boolean {
    if (handle === null || isBracketOpen(run, state, "pin", handle)) return true;
    return handle.kind === "site" ? state.things.get(handle)?.now === PINNED : this.#pinsIn(run.module);
  }

  /** Reported when all that the value may be has moved; the first use of each. */
  #use(run: FrameRun, state: ThingState, value: Value, at: Location): void {
    const things = [...value].filter((origin) => origin.kind !== "const");
    const moved = things.flatMap((origin) => this.#movedView(run, state, rootOf(origin).kind === "site" ? rootOf(origin) : origin) ?? []);
    const [first] = moved;
    if (first === undefined || moved.length < things.length) return;
    const key = `${placeKey(first.taken)} ${placeKey(first.moved)}`;
    const known = this.found.get(key);
    if (known === undefined || (known.at.file === at.file && at.span.start < known.at.span.start)) this.found.set(key, { ...first, at });
  }

  #movedView(run: FrameRun, state: ThingState, origin: Origin): Omit<MovedView, "at"> | null {
    if (origin.kind === "site") {
      const standing = state.things.get(origin);
      const backing = this.#backingOf(origin);
      return standing?.now !== MOVED || standing.at === null || backing === undefined ? null : described(state, backing, origin.site.binding ?? makerOf(run.analysis.program, origin)?.name ?? null, origin.site.at, standing.at);
    }
    // Where nothing has moved, nobody need know what a name keeps.
    if (![...state.things.values()].some(({ now, steps }) => now === MOVED && steps.length > 0)) return null;
    const kept = origin.kind === "variable" || origin.kind === "field" ? backingOfPlace(run, origin) : null;
    const at = kept === null ? null : state.things.get(kept.backing.key)?.at ?? null;
    if (kept === null || at === null || (kept.backing.handle !== null && this.#pinsIn(run.module))) return null;
    return described(state, kept.backing, nameOf(origin), kept.taken, at);
  }
}

const NOTHING: Value = new Set();

function described(state: ThingState, { key, handle }: Backing, name: string | null, taken: Location, moved: Location): Omit<MovedView, "at"> {
  const step = state.things.get(key)?.steps[0];
  return { name, taken, moved, inner: step === undefined || placeKey(step.at) === placeKey(moved) ? null : step.at, how: handle === null ? "grow" : "compact" };
}

/** The `WebAssembly.Memory` whose buffer a value is. */
function memoryOf(run: FrameRun, buffer: Value): Origin | null {
  const [only, ...others] = buffer;
  return only?.kind === "field" && others.length === 0 && only.name === BUFFER_MEMBER ? allocatorKey(run, new Set([only.base])) : null;
}

/** What an operation reads, writes, goes through or hands on. */
function usedBy(op: Op): readonly number[] {
  switch (op.op) {
    case "get": case "set": return [op.object];
    case "iterate": return [op.src];
    case "binary": return /^[=!]=/.test(op.operator) ? [] : [op.left, op.right];
    case "call": case "new": case "super-call": return op.args.map((arg) => arg.temp);
    default: return [];
  }
}
