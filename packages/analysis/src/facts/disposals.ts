/**
 * The end of a `using` variable: a frame scope of ours ends its frame, a box is released, a checkpoint's guard rolls back; of anything else its own
 * `[Symbol.dispose]` runs, as a call of it would.
 *
 * Theory: may. Which function runs is told by the class of the value, or else by the declared type; misses: objects that an unresolved call gave.
 */
import { type Origin, union, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { FunctionIR } from "../source/ir.ts";
import { applySummary } from "./apply-summary.ts";
import { closeGuard } from "./checkpoints.ts";
import { type Dispose, disposersNamed, disposersOf } from "./disposers.ts";
import { closeFrame, standing } from "./frame-protocol.ts";
import { type FrameRun, functionsIn } from "./frame-run.ts";
import { disposeOwned } from "./owned-calls.ts";

/** The states after it: one for each way out of what disposes. The state given is used up. */
export function dispose(run: FrameRun, state: State, op: Dispose): State[] {
  const value = state.readVariable(run.table, run.module, op.variable);
  disposeOwned(run, state, value, op.span);
  for (const origin of value) {
    if (origin.kind !== "site") continue;
    const { kind, allocator } = origin.site;
    if (kind === "checkpoint" && !state.mark(origin).committed) closeGuard(run, state, origin, run.at(op.span));
    else if (kind === "frame-scope" && allocator !== null && standing(state.frame(allocator)) === "open") closeFrame(run, state, allocator, run.at(op.span));
  }
  const called = calledBy(run, state, op, value);
  if (called.size === 0) return [state];
  return [...called].flatMap(([fn, receiver]) => applySummary(run, state, { fn, receiver, args: [], argSpans: [], at: run.at(op.span), dst: null }));
}

/** What runs, each on those that it is of. */
function calledBy(run: FrameRun, state: State, op: Dispose, value: Value): ReadonlyMap<FunctionIR, Value> {
  const called = new Map<FunctionIR, Value>();
  const add = (fn: FunctionIR, of: Origin): void => void called.set(fn, union(run.table, called.get(fn) ?? new Set(), new Set([of])));
  let isTold = value.size > 0;
  for (const origin of value) {
    // `undefined` and `null` are disposed of by nothing, and so is what is ours, which is done.
    if (origin.kind === "const" || (origin.kind === "site" && OURS.has(origin.site.kind))) continue;
    const own = functionsOf(run, state, op, origin);
    for (const fn of own) add(fn, origin);
    isTold &&= own.length > 0;
  }
  if (isTold) return called;
  for (const { function: fn } of disposersOf(run.analysis.program, run.module, op)) called.set(fn, value);
  return called;
}

const OURS: ReadonlySet<string> = new Set(["allocator", "frame-scope", "checkpoint", "frame", "pool", "heap", "retained", "transfer"]);

function functionsOf(run: FrameRun, state: State, op: Dispose, origin: Origin): readonly FunctionIR[] {
  for (const name of disposersNamed(op)) {
    const held = functionsIn(state.readField(run.table, origin, name)).map(({ fn }) => fn);
    if (held.length > 0) return held;
    const class_ = origin.kind === "site" ? origin.site.class : null;
    const member = class_ === null ? null : run.analysis.program.tracer.member({ kind: "instance", module: class_.module, class: class_.class, args: [] }, name);
    if (member?.kind === "function") return [member.function];
  }
  return [];
}
