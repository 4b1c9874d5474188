/**
 * What the literal `{ ...message, at }` holds of an object that a caller supplies: all its members but those that the literal writes over. A field of the
 * object under a name of its own stands for them, which no read of a member finds; the caller, who knows the object, puts the values in.
 *
 * Known misses: what the literal's own function reads of it; objects that module variables hold; patterns (`const { at, ...rest } = message`).
 */
import { EMPTY, namesLeftOut, type Origin, restWithout, rootOf, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { isView } from "../knowledge/shape.ts";
import type { ObjectPart, Op } from "../source/ir.ts";
import { type FrameRun, memorySite, shapeOf } from "./frame-run.ts";

/** Notes it on a literal, for one of its spreads. */
export function copyRest(run: FrameRun, state: State, from: Value, to: Value, op: Op & { readonly op: "object" }, spread: ObjectPart): void {
  const supplied = [...from].filter(isSupplied);
  if (supplied.length === 0) return;
  const name = restWithout(op.parts.slice(op.parts.indexOf(spread) + 1).flatMap(({ kind, key }) => (kind === "spread" || key === null ? [] : [key])));
  state.writeField(run.table, to, name, new Set(supplied.map((origin) => run.table.field(origin, name))), run.store(spread.span));
}

/** The members that such a field stands for, where the object is known; null for the field of anything else. */
export function restOf(run: FrameRun, state: State, base: Origin, name: string): Value | null {
  const leftOut = namesLeftOut(name);
  if (leftOut === null) return null;
  if (isSupplied(base)) return new Set([run.table.field(base, name)]);
  if (base.kind !== "site" || memorySite(base) !== null) return viewsOf(run, base, leftOut);
  let held: Value = EMPTY;
  for (const cell of state.cells.values()) if (cell.base === base && !leftOut.includes(cell.name)) held = union(run.table, held, cell.value);
  return held;
}

/** Spreading memory copies its numbers; parts of it stay what they are. */
function viewsOf(run: FrameRun, base: Origin, leftOut: readonly string[]): Value {
  const shape = shapeOf(base);
  if (memorySite(base) === null || shape.kind !== "struct") return EMPTY;
  return new Set([...shape.fields].flatMap(([name, field]) => (isView(field) && !leftOut.includes(name) ? [run.table.field(base, name)] : [])));
}

function isSupplied(origin: Origin): boolean {
  const { kind } = rootOf(origin);
  return kind === "param" || kind === "this";
}
