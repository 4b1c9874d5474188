/**
 * One function under abstract interpretation: what every step of it shares. A run is made anew for each round of the fixed point; its last
 * round collects the events and the summary.
 */
import type { Origin, OriginTable, Site, SiteOrigin, Value } from "../dataflow/origin.ts";
import { isSymbolic, rootOf, union } from "../dataflow/origin.ts";
import type { Cell, Place } from "../dataflow/cell.ts";
import type { State } from "../dataflow/state.ts";
import { isView, memberShape, type Shape, UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { Program } from "../program.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import type { AsyncAllocation } from "./async-allocations.ts";
import type { ConstantSizes } from "./constant-sizes.ts";
import type { CountedRounds } from "./counted-rounds.ts";
import { eventKey, type FrameEvent } from "./frame-events.ts";
import { Evidence } from "./frame-evidence.ts";
import type { LaterCalls } from "./later-calls.ts";
import type { ModuleNames } from "./module-names.ts";
import type { Protocol } from "./protocol.ts";
import type { ShapeReader } from "./shape-reader.ts";
import type { Begin, Need, Summary, SymbolicEffect, Touch } from "./summary.ts";

/** What all runs of a program share. */
export interface Analysis {
  readonly program: Program;
  readonly table: OriginTable;
  readonly shapes: ShapeReader;
  readonly names: ModuleNames;
  readonly sizes: ConstantSizes;
  readonly rounds: CountedRounds;
  readonly summaryOf: (fn: FunctionIR) => Summary;
  readonly moduleOf: (fn: FunctionIR) => ModuleIR;
  readonly evidence: Map<string, Evidence>;
  /** Rounds of the fixed point so far: what was derived in an older one is derived again. */
  readonly generation: { count: number };
  /** Fields of a class's instances that hold the same thing, by path. */
  readonly instanceNames: Map<ClassIR, { readonly generation: number; readonly names: ReadonlyMap<string, readonly string[]> }>;
  /** Names of one thing among a module's constants. */
  readonly moduleAliases: Map<ModuleIR, { readonly generation: number; readonly aliases: ReadonlyMap<Origin, Origin> }>;
  /** Functions that some analysed call reaches. */
  readonly called: Set<FunctionIR>;
  /** How many variables and fields calls have gone through: the measure of the analysis's work. */
  readonly work: { cells: number };
  /** Functions that were handed over to be run in a turn of their own. */
  readonly later: LaterCalls;
  /** What else is followed; null for frames alone. */
  readonly protocol: Protocol | null;
}

export type Phase = "solve" | "summarise" | "report";

export class FrameRun {
  readonly analysis: Analysis;
  readonly table: OriginTable;
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  /** `solve` finds the states, `summarise` also collects what callers need to know, `report` also what happened. */
  readonly phase: Phase;
  readonly events = new Map<string, FrameEvent>();
  readonly needs = new Map<string, Need>();
  readonly begins = new Map<string, Begin>();
  readonly effects = new Map<string, SymbolicEffect>();
  /** Uses and releases of what the caller supplied. */
  readonly touches = new Map<string, Touch>();
  /** Which expression is at work, as far as operations tell: it changes with each store, call and exit. */
  segment = "";
  /** Where the first use of each released thing in an expression was reported. */
  readonly said = new Map<string, Location>();
  /** Allocators whose frame it ends on some path. */
  readonly endedKeys = new Set<Origin>();
  /** Frame allocations written in this function, when it is async. */
  readonly asyncAllocations = new Map<string, AsyncAllocation>();
  /** Objects and instances that were made while some frame was open, on some path. */
  readonly madeInFrame = new Set<Origin>();
  /** More variables and fields were written than are told apart. */
  cut = false;
  /** Reported as returned by a callback that had a frame of its own. */
  readonly givenBack = new Set<Site>();
  /** Phases and pins that it closes on some path. */
  readonly closes = new Set<Origin>();
  /** Needs that a `beginFrame` after them contradicts: the caller cannot have held a frame. */
  readonly contradicted = new Map<string, Need>();

  constructor(analysis: Analysis, fn: FunctionIR, phase: Phase) {
    this.analysis = analysis;
    this.table = analysis.table;
    this.module = analysis.moduleOf(fn);
    this.fn = fn;
    this.phase = phase;
  }

  at(span: Span): Location {
    return { file: this.fn.file, span };
  }

  store(span: Span, inner: Location | null = null): Place {
    return { at: this.at(span), inner };
  }

  emit(event: FrameEvent): void {
    if (this.phase === "report") this.events.set(eventKey(event), event);
  }

  effect(id: string, effect: SymbolicEffect): void {
    if (this.phase === "solve") return;
    if (this.effects.size < MAX_EFFECTS || this.effects.has(id)) this.effects.set(id, effect);
  }

  touch(touch: Touch): void {
    if (this.phase === "solve") return;
    const when = [...touch.when].map(([origin, truth]) => `${origin.id}${String(truth)}`).sort().join();
    const id = `${touch.release?.by ?? (touch.memory ? "use" : "ask")}:${touch.origin.id}:${when}`;
    if (this.touches.size < MAX_EFFECTS && !this.touches.has(id)) this.touches.set(id, touch);
  }

  evidence(need: Need): Evidence {
    const { evidence } = this.analysis;
    let entry = evidence.get(need.id);
    if (entry === undefined) evidence.set(need.id, (entry = new Evidence(need)));
    return entry;
  }

  /** A new value of a site: the site's former values become its old ones. */
  make(state: State, site: Site): SiteOrigin {
    const fresh = this.table.site(site, false);
    state.rename(this.table, new Map([[fresh, this.table.site(site, true)]]));
    this.noteMade(state, fresh);
    return fresh;
  }

  /** Whether a value is of the frame at hand, or older. */
  noteMade(state: State, made: SiteOrigin): void {
    if (this.phase !== "report" || (made.site.kind !== "object" && made.site.kind !== "instance")) return;
    for (const frame of state.frames.values()) if (frame.now === "open") this.madeInFrame.add(this.table.site(made.site, false));
  }

  /** The result of something unknown: a thing of its own. */
  result(state: State, span: Span, api: string | null = null): Value {
    const site: Site = { kind: "result", at: this.at(span), binding: null, api, allocator: null, shape: UNKNOWN_SHAPE, via: [], class: null };
    return new Set([this.make(state, site)]);
  }
}

const MAX_EFFECTS = 256;

/** The value of a temp; what was never written on this path is nothing. */
export function read(state: State, temp: Temp): Value {
  return state.temps.get(temp) ?? NOTHING;
}

const NOTHING: Value = new Set();

/** The memory of the runtime that an origin is or is a view of; null for anything else. */
export function memorySite(origin: Origin): Site | null {
  const root = rootOf(origin);
  if (root.kind !== "site" || !MEMORY.has(root.site.kind)) return null;
  return root === origin || isView(shapeOf(origin)) ? root.site : null;
}

const MEMORY: ReadonlySet<string> = new Set(["frame", "pool", "heap", "retained", "transfer"]);

/** Frame memory only: what dies at the frame's end. */
export function frameSite(origin: Origin): Site | null {
  const site = memorySite(origin);
  return site?.kind === "frame" ? site : null;
}

export function shapeOf(origin: Origin): Shape {
  if (origin.kind === "site") return origin.site.shape;
  if (origin.kind === "field") return memberShape(shapeOf(origin.base), origin.name);
  return UNKNOWN_SHAPE;
}

/**
 * Everything that a value holds on to, itself first: through fields, elements, and the variables that a function captures; up to `MAX_REACH` things.
 * Cost: one pass over the state's cells, and what is reached.
 */
export function reach(run: FrameRun, state: State, value: Value, index: CellsByBase | null = null): ReadonlySet<Origin> {
  const seen = new Set<Origin>(value);
  const queue = [...value];
  let cells = index;
  for (let origin = queue.pop(); origin !== undefined && seen.size < MAX_REACH; origin = queue.pop()) {
    for (const held of heldBy(run, state, origin, (cells ??= cellsByBase(state)))) {
      if (seen.has(held)) continue;
      seen.add(held);
      queue.push(held);
    }
  }
  return seen;
}

const MAX_REACH = 2_000;

export type CellsByBase = ReadonlyMap<Origin, readonly Cell[]>;

/** For several questions of one state that nobody changes meanwhile. */
export function cellsByBase(state: State): CellsByBase {
  const byBase = new Map<Origin, Cell[]>();
  for (const cell of state.cells.values()) {
    if (cell.base === null) continue;
    const known = byBase.get(cell.base);
    if (known === undefined) byBase.set(cell.base, [cell]);
    else known.push(cell);
  }
  return byBase;
}

function* heldBy(run: FrameRun, state: State, origin: Origin, cells: CellsByBase): Generator<Origin> {
  if (origin.kind === "function") {
    for (const variable of origin.fn.captures) {
      const target = run.analysis.names.canonical(origin.module, variable);
      // A module's variable is not the closure's to keep.
      if (target.module.variables[target.variable]?.owner === 0) continue;
      yield* state.readVariable(run.table, target.module, target.variable);
    }
    return;
  }
  if (origin.kind !== "site" && !isSymbolic(origin)) return;
  for (const cell of cells.get(origin) ?? []) yield* cell.value;
}

/** Functions among what a value holds. */
export function functionsIn(value: Iterable<Origin>): (Origin & { kind: "function" })[] {
  const functions: (Origin & { kind: "function" })[] = [];
  for (const origin of value) if (origin.kind === "function") functions.push(origin);
  return functions;
}

/** The union over the origins of a value. */
export function flatMap(table: OriginTable, value: Iterable<Origin>, f: (origin: Origin) => Value): Value {
  let all: Value = NOTHING;
  for (const origin of value) all = union(table, all, f(origin));
  return all;
}
