/**
 * A call of a function with a summary: its symbols are replaced by what the caller has, then each of its ways out becomes a state.
 *
 * A value that the callee makes is known to the caller by the call it came through, so two calls make two values. What is right only
 * under some callers (needs, begins, uses, sends) is judged here, or becomes this function's own.
 */
import { ELEMENT, EMPTY, isSymbolic, nameOf, type Origin, rootOf, single, type Value } from "../dataflow/origin.ts";
import type { StorePlace } from "../dataflow/cell.ts";
import { addLocation } from "../dataflow/locations.ts";
import type { State } from "../dataflow/state.ts";
import type { FunctionIR, Temp } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import { learn } from "./conditions.ts";
import { flatMap, type FrameRun, frameSite, functionsIn, memorySite, reach } from "./frame-run.ts";
import { applySizes, judgeFill } from "./frame-sizes.ts";
import { closeFrame, conditions, need, standing, useOrigin } from "./frame-protocol.ts";
import { liveCheckpoints, rollBack } from "./checkpoints.ts";
import { applyOwned, judgeTouch } from "./owned-calls.ts";
import { giveAway, givenAnew } from "./owned-values.ts";
import { endRenamed, refreshSites } from "./callee-sites.ts";
import { Substitution } from "./substitution.ts";
import { judgeDeferred, judgeSent } from "./supplied-effects.ts";
import { type ExitCase, MAX_OUTCOMES, type Summary, type SymbolicEffect } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

/** Variables and fields that are told apart at one point. */
const MAX_CELLS = 500;

export interface Application {
  readonly fn: FunctionIR;
  readonly receiver: Value;
  readonly args: readonly Value[];
  readonly argSpans: readonly Span[];
  /** Where the caller has them; null for one that is fixed elsewhere, absent where arguments are none of the caller's. */
  readonly argTemps?: readonly (Temp | null)[];
  readonly at: Location;
  /** The temp that takes the returned value; null for none (then `FIELD_VALUE`). */
  readonly dst: number | null;
  /** A function written at the call and run by what it is handed to: what it does happens where it is written. */
  readonly callback?: boolean;
}

/** The state given stays as it is. */
export function applySummary(run: FrameRun, before: State, application: Application): State[] {
  const { fn } = application;
  if (run.phase === "report") run.analysis.called.add(fn);
  const summary = run.analysis.summaryOf(fn);
  const substitute = new Substitution(run, before, application);
  // Needs that the callee leaves to this function are noted in the state.
  const state = summary.needs.length + summary.begins.length > 0 ? before.clone() : before;
  judgeSummary(run, state, application, summary, substitute);
  const outcomes: State[] = [];
  const exits = summary.exits.slice(0, MAX_OUTCOMES);
  const idle = exits.filter((exit) => summary.effects.some((effect) => isPassedBy(exit, effect)));
  const ways = idle.map((exit) => ({ among: [exit], effects: summary.effects.filter((effect) => !isPassedBy(exit, effect)) }));
  ways.push({ among: exits.filter((exit) => !idle.includes(exit)), effects: [...summary.effects] });
  for (const { among, effects } of ways) for (const invoked of invokeCallbacks(run, state, application, effects, substitute)) {
    for (const exit of among) {
      const next = applyExit(run, state, invoked, application, exit, substitute);
      if (next !== null) outcomes.push(next);
    }
    // A function that waits for ever hands back its promise all the same.
    if (summary.exits.length === 0 && (fn.async || fn.generator)) {
      const next = invoked.clone();
      next.temps.set(application.dst ?? -1, run.result(next, { start: application.at.span.start, end: application.at.span.end }));
      outcomes.push(next);
    }
  }
  return outcomes;
}

/** Whether a callback is not run on this way out: it is run in a frame that the callee begins, and here the callee never began it. A loop without a round. */
function isPassedBy(exit: ExitCase, effect: SymbolicEffect): boolean {
  return effect.kind === "invoke" && [...effect.frames].some(([key, frame]) => frame.now === "open" && (exit.frames.get(key)?.now ?? "entry") === "entry");
}

