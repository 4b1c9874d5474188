/**
 * What frames do to a state: begin, end, allocate, suspend, and the use of a value whose frame may be over.
 *
 * Typestate of one allocator on one path: as the caller left it (`entry`), `open`, `closed`; with what was assumed of the caller (after
 * `inFrame()` was asked). What is right only under some callers becomes a need of the summary.
 * Misses: two names for one allocator that no path of the program makes equal are taken for two.
 */
import { EMPTY, type Origin, nameOf, rootOf, union, type Value } from "../dataflow/origin.ts";
import type { FrameState } from "../dataflow/frame-state.ts";
import { addLocation } from "../dataflow/locations.ts";
import type { State } from "../dataflow/state.ts";
import { LIVENESS_MEMBERS, runtimeEffect } from "../knowledge/runtime-api.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Location, Span } from "../source/span.ts";
import { noteAllocation, noteSuspension } from "./async-allocations.ts";
import { endCheckpoints } from "./checkpoints.ts";
import { judgeCells } from "./escape-judgement.ts";
import { type FrameRun, frameSite } from "./frame-run.ts";
import { shortestName } from "./instance-paths.ts";
import { lazyAllocator } from "./lazy-allocators.ts";
import { endBrackets } from "./owned-brackets.ts";
import { useOwned } from "./owned-use.ts";
import type { Need } from "./summary.ts";

/** Whether the frame is known to be open, closed, or neither, on this path. */
export function standing(frame: FrameState): "open" | "closed" | "unknown" {
  if (frame.now !== "entry") return frame.now;
  return frame.assumed === "any" ? "unknown" : frame.assumed;
}

export function beginFrame(run: FrameRun, state: State, key: Origin, at: Location, inner: Location | null): void {
  const frame = state.frame(key);
  if (standing(frame) === "open") {
    const leaves = [...state.leaves.values()].filter((leave) => leave.key === key && leave.kind !== WAIT);
    // The frame is open only because an explicit exit skipped its end: that exit is the fault.
    for (const leave of leaves) run.emit({ kind: "unbalanced", at: leave.at, exit: leave.kind, allocator: nameOf(key), begun: frame.begun });
    if (leaves.length === 0) run.emit({ kind: "nested", at, allocator: nameOf(key), begun: frame.begun, inner });
    return;
  }
  if (standing(frame) === "unknown") {
    run.begins.set(`${key.id}:${at.file}:${at.span.start}`, { key, at, when: conditions(state) });
    contradict(run, state, key);
  }
  for (const [id, size] of state.sizes) if (size.key === key) state.sizes.delete(id);
  state.frames.set(key, { assumed: frame.assumed, now: "open", begun: [at], ended: frame.ended });
}

/** A frame begins though needs before it wanted one open: no caller can have held one then. */
function contradict(run: FrameRun, state: State, key: Origin): void {
  for (const [id, pending] of state.pending) {
    if (pending.key !== key) continue;
    const need = run.needs.get(id);
    if (need !== undefined) run.contradicted.set(id, need);
    state.pending.delete(id);
  }
}

export function endFrame(run: FrameRun, state: State, key: Origin, at: Location): void {
  const frame = state.frame(key);
  const now = standing(frame);
  if (now === "closed" || now === "unknown") need(run, state, { id: needId("end", at), what: "end", key, at, name: "endFrame", memory: null, chain: [], when: conditions(state), among: EMPTY });
  if (now === "closed") return;
  closeFrame(run, state, key, at);
}

/** The frame is over: what outlives it and still holds its values is judged, then its values are ended. */
export function closeFrame(run: FrameRun, state: State, key: Origin, at: Location): void {
  judgeCells(run, state, key);
  endBrackets(run, state, "phase", key);
  run.endedKeys.add(key);
  const frame = state.frame(key);
  state.frames.set(key, { assumed: frame.assumed, now: "closed", begun: [], ended: [at] });
  for (const origin of frameValues(state, key)) state.marks.set(origin, { ...state.mark(origin), ended: [at] });
  endCheckpoints(state, key, at);
  // Values that the caller made in this frame are over too.
  if (frame.now === "entry") state.marks.set(key, { ...state.mark(key), ended: addLocation(state.mark(key).ended, at) });
  for (const [id, leave] of state.leaves) if (leave.key === key) state.leaves.delete(id);
  for (const [id, work] of state.work) if (work.key === key) state.work.delete(id);
  for (const [id, size] of state.sizes) if (size.key === key) state.sizes.delete(id);
}

