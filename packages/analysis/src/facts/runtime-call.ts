/** Calls of our own runtime: frames begun and ended, memory made, kept and given. */
import { ELEMENT, EMPTY, nameOf, type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { apiName, modelled } from "../knowledge/model-api.ts";
import type { Gives, RuntimeEffect, Supplied } from "../knowledge/runtime-api.ts";
import { isView, OBJECT, SCALAR, type Shape, UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { applyClosures } from "./apply-summary.ts";
import { commit, noteCheckpoints, openSubFrame, rollBack, takeCheckpoint } from "./checkpoints.ts";
import { flatMap, type FrameRun, frameSite, functionsIn, memorySite, reach, shapeOf } from "./frame-run.ts";
import { noteSize } from "./frame-sizes.ts";
import { allocatorKey, beginFrame, closeFrame, endFrame, needFrame, standing, use } from "./frame-protocol.ts";
import { pairsOf } from "./iterated-pairs.ts";
import { giveAway } from "./owned-values.ts";
import { elementShape } from "./shape-reader.ts";
import { shapeByType } from "./modelled-call.ts";
import type { Call } from "./transfer-call.ts";

export function runtimeCall(run: FrameRun, state: State, call: Call, effect: RuntimeEffect, api: ApiKey): State[] {
  const key = allocatorKey(run, call.receiver);
  const at = run.at(call.op.span);
  state.temps.set(call.dst, run.table.scalarValue);
  switch (effect.kind) {
    case "begin": if (key !== null) beginFrame(run, state, key, at, null); return [state];
    case "end": if (key !== null) endFrame(run, state, key, at); return [state];
    case "in-frame": return key === null ? [state] : askInFrame(run, state, key, call.dst);
    case "allocator": state.temps.set(call.dst, new Set([run.make(state, { ...blank(run, call, api), kind: "allocator" })])); return [state];
    case "alloc": allocate(run, state, call, effect.memory, effect.gives, key, api); return [state];
    case "checkpoint": takeCheckpoint(run, state, { ...blank(run, call, api), kind: "checkpoint", allocator: key, binding: bindingOf(run, call.dst) }, call.dst); return [state];
    case "rollback": rollBack(run, state, call.args[0] ?? EMPTY, key, at); return [state];
    case "sub-frame": openSubFrame(run, state, { ...blank(run, call, api), kind: "checkpoint", allocator: key, binding: bindingOf(run, call.dst) }, call.dst); return [state];
    case "commit": commit(state, call.receiver); return [state];
    case "frame-scope": return openScope(run, state, call, key, api);
    case "with-frame": return withFrame(run, state, call, effect.callback, key);
    case "call-now": return callNow(run, state, call, effect, api);
    case "send": sendValue(run, state, call, effect.argument, api); return [state];
    case "keep": useReceiver(run, state, call); keepValues(run, state, call); return [state];
    case "element": useReceiver(run, state, call); state.temps.set(call.dst, flatMap(run.table, call.receiver, (origin) => elementOf(run, state, origin))); return [state];
    case "view": useReceiver(run, state, call); state.temps.set(call.dst, call.receiver); return [state];
    case "pairs": useReceiver(run, state, call); state.temps.set(call.dst, pairsOf(run, state, call.op, call.receiver)); return [state];
    case "frame-wait": state.temps.set(call.dst, new Set([run.make(state, { ...blank(run, call, api), kind: "result" })])); return [state];
    case "gives": useReceiver(run, state, call); state.temps.set(call.dst, run.result(state, call.op.span, api)); return [state];
    case "free": case "plain": useReceiver(run, state, call); return [state];
  }
}

/** A callback that runs before the call returns, handed what the receiver holds. */
function callNow(run: FrameRun, state: State, call: Call, effect: RuntimeEffect & { readonly kind: "call-now" }, api: ApiKey): State[] {
  const { supplies = [], gives } = effect;
  if (supplies.length > 0) useReceiver(run, state, call);
  const element = flatMap(run.table, supplies.includes("element") ? call.receiver : EMPTY, (origin) => elementOf(run, state, origin));
  const given: Readonly<Record<Supplied, Value>> = { element, receiver: call.receiver, scalar: run.table.scalarValue, unknown: run.table.unknownValue };
  const after = applyClosures(run, state, call, call.args[effect.callback] ?? EMPTY, supplies.map((what) => given[what]), effect.callback);
  // What is thrown inside is told in the result.
  if (after.length === 0 && typeof gives === "object") after.push(state);
  if (gives === undefined) return after;
  for (const each of after) {
    const returned = each.temps.get(call.dst) ?? EMPTY;
    if (typeof gives === "object") each.temps.set(call.dst, holder(run, each, call, api, gives.holder, returned));
    else each.temps.set(call.dst, gives === "receiver" ? call.receiver : run.table.scalarValue);
  }
  return after;
}

/** A result object that holds what a callback returned. */
function holder(run: FrameRun, state: State, call: Call, api: ApiKey, field: string, value: Value): Value {
  const made: Value = new Set([run.make(state, { ...blank(run, call, api), kind: "object" })]);
  state.writeField(run.table, made, field, value, run.store(call.op.span));
  return made;
}

function useReceiver(run: FrameRun, state: State, call: Call): void {
  if (call.op.op !== "get") use(run, state, call.receiver, call.op.span);
}

function blank(run: FrameRun, call: Call, api: ApiKey): Omit<Site, "kind"> {
  return { at: run.at(call.op.span), binding: null, api, allocator: null, shape: UNKNOWN_SHAPE, via: [], class: null };
}

/** `inFrame()`: the answer is tied to the typestate; where it is not known, both are gone through. */
function askInFrame(run: FrameRun, state: State, key: Origin, dst: number): State[] {
  const frame = state.frame(key);
  const now = standing(frame);
  if (now !== "unknown") {
    state.temps.set(dst, new Set([run.table.constant(now === "open")]));
    return [state];
  }
  return (["open", "closed"] as const).map((assumed) => {
    const next = state.clone();
    next.frames.set(key, { ...frame, assumed });
    next.temps.set(dst, new Set([run.table.constant(assumed === "open")]));
    return next;
  });
}

function allocate(run: FrameRun, state: State, call: Call, memory: "frame" | "pool" | "heap" | "retained" | "transfer", gives: Gives, key: Origin | null, api: ApiKey): void {
  if (memory === "frame" || memory === "retained") needFrame(run, state, key ?? run.table.unknown, run.at(call.op.span), api.replace(/^.*#/, ""), memory);
  const shape = modelled(api) === undefined ? shapeGiven(run, call, gives) : shapeByType(run.analysis.program.tracer.typeOf(run.module, run.fn, call.dst));
  // What is made where no frame is open is no frame value: that it was made is the fault.
  const outside = memory === "frame" && key !== null && standing(state.frame(key)) === "closed";
  const site: Site = { ...blank(run, call, api), kind: outside ? "result" : memory, allocator: key ?? run.table.unknown, shape, binding: bindingOf(run, call.dst) };
  const made = run.make(state, site);
  // A boxed object stays the user's own: the box holds it.
  const [first] = call.args;
  if (gives === "box" && shape.kind === "box" && !isView(shape.value) && first !== undefined) {
    state.writeField(run.table, new Set([made]), "value", memory === "transfer" ? carried(run, state, first) : first, run.store(call.op.span));
  }
  if (memory === "frame") noteCheckpoints(state, made, key);
  if (memory === "frame" && key !== null && !outside) noteSize(run, state, call, key, api);
  state.temps.set(call.dst, new Set([made]));
}

/** What a handle takes along: of a box, whose bytes it copies, the user's own object in it. What a caller hands in may be a box. */
function carried(run: FrameRun, state: State, given: Value): Value {
  return flatMap(run.table, given, (origin) => {
    const shape = shapeOf(origin);
    if (shape.kind === "box") return isView(shape.value) ? EMPTY : state.readField(run.table, origin, "value");
    return rootOf(origin).kind === "site" ? new Set([origin]) : EMPTY;
  });
}

function shapeGiven(run: FrameRun, call: Call, gives: Gives): Shape {
  const argument = gives === "map" ? 1 : 0;
  const arg = call.argOps[argument];
  if (gives === "bytes") return UNKNOWN_SHAPE;
  const type = arg === undefined ? UNKNOWN_SHAPE : run.analysis.shapes.typeArgument(run.module, run.fn, arg.temp);
  if (gives === "type") return type.kind === "unknown" ? OBJECT : type;
  if (gives === "box") return { kind: "box", value: type.kind === "struct" || type.kind === "array" ? type : type.kind === "box" ? SCALAR : OBJECT };
  return { kind: "array", element: elementShape(type) };
}

/** The variable that the allocation is first stored in, as written. */
export function bindingOf(run: Pick<FrameRun, "module" | "fn">, temp: number): string | null {
  let names = bindings.get(run.fn);
  if (names === undefined) {
    names = new Map();
    for (const block of run.fn.blocks) {
      for (const op of block.ops) if (op.op === "store" && !names.has(op.src)) names.set(op.src, run.module.variables[op.variable]?.name ?? "");
    }
    bindings.set(run.fn, names);
  }
  return names.get(temp) || null;
}

const bindings = new WeakMap<FunctionIR, Map<number, string>>();

function openScope(run: FrameRun, state: State, call: Call, key: Origin | null, api: ApiKey): State[] {
  if (key === null) return [state];
  beginFrame(run, state, key, run.at(call.op.span), null);
  state.temps.set(call.dst, new Set([run.make(state, { ...blank(run, call, api), kind: "frame-scope", allocator: key })]));
  return [state];
}

function withFrame(run: FrameRun, state: State, call: Call, callback: number, key: Origin | null): State[] {
  if (key === null) return applyClosures(run, state, call, call.args[callback] ?? EMPTY, [], callback);
  const wasOpen = standing(state.frame(key)) === "open";
  const at = run.at(call.op.span);
  beginFrame(run, state, key, at, null);
  const after = applyClosures(run, state, call, call.args[callback] ?? EMPTY, [], callback);
  const functions = functionsIn(call.args[callback] ?? EMPTY).map((origin) => origin.fn);
  if (!wasOpen) for (const fn of functions) reportSuspensions(run, fn, key, at);
  for (const each of after) {
    if (wasOpen || standing(each.frame(key)) !== "open") continue;
    reportReturned(run, each, call, key, functions);
    closeFrame(run, each, key, at);
  }
  return after;
}

/** An async callback goes on after the frame that was begun for it. */
function reportSuspensions(run: FrameRun, fn: FunctionIR, key: Origin, begun: Location): void {
  for (const effect of run.analysis.summaryOf(fn).effects) {
    if (effect.kind === "suspend") run.emit({ kind: "open-across", at: effect.at, allocator: nameOf(key), begun: [begun], form: effect.form });
  }
}

/** What the callback returns is given back after the frame's end. */
function reportReturned(run: FrameRun, state: State, call: Call, key: Origin, functions: readonly FunctionIR[]): void {
  for (const origin of reach(run, state, state.temps.get(call.dst) ?? EMPTY)) {
    const site = frameSite(origin);
    if (site === null || site.allocator !== key) continue;
    run.givenBack.add(site);
    const returns = functions.flatMap((fn) => run.analysis.summaryOf(fn).exits.flatMap((exit) => exit.returnedAt));
    for (const at of returns.length > 0 ? returns : [run.at(call.op.span)]) run.emit({ kind: "escape", at, site, sink: "return", name: "return", inner: null, ended: [run.at(call.op.span)] });
  }
}

function sendValue(run: FrameRun, state: State, call: Call, argument: number, api: ApiKey): void {
  reportSend(run, state, call.args[argument] ?? EMPTY, call.argOps[argument]?.span ?? call.op.span, api);
  giveAway(run, state, call.args[argument] ?? EMPTY);
}

/** Frame values that a sent value is or holds. */
export function reportSend(run: FrameRun, state: State, value: Value, span: { readonly start: number; readonly end: number }, api: ApiKey): void {
  const at = run.at(span);
  const target = apiName(api);
  const symbolic = new Set<Origin>();
  for (const origin of reach(run, state, value)) {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "send", at, site, target, inner: null });
    const root = rootOf(origin);
    if (root.kind === "param" || root.kind === "this" || root.kind === "variable") symbolic.add(origin);
  }
  if (symbolic.size > 0) run.effect(`send:${at.span.start}`, { kind: "send", value: symbolic, at, target });
}

function keepValues(run: FrameRun, state: State, call: Call): void {
  for (const origin of call.receiver) {
    const shape = shapeOf(origin);
    // Structs and scalars are copied in; only a collection of objects holds what it is given.
    if (memorySite(origin) !== null && shape.kind === "array" && (isView(shape.element) || shape.element.kind === "scalar")) continue;
    call.args.forEach((arg, index) => state.writeField(run.table, new Set([origin]), ELEMENT, arg, run.store(call.argOps[index]?.span ?? call.op.span)));
  }
}

function elementOf(run: FrameRun, state: State, origin: Origin): Value {
  const shape = shapeOf(origin);
  if (memorySite(origin) === null) return state.readField(run.table, origin, ELEMENT);
  if (shape.kind === "array" && isView(shape.element)) return new Set([run.table.field(origin, ELEMENT)]);
  if (shape.kind === "array" && shape.element.kind === "scalar") return run.table.scalarValue;
  return state.readField(run.table, origin, ELEMENT);
}
