/** Calls that make, take back, or ask about what has an owner; and what a callee with a summary did of this. */
import { EMPTY, isSymbolic, type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import type { Standing } from "../dataflow/owned-states.ts";
import type { State } from "../dataflow/state.ts";
import { comparesOnly, mayRelease, type Operand, onlyReads, type OwnershipEffect, ownershipOfMember, type Resource } from "../knowledge/ownership-api.ts";
import type { RuntimeEffect } from "../knowledge/runtime-api.ts";
import { UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { allocatorKey, conditions, isOfCaller } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import { applyBracket, closeBracket, openBracket } from "./owned-brackets.ts";
import { type Deed, judgeRelease, judgeUseOwned, releaseOwned, setReleased, useOwned } from "./owned-use.ts";
import { aliveness, giveAway, isSupplied, resourceOf, subjectOf, things } from "./owned-values.ts";
import { bindingOf, runtimeCall } from "./runtime-call.ts";
import { elementShape } from "./shape-reader.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase, ReleaseCall, Touch } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

/** A call of the runtime that the table of ownership knows; `ours` is what it does besides. */
export function ownedCall(run: FrameRun, state: State, call: Call, effect: OwnershipEffect, ours: RuntimeEffect | undefined, api: ApiKey): State[] {
  switch (effect.kind) {
    case "acquire": {
      if (effect.uses !== null) useOwned(run, state, operandOf(call, effect.uses), spanOf(call, effect.uses), false);
      const after = ours?.kind === "alloc" ? runtimeCall(run, state, call, ours, api) : [acquired(run, state, call, effect.resource, api)];
      if (effect.owed) for (const each of after) for (const origin of each.temps.get(call.dst) ?? EMPTY) each.owned.owe(origin, effect.resource);
      return after;
    }
    case "open": case "close": {
      (effect.kind === "open" ? openBracket : closeBracket)(run, state, effect.bracket, operandOf(call, effect.on), run.at(call.op.span), nameOfApi(api));
      state.temps.set(call.dst, run.table.scalarValue);
      return [state];
    }
    case "part":
      useOwned(run, state, operandOf(call, effect.owner), spanOf(call, effect.owner), false);
      if (effect.opens !== null) openBracket(run, state, effect.opens, operandOf(call, effect.owner), run.at(call.op.span), nameOfApi(api));
      state.temps.set(call.dst, new Set([run.make(state, partSite(run, call, effect, api))]));
      return [state];
    case "release":
      state.temps.set(call.dst, run.table.scalarValue);
      releaseOwned(run, state, operandOf(call, effect.operand), releaseOf(run, call, effect, api), call.op.span);
      return [state];
    case "use":
      useOwned(run, state, operandOf(call, effect.operand), spanOf(call, effect.operand), false);
      state.temps.set(call.dst, run.result(state, call.op.span, api));
      return [state];
    case "ask": state.temps.set(call.dst, aliveness(run, state, operandOf(call, effect.operand))); return [state];
    case "dispose-all": disposeAll(run, state, call.receiver); state.temps.set(call.dst, run.table.scalarValue); return [state];
  }
}

function operandOf(call: Call, operand: Operand): Value {
  return operand === "receiver" ? call.receiver : call.args[operand] ?? EMPTY;
}

function spanOf(call: Call, operand: Operand): Call["op"]["span"] {
  return (operand === "receiver" ? undefined : call.argOps[operand]?.span) ?? call.op.span;
}

function nameOfApi(api: ApiKey): string {
  return api.replace(/^.*[#.]/, "").replace("@@", "Symbol.");
}

function releaseOf(run: FrameRun, call: Call, effect: OwnershipEffect & { kind: "release" }, api: ApiKey): ReleaseCall {
  return { by: nameOfApi(api), takes: effect.takes, owner: effect.own ? allocatorKey(run, call.receiver) : null, again: effect.again, own: effect.own };
}

/** Something that is no memory itself: a handle, a group, a scope, an object of a pool. */
function acquired(run: FrameRun, state: State, call: Call, resource: Resource, api: ApiKey): State {
  // What a handle names is seen through the views that it is resolved to.
  const type = resource === "handle" ? call.argOps[0] : undefined;
  const shape = type === undefined ? UNKNOWN_SHAPE : run.analysis.shapes.typeArgument(run.module, run.fn, type.temp);
  const site: Site = { kind: "result", at: run.at(call.op.span), binding: bindingOf(run, call.dst), api, allocator: allocatorKey(run, call.receiver), shape, via: [], class: null };
  state.temps.set(call.dst, new Set([run.make(state, site)]));
  return state;
}

/** Memory that lives as long as what it was taken from. */
function partSite(run: FrameRun, call: Call, effect: OwnershipEffect & { kind: "part" }, api: ApiKey): Site {
  const owners = things(operandOf(call, effect.owner));
  const [owner] = owners;
  const subject = owner === undefined || owners.length > 1 ? null : subjectOf(owner);
  const type = effect.type === null ? undefined : call.argOps[effect.type];
  const shape = type !== undefined ? run.analysis.shapes.typeArgument(run.module, run.fn, type.temp) : subject?.kind === "site" ? subject.site.shape : UNKNOWN_SHAPE;
  return {
    kind: effect.resource === "task value" ? "pool" : "heap", at: run.at(call.op.span), binding: bindingOf(run, call.dst), api, allocator: subject ?? run.table.unknown,
    shape: effect.many ? { kind: "array", element: elementShape(shape) } : shape, via: [], class: null,
  };
}

/** The allocator goes, and all that it made: nothing of it is owed any more. */
function disposeAll(run: FrameRun, state: State, receiver: Value): void {
  const key = allocatorKey(run, receiver);
  for (const [origin, { now }] of [...state.owned.entries()]) if (now === "live" && origin.kind === "site" && origin.site.allocator === key) state.owned.forget(origin);
}

/** The end of a `using` variable. */
export function disposeOwned(run: FrameRun, state: State, value: Value, span: Call["op"]["span"]): void {
  if ([...value].some((origin) => origin.kind === "site" && origin.site.kind === "allocator")) disposeAll(run, state, value);
  const release: ReleaseCall = { by: "using", takes: [], owner: null, again: true, own: false };
  const owned = new Set(things(value).filter((origin) => resourceOf(origin) !== null || isSupplied(origin)));
  if (owned.size === things(value).length) setReleased(run, state, owned, release, { at: run.at(span), inner: null, chain: [] }, [...owned].every((origin) => resourceOf(origin) !== null));
}

/** A call of which nothing is known: it may keep or release what it is given; on a box of ours its name tells. */
export function unknownOwned(run: FrameRun, state: State, call: Call, apis: ReadonlySet<ApiKey>, isAlone: boolean): void {
  const { key } = call;
  if (key !== null && isAlone && apis.size === 0) releaseByName(run, state, call, key);
  if (apis.size > 0 && [...apis].every(onlyReads)) return;
  // A release by name is this call; anything else may have put other things where these were.
  if (key === null || !mayRelease(key)) state.owned.doubtPlaces();
  call.args.forEach((arg, index) => {
    if (isAlone && !(key !== null && comparesOnly(key))) useOwned(run, state, arg, call.argOps[index]?.span ?? call.op.span);
    giveAway(run, state, arg);
  });
}

function releaseByName(run: FrameRun, state: State, call: Call, key: string): void {
  if (!mayRelease(key)) return;
  const all = things(call.receiver);
  const effects = all.map((origin) => {
    const resource = resourceOf(origin);
    return resource === null ? undefined : ownershipOfMember(resource, key);
  });
  const [effect] = effects;
  if (effect?.kind === "release" && effects.every((each) => each?.kind === "release")) releaseOwned(run, state, call.receiver, { by: key.replace("@@", "Symbol."), takes: effect.takes, owner: null, again: effect.again, own: false }, call.op.span);
  else if (all.length > 0 && all.every(isSupplied)) releaseOwned(run, state, call.receiver, { by: key, takes: [], owner: null, again: false, own: false }, call.op.span, false);
}

/** A use or release inside the callee, of a value that this function supplied. */
export function judgeTouch(run: FrameRun, state: State, application: Application, touch: Touch, substitute: Substitution): void {
  if (!substitute.allows(touch.when)) return;
  const value = substitute.origin(touch.origin);
  const span = touch.origin.kind === "param" && touch.origin.fn === application.fn && application.callback !== true ? application.argSpans[touch.origin.index] : undefined;
  const deed: Deed = span === undefined
    ? { at: touch.at, inner: null, chain: [application.at, ...touch.chain] }
    : { at: { file: application.at.file, span }, inner: touch.at, chain: touch.chain };
  const release = touch.release === null ? null : { ...touch.release, owner: touch.release.owner === null ? null : substitute.key(touch.release.owner) };
  if (release === null) judgeUseOwned(run, state, value, deed, touch.memory);
  else judgeRelease(run, state, value, release, deed);
  const when = new Map(conditions(state));
  for (const [origin, truth] of touch.when) for (const own of substitute.origin(origin)) if (isOfCaller(own)) when.set(own, truth);
  const chain = touch.chain.length < MAX_CHAIN ? [application.at, ...touch.chain] : touch.chain;
  for (const origin of value) if (isSupplied(origin) && state.owned.get(origin) === undefined) run.touch({ ...touch, origin, release, when, chain });
}

const MAX_CHAIN = 6;

/** What one way out of a callee did to who owns what. */
export function applyOwned(run: FrameRun, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
  for (const [origin, standing] of exit.owned) {
    const value = substitute.origin(origin);
    if (origin.kind === "site") for (const own of value) state.owned.set(own, standing);
    else if (origin.kind === "expr") applyBracket(run, state, value, standing, application.at);
    else applyStanding(run, state, application, value, standing);
  }
  const given = new Set<Origin>();
  for (const origin of exit.given) if (isSymbolic(origin) || origin.kind === "function") for (const own of substitute.origin(origin)) given.add(own);
  if (given.size > 0) giveAway(run, state, given);
}

function applyStanding(run: FrameRun, state: State, application: Application, value: Value, standing: Standing): void {
  if (standing.now !== "released") {
    for (const origin of things(value)) {
      const subject = subjectOf(origin);
      if (subject !== null && (resourceOf(subject) !== null || isSupplied(subject))) state.owned.doubt(subject);
    }
    return;
  }
  const [first] = standing.releases;
  const release: ReleaseCall = { by: first?.by ?? "release", takes: standing.resource === null ? [] : [standing.resource], owner: null, again: true, own: standing.resource !== null };
  const deed: Deed = { at: application.at, inner: first?.inner ?? first?.at ?? null, chain: [] };
  // A method of an unknown class released it: so only where it is ours, and has that method.
  const taken = standing.sure ? value : new Set([...value].filter((origin) => isSupplied(origin) || hasMethod(origin, release.by)));
  if (taken.size < things(value).length) return;
  setReleased(run, state, taken, release, deed, standing.sure || ![...taken].some(isSupplied));
}

function hasMethod(origin: Origin, name: string): boolean {
  const resource = rootOf(origin) === origin ? resourceOf(origin) : null;
  return resource !== null && ownershipOfMember(resource, name === "using" ? "@@dispose" : name.replace("Symbol.", "@@")) !== undefined;
}
