/**
 * Calls of functions that the settings' model speaks of: brought into the form in which the runtime's own calls are understood, with the allocator as
 * the receiver. Functions of one file or package that are called on nothing speak of one allocator, which is named after it.
 */
import { EMPTY, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { modelCallEffect, type Modelled, modelOwnership, modelRuntimeEffect } from "../knowledge/model-api.ts";
import { type Shape, SCALAR, UNKNOWN_SHAPE } from "../knowledge/shape.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import type { FrameRun } from "./frame-run.ts";
import { ownedCall } from "./owned-calls.ts";
import { platformCall } from "./platform-call.ts";
import { runtimeCall } from "./runtime-call.ts";
import type { Call } from "./transfer-call.ts";

export function modelledCall(run: FrameRun, state: State, given: Call, model: Modelled, api: ApiKey): State[] {
  const { effect } = model;
  // What is taken back may be what the function is called on: then that is no allocator.
  const call = effect.does === "free" && effect.argument === null ? given : { ...given, receiver: allocatorOf(run, given, model) };
  const owned = modelOwnership(model);
  const ours = modelRuntimeEffect(model);
  const platform = modelCallEffect(model);
  const after = owned !== undefined ? ownedCall(run, state, call, owned, ours, api)
    : ours !== undefined ? runtimeCall(run, state, call, ours, api)
    : platform !== undefined ? platformCall(run, state, call, platform, api) : [state];
  if (effect.does === "transfer" || effect.does === "close" || effect.does === "open") for (const each of after) each.temps.set(call.dst, run.result(each, call.op.span, api));
  return after;
}

function allocatorOf(run: FrameRun, call: Call, { effect, group, isMethod }: Modelled): Value {
  const on = "on" in effect ? effect.on : null;
  if (on !== null) return call.args[on] ?? EMPTY;
  return isMethod && call.receiver.size > 0 ? call.receiver : new Set([run.table.global(group)]);
}

/** What the memory holds, by the type that the function is declared to give: a row of numbers, or nothing that is known. */
export function shapeByType(type: TracedType): Shape {
  if (type.kind === "union") return type.members.map(shapeByType).find((shape) => shape !== UNKNOWN_SHAPE) ?? UNKNOWN_SHAPE;
  const isRow = type.kind === "external" && type.side === "instance" && type.package === "global" && /^(?:Big)?(?:Int|Uint|Float)\w*Array$/.test(type.path);
  return isRow ? { kind: "array", element: SCALAR } : UNKNOWN_SHAPE;
}