/** The frame values of an allocator that some place of the state holds and that are alive. */
export function frameValues(state: State, key: Origin | null): Set<Origin> {
  const found = new Set<Origin>();
  const visit = (value: Value): void => {
    for (const origin of value) {
      const root = rootOf(origin);
      if (root.kind !== "site" || root.site.kind !== "frame" || (key !== null && root.site.allocator !== key)) continue;
      if (state.mark(root).ended.length === 0) found.add(root);
    }
  };
  for (const value of state.temps.values()) visit(value);
  for (const cell of state.cells.values()) {
    visit(cell.value);
    if (cell.base !== null) visit(new Set([cell.base]));
  }
  return found;
}

/** A wait for other agents that the frame's end must follow. */
const WAIT = "wait";

/** Work in a frame after the wait that belongs to its end: the frame was open across the wait after all. */
function resumed(run: FrameRun, state: State, key: Origin): void {
  const wait = state.leaves.get(`${WAIT}:${key.id}`);
  if (wait === undefined) return;
  run.emit({ kind: "open-across", at: wait.at, allocator: nameOf(key), begun: state.frame(key).begun, form: "await" });
  noteSuspension(run, state, key, wait.at);
  state.leaves.delete(`${WAIT}:${key.id}`);
}

/** An allocation in the frame of `key`: right when one is open. */
export function needFrame(run: FrameRun, state: State, key: Origin, at: Location, name: string, memory: "frame" | "retained"): void {
  need(run, state, { id: needId("allocation", at), what: "allocation", key, at, name, memory, chain: [], when: conditions(state), among: EMPTY });
}

/** What this path has asked of values that the caller supplied. */
export function conditions(state: State): ReadonlyMap<Origin, boolean> {
  return new Map([...state.facts].filter(([origin]) => isOfCaller(origin)));
}

export function isOfCaller(origin: Origin): boolean {
  if (origin.kind === "expr") return origin.operands.every((operand) => operand.kind === "const" || isOfCaller(operand));
  const root = rootOf(origin);
  return root.kind === "param" || root.kind === "this" || root.kind === "variable";
}

function needId(what: string, at: Location): string {
  return `${what}:${at.file}:${at.span.start}:${at.span.end}`;
}

/** Judges a need where it stands, or leaves it to the callers. */
export function need(run: FrameRun, state: State, need: Need): void {
  const frame = state.frame(need.key);
  const now = standing(frame);
  if (need.what === "allocation") {
    resumed(run, state, need.key);
    noteAllocation(run, state, need);
  }
  if (now === "unknown") {
    run.needs.set(need.id, { ...need, among: union(run.table, union(run.table, run.needs.get(need.id)?.among ?? EMPTY, need.among), openFrames(state)) });
    state.pending.set(need.id, { key: need.key, id: need.id });
    return;
  }
  if (run.phase !== "report") return;
  const evidence = run.evidence(need);
  if (now === "open" || need.among.has(need.key)) evidence.noteOther("open", need.chain);
  else if (need.among.has(run.table.unknown)) evidence.noteOther("unknown", need.chain);
  else evidence.noteClosed({ chain: need.chain, ended: frame.ended }, need.key);
}

function openFrames(state: State): Value {
  const keys = new Set<Origin>();
  for (const [key, frame] of state.frames) if (standing(frame) === "open") keys.add(key);
  return keys;
}

