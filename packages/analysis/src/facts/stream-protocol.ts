/**
 * The protocol of streams: reserved -> loading -> ready, with `loadFromStream` as the way through all of it in later turns.
 *
 * Theory: typestate over the frame analysis's values (property simulation, `dataflow/thing-state.ts`); forward, may a path. A step on one stream is judged;
 * on one of several, or on an element of a container, nothing is known afterwards. What a callee does to streams of its parameters, `this` or outer
 * variables is done again at each call with the caller's values. Where code out of sight runs, or a turn ends, whatever it can reach may have been
 * loaded meanwhile: a stream that this function alone holds stays as it is.
 *
 * Misses: streams in containers; whether a stream was evicted; what happens after a call that might throw.
 */
import { placeKey } from "../dataflow/locations.ts";
import { isSymbolic, nameOf, type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { AT_ENTRY, type Standing, type Step, ThingState } from "../dataflow/thing-state.ts";
import { callEffect } from "../knowledge/calls.ts";
import { onlyReads, ownershipEffect } from "../knowledge/ownership-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import { leavesStreamAlone, reserves, type StreamStep, streamMember, streamStep } from "../knowledge/streams-api.ts";
import type { Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { type FrameRun, reach, read } from "./frame-run.ts";
import { isStable, loopDepth, significant } from "./handle-steps.ts";
import { mayBeLastRound } from "./next-round.ts";
import type { Protocol } from "./protocol.ts";
import { type ExceededBudget, StreamBudgets } from "./stream-budgets.ts";
import { afterStreamStep, DOUBT, isStream, type StreamFault } from "./stream-steps.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

export interface StreamMisuse {
  readonly fault: StreamFault;
  readonly at: Location;
  /** The step itself, in a callee, when `at` is the call. */
  readonly inner: Location | null;
  /** Where it came to stand so. */
  readonly wasAt: Location;
  readonly name: string;
  /** The reservation, when it is in sight. */
  readonly site: Site | null;
}

/** A stream that may not be there, used as if it were. */
export interface UncheckedStream {
  readonly at: Location;
  readonly inner: Location | null;
  readonly site: Site;
}

export class StreamProtocol implements Protocol {
  readonly misuses = new Map<string, StreamMisuse>();
  readonly unchecked = new Map<string, UncheckedStream>();
  readonly #budgets = new StreamBudgets();
  /** Reservations that some loop begins or finishes: that the loop has no round is no way around it. */
  readonly #inLoops = new Set<string>();

  get exceeded(): ReadonlyMap<string, ExceededBudget> {
    return this.#budgets.exceeded;
  }

  entry(state: State): State {
    const known = new ThingState(state.entry, (origin) => (isStream(origin) ? "reserved" : null));
    for (const [key, cell] of state.cells) known.cells.set(key, cell);
    return known;
  }

  before(run: FrameRun, state: State, op: Op): void {
    if (!(state instanceof ThingState)) return;
    switch (op.op) {
      case "set": if (![...read(state, op.object)].every(isLocal)) expose(run, state, read(state, op.src)); return;
      case "store": {
        const variable = run.module.variables[op.variable];
        if (variable === undefined || variable.captured || variable.owner !== run.fn.id || run.fn.kind === "module") expose(run, state, read(state, op.src));
        return;
      }
      case "yield":
        if (op.src !== null) expose(run, state, read(state, op.src));
        doubtOutside(run, state);
        return;
      case "await":
        for (const [origin, standing] of state.things) if (standing.now === "fetching") this.#forget(state, origin, standing);
        doubtOutside(run, state);
        return;
      default:
    }
  }

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    if (!(state instanceof ThingState)) return;
    const step = api === null ? byMember(call) : streamStep(api);
    if (step !== undefined) {
      const at = run.at(call.op.span);
      this.#step(run, state, call.args[0] ?? NOTHING, { what: step, at }, at, null);
      return;
    }
    if (api !== null && reserves(api) === "surely") this.#budgets.reserve(run, state, call);
    // Our runtime does nothing else to a stream, and calls nobody but those whom it is given.
    if (api !== null && (runtimeEffect(api) !== undefined || ownershipEffect(api) !== undefined || leavesStreamAlone(api) || onlyReads(api))) return;
    const effect = api === null ? undefined : callEffect(api);
    switch (effect?.kind) {
      case "keep": case "wrap": case "from": case "defer": case "defer-members": case "send": case "assign": for (const arg of call.args) expose(run, state, arg); return;
      case "now": case "clear": case "element": case "copy-container": case "pairs": case "same": case "view": case "bind": case "invoke": return;
      case undefined:
    }
    for (const value of [...call.args, call.receiver]) expose(run, state, value);
    doubtOutside(run, state);
  }

  applied(run: FrameRun, before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
    if (!(state instanceof ThingState)) return;
    if (exit.things === undefined) {
      for (const value of [...application.args, application.receiver]) expose(run, state, value);
      doubtOutside(run, state);
      return;
    }
    this.#budgets.applied(run, before, state, application, exit, substitute);
    for (const [origin, standing] of exit.things) {
      if (origin.kind === "unknown") {
        doubtOutside(run, state);
        continue;
      }
      const own = substitute.origin(origin);
      if (origin.kind === "site") for (const each of own) state.things.set(each, standing);
      else this.#replay(run, state, own, standing, application, origin);
      if (standing.escaped) expose(run, state, own);
    }
    // What a field begins with belongs to the instance.
    if (application.fn.kind === "field") expose(run, state, substitute.value(exit.returns));
  }

  thrown(state: State): State {
    if (!(state instanceof ThingState)) return state;
    const next = state.clone();
    for (const [origin, standing] of next.things) next.things.set(origin, doubted(origin, standing));
    return next;
  }

  settled(): void {
    // Nothing is owed to a stream: one that is dropped is evicted.
  }

  leaving(_run: FrameRun, state: State): ReadonlyMap<Origin, Standing> {
    const things = new Map<Origin, Standing>();
    if (!(state instanceof ThingState)) return things;
    for (const [origin, standing] of state.things) {
      if (isStream(origin) || origin.kind === "unknown" || (isSymbolic(origin) && (standing.steps.length > 0 || standing.escaped))) things.set(origin, standing);
    }
    return things;
  }

  /** What a callee did to something of ours, in its order; where its ways were joined, nothing is known of it. */
  #replay(run: FrameRun, state: ThingState, own: Value, standing: Standing, application: Application, origin: Origin): void {
    const isJoined = standing.now === "any" && standing.escaped;
    const place = placeOf(application, origin);
    for (const step of isJoined ? [{ what: DOUBT, at: application.at }] : standing.steps) this.#step(run, state, own, step, place ?? step.at, place === null ? null : step.at);
  }

  #step(run: FrameRun, state: ThingState, value: Value, step: Step, at: Location, inner: Location | null): void {
    const things = significant(value);
    const [only] = things;
    if (only === undefined) return;
    if (things.length > 1 || !isStable(only)) {
      for (const origin of things) this.#forget(state, origin, state.things.get(origin) ?? AT_ENTRY);
      if (step.what !== "access" && step.what !== "write") this.#budgets.forgetAll(state);
      return;
    }
    const before = state.things.get(only) ?? AT_ENTRY;
    if (step.what === DOUBT) {
      this.#forget(state, only, before);
      return;
    }
    this.#checkPresent(run, state, only, at, inner);
    const made = isStream(only) ? placeKey(only.site.at) : null;
    if (isStream(only) && made !== null && step.what !== "write" && step.what !== "access" && loopDepth(run.fn, at) > loopDepth(run.fn, only.site.via[0] ?? only.site.at)) this.#inLoops.add(made);
    const after = afterStreamStep(before.now, step.what as StreamStep);
    const isAround = made !== null && this.#inLoops.has(made) && after.fault?.endsWith("early") === true && loopDepth(run.fn, at) === 0;
    if (after.fault !== null && !isAround && before.at !== null && run.phase === "report" && !mayBeLastRound(run.fn, before.at, at)) {
      this.misuses.set(`${at.file}:${at.span.start}:${only.id}`, { fault: after.fault, at, inner, wasAt: before.at, name: nameOf(only), site: isStream(only) ? only.site : null });
    }
    this.#budgets.released(state, only, step.what as StreamStep);
    state.things.set(only, { now: after.now, at: after.now === before.now ? before.at : at, steps: noted(only, before.steps, { what: step.what, at: inner ?? at }), escaped: before.escaped });
  }

  /** `tryReserve` may give none. */
  #checkPresent(run: FrameRun, state: ThingState, origin: Origin, at: Location, inner: Location | null): void {
    if (!isStream(origin) || reserves(origin.site.api) !== "optional" || run.phase !== "report") return;
    for (const [asked, truth] of state.facts) if (tellsPresent(asked, truth, origin)) return;
    const key = placeKey(origin.site.at);
    if (!this.unchecked.has(key)) this.unchecked.set(key, { at, inner, site: origin.site });
  }

  #forget(state: ThingState, origin: Origin, standing: Standing): void {
    state.things.set(origin, doubted(origin, standing));
    this.#budgets.released(state, origin, "finish");
  }
}

