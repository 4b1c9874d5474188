/**
 * Checkpoints of a frame: which values were made after which, what a rollback frees, and which checkpoints are gone.
 *
 * Theory: forward, may, on the states of the frame analysis; a rollback is part of the typestate, so that a condition that decided it stays tied to it.
 * A value knows the checkpoints that it was made after (union at joins). A checkpoint that the caller supplies is older than all that the function
 * makes, and of an older frame than one that the function begins; going back to it is left to the callers as well. A guard that is committed on some
 * path is taken for committed.
 * A `frameScope` is such a point too; its end, by `using`, ends the values that it holds as a frame's end would.
 * Misses: rollbacks inside `speculative`; the end of a `frameScope` that is no `using`; checkpoints that methods hand on through fields, unless one function calls both or the later method
 * begins the frame and calls nothing unknown.
 */
import { EMPTY, isSymbolic, nameOf, type Origin, rootOf, type Site, type Value } from "../dataflow/origin.ts";
import { addLocation } from "../dataflow/locations.ts";
import type { State } from "../dataflow/state.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import { isExported } from "../source/exported-variables.ts";
import type { FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { forgetSizes } from "./frame-sizes.ts";
import { frameValues, standing } from "./frame-protocol.ts";
import { judgeKept } from "./escape-judgement.ts";
import type { FrameRun } from "./frame-run.ts";

type Checkpoint = Origin & { readonly kind: "site" };

export function takeCheckpoint(run: FrameRun, state: State, site: Site, dst: number): void {
  const earlier = liveCheckpoints(state, site.allocator);
  const made = run.make(state, site);
  state.marks.set(made, { ...state.mark(made), after: laterNames(run, earlier, made) });
  state.temps.set(dst, new Set([made]));
}

/** `frameScope()`: a point that its end goes back to. What was made after it is over then, as at a frame's end. */
export function openSubFrame(run: FrameRun, state: State, site: Site, dst: number): void {
  forgetSizes(state, site.allocator);
  takeCheckpoint(run, state, site, dst);
}

/** Making a checkpoint anew turned the site's former one into its old one. */
function laterNames(run: FrameRun, checkpoints: Value, made: Checkpoint): Value {
  return new Set([...checkpoints].map((each) => (each === made ? run.table.site(made.site, true) : each)));
}

/** The checkpoints that can be gone back to, in the frame of an allocator. */
export function liveCheckpoints(state: State, key: Origin | null): Value {
  let live: Set<Origin> | null = null;
  for (const [origin, mark] of state.marks) {
    if (isCheckpoint(origin) && origin.site.allocator === key && mark.ended.length === 0 && mark.rolled.length === 0) (live ??= new Set()).add(origin);
  }
  return live ?? EMPTY;
}

/** A frame value is made: it is younger than these. */
export function noteCheckpoints(state: State, made: Origin, key: Origin | null): void {
  const after = liveCheckpoints(state, key);
  if (after.size > 0) state.marks.set(made, { ...state.mark(made), after });
}

/** `rollbackTo(checkpoint)` in the frame of an allocator. */
export function rollBack(run: FrameRun, state: State, checkpoints: Value, key: Origin | null, at: Location): void {
  forgetSizes(state, key);
  const [checkpoint, ...others] = [...checkpoints].filter((each) => each.kind !== "const");
  if (key === null || checkpoint === undefined) return;
  // One of several: which of them is not known, but all of them may be gone.
  if (others.length > 0 && ![checkpoint, ...others].every((each) => isCheckpoint(each) && state.mark(each).ended.length > 0)) return;
  if (isCheckpoint(checkpoint)) rollBackTo(run, state, checkpoint, key, at);
  else if (isSymbolic(checkpoint)) rollBackToSupplied(run, state, checkpoint, key, at);
}

function rollBackTo(run: FrameRun, state: State, checkpoint: Checkpoint, key: Origin, at: Location): void {
  const { ended, rolled } = state.mark(checkpoint);
  const { allocator } = checkpoint.site;
  const other = allocator !== null && allocator !== key && allocator.kind === key.kind && (key.kind === "variable" || key.kind === "site" || key.kind === "param");
  const why = other ? "allocator" : ended.length > 0 ? "frame" : rolled.length > 0 ? "below" : null;
  if (why !== null) {
    run.emit({ kind: "stale-rollback", at, checkpoint: nameOf(checkpoint), taken: checkpoint.site.at, why, places: why === "frame" ? ended : why === "below" ? rolled : [] });
    return;
  }
  for (const [origin, mark] of state.marks) {
    if (mark.after.has(checkpoint) && mark.ended.length === 0) state.marks.set(origin, { ...mark, rolled: addLocation(mark.rolled, at) });
  }
  state.rollbacks.set(checkpoint, { at, key });
}

/** To a checkpoint that was there when the function was entered. */
function rollBackToSupplied(run: FrameRun, state: State, checkpoint: Origin, key: Origin, at: Location): void {
  const frame = state.frame(key);
  if (frame.now === "open") {
    if (frame.begun.length > 0 && predates(run, checkpoint)) run.emit({ kind: "stale-rollback", at, checkpoint: nameOf(checkpoint), taken: null, why: "frame", places: frame.begun });
    return;
  }
  if (standing(frame) === "closed") return;
  for (const origin of [...frameValues(state, key), ...liveCheckpoints(state, key)]) state.marks.set(origin, { ...state.mark(origin), rolled: addLocation(state.mark(origin).rolled, at) });
  state.rollbacks.set(checkpoint, { at, key });
}

/** Whether what it stands for was surely there before this function began a frame: nobody else can have set it meanwhile. */
function predates(run: FrameRun, checkpoint: Origin): boolean {
  if (checkpoint.kind === "param") return true;
  // What a known callee writes is in the state, and then the field does not stand for what it was.
  if (checkpoint.kind === "field" && checkpoint.base.kind === "this") return run.fn.blocks.every((block) => block.ops.every((op) => (op.op !== "call" && op.op !== "new") || isKnown(run, op.dst)));
  return checkpoint.kind === "variable" && !isExported(checkpoint.module, checkpoint.variable) && onlyStoredIn(checkpoint.module, checkpoint.variable, run.fn);
}

function isKnown(run: FrameRun, call: Temp): boolean {
  const { apis, functions, complete } = run.analysis.program.tracer.targets(run.module, run.fn, call);
  return complete && apis.length + functions.length > 0;
}

function onlyStoredIn(module: ModuleIR, variable: number, fn: FunctionIR): boolean {
  return module.functions.every((each) => each === fn || each.blocks.every((block) => block.ops.every((op) => op.op !== "store" || op.variable !== variable || op.init)));
}

/** The end of a guard's scope on a path where it was not committed, or of a sub-frame; a stale one ends without effect. */
export function closeGuard(run: FrameRun, state: State, guard: Checkpoint, at: Location): void {
  const { ended, rolled } = state.mark(guard);
  forgetSizes(state, guard.site.allocator);
  if (runtimeEffect(guard.site.api ?? "")?.kind === "sub-frame") {
    if (ended.length === 0 && rolled.length === 0) closeSubFrame(run, state, guard, at);
    return;
  }
  if (ended.length === 0 && rolled.length === 0 && guard.site.allocator !== null) rollBackTo(run, state, guard, guard.site.allocator, at);
}

function closeSubFrame(run: FrameRun, state: State, scope: Checkpoint, at: Location): void {
  const isOver = (origin: Origin): boolean => state.mark(rootOf(origin)).after.has(scope);
  judgeKept(run, state, isOver);
  for (const [origin, mark] of state.marks) {
    if (!mark.after.has(scope) || mark.ended.length > 0) continue;
    state.marks.set(origin, isCheckpoint(origin) ? { ...mark, rolled: addLocation(mark.rolled, at) } : { ...mark, ended: [at] });
  }
  state.marks.set(scope, { ...state.mark(scope), rolled: [at] });
}

export function commit(state: State, guards: Value): void {
  for (const guard of guards) if (isCheckpoint(guard)) state.marks.set(guard, { ...state.mark(guard), committed: true });
}

/** The frame is over, and its checkpoints with it. */
export function endCheckpoints(state: State, key: Origin, at: Location): void {
  for (const [origin, mark] of state.marks) if (isCheckpoint(origin) && origin.site.allocator === key) state.marks.set(origin, { ...mark, ended: [at] });
  for (const [checkpoint, rollback] of state.rollbacks) if (rollback.key === key) state.rollbacks.delete(checkpoint);
}

function isCheckpoint(origin: Origin): origin is Checkpoint {
  return origin.kind === "site" && origin.site.kind === "checkpoint" && rootOf(origin) === origin;
}