/** An `await` or `yield`: no frame that this function begun may be open, and what is alive has now crossed it. */
export function suspend(run: FrameRun, state: State, span: Span, form: "await" | "yield", awaited: Value): void {
  const at = run.at(span);
  // Waiting for the agents that share the frame belongs to its end.
  const belongs = [...awaited].some((origin) => origin.kind === "site" && origin.site.api !== null && runtimeEffect(origin.site.api)?.kind === "frame-wait");
  if (state.mark(run.table.unknown).crossed.length === 0) run.effect(`suspend:${at.span.start}`, { kind: "suspend", at, form });
  for (const [key, frame] of state.frames) {
    if (frame.now !== "open" || frame.begun.length === 0) continue;
    if (belongs) state.leaves.set(`${WAIT}:${key.id}`, { at, kind: WAIT, key });
    else {
      run.emit({ kind: "open-across", at, allocator: nameOf(key), begun: frame.begun, form });
      noteSuspension(run, state, key, at);
    }
  }
  if (belongs) return;
  state.owned.doubtPlaces();
  for (const origin of frameValues(state, null)) state.marks.set(origin, { ...state.mark(origin), crossed: addLocation(state.mark(origin).crossed, at) });
  // Stands for every value that the caller supplied.
  const supplied = run.table.unknown;
  state.marks.set(supplied, { ...state.mark(supplied), crossed: addLocation(state.mark(supplied).crossed, at) });
}

/** A read, write, call or passing on of a value; `named` when the value itself is passed or asked about, which touches no pool or heap memory. */
export function use(run: FrameRun, state: State, value: Value, span: Span, named = false): void {
  if (run.phase === "solve") return;
  for (const origin of value) useOrigin(run, state, origin, run.at(span), []);
  if (!named) useOwned(run, state, value, span);
}

export function useOrigin(run: FrameRun, state: State, origin: Origin, at: Location, chain: readonly Location[]): void {
  const site = frameSite(origin);
  if (site !== null) {
    const mark = state.mark(rootOf(origin));
    if (mark.ended.length > 0) run.emit({ kind: "use", at, site, ended: mark.ended, chain });
    else if (mark.rolled.length > 0) run.emit({ kind: "rolled-back", at, site, rolled: mark.rolled, chain });
    else for (const crossed of mark.crossed) run.emit({ kind: "crossing", at: crossed, site, used: at, form: formAt(run, crossed) });
    return;
  }
  useSymbolic(run, state, origin, at);
}

/** A value that the caller supplied: whether the use is right depends on what it is there. */
function useSymbolic(run: FrameRun, state: State, origin: Origin, at: Location): void {
  const root = rootOf(origin);
  if (root.kind !== "param" && root.kind !== "this" && root.kind !== "variable") return;
  if ([...LIVENESS_MEMBERS].some((name) => state.facts.get(run.table.field(origin, name)) === true)) return;
  const ended: { key: Origin; at: Location }[] = [];
  for (const [key, mark] of state.marks) {
    if (mark.ended.length === 0 || key.kind === "site" || key === run.table.unknown) continue;
    for (const end of mark.ended) ended.push({ key, at: end });
  }
  const crossed = state.mark(run.table.unknown).crossed.map((crossing) => ({ at: crossing, form: formAt(run, crossing) }));
  run.effect(`use:${origin.id}:${ended.length}:${crossed.length}`, { kind: "use", origin, at, ended, crossed });
}

function formAt(run: FrameRun, at: Location): "await" | "yield" {
  return at.file === run.fn.file && functionIndex(run.fn).yieldsAt(at.span.start) ? "yield" : "await";
}

/** The allocator that a receiver is. One of several is told apart as that choice: the same variable is the same one. Null when unknown. */
export function allocatorKey(run: FrameRun, value: Value): Origin | null {
  const names = new Set<Origin>();
  for (const origin of value) {
    if (origin.kind === "const") continue; // `alloc?.`: nothing happens on undefined
    if (origin.kind === "unknown" || origin.kind === "scalar") return null;
    names.add(shortestName(run, lazyAllocator(run, origin)));
  }
  const keys = [...names];
  const [only] = keys;
  if (keys.length <= 1) return only ?? null;
  return run.table.expression(CHOICE, keys.sort((a, b) => a.id - b.id));
}

/** Operator of the expression that stands for one of several things. */
export const CHOICE = "one of";
