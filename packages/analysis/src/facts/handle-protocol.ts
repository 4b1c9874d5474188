/**
 * The protocol of transfer handles: owned -> detached -> sent -> received, or dropped, each step once.
 *
 * Theory: typestate over the frame analysis's values (property simulation, `dataflow/thing-state.ts`); forward, may a path. A step on one thing is
 * judged; on one of several things, or on an element of a container, it makes them `any`. A token is its handle: `detach` gives the same
 * thing back. What a callee does to its parameters, `this` or outer variables is done again at each call with the caller's values.
 *
 * A handle or a detached token is lost when nothing holds it any more. Stored in an object that outlives the function or in a field of an
 * instance, handed to a function that nobody knows, captured by a closure, or read field by field, it is taken to be somebody else's to send.
 *
 * Misses: a handle whose `state` decides something; what happens after a call that might throw; tokens that travel as integers.
 */
import { placeKey } from "../dataflow/locations.ts";
import { type Origin, isSymbolic, nameOf, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { AT_ENTRY, type Standing, type Step, ThingState } from "../dataflow/thing-state.ts";
import { HANDLE_STATE, handleMember, handleStep, type HandleStep } from "../knowledge/agents-api.ts";
import { valueUses } from "../dataflow/value-uses.ts";
import { callEffect, type CallEffect } from "../knowledge/calls.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Op } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { type FrameRun, reach, read } from "./frame-run.ts";
import { afterStep, isHandle, isStable, keepsAlive, loopDepth, significant } from "./handle-steps.ts";
import type { Protocol } from "./protocol.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

export interface HandleMisuse {
  readonly step: HandleStep;
  /** What had been done to it. */
  readonly was: "detached" | "sent" | "received" | "dropped";
  readonly at: Location;
  readonly wasAt: Location;
  /** The step itself, in a callee, when `at` is the call. */
  readonly inner: Location | null;
  readonly name: string;
  /** The allocation, when it is in sight. */
  readonly site: Site | null;
}

export interface HandleLoss {
  readonly site: Site;
  /** The call of this function that made it, or the allocation. */
  readonly at: Location;
  /** Where control leaves the function with it; empty when it is lost on the way. */
  readonly left: readonly Location[];
}

/** Handing a handle or token over, and to whom. */
export interface HandleSend {
  readonly at: Location;
  readonly site: Site;
  readonly target: Value;
  readonly run: FrameRun;
}

export class HandleProtocol implements Protocol {
  readonly misuses = new Map<string, HandleMisuse>();
  readonly losses = new Map<string, HandleLoss>();
  readonly sends = new Map<string, HandleSend>();
  /** Allocations whose value some loop sends: that the loop has no round is no way to lose it. */
  readonly #inLoops = new Set<string>();

  entry(state: State): State {
    const known = new ThingState(state.entry, (origin) => (isHandle(origin) ? "owned" : null));
    for (const [key, cell] of state.cells) known.cells.set(key, cell);
    return known;
  }

  before(run: FrameRun, state: State, op: Op): void {
    if (!(state instanceof ThingState)) return;
    switch (op.op) {
      case "get":
        // Who only shows how it stands decides nothing by it.
        if (op.key !== HANDLE_STATE || valueUses(run.fn).of(op.dst).some(({ role }) => role !== "argument" && role !== "text")) this.#read(state, read(state, op.object), op.key);
        return;
      case "set":
        if (op.key === null || !keepsAlive(read(state, op.object))) escape(run, state, read(state, op.src));
        return;
      case "dispose":
        for (const origin of state.readVariable(run.table, run.module, op.variable)) {
          const standing = state.things.get(origin);
          if (standing?.now === "owned") state.things.set(origin, { ...standing, now: "dropped", at: run.at(op.span) });
        }
        return;
      case "yield":
        if (op.src !== null) escape(run, state, read(state, op.src));
        forgetUnstable(state, []);
        return;
      case "await": forgetUnstable(state, []); return;
      case "array":
        for (const element of op.elements) if (element !== null) escape(run, state, read(state, element.temp));
        return;
      default:
    }
  }

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    if (!(state instanceof ThingState)) return;
    const known = api === null ? byMember(call) : handleStep(api);
    if (known !== undefined) {
      const subject = known.subject === "receiver" ? call.receiver : call.args[0] ?? NOTHING;
      const at = run.at(call.op.span);
      this.#step(run, state, subject, { what: known.step, at }, at, null, api !== null);
      if (known.step === "send") this.#noteSend(run, subject, call.args[0] ?? NOTHING, at);
      return;
    }
    const effect = api === null ? undefined : callEffect(api);
    if (effect !== undefined) {
      this.#platform(run, state, call, effect);
      return;
    }
    const ours = api === null ? undefined : runtimeEffect(api);
    if (ours?.kind === "send") {
      this.#post(run, state, call, [ours.argument]);
      return;
    }
    // `with-frame` and the like call what they are given now; whatever else takes a handle keeps it.
    if (ours?.kind === "with-frame" || ours?.kind === "call-now") return;
    for (const arg of call.args) escape(run, state, arg);
    if (ours === undefined) {
      escape(run, state, call.receiver);
      forgetUnstable(state, [call.receiver, ...call.args]);
    }
  }

  applied(run: FrameRun, _before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
    if (!(state instanceof ThingState)) return;
    if (exit.things === undefined) {
      const handed = [...application.args, application.receiver];
      for (const value of handed) escape(run, state, value);
      forgetUnstable(state, handed);
      return;
    }
    for (const [origin, standing] of exit.things) {
      const own = substitute.origin(origin);
      if (origin.kind === "site") {
        for (const each of own) if (isHandle(each)) state.things.set(each, standing);
        continue;
      }
      const place = placeOf(application, origin);
      for (const step of standing.steps) this.#step(run, state, own, step, place ?? step.at, place === null ? null : step.at, true);
      if (standing.escaped) escape(run, state, own);
    }
    // What a field begins with belongs to the instance.
    if (application.fn.kind === "field") escape(run, state, substitute.value(exit.returns));
  }

  thrown(state: State): State {
    if (!(state instanceof ThingState)) return state;
    const next = state.clone();
    for (const [origin, standing] of next.things) if (!standing.escaped) next.things.set(origin, { ...standing, escaped: true });
    return next;
  }

  settled(run: FrameRun, state: State): void {
    if (state instanceof ThingState) this.#reportLost(run, state, []);
  }

  leaving(run: FrameRun, state: State, at: readonly Span[]): ReadonlyMap<Origin, Standing> {
    const things = new Map<Origin, Standing>();
    if (!(state instanceof ThingState)) return things;
    if (run.fn.kind === "module") forgetOwnNames(run, state);
    this.#reportLost(run, state, at.map((span) => run.at(span)));
    for (const [origin, standing] of state.things) {
      if (origin.kind === "site" ? isHandle(origin) : isSymbolic(origin) && (standing.steps.length > 0 || standing.escaped)) things.set(origin, standing);
    }
    return things;
  }

  /** One step on what the value is; `sure` says that the API is known to be the runtime's. */
  #step(run: FrameRun, state: ThingState, value: Value, step: Step, at: Location, inner: Location | null, sure: boolean): void {
    const things = significant(value);
    const [only] = things;
    if (only === undefined) return;
    if (things.length > 1 || !isStable(only)) {
      for (const origin of things) state.things.set(origin, { now: "any", at, steps: [], escaped: true });
      return;
    }
    if (isHandle(only) && loopDepth(run.fn, at) > loopDepth(run.fn, only.site.via[0] ?? only.site.at)) this.#inLoops.add(placeKey(only.site.at));
    const before = state.things.get(only) ?? AT_ENTRY;
    if (!isHandle(only) && step.what === "post" && before.now !== "entry" && before.now !== "detached") return;
    const after = afterStep(before.now, step.what as HandleStep);
    if (after.fault !== null && before.at !== null && (sure || isHandle(only)) && run.phase === "report") {
      const site = isHandle(only) ? only.site : null;
      this.misuses.set(`${at.file}:${at.span.start}:${only.id}`, { step: step.what as HandleStep, was: after.fault, at, wasAt: before.at, inner, name: nameOf(only), site });
    }
    const steps = only.kind === "site" || before.steps.length >= MAX_STEPS ? before.steps : [...before.steps, { what: step.what, at: inner ?? at }];
    state.things.set(only, { now: after.now, at: after.fault === null ? at : before.at, steps, escaped: before.escaped || after.now === "any" });
  }

  #noteSend(run: FrameRun, subject: Value, target: Value, at: Location): void {
    for (const origin of subject) if (isHandle(origin) && run.phase === "report") this.sends.set(`${at.file}:${at.span.start}`, { at, site: origin.site, target, run });
  }

  /** Reading what is no step: its state is asked for, or its numbers are taken to be sent. */
  #read(state: ThingState, value: Value, key: string | null): void {
    if (key !== null && handleMember(key) !== undefined) return;
    for (const origin of value) {
      const standing = state.things.get(origin);
      if (isHandle(origin)) state.things.set(origin, { ...(standing ?? AT_ENTRY), now: "any", escaped: true });
      else if (origin.kind === "param") state.things.set(origin, { ...(standing ?? AT_ENTRY), escaped: true });
    }
  }

  #platform(run: FrameRun, state: ThingState, call: Call, effect: CallEffect): void {
    switch (effect.kind) {
      case "send": this.#post(run, state, call, effect.arguments); return;
      case "now": for (const arg of call.args) if (![...arg].some((origin) => origin.kind === "function")) escape(run, state, arg); return;
      // Into a container, a promise, a callback: which one is taken out again is not told apart.
      case "keep": case "wrap": case "from": case "defer": case "defer-members": for (const arg of call.args) escape(run, state, arg); return;
      case "assign": if (!keepsAlive(call.args[0] ?? NOTHING)) for (const arg of call.args) escape(run, state, arg); return;
      case "clear": case "element": case "copy-container": case "pairs": case "same": case "view": case "bind": case "invoke":
    }
  }

  /** A message: the tokens in it are on their way. */
  #post(run: FrameRun, state: ThingState, call: Call, positions: readonly number[]): void {
    const at = run.at(call.op.span);
    for (const position of positions) {
      for (const origin of reach(run, state, call.args[position] ?? NOTHING)) {
        if (!isHandle(origin) && origin.kind !== "param" && origin.kind !== "variable") continue;
        this.#step(run, state, new Set([origin]), { what: "post", at }, at, null, true);
      }
    }
  }

  #reportLost(run: FrameRun, state: ThingState, left: readonly Location[]): void {
    if (run.phase !== "report") return;
    for (const origin of state.lost) {
      if (!isHandle(origin) || this.#inLoops.has(placeKey(origin.site.at))) continue;
      const at = origin.site.via[0] ?? origin.site.at;
      const key = `${at.file}:${at.span.start}`;
      if (!this.losses.has(key)) this.losses.set(key, { site: origin.site, at, left });
    }
  }
}

