/**
 * Frames over a whole program: which functions matter, their summaries to a fixed point over the call graph, then one pass that collects what
 * happened. A function matters when it calls the runtime, calls one that matters, or is called by one.
 *
 * Theory: forward, may for each typestate (property simulation, `dataflow/state.ts` states lattice and join); least fixed point of summaries. Order: callees before callers (postorder of a depth-first walk); when a summary changes, the functions that read it run again. A function
 * that has not settled after `MAX_ROUNDS` runs keeps its last summary, which then says so.
 * Calls: by the tracer's targets and by the functions that values hold. A frame allocation is outside a frame as \`frame-evidence.ts\` says.
 * Known misses: what is written through functions that nobody names; elements of containers told apart by their index; ways out by an exception of a callee, past
 * which nothing is said to be owed; what lies past the limits that `limit-notes.ts` words.
 */
import { placeKey } from "../dataflow/locations.ts";
import { OriginTable } from "../dataflow/origin.ts";
import { defineFact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { ConstantSizes } from "./constant-sizes.ts";
import { CountedRounds } from "./counted-rounds.ts";
import { judgeAtRoot } from "./escape-judgement.ts";
import { eventKey, type FrameEvent } from "./frame-events.ts";
import { callGraph, postorder, relevant } from "./frame-call-graph.ts";
import type { Evidence } from "./frame-evidence.ts";
import type { Analysis } from "./frame-run.ts";
import { LaterCalls } from "./later-calls.ts";
import { ModuleNames } from "./module-names.ts";
import { ShapeReader } from "./shape-reader.ts";
import { type Solved, solveFunction } from "./solve-function.ts";
import { NO_SUMMARY, type Summary } from "./summary.ts";

export interface FrameAnalysis {
  /** In a fixed order. */
  readonly events: readonly FrameEvent[];
  /** The settled functions, for questions about a place. */
  readonly solved: ReadonlyMap<FunctionIR, Solved>;
  readonly analysis: Analysis;
}

const MAX_ROUNDS = 8;

export const frameAnalysis = defineFact<FrameAnalysis>("frame-analysis", (program) => {
  const graph = callGraph(program);
  const order = postorder(graph, relevant(graph)).filter((fn) => graph.modules.has(fn));
  const summaries = new Map<FunctionIR, Summary>();
  const readers = new Map<FunctionIR, Set<FunctionIR>>();
  const reading: { fn: FunctionIR | null } = { fn: null };
  const table = new OriginTable();
  const harmless = harmlessSummary(table);
  const analysed = new Set(order);
  const analysis = createAnalysis(program, table, (fn) => {
    if (reading.fn !== null) (readers.get(fn) ?? setDefault(readers, fn)).add(reading.fn);
    return summaries.get(fn) ?? (analysed.has(fn) ? NO_SUMMARY : harmless);
  });
  settle(analysis, order, summaries, readers, reading);
  const solved = new Map<FunctionIR, Solved>();
  for (const fn of order) solved.set(fn, solveFunction(analysis, fn, "report"));
  return { events: collect(program, analysis, solved), solved, analysis };
});

/** Of a function outside the part of the program that frames reach: it does nothing to them. */
function harmlessSummary(table: OriginTable): Summary {
  return { ...NO_SUMMARY, exits: [{ frames: new Map(), returns: table.unknownValue, returnedAt: [], cells: [], marks: new Map(), rollbacks: new Map(), sizes: new Map(), facts: new Map(), owned: new Map(), given: new Set() }] };
}

function createAnalysis(program: Program, table: OriginTable, summaryOf: (fn: FunctionIR) => Summary): Analysis {
  const names = new ModuleNames(program);
  let modules: ReadonlyMap<FunctionIR, ModuleIR> | null = null;
  const moduleOf = (fn: FunctionIR): ModuleIR => {
    // Of a program without frames nobody asks.
    modules ??= new Map(program.modules.flatMap((each) => each.functions.map((own) => [own, each] as const)));
    const module = modules.get(fn);
    if (module === undefined) throw new Error(`function of an unknown module: ${fn.file}`);
    return module;
  };
  const sizes = new ConstantSizes(program, names);
  return { program, table, sizes, rounds: new CountedRounds(program, sizes), shapes: new ShapeReader(program, (module, variable) => names.canonical(module, variable)), names, summaryOf, moduleOf, evidence: new Map(), called: new Set(), generation: { count: 0 }, work: { cells: 0 }, instanceNames: new Map(), moduleAliases: new Map(), later: new LaterCalls(), protocol: null };
}

/** Runs the functions until their summaries stay, callees first. */
export function settle(analysis: Analysis, order: readonly FunctionIR[], summaries: Map<FunctionIR, Summary>, readers: ReadonlyMap<FunctionIR, ReadonlySet<FunctionIR>>, reading: { fn: FunctionIR | null }): void {
  const runs = new Map<FunctionIR, number>();
  const digests = new Map<FunctionIR, string>();
  let dirty = new Set(order);
  while (dirty.size > 0) {
    const next = new Set<FunctionIR>();
    for (const fn of order) {
      if (!dirty.delete(fn)) continue;
      const count = (runs.get(fn) ?? 0) + 1;
      runs.set(fn, count);
      reading.fn = fn;
      const { summary } = solveFunction(analysis, fn, "summarise");
      const digest = digestOf(summary);
      const changed = digest !== digests.get(fn);
      digests.set(fn, digest);
      summaries.set(fn, count >= MAX_ROUNDS ? { ...summary, settled: false } : summary);
      if (changed) for (const reader of readers.get(fn) ?? []) if ((runs.get(reader) ?? 0) < MAX_ROUNDS) next.add(reader);
    }
    dirty = next;
    analysis.generation.count += 1;
  }
  reading.fn = null;
}

/** Everything of a summary that a caller can tell apart. */
function digestOf(summary: Summary): string {
  const value = (origins: Iterable<{ readonly id: number }>): string => [...origins].map((origin) => origin.id).sort((a, b) => a - b).join();
  const exits = summary.exits.map((exit) => {
    const frames = [...exit.frames].map(([key, frame]) => `${key.id}${frame.assumed}${frame.now}${String(frame.endsCallers)}`).sort().join();
    const cells = exit.cells.map((cell) => `${cell.base?.id ?? `v${cell.variable}`}.${cell.name}=${value(cell.value)}`).sort().join();
    const marks = [...exit.marks].map(([origin, mark]) => `${origin.id}:${mark.ended.length}:${mark.crossed.length}:${mark.rolled.length}`).sort().join();
    const facts = [...exit.facts].map(([origin, truth]) => `${origin.id}${String(truth)}`).sort().join();
    const things = [...(exit.things ?? [])].map(([origin, { now, steps, escaped }]) => `${origin.id}${now}${steps.length}${String(escaped)}`).sort().join();
    const sizes = [...exit.sizes].map(([id, each]) => `${id}=${each.bytes}*${each.factors.map(({ parameter, is }) => `${is}${parameter}`).join("*")}`).sort().join();
    const owned = [...exit.owned].map(([origin, { now, sure }]) => `${origin.id}${now}${String(sure)}`).sort().join();
    return `${frames}|${value(exit.returns)}|${cells}|${marks}|${facts}|${things}|${value(exit.rollbacks.keys())}|${sizes}|${owned}|${value(exit.given)}`;
  });
  const effects = summary.effects.map((effect) => `${effect.kind}${effect.at.span.start}${"value" in effect ? value(effect.value) : ""}${"callee" in effect ? value(effect.callee) : ""}${"origin" in effect ? effect.origin.id : ""}${effect.kind === "fill" ? `${effect.key.id}=${effect.bytes}` : ""}`);
  const touches = summary.touches.map((touch) => `${touch.origin.id}${touch.at.span.start}${touch.release?.by ?? ""}`).sort().join();
  return [exits.sort().join("/"), touches, summary.needs.map((need) => `${need.id}${need.key.id}~${value(need.among)}`).sort().join(), summary.begins.map((begin) => `${begin.key.id}:${begin.at.span.start}`).sort().join(), effects.sort().join()].join("#");
}

/** The events of the program's own modules, with what only the whole call graph can tell. */
function collect(program: Program, analysis: Analysis, solved: ReadonlyMap<FunctionIR, Solved>): FrameEvent[] {
  for (const [fn, { run, exits, summary }] of solved) {
    const hidden = !program.settings.wholeProgram && fn.kind !== "module" && fn.parent === 0;
    if (hidden) for (const need of summary.needs) run.evidence(need).noteOther("unknown", need.chain);
    if (analysis.called.has(fn) || hidden) continue;
    if (!analysis.later.functions.has(fn)) for (const need of summary.needs) run.evidence(need).noteOther("unknown", need.chain);
    for (const exit of exits) if (!exit.thrown) judgeAtRoot(run, exit.state);
  }
  analysis.later.judge(program, { analysis, solved });
  const events = new Map<string, FrameEvent>();
  for (const { run } of solved.values()) for (const [key, event] of run.events) if (!events.has(key)) events.set(key, event);
  for (const evidence of analysis.evidence.values()) for (const event of outside(evidence)) events.set(eventKey(event), event);
  const own = new Set(program.modules.filter((module) => module.role === "project").map((module) => module.file));
  const outsideCalls = new Set([...events.values()].flatMap((event) => (event.kind === "outside" && event.inner !== null ? [placeKey(event.at)] : [])));
  // What is made in a call outside of any frame is no frame value: that it was made is the fault.
  const isMadeOutside = (event: FrameEvent): boolean => outsideCalls.size > 0 && "site" in event && event.site.via.some((call) => outsideCalls.has(placeKey(call)));
  // Of a file alone nobody knows whether the other callers hold a frame: if none does, the place itself is at fault.
  const isDoubtful = (event: FrameEvent): boolean => !program.settings.wholeProgram && event.kind === "outside" && event.inner !== null;
  return [...events.values()].filter((event) => own.has(event.at.file) && !isMadeOutside(event) && !isDoubtful(event));
}

function outside(evidence: Evidence): FrameEvent[] {
  const { need, closed } = evidence;
  const said = { kind: "outside", need: need.id, what: need.what, name: need.name, allocator: "" } as const;
  if (evidence.isOutside && closed !== null) return [{ ...said, at: need.at, inner: null, ended: closed.ended, chain: closed.chain }];
  // Who calls a helper that ends a frame outside of one may have left that to a caller: of allocations alone it is said.
  if (need.what !== "allocation") return [];
  return evidence.outsideCalls().map(({ at, chain, ended }) => ({ ...said, at, inner: need.at, ended, chain }));
}

function setDefault<K, V>(map: Map<K, Set<V>>, key: K): Set<V> {
  const made = new Set<V>();
  map.set(key, made);
  return made;
}