/** Calls the functions among a value now, each on each state; a state in which nothing is known to be called goes on as it is. */
export function applyClosures(run: FrameRun, state: State, call: Call, callee: Value, args: readonly Value[], position: number): State[] {
  const temp = call.op.op === "call" ? call.argOps[position]?.temp : undefined;
  const functions = new Set(functionsIn(callee).map((origin) => origin.fn));
  if (functions.size === 0 && temp !== undefined) {
    const type = run.analysis.program.tracer.typeOf(run.module, run.fn, temp);
    if (type.kind === "function") functions.add(type.function);
  }
  const supplied = [...callee].filter((origin) => isSymbolic(origin));
  const at = run.at(call.op.span);
  if (functions.size === 0 && supplied.length > 0) run.effect(`invoke:${at.span.start}`, { kind: "invoke", callee: new Set(supplied), args, at, frames: new Map(state.frames), result: null });
  if (functions.size === 0) {
    for (const arg of args) giveAway(run, state, arg);
    return [state];
  }
  const outcomes: State[] = [];
  for (const fn of functions) {
    const receiver = fn.kind === "arrow" ? EMPTY : call.receiver;
    outcomes.push(...applySummary(run, state, { fn, receiver, args, argSpans: args.map(() => call.op.span), at, dst: call.dst, callback: true }));
  }
  return outcomes;
}

function judgeSummary(run: FrameRun, state: State, application: Application, summary: Summary, substitute: Substitution): void {
  const { at } = application;
  for (const each of summary.needs) {
    if (!substitute.allows(each.when)) continue;
    const key = substitute.key(each.key);
    if (key === null) {
      if (run.phase === "report") run.evidence(each).noteOther("unknown", [at, ...each.chain]);
    } else need(run, state, { ...each, key, among: keysOf(run, each.among, substitute), when: conditions(state), chain: each.chain.length < 8 ? [at, ...each.chain] : each.chain });
  }
  for (const begin of summary.begins) {
    const key = substitute.allows(begin.when) ? substitute.key(begin.key) : null;
    if (key === null) continue;
    const frame = state.frame(key);
    if (standing(frame) === "open") run.emit({ kind: "nested", at: application.callback === true ? begin.at : at, allocator: nameOf(key), begun: frame.begun, inner: application.callback === true ? null : begin.at });
    else if (standing(frame) === "unknown") run.begins.set(`${key.id}:${begin.at.file}:${begin.at.span.start}`, { key, at: begin.at, when: conditions(state) });
  }
  if (run.phase === "solve") return;
  for (const touch of summary.touches) judgeTouch(run, state, application, touch, substitute);
  for (const effect of summary.effects) {
    if (effect.kind === "send") judgeSent(run, state, application, effect, substitute);
    else if (effect.kind === "defer") judgeDeferred(run, state, application, effect, substitute);
    else if (effect.kind === "use") judgeUse(run, state, application, effect, substitute);
    else if (effect.kind === "fill") judgeFill(run, effect, substitute);
  }
}

function keysOf(run: FrameRun, keys: Value, substitute: Substitution): Value {
  return new Set([...keys].map((key) => substitute.key(key) ?? run.table.unknown));
}

/** A use inside the callee, of a value that the caller supplied: over already, or over by then. */
function judgeUse(run: FrameRun, state: State, application: Application, effect: Summary["effects"][number] & { kind: "use" }, substitute: Substitution): void {
  const bare = effect.origin.kind === "param" || effect.origin.kind === "this";
  const from = rootOf(effect.origin);
  const handed = new Set(from.kind === "variable" ? [] : [...substitute.origin(from)].map((origin) => rootOf(origin)));
  for (const origin of substitute.origin(effect.origin)) {
    const root = rootOf(origin);
    const site = memorySite(origin);
    // Passing a value on, or calling on it, is a use at the call already.
    if (!bare && !handed.has(root)) useOrigin(run, state, origin, effect.at, [application.at]);
    if (site?.kind !== "frame") continue;
    const ended = effect.ended.filter((end) => substitute.key(end.key) === site.allocator).map((end) => end.at);
    if (ended.length > 0) run.emit({ kind: "use", at: effect.at, site, ended, chain: [application.at] });
    else for (const crossing of effect.crossed) run.emit({ kind: "crossing", at: crossing.at, site, used: effect.at, form: crossing.form });
  }
}

