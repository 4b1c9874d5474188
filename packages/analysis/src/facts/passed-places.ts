/** A place as the caller knows it: what a callee calls `this.width` is `camera.width` where it is called on `camera`. */
import type { Place, Places } from "../dataflow/places.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";

type CallOp = Op & { readonly op: "call" };

/** Null for a place that the caller has no name for. */
export function inCaller(places: Places, op: CallOp, module: ModuleIR, callee: FunctionIR, place: string): Place {
  if (place.startsWith("*") || place.startsWith("g:")) return place;
  const head = headLength(place);
  const rest = place.slice(head);
  if (head === THIS.length && place.startsWith(THIS)) {
    // An arrow of this very function has its `this`.
    if (callee.kind === "arrow" && module === places.module && callee.parent === places.fn.id) return place;
    const receiver = op.receiver === null ? null : places.of(op.receiver);
    return receiver === null ? null : receiver + rest;
  }
  const variable = variableAtHead(place);
  const position = variable < 0 ? -1 : callee.params.findIndex((param) => !param.rest && param.variable === variable);
  if (position >= 0) {
    const passed = argumentAt(op, position);
    const base = passed === undefined || rest === "" ? null : places.of(passed);
    return base === null ? null : base + rest;
  }
  return variable >= 0 && module === places.module && module.variables[variable]?.owner !== callee.id ? place : null;
}

const THIS = "this";

/** How much of a place stands before its first member or element. */
function headLength(place: string): number {
  let at = 0;
  while (at < place.length && place[at] !== "." && place[at] !== "[") at++;
  return at;
}

/** The variable that a place is, or is reached from; -1 where it begins with something else. */
export function variableAtHead(place: string): number {
  const found = place.startsWith("v") ? Number.parseInt(place.slice(1), 10) : NaN;
  return Number.isNaN(found) ? -1 : found;
}

/** What a call passes at a position; undefined where that cannot be told. */
export function argumentAt(op: CallOp, position: number): Temp | undefined {
  for (let at = 0; at <= position; at++) if (op.args[at]?.spread === true) return undefined;
  return op.args[position]?.temp;
}
