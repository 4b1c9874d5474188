/** A place as the caller knows it: what a callee calls `this.width` is `camera.width` where it is called on `camera`. */
import type { Place, Places } from "../dataflow/places.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";

type CallOp = Op & { readonly op: "call" };

/** Null for a place that the caller has no name for. */
export function inCaller(places: Places, op: CallOp, module: ModuleIR, callee: FunctionIR, place: string): Place {
  if (place.startsWith("*") || place.startsWith("g:")) return place;
  const rest = place.slice((/^[^.[]+/.exec(place)?.[0] ?? "").length);
  if (place === `this${rest}`) {
    // An arrow of this very function has its `this`.
    if (callee.kind === "arrow" && module === places.module && callee.parent === places.fn.id) return place;
    const receiver = op.receiver === null ? null : places.of(op.receiver);
    return receiver === null ? null : receiver + rest;
  }
  const variable = Number(/^v(\d+)/.exec(place)?.[1] ?? -1);
  const position = callee.params.findIndex((param) => !param.rest && param.variable === variable);
  if (position >= 0) {
    const passed = argumentAt(op, position);
    const base = passed === undefined || rest === "" ? null : places.of(passed);
    return base === null ? null : base + rest;
  }
  return variable >= 0 && module === places.module && module.variables[variable]?.owner !== callee.id ? place : null;
}

/** What a call passes at a position; undefined where that cannot be told. */
export function argumentAt(op: CallOp, position: number): Temp | undefined {
  return op.args.slice(0, position + 1).some((arg) => arg.spread) ? undefined : op.args[position]?.temp;
}