/** The state after one way out; null when the caller's frame or values contradict what that way assumed. */
function applyExit(run: FrameRun, called: State, before: State, application: Application, exit: ExitCase, substitute: Substitution): State | null {
  run.analysis.work.cells += before.cells.size + exit.cells.length;
  const state = before.clone();
  if (!framesAgree(called, exit, substitute) || !substitute.allows(exit.facts)) return null;
  refreshSites(run, state, exit, substitute);
  for (const [checkpoint, { key }] of exit.rollbacks) rollBack(run, state, substitute.origin(checkpoint), substitute.key(key), application.at);
  writeCells(run, state, application, exit, substitute);
  applyFrames(run, called, state, application, exit, substitute);
  applySizes(run, state, application, exit, substitute);
  for (const [origin, mark] of exit.marks) {
    for (const own of substitute.origin(origin)) if (own.kind === "site" && origin.kind === "site") state.marks.set(own, { ...mark, after: liveCheckpoints(state, own.site.allocator) });
  }
  const returned = substitute.value(exit.returns);
  givenAnew(state, returned);
  state.temps.set(application.dst ?? -1, returned);
  endRenamed(run, state, exit, substitute);
  learnFacts(state, exit, substitute);
  applyOwned(run, state, application, exit, substitute);
  run.analysis.protocol?.applied(run, before, state, application, exit, substitute);
  if (state.forgetFar(MAX_CELLS)) run.cut = true;
  return state;
}

/** That this way was taken tells what the callee's conditions were. */
function learnFacts(state: State, exit: ExitCase, substitute: Substitution): void {
  for (const [origin, truth] of exit.facts) {
    const own = single(substitute.origin(origin));
    if (own !== null) learn(state, own, truth);
  }
}

function framesAgree(state: State, exit: ExitCase, substitute: Substitution): boolean {
  for (const [key, frame] of exit.frames) {
    const own = substitute.key(key);
    if (own === null || frame.assumed === "any") continue;
    const now = standing(state.frame(own));
    if (now !== "unknown" && now !== frame.assumed) return false;
  }
  return true;
}

function writeCells(run: FrameRun, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
  for (const cell of exit.cells) {
    const value = substitute.value(cell.value);
    const stores = cell.stores.flatMap((store) => storesInCaller(application, store, substitute));
    if (cell.base === null) {
      if (cell.module !== null) state.putVariable(run.table, cell.module, cell.variable, value, stores);
      continue;
    }
    if (cell.isEmptied || (cell.name === ELEMENT && cell.value.size === 0)) state.clearField(substitute.origin(cell.base), cell.name, cell.isEmptied);
    state.putField(run.table, substitute.origin(cell.base), cell.name, value, stores);
  }
}

/** A value of the caller's is kept where the caller hands it over; one that the callee made, where the callee stores it. */
function storesInCaller(application: Application, store: StorePlace, substitute: Substitution): StorePlace[] {
  const own = new Set<Origin>();
  const handed = new Map<Span, Set<Origin>>();
  for (const origin of store.value) {
    const span = argumentSpan(application, rootOf(origin));
    if (span === null) own.add(origin);
    else handed.set(span, (handed.get(span) ?? new Set()).add(origin));
  }
  const stores: StorePlace[] = own.size > 0 || handed.size === 0 ? [{ ...store, value: substitute.value(own) }] : [];
  for (const [span, origins] of handed) stores.push({ at: { file: application.at.file, span }, inner: store.at, value: substitute.value(origins) });
  return stores;
}

function argumentSpan(application: Application, root: Origin): Span | null {
  // Nothing is handed over at the call that runs a callback: it keeps the value where it is written.
  if (application.callback === true || root.kind !== "param" || root.fn !== application.fn) return null;
  return application.argSpans[root.index] ?? application.at.span;
}

