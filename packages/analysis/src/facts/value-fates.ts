/**
 * What becomes of values in calls: who is released, and who is handed to something that may keep it.
 *
 * Theory: may, over the settled states of a function; through project functions by the fates of their parameters (a recursive call adds nothing). A value
 * counts as handed over when it, or what holds it, is an argument of a function that nobody knows, is sent to another agent, or is captured
 * by a callback that runs later. What a project function stores is no matter of calls: it is in the states.
 * Known misses: rest parameters, whose values count as the last one's; values released by a callee through a container that it was given.
 */
import { placeKey } from "../dataflow/locations.ts";
import { type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { defineFact, type Fact } from "../fact.ts";
import { callEffect } from "../knowledge/calls.ts";
import { releasedArgument, releasesReceiver } from "../knowledge/lifetime-apis.ts";
import { modelled } from "../knowledge/model-api.ts";
import { RUNTIME, runtimeEffect } from "../knowledge/runtime-api.ts";
import type { BlockId, FunctionIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { FrameRun, functionsIn, memorySite, reach, read } from "./frame-run.ts";
import { stepStates } from "./step-states.ts";

export type CallLike = Op & { readonly op: "call" | "new" | "super-call" };

/** One call, or the end of a `using` scope, with the values it is given on any path. */
export interface Step {
  readonly block: BlockId;
  readonly op: CallLike | (Op & { readonly op: "dispose" });
  readonly receiver: Value;
  readonly args: readonly Value[];
  /** What each argument is or holds. */
  readonly held: readonly ReadonlySet<Origin>[];
  readonly result: Value;
  readonly functions: ReadonlySet<FunctionIR>;
  readonly apis: readonly ApiKey[];
}

type Test = (origin: Origin) => boolean;

export const valueFates: Fact<ValueFates> = defineFact("value-fates", (_program, get) => new ValueFates(get(frameAnalysis)));

export class ValueFates {
  readonly #result: FrameAnalysis;
  readonly #steps = new Map<FunctionIR, readonly Step[]>();
  readonly #parameters = new Map<string, boolean>();
  readonly #byPlace = new Map<FunctionIR, ReadonlyMap<string, readonly Step[]>>();

  constructor(result: FrameAnalysis) {
    this.#result = result;
  }

  /** The calls of a function in the order of its blocks; computed once a function. */
  steps(fn: FunctionIR): readonly Step[] {
    let steps = this.#steps.get(fn);
    if (steps === undefined) this.#steps.set(fn, (steps = this.#trace(fn)));
    return steps;
  }

  /** The steps that are given a value made at this place, or something that holds one. */
  stepsWith(fn: FunctionIR, at: Location): readonly Step[] {
    let byPlace = this.#byPlace.get(fn);
    if (byPlace === undefined) this.#byPlace.set(fn, (byPlace = stepsByPlace(this.steps(fn))));
    return byPlace.get(placeKey(at)) ?? [];
  }

  /** Whether the step gives the value back. */
  releases(step: Step, is: Test): boolean {
    if (step.op.op === "dispose") return [...step.receiver].some(is);
    if (step.apis.some(releasesReceiver) && [...step.receiver].some(is)) return true;
    if (step.apis.some((api) => [...(step.args[releasedArgument(api) ?? -1] ?? [])].some(is))) return true;
    return this.#inCallee(step, (slot) => this.#valueAt(step, slot), is, "released");
  }

  /** Whether the step gives the value, or a holder of it, to something that may keep it. */
  handsOver(step: Step, is: Test): boolean {
    if (step.op.op === "dispose") return false;
    const heldAt = (slot: number): Iterable<Origin> => (slot < 0 ? step.receiver : step.held[slot] ?? []);
    if (step.functions.size > 0) return this.#inCallee(step, heldAt, is, "handed");
    const given = step.held.some((held) => [...held].some(is));
    return given && (step.apis.length === 0 || step.apis.some(mayKeep));
  }

  #valueAt(step: Step, slot: number): Iterable<Origin> {
    return slot < 0 ? step.receiver : step.args[slot] ?? [];
  }

  #inCallee(step: Step, valueAt: (slot: number) => Iterable<Origin>, is: Test, fate: "released" | "handed"): boolean {
    for (const fn of step.functions) {
      for (let slot = -1; slot < step.args.length; slot++) {
        const parameter = slot < 0 ? slot : Math.min(slot, Math.max(0, fn.params.length - 1));
        if ([...valueAt(slot)].some(is) && this.#parameter(fn, parameter, fate)) return true;
      }
    }
    return false;
  }

  /** Whether a function does this with a parameter (-1: `this`) or, handed over, with anything of it. */
  #parameter(fn: FunctionIR, slot: number, fate: "released" | "handed"): boolean {
    const key = `${fn.file}#${fn.id}:${slot}:${fate}`;
    const known = this.#parameters.get(key);
    if (known !== undefined) return known;
    this.#parameters.set(key, false);
    const is: Test = (origin) => {
      const root = fate === "handed" ? rootOf(origin) : origin;
      return slot < 0 ? root.kind === "this" && root.fn === fn : root.kind === "param" && root.fn === fn && root.index === slot;
    };
    const found = this.#result.solved.has(fn) && this.steps(fn).some((step) => (fate === "released" ? this.releases(step, is) : this.handsOver(step, is)));
    this.#parameters.set(key, found);
    return found;
  }

  #trace(fn: FunctionIR): readonly Step[] {
    const { analysis, solved } = this.#result;
    const states = solved.get(fn)?.states;
    if (states === undefined) return [];
    const run = new FrameRun(analysis, fn, "solve");
    const steps: Step[] = [];
    for (const block of fn.blocks) {
      let current = [...(states.get(block.id)?.values() ?? [])].map((state) => state.clone());
      for (const op of block.ops) {
        const before = isStep(op) ? stepBefore(run, op, current) : null;
        current = stepStates(run, current, op);
        if (before === null || !isStep(op)) continue;
        const result = op.op === "dispose" ? new Set<Origin>() : joined(current, (state) => read(state, op.dst));
        steps.push({ ...before, block: block.id, op, result });
      }
    }
    return steps;
  }
}