const NOTHING: Value = new Set();
const MAX_STEPS = 6;

/** The steps with one more; too many are as good as none. */
function noted(origin: Origin, steps: readonly Step[], step: Step): readonly Step[] {
  if (origin.kind === "site" || steps.at(-1)?.what === step.what) return steps;
  return steps.length < MAX_STEPS ? [...steps, step] : [{ what: DOUBT, at: step.at }];
}

function doubted(origin: Origin, standing: Standing): Standing {
  if (standing.now === "any") return standing;
  return { ...standing, now: "any", steps: noted(origin, standing.steps, { what: DOUBT, at: standing.at ?? NOWHERE }) };
}

const NOWHERE: Location = { file: "", span: { start: 0, end: 0 } };

/** A member of an allocator of streams, called with one of its streams on something that nobody can name. */
function byMember(call: Call): StreamStep | undefined {
  return call.key !== null && call.op.op === "call" && [...(call.args[0] ?? NOTHING)].some(isStream) ? streamMember(call.key) : undefined;
}

/** A plain object or array made here: code out of sight does not get at it before it is handed over itself. */
function isLocal(base: Origin): boolean {
  const root = rootOf(base);
  return root.kind === "site" && root.site.kind === "object";
}

/** Others can get at it from here on. */
function expose(run: FrameRun, state: ThingState, value: Value): void {
  for (const origin of reach(run, state, value)) {
    if (!isStream(origin) && origin.kind !== "param" && origin.kind !== "variable" && origin.kind !== "field") continue;
    const standing = state.things.get(origin) ?? AT_ENTRY;
    if (!standing.escaped) state.things.set(origin, { ...standing, escaped: true });
  }
}