function applyFrames(run: FrameRun, called: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
  const { exits } = run.analysis.summaryOf(application.fn);
  for (const [key, frame] of exit.frames) {
    const own = substitute.key(key);
    if (own === null) continue;
    const before = state.frame(own);
    // It begun and ended one inside the caller's: reported where it begins, and the caller's is still to be ended.
    if (frame.now === "closed" && !frame.endsCallers && standing(called.frame(own)) === "open") continue;
    if (frame.now === "entry") {
      if (frame.assumed !== "any" && standing(before) === "unknown") state.frames.set(own, { ...before, assumed: frame.assumed });
      continue;
    }
    if ((frame.endsCallers && standing(before) !== "closed") || (frame.now === "closed" && standing(before) === "open")) closeFrame(run, state, own, application.at);
    const assumed = standing(before) === "unknown" && before.now === "entry" ? frame.assumed : before.assumed;
    // A callee that leaves it open on some ways only is at fault itself.
    const mixed = exits.some((other) => other.frames.get(key)?.now === "closed");
    if (frame.now === "open") state.frames.set(own, { assumed, now: "open", begun: mixed ? [] : [application.at], ended: state.frame(own).ended });
    else state.frames.set(own, { assumed, now: "closed", begun: [], ended: addLocation([], frame.ended[0] ?? application.at) });
  }
}

/** Runs what the callee called of what it was given, with frames as they stood there; its exit then closes what it closed. */
function invokeCallbacks(run: FrameRun, before: State, application: Application, effects: readonly SymbolicEffect[], substitute: Substitution): State[] {
  let current = [before];
  for (const effect of effects) {
    if (effect.kind !== "invoke") continue;
    const callee = substitute.value(effect.callee);
    const args = effect.args.map((arg) => substitute.value(arg));
    leaveToCallers(run, before, application, effect, callee, args);
    resolvePromise(run, before, effect.at, callee, args);
    const temp = application.dst ?? -1;
    for (const { fn } of functionsIn(callee)) {
      if (fn === application.fn) continue;
      current = current.flatMap((state) => {
        const inside = state.clone();
        enterFrames(inside, application, effect.frames, substitute);
        const after = applySummary(run, inside, { fn, receiver: EMPTY, args, argSpans: args.map(() => application.at.span), at: application.at, dst: temp, callback: true });
        // What it gives is in the hands of the callee that called it.
        for (const each of after) for (const origin of each.temps.get(temp) ?? EMPTY) each.owned.give(origin);
        return after;
      }).slice(0, MAX_OUTCOMES);
      if (effect.result !== null) substitute.resolve(effect.result, flatMap(run.table, current.flatMap((state) => [...(state.temps.get(temp) ?? EMPTY)]), (origin) => new Set([origin])));
    }
  }
  return current;
}

type Invocation = SymbolicEffect & { readonly kind: "invoke" };

/** What this function was itself supplied with is its callers' to run. */
function leaveToCallers(run: FrameRun, state: State, application: Application, effect: Invocation, callee: Value, args: readonly Value[]): void {
  const supplied = [...callee].filter((origin) => isSymbolic(origin));
  if (supplied.length === 0) return;
  const id = `invoke:${application.at.span.start}:${effect.at.span.start}`;
  run.effect(id, { kind: "invoke", callee: new Set(supplied), args, at: application.at, frames: new Map(state.frames), result: null });
}

/** The frames that the callee had open when it called. */
function enterFrames(state: State, application: Application, frames: Invocation["frames"], substitute: Substitution): void {
  for (const [key, frame] of frames) {
    const own = frame.now === "entry" ? null : substitute.key(key);
    if (own === null || frame.now === state.frame(own).now) continue;
    state.frames.set(own, { ...state.frame(own), now: frame.now, begun: frame.now === "open" ? [application.at] : [] });
  }
}

/** A promise's `resolve` hands its value to whoever awaits, in a later turn. */
function resolvePromise(run: FrameRun, state: State, at: Location, callee: Value, args: readonly Value[]): void {
  if (![...callee].some((origin) => origin.kind === "site" && origin.site.kind === "resolver")) return;
  reportResolved(run, state, args[0] ?? EMPTY, at);
}

/** Frame values that a promise is resolved with. */
export function reportResolved(run: FrameRun, state: State, value: Value, at: Location): void {
  for (const origin of reach(run, state, value)) {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "escape", at, site, sink: "promise", name: "promise", inner: null, ended: [] });
  }
}