const NOTHING: Value = new Set();
const MAX_STEPS = 4;

/** A member of a handle, called on something whose class nobody names. */
function byMember(call: Call): ReturnType<typeof handleStep> {
  if (call.key === null) return undefined;
  const step = handleMember(call.key);
  if (step === undefined || call.op.op !== "call") return undefined;
  const mayBe = [...call.receiver].some((origin) => isHandle(origin) || (origin.kind === "param" && call.args.length <= 1));
  return mayBe ? { step, subject: "receiver" } : undefined;
}

/** What a value holds is somebody else's to go on with. */
function escape(run: FrameRun, state: ThingState, value: Value): void {
  for (const origin of reach(run, state, value)) {
    if (!isHandle(origin) && origin.kind !== "param" && origin.kind !== "variable") continue;
    const standing = state.things.get(origin) ?? AT_ENTRY;
    if (!standing.escaped) state.things.set(origin, { ...standing, escaped: true });
  }
}

/** Other code ran: a field or variable that it may have written is another thing now. Fields of a parameter only when it was handed to that code. */
function forgetUnstable(state: ThingState, handed: readonly Value[]): void {
  const roots = new Set(handed.flatMap((value) => [...value].map(rootOf)));
  for (const [origin, standing] of state.things) {
    const root = rootOf(origin);
    const written = origin.kind === "field" ? root.kind !== "param" || roots.has(root) : origin.kind === "variable" && origin.module.variables[origin.variable]?.reassigned === true;
    if (written && standing.now !== "any") state.things.set(origin, { ...standing, now: "any" });
  }
}

/** A module's variables that no function and no other module reads end with its evaluation. */
function forgetOwnNames(run: FrameRun, state: ThingState): void {
  const exported = new Set(run.module.exports.flatMap((each) => (each.kind === "local" ? [each.variable] : [])));
  state.temps.clear();
  state.prune(() => true, (cell) => {
    if (cell.base !== null || cell.module !== run.module) return true;
    return run.module.variables[cell.variable]?.captured === true || exported.has(cell.variable);
  });
}

/** The argument that hands it over, or the call; null for a function written at the call, where the step is its own place. */
function placeOf(application: Application, origin: Origin): Location | null {
  if (application.callback === true) return null;
  const root = rootOf(origin);
  const span = root.kind === "param" && root.fn === application.fn ? application.argSpans[root.index] : undefined;
  return span === undefined ? application.at : { file: application.at.file, span };
}