/** Code out of sight runs: what it can get at may be loaded, freed or another stream afterwards. Callers are told by a thing that stands for all of it. */
function doubtOutside(run: FrameRun, state: ThingState): void {
  for (const [origin, standing] of state.things) {
    if (standing.escaped || isSymbolic(origin)) {
      state.things.set(origin, doubted(origin, standing));
      if (isStream(origin)) StreamBudgets.release(state, origin);
    }
  }
  state.things.set(run.table.unknown, { now: "any", at: null, steps: [], escaped: false });
}

/** Whether an answered question shows that the stream is there; one that is not understood is taken to. */
function tellsPresent(asked: Origin, truth: boolean, origin: Origin): boolean {
  if (asked === origin) return truth;
  // What is negated is known as well.
  if (asked.kind !== "expr" || asked.operator === "!" || !speaksOf(asked, origin)) return false;
  const [left, right] = asked.operands;
  const isAbsence = left === origin && (right === undefined || (right.kind === "const" && (right.value === undefined || right.value === null)));
  return !isAbsence || !truth;
}

function speaksOf(asked: Origin & { readonly kind: "expr" }, origin: Origin): boolean {
  return asked.operands.some((operand) => operand === origin || (operand.kind === "expr" && speaksOf(operand, origin)));
}

/** The argument that hands it over, or the call; null for a function written at the call, where the step is its own place. */
function placeOf(application: Application, origin: Origin): Location | null {
  if (application.callback === true) return null;
  const root = rootOf(origin);
  const span = root.kind === "param" && root.fn === application.fn ? application.argSpans[root.index] : undefined;
  return span === undefined ? application.at : { file: application.at.file, span };
}
