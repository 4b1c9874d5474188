/**
 * Frame allocations written in an async function or async generator, and whether their frame opens and closes there with no suspension between.
 *
 * Theory: forward, may, on the states of the frame analysis: what was allocated in a frame that the function began itself, and that the frame was
 * open at a suspension, is kept in the state until that frame ends. A function written inside and called by it counts as its own text.
 * Where the frame is known to be closed nothing is noted: then the allocation itself is the fault.
 * Misses: allocators that no path names; frames that a function leaves open when it returns.
 */
import type { Origin } from "../dataflow/origin.ts";
import type { FrameWork, State } from "../dataflow/state.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { standing } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import type { Need } from "./summary.ts";

export interface AsyncAllocation {
  readonly at: Location;
  /** `frameAlloc` */
  readonly call: string;
  readonly fn: FunctionIR;
  /** On some path it is made in a frame that the function began. */
  inOwnFrame: boolean;
  /** On some path it is made in a frame that is the caller's, if there is one. */
  inCallersFrame: boolean;
  /** Where its own frame was open at an `await` or `yield`, and where that was begun. */
  across: { readonly at: Location; readonly begun: readonly Location[] } | null;
}

/** An allocation that this function, or a callee, makes. */
export function noteAllocation(run: FrameRun, state: State, need: Need): void {
  if (!run.fn.async || need.memory !== "frame" || need.key === run.table.unknown || !isWrittenIn(run.fn, need.at)) return;
  const frame = state.frame(need.key);
  if (standing(frame) === "closed") return;
  const known = record(run, need.at, need.name);
  if (frame.now !== "open") {
    known.inCallersFrame = true;
    return;
  }
  known.inOwnFrame = true;
  for (const work of state.work.values()) if (work.key === need.key && work.allocation === null) known.across ??= { at: work.at, begun: frame.begun };
  addWork(state, { key: need.key, at: need.at, allocation: need.name });
}

/** An `await` or `yield` at which a frame that this function began is open. */
export function noteSuspension(run: FrameRun, state: State, key: Origin, at: Location): void {
  if (!run.fn.async) return;
  const { begun } = state.frame(key);
  for (const work of state.work.values()) if (work.key === key && work.allocation !== null) record(run, work.at, work.allocation).across ??= { at, begun };
  addWork(state, { key, at, allocation: null });
}

function addWork(state: State, work: FrameWork): void {
  state.work.set(`${work.key.id}:${work.allocation ?? "suspension"}:${work.at.file}:${work.at.span.start}`, work);
}

function record(run: FrameRun, at: Location, call: string): AsyncAllocation {
  const id = `${at.span.start}:${at.span.end}`;
  let known = run.asyncAllocations.get(id);
  if (known === undefined) run.asyncAllocations.set(id, (known = { at, call, fn: run.fn, inOwnFrame: false, inCallersFrame: false, across: null }));
  return known;
}

/** In its own text, or in that of a function inside it. */
function isWrittenIn(fn: FunctionIR, { file, span }: Location): boolean {
  return file === fn.file && span.start >= fn.span.start && span.end <= fn.span.end;
}