function stepsByPlace(steps: readonly Step[]): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>();
  for (const step of steps) {
    const places = new Set<string>();
    for (const value of [step.receiver, ...step.held]) {
      for (const origin of value) {
        const root = rootOf(origin);
        if (root.kind === "site") places.add(placeKey(root.site.at));
      }
    }
    for (const place of places) {
      const known = found.get(place);
      if (known === undefined) found.set(place, [step]);
      else known.push(step);
    }
  }
  return found;
}

function isStep(op: Op): op is Step["op"] {
  return op.op === "call" || op.op === "new" || op.op === "super-call" || op.op === "dispose";
}

function stepBefore(run: FrameRun, op: Step["op"], states: readonly State[]): Omit<Step, "block" | "op" | "result"> {
  if (op.op === "dispose") {
    return { receiver: joined(states, (state) => state.readVariable(run.table, run.module, op.variable)), args: [], held: [], functions: new Set(), apis: [] };
  }
  const targets = run.analysis.program.tracer.targets(run.module, run.fn, op.dst);
  const isModelled = targets.apis.some((api) => modelled(api) !== undefined);
  const functions = new Set(isModelled ? [] : targets.functions.map((target) => target.function));
  if (op.op !== "super-call" && !isModelled) for (const { fn } of functionsIn(joined(states, (state) => read(state, op.callee)))) functions.add(fn);
  const receiver = op.op === "call" && op.receiver !== null ? joined(states, (state) => read(state, op.receiver ?? -1)) : new Set<Origin>();
  return {
    receiver,
    args: op.args.map((arg) => joined(states, (state) => read(state, arg.temp))),
    held: op.args.map((arg) => joined(states, (state) => reach(run, state, read(state, arg.temp)))),
    functions,
    apis: targets.apis.length + functions.size > 0 || op.op !== "call" || op.key === null ? targets.apis : apisOfValues(receiver, op.key),
  };
}

/** The tracer names no callee, but the values say what is called on. */
function apisOfValues(receiver: Value, member: string): readonly ApiKey[] {
  for (const origin of receiver) {
    if (origin.kind === "site" && origin.site.kind === "allocator") return [`${RUNTIME}:SmartAlloc#${member}`];
    const memory = memorySite(origin);
    if (memory !== null && memory === (origin.kind === "site" ? origin.site : null) && memory.shape.kind === "box") return [`${RUNTIME}:OwnedBox#${member}`];
  }
  return [];
}

function joined(states: readonly State[], f: (state: State) => Iterable<Origin>): ReadonlySet<Origin> {
  const all = new Set<Origin>();
  for (const state of states) for (const origin of f(state)) all.add(origin);
  return all;
}

/** Of an API that some table names: the platform's own functions keep nothing but what their effect says. */
function mayKeep(api: ApiKey): boolean {
  if (api.startsWith(`${RUNTIME}:`) || modelled(api) !== undefined) return runtimeEffect(api)?.kind === "send";
  const effect = callEffect(api);
  if (effect !== undefined) return effect.kind === "defer" || effect.kind === "send";
  return !api.startsWith("global:");
}
