/** Calls of JavaScript's, the platform's and known packages' functions: callbacks run now or later, values kept, copied, sent. */
import { ELEMENT, EMPTY, type Origin, rootOf, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { CallEffect, Turn } from "../knowledge/calls.ts";
import { apiName } from "../knowledge/model-api.ts";
import { WINDOW } from "../knowledge/shape.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { applyClosures } from "./apply-summary.ts";
import { flatMap, type FrameRun, frameSite, functionsIn, memorySite, reach } from "./frame-run.ts";
import { takesAll } from "./empty-tests.ts";
import { use } from "./frame-protocol.ts";
import { invokeFunction } from "./function-invocation.ts";
import { iterated, pairsOf, secondOf } from "./iterated-pairs.ts";
import { giveAway, readAnew } from "./owned-values.ts";
import { reportSend } from "./runtime-call.ts";
import { container, copyFields, elementsOf, makeObject } from "./transfer.ts";
import { BOUND_FUNCTION, BOUND_VALUES } from "./called-on.ts";
import type { Call } from "./transfer-call.ts";

export function platformCall(run: FrameRun, state: State, call: Call, effect: CallEffect, api: ApiKey): State[] {
  const { table } = run;
  const arg = (index: number): Value => call.args[index] ?? EMPTY;
  if (call.op.op === "call") use(run, state, call.receiver, call.op.span);
  state.temps.set(call.dst, call.op.op === "new" ? makeObject(run, state, call.op, api) : run.result(state, call.op.span, api));
  switch (effect.kind) {
    case "now": return callNow(run, state, call, effect);
    case "defer":
      for (const index of effect.callbacks) reportDeferred(run, state, arg(index), call.argOps[index]?.span ?? call.op.span, api, effect.turn ?? null);
      for (let index = effect.hands ?? call.args.length; index < call.args.length; index++) reportHanded(run, state, arg(index), call.argOps[index]?.span ?? call.op.span, api);
      giveAll(run, state, call);
      return [state];
    case "defer-members":
      for (const name of effect.members) reportDeferred(run, state, membersNamed(run, state, arg(0), name), call.argOps[0]?.span ?? call.op.span, `${api}.${name}`);
      giveAll(run, state, call);
      return applyClosures(run, state, call, membersNamed(run, state, arg(0), "start"), [], 0);
    case "send": for (const index of effect.arguments) reportSend(run, state, arg(index), call.argOps[index]?.span ?? call.op.span, api); giveAll(run, state, call); return [state];
    case "keep":
      if (effect.replaces === true && call.args.length === 1) state.clearField(call.receiver, ELEMENT, true);
      for (let index = effect.from; index < call.args.length; index++) state.writeField(table, call.receiver, ELEMENT, arg(index), run.store(call.argOps[index]?.span ?? call.op.span));
      if (effect.chain === true) state.temps.set(call.dst, call.receiver);
      if (effect.cuts === true) state.temps.set(call.dst, container(run, state, call.op, call.receiver, api));
      if (effect.cuts === true) {
        const isAll = call.op.op === "call" && takesAll(run.module, run.fn, call.op.receiver, call.op.args);
        if (isAll || call.args.length === 1) state.clearField(call.receiver, ELEMENT, isAll);
      }
      return [state];
    case "assign":
      for (const source of call.args.slice(1)) for (const origin of source) copyFields(run, state, origin, arg(0), call.op);
      state.temps.set(call.dst, arg(0));
      return [state];
    case "element":
      state.temps.set(call.dst, elementsAnew(run, state, call.receiver));
      if (effect.removes === true) state.clearField(call.receiver, ELEMENT);
      return [state];
    case "clear": state.clearField(call.receiver, ELEMENT, effect.all === true); return [state];
    case "pairs": state.temps.set(call.dst, pairsOf(run, state, call.op, call.receiver)); return [state];
    case "copy-container": state.temps.set(call.dst, container(run, state, call.op, call.receiver, api)); return [state];
    case "wrap": {
      const made = makeObject(run, state, call.op, api);
      call.args.forEach((value, index) => state.writeField(table, made, ELEMENT, value, run.store(call.argOps[index]?.span ?? call.op.span)));
      state.temps.set(call.dst, made);
      return [state];
    }
    case "from": return containerFrom(run, state, call, effect, api);
    case "same": state.temps.set(call.dst, effect.argument < 0 ? call.receiver : arg(effect.argument)); return [state];
    case "view": state.temps.set(call.dst, new Set([...call.receiver].map((origin) => windowOn(run, origin)))); return [state];
    case "bind": bind(run, state, call); return [state];
    case "invoke": return invokeFunction(run, state, call, effect.form);
  }
}

/** A part of memory is none that could be released; a part of a part is as much. */
function windowOn(run: FrameRun, origin: Origin): Origin {
  const isWhole = memorySite(origin) !== null && !(origin.kind === "field" && origin.name === WINDOW);
  return isWhole ? run.table.field(origin, WINDOW) : origin;
}

function membersNamed(run: FrameRun, state: State, value: Value, name: string): Value {
  return flatMap(run.table, value, (origin) => state.readField(run.table, origin, name));
}

function elementsAnew(run: FrameRun, state: State, container: Value): Value {
  const elements = flatMap(run.table, container, (origin) => elementsOf(run, state, origin));
  readAnew(state, elements);
  return elements;
}

/** What runs later, or elsewhere, may release what it was given. */
function giveAll(run: FrameRun, state: State, call: Call): void {
  for (const arg of call.args) giveAway(run, state, arg);
}

/** Memory's own elements are scalars unless its shape says otherwise; anything else hands out what it holds. */
function callNow(run: FrameRun, state: State, call: Call, effect: CallEffect & { kind: "now" }): State[] {
  const held = effect.element !== undefined && effect.element !== false ? elementsAnew(run, state, call.receiver) : EMPTY;
  const args = effect.element === "twice" ? [union(run.table, held, call.args[effect.callback + 1] ?? EMPTY), held] : effect.element === true ? [held] : call.op.op === "new" && effect.callback === 0 ? [resolver(run, state, call)] : [];
  const after = applyClosures(run, state, call, call.args[effect.callback] ?? EMPTY, args, effect.callback);
  for (const each of after) {
    const returned = each.temps.get(call.dst) ?? EMPTY;
    if (effect.gives === "element") each.temps.set(call.dst, held);
    else if (effect.gives === "copy-container" || effect.gives === "array-of-callback") {
      const made = makeObject(run, each, call.op, "array");
      const content = effect.gives === "copy-container" ? held : returned;
      if (content.size > 0 && ![...call.receiver].some((origin) => memorySite(origin) !== null)) each.writeField(run.table, made, ELEMENT, content, run.store(call.op.span));
      each.temps.set(call.dst, made);
    } else if (effect.gives !== "callback") each.temps.set(call.dst, call.op.op === "new" ? makeObject(run, each, call.op, "object") : run.result(each, call.op.span));
  }
  return after;
}

/** What `new Promise` hands to its executor. */
function resolver(run: FrameRun, state: State, call: Call): Value {
  return new Set([run.make(state, { kind: "resolver", at: run.at(call.op.span), binding: null, api: "resolve", allocator: null, shape: { kind: "unknown" }, via: [], class: null })]);
}

function containerFrom(run: FrameRun, state: State, call: Call, effect: CallEffect & { kind: "from" }, api: ApiKey): State[] {
  const source = call.args[effect.argument] ?? EMPTY;
  use(run, state, source, call.argOps[effect.argument]?.span ?? call.op.span);
  const held = effect.pairs === "given" ? pairsOf(run, state, call.op, source) : container(run, state, call.op, iterated(run, state, call.op, source, call.argOps[effect.argument]?.temp ?? null), api);
  if (effect.pairs === "taken") takeSecond(run, state, call, held);
  const callback = effect.callback === undefined ? EMPTY : call.args[effect.callback] ?? EMPTY;
  if (callback.size === 0) {
    state.temps.set(call.dst, held);
    return [state];
  }
  return callNow(run, state, { ...call, receiver: held }, { kind: "now", callback: effect.callback ?? 0, element: true, gives: "array-of-callback" });
}

/** A map is made of pairs. */
function takeSecond(run: FrameRun, state: State, call: Call, made: Value): void {
  const pairs = flatMap(run.table, made, (origin) => state.readField(run.table, origin, ELEMENT));
  state.clearField(made, ELEMENT);
  if (pairs.size > 0) state.writeField(run.table, made, ELEMENT, secondOf(run, state, pairs), run.store(call.op.span));
}

function bind(run: FrameRun, state: State, call: Call): void {
  const made: Value = new Set([run.make(state, { kind: "bound", at: run.at(call.op.span), binding: null, api: "bind", allocator: null, shape: { kind: "unknown" }, via: [], class: null })]);
  state.writeField(run.table, made, BOUND_FUNCTION, call.receiver, run.store(call.op.span));
  call.args.forEach((value, index) => state.writeField(run.table, made, `${BOUND_VALUES}${index}`, value, run.store(call.op.span)));
  state.temps.set(call.dst, made);
}

/** Frame values that a function which runs later holds on to. */
export function reportDeferred(run: FrameRun, state: State, value: Value, span: { readonly start: number; readonly end: number }, api: ApiKey, turn: Turn | null = null): void {
  const at = run.at(span);
  const target = apiName(api);
  const symbolic = new Set<Origin>();
  if (turn !== null) run.analysis.later.note(run, state, value, turn, at);
  const held = reach(run, state, value);
  for (const origin of held) {
    const site = frameSite(origin);
    if (site !== null && !value.has(origin)) run.emit({ kind: "defer", at, site, name: site.binding ?? "value", target, inner: null });
    const root = rootOf(origin);
    if (root.kind === "param" || root.kind === "variable") symbolic.add(origin);
  }
  if (symbolic.size > 0 || functionsIn(held).length > 0) run.effect(`defer:${at.span.start}`, { kind: "defer", value: symbolic, at, target, callee: value, turn });
}

/** Frame values among the arguments that the function which runs later is called with then. */
function reportHanded(run: FrameRun, state: State, value: Value, span: { readonly start: number; readonly end: number }, api: ApiKey): void {
  const at = run.at(span);
  const target = apiName(api);
  const symbolic = new Set<Origin>();
  for (const origin of reach(run, state, value)) {
    const site = frameSite(origin);
    if (site !== null) run.emit({ kind: "defer", at, site, name: site.binding ?? "value", target, inner: null });
    if (["param", "this", "variable"].includes(rootOf(origin).kind)) symbolic.add(origin);
  }
  if (symbolic.size > 0) run.effect(`defer:${at.span.start}`, { kind: "defer", value: symbolic, at, target, callee: EMPTY, turn: null });
}
