/**
 * Calls: what the callee may be, then its effect: our runtime's by the runtime table, the platform's by the calls table, a project function's by
 * its summary. Several possible callees are taken in turn and their outcomes joined by typestate; a call of nothing known is harmless and
 * gives a thing of its own.
 */
import { ELEMENT, EMPTY, type Origin, rootOf, single, type Site, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { callEffect, effectOfMade, thenableEffect, typedArrayEffect } from "../knowledge/calls.ts";
import { ownershipEffect } from "../knowledge/ownership-api.ts";
import { modelled } from "../knowledge/model-api.ts";
import { memoryEffect, type RuntimeEffect, RUNTIME, runtimeEffect } from "../knowledge/runtime-api.ts";
import { UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { CallArg, FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import { BOUND_FUNCTION, boundValues, calledOn } from "./called-on.ts";
import { INSTANCE } from "./instance-paths.ts";
import { applySummary, type Application, reportResolved } from "./apply-summary.ts";
import { type FrameRun, functionsIn, memorySite, read, shapeOf } from "./frame-run.ts";
import { use } from "./frame-protocol.ts";
import { invocationForm } from "./function-invocation.ts";
import { modelledCall } from "./modelled-call.ts";
import { ownedCall, unknownOwned } from "./owned-calls.ts";
import { platformCall } from "./platform-call.ts";
import { runtimeCall } from "./runtime-call.ts";
import { elementsOf, thisOf } from "./transfer.ts";

export type CallOp = Op & { readonly op: "call" | "new" | "super-call" };

/** A call with its operands' values. */
export interface Call {
  readonly op: CallOp | (Op & { readonly op: "get" });
  readonly dst: number;
  readonly receiver: Value;
  readonly callee: Value;
  readonly args: readonly Value[];
  readonly argOps: readonly CallArg[];
  readonly key: string | null;
}

interface Callees {
  readonly functions: Set<FunctionIR>;
  readonly apis: Set<ApiKey>;
  /** Something else may be called too. */
  readonly open: boolean;
}

export function callOperation(run: FrameRun, state: State, op: CallOp | (Op & { op: "get" })): State[] {
  const call = calledOn(run, state, operands(run, state, op));
  useOperands(run, state, call);
  if (resolves(call)) {
    run.analysis.protocol?.calling(run, state, call, null);
    reportResolved(run, state, call.args[0] ?? EMPTY, run.at(call.argOps[0]?.span ?? call.op.span));
    state.temps.set(call.dst, run.table.scalarValue);
    return [state];
  }
  const made = effectOfMade(apisBehind(run, call), call.key ?? "", call.args.length);
  if (made !== undefined) run.analysis.protocol?.calling(run, state, call, null);
  if (made !== undefined) return platformCall(run, state, call, made, `agent:${call.key ?? ""}`);
  const form = invocationForm(run, call);
  if (form !== null) return platformCall(run, state, call, { kind: "invoke", form }, `global:Function#${form}`);
  const callees = calleesOf(run, state, call);
  if (op.op === "new") return construct(run, state, call, callees);
  const outcomes: State[] = [];
  const alone = callees.apis.size === 1 && callees.functions.size === 0;
  for (const api of [...callees.apis].sort()) {
    const handled = callApi(run, alone ? state : state.clone(), call, api);
    if (handled !== null) outcomes.push(...handled);
  }
  for (const fn of callees.functions) {
    outcomes.push(...applySummary(run, state, application(run, state, call, fn)));
  }
  // A known callee that never returns leaves no outcome; where something else may be called too, its is added.
  const known = callees.functions.size > 0 ? !callees.open : outcomes.length > 0;
  if (known) return outcomes;
  outcomes.push(...unknownCall(run, state, call, callees));
  return outcomes;
}

/** The `resolve` of a promise's executor. */
function resolves(call: Call): boolean {
  return [...call.callee].some((origin) => origin.kind === "site" && origin.site.kind === "resolver");
}

/** What made the receiver, here or where its variable is initialised. */
function apisBehind(run: FrameRun, call: Call): ApiKey[] {
  const apis: ApiKey[] = [];
  for (const origin of call.receiver) {
    if (origin.kind === "site" && origin.site.api !== null) apis.push(origin.site.api);
    if (origin.kind === "variable") apis.push(...run.analysis.names.madeBy(origin.module, origin.variable));
  }
  return apis;
}

function operands(run: FrameRun, state: State, op: CallOp | (Op & { op: "get" })): Call {
  if (op.op === "get") return { op, dst: op.dst, receiver: read(state, op.object), callee: EMPTY, args: [], argOps: [], key: op.key };
  const args = op.args.map((arg) => (arg.spread ? spreadArgument(run, state, read(state, arg.temp)) : read(state, arg.temp)));
  const receiver = op.op === "call" && op.receiver !== null ? read(state, op.receiver) : op.op === "super-call" ? new Set([thisOf(run)]) : EMPTY;
  return { op, dst: op.dst, receiver, callee: op.op === "super-call" ? EMPTY : read(state, op.callee), args, argOps: op.args, key: op.op === "call" ? op.key : null };
}

function spreadArgument(run: FrameRun, state: State, value: Value): Value {
  let all: Value = EMPTY;
  for (const origin of value) all = union(run.table, all, elementsOf(run, state, origin));
  return all;
}

/** Calling on memory and passing it on are uses, also of what a bound function was given. */
function useOperands(run: FrameRun, state: State, call: Call): void {
  if (call.op.op === "get") return;
  for (const origin of call.callee) if (origin.kind === "site" && origin.site.kind === "bound") for (const value of boundValues(run, state, origin)) use(run, state, value, call.op.span, true);
  call.args.forEach((arg, index) => use(run, state, arg, call.argOps[index]?.span ?? call.op.span, true));
}

function calleesOf(run: FrameRun, state: State, call: Call): Callees {
  const { tracer } = run.analysis.program;
  const targets = tracer.targets(run.module, run.fn, call.dst);
  const models = targets.apis.filter((api) => modelled(api) !== undefined);
  if (models.length > 0) return { functions: new Set(), apis: new Set(models), open: false };
  const functions = new Set<FunctionIR>(targets.functions.map((target) => target.function));
  const apis = new Set<ApiKey>(targets.apis);
  // A method that is known is no element of its receiver, though any name may have been a computed key.
  const isMethod = call.key !== null && targets.complete && targets.apis.length > 0;
  for (const origin of isMethod ? EMPTY : call.callee) {
    if (origin.kind === "function") functions.add(origin.fn);
    if (origin.kind === "site" && origin.site.kind === "bound") for (const held of functionsIn(state.readField(run.table, origin, BOUND_FUNCTION))) functions.add(held.fn);
  }
  if (functions.size === 0 && apis.size === 0 && call.key !== null) addByOrigin(run, call, functions, apis);
  return { functions, apis, open: !targets.complete };
}

/** The tracer names no callee: the value may still tell its class (an argument that only the caller's caller typed). */
function addByOrigin(run: FrameRun, call: Call, functions: Set<FunctionIR>, apis: Set<ApiKey>): void {
  const { tracer } = run.analysis.program;
  for (const origin of call.receiver) {
    if (origin.kind !== "site") continue;
    if (origin.site.kind === "allocator") apis.add(`${RUNTIME}:SmartAlloc#${call.key ?? ""}`);
    if (origin.site.class === null) continue;
    const instance: TracedType = { kind: "instance", module: origin.site.class.module, class: origin.site.class.class, args: [] };
    const member = tracer.member(instance, call.key ?? "");
    if (member.kind === "function") functions.add(member.function);
  }
}

function application(run: FrameRun, state: State, call: Call, fn: FunctionIR): Application {
  const bound = [...call.callee].find((origin) => origin.kind === "site" && origin.site.kind === "bound");
  const [receiver, ...first] = bound === undefined ? [call.receiver] : boundValues(run, state, bound);
  return {
    fn, receiver: receiver ?? EMPTY, args: [...first, ...call.args], argSpans: [...first.map(() => call.op.span), ...call.argOps.map((arg) => arg.span)],
    argTemps: call.argOps.some((arg) => arg.spread) ? [] : [...first.map(() => null), ...call.argOps.map((arg) => arg.temp)],
    at: run.at(call.op.span), dst: call.dst,
  };
}

/** The effect of a function that a table knows; null when none does. */
function callApi(run: FrameRun, state: State, call: Call, api: ApiKey): State[] | null {
  const ours = runtimeEffect(api);
  const owned = ownershipEffect(api);
  const platform = callEffect(api);
  if (ours !== undefined || owned !== undefined || platform !== undefined) run.analysis.protocol?.calling(run, state, call, api);
  const model = modelled(api);
  if (model !== undefined) return modelledCall(run, state, call, model, api);
  if (owned !== undefined) return ownedCall(run, state, call, owned, ours, api);
  if (ours !== undefined) return runtimeCall(run, state, call, ours, api);
  if (platform !== undefined) return platformCall(run, state, call, platform, api);
  return null;
}

function unknownCall(run: FrameRun, state: State, call: Call, callees: Callees): State[] {
  run.analysis.protocol?.calling(run, state, call, [...callees.apis].sort()[0] ?? null);
  const effect = effectByValue(call);
  if (effect !== undefined) return runtimeCall(run, state, call, effect, `${RUNTIME}:View#${call.key ?? ""}`);
  const typed = call.key !== null && isScalarArray(call.receiver) ? typedArrayEffect(call.key) : undefined;
  if (typed !== undefined) return platformCall(run, state, call, typed, `global:Float64Array#${call.key ?? ""}`);
  const thenable = call.key === null ? undefined : thenableEffect(call.key);
  if (thenable !== undefined && callees.functions.size === 0) return platformCall(run, state, call, thenable, `global:Promise#${call.key ?? ""}`);
  if (call.op.op === "get") {
    state.temps.set(call.dst, run.result(state, call.op.span));
    return [state];
  }
  unknownOwned(run, state, call, callees.apis, callees.functions.size === 0);
  const result = run.result(state, call.op.span, [...callees.apis][0] ?? null);
  invokeSupplied(run, state, call, single(result));
  state.temps.set(call.dst, result);
  return [state];
}

/** A member called on memory whose class the tracer could not name. */
function effectByValue(call: Call): RuntimeEffect | undefined {
  if (call.key === null) return undefined;
  for (const origin of call.receiver) {
    const site = memorySite(origin);
    if (site === null || shapeOf(origin).kind !== "array") continue;
    return memoryEffect(/Vec$/.test(site.api ?? "") ? "vec" : /Map$/.test(site.api ?? "") ? "map" : "array", call.key);
  }
  return undefined;
}

/** Memory whose shape is a row of scalars, which is handed out as a typed array. */
function isScalarArray(receiver: Value): boolean {
  if (receiver.size === 0) return false;
  for (const origin of receiver) {
    const shape = shapeOf(origin);
    if (memorySite(origin) === null || shape.kind !== "array" || shape.element.kind !== "scalar") return false;
  }
  return true;
}

/** Calls of what the caller supplied are left to it. */
function invokeSupplied(run: FrameRun, state: State, call: Call, result: Origin | null): void {
  const supplied = new Set<Origin>();
  for (const origin of call.callee) if (isSupplied(origin)) supplied.add(origin);
  if (supplied.size === 0) return;
  const at = run.at(call.op.span);
  run.effect(`invoke:${at.span.start}`, { kind: "invoke", callee: supplied, args: call.args, at, frames: new Map(state.frames), result });
}

function isSupplied(origin: Origin): boolean {
  const root = rootOf(origin);
  return root.kind === "param" || root.kind === "this" || root.kind === "variable";
}

/** `new C(...)`: a fresh instance through field initialisers and the constructor, or what the table says of an external class. */
function construct(run: FrameRun, state: State, call: Call, callees: Callees): State[] {
  for (const api of [...callees.apis].sort()) {
    if (callees.functions.size > 0) break;
    const handled = callApi(run, state, call, api);
    if (handled !== null) return handled;
  }
  const class_ = classOf(run, call);
  if (class_ === null) unknownOwned(run, state, call, callees.apis, true);
  if (class_ !== null) {
    const states = constructInstance(run, state, class_, call.op.span, call);
    for (const each of states) each.temps.set(call.dst, each.temps.get(INSTANCE) ?? EMPTY);
    return states;
  }
  run.analysis.protocol?.calling(run, state, call, null);
  state.temps.set(call.dst, new Set([run.make(state, instanceSite(run, call.op.span, null))]));
  return [state];
}

function instanceSite(run: FrameRun, span: Span, class_: Site["class"]): Site {
  return { kind: "instance", at: run.at(span), binding: null, api: "new", allocator: null, shape: UNKNOWN_SHAPE, via: [], class: class_ };
}

/** Field initialisers and constructors on a fresh instance, which is left in the temp `INSTANCE`; without a call the arguments are unknown. */
export function constructInstance(run: FrameRun, state: State, class_: NonNullable<Site["class"]>, span: Span, call?: Call): State[] {
  const made: Value = new Set([run.make(state, instanceSite(run, span, class_))]);
  let states = [state];
  for (const step of constructionSteps(run, class_.module, class_.class.id, new Set(), span, call)) {
    states = states.flatMap((each) => applySummary(run, each, { ...step, receiver: made, dst: null }));
    if (step.field !== null) for (const each of states) each.writeField(run.table, made, step.field, each.temps.get(FIELD_VALUE) ?? EMPTY, run.store(span));
  }
  for (const each of states) each.temps.set(INSTANCE, made);
  return states;
}

/** Where `applySummary` leaves the value of a call that has no temp of its own. */
export const FIELD_VALUE = -1;

function classOf(run: FrameRun, call: Call): Site["class"] {
  for (const origin of call.callee) if (origin.kind === "class") return { module: origin.module, class: origin.class };
  if (call.op.op !== "new") return null;
  const type = run.analysis.program.tracer.typeOf(run.module, run.fn, call.op.callee);
  return type.kind === "class" ? { module: type.module, class: type.class } : null;
}

/** Field initialisers of a class, then its constructor; a class without one has its parent's. */
function constructionSteps(run: FrameRun, module: ModuleIR, id: number, seen: Set<object>, span: Span, call: Call | undefined): (Application & { readonly field: string | null })[] {
  const class_ = module.classes[id];
  if (class_ === undefined || seen.has(class_)) return [];
  seen.add(class_);
  const base = { args: [] as readonly Value[], argSpans: call?.argOps.map((arg) => arg.span) ?? [], at: run.at(span), receiver: EMPTY, dst: null };
  const steps: (Application & { readonly field: string | null })[] = [];
  const ancestors = run.analysis.program.tracer.ancestors(module, class_);
  const parent = ancestors.find((each) => (each.kind === "class" || each.kind === "instance") && each.class !== class_);
  const own = class_.constructor_ === null ? undefined : module.functions[class_.constructor_];
  if (parent !== undefined && (parent.kind === "class" || parent.kind === "instance")) {
    const inherited = constructionSteps(run, parent.module, parent.class.id, seen, span, call);
    // A constructor of its own calls the parent's by `super(...)`; fields of the parent are set either way.
    steps.push(...(own === undefined ? inherited : inherited.filter((step) => step.field !== null)));
  }
  for (const member of class_.members) {
    const fn = member.kind === "field" && !member.static && member.function !== null ? module.functions[member.function] : undefined;
    if (fn !== undefined) steps.push({ ...base, fn, field: member.name ?? ELEMENT });
  }
  if (own !== undefined) steps.push({ ...base, fn: own, args: call?.args ?? own.params.map((_, index) => new Set([run.table.param(own, index)])), field: null });
  return steps;
}

