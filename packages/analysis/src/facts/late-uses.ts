/**
 * Whether a function uses a handle once the frame has ended that its data was retained in.
 *
 * Theory: may, over the settled states, operation by operation. A use is a member that is read or written, or a call on it or with it, or with
 * something that holds it; `yield` and `await` of it too. Ended: the frame is closed, or is another than the one begun before, or the
 * handle is of an earlier round.
 */
import { type Origin, type Site } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { callEffect } from "../knowledge/calls.ts";
import { operandsOf } from "../dataflow/liveness.ts";
import type { FunctionIR, Op } from "../source/ir.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { standing } from "./frame-protocol.ts";
import { FrameRun, reach, read } from "./frame-run.ts";
import { stepStates } from "./step-states.ts";

/** Operations that only move a value about. */
const MOVES: ReadonlySet<Op["op"]> = new Set(["copy", "cast", "load", "store", "object", "array", "set", "function", "rest"]);

export function usedOnceEnded(result: FrameAnalysis, fn: FunctionIR, site: Site, is: (origin: Origin) => boolean, ignored: ReadonlySet<Op>): boolean {
  const { analysis, solved } = result;
  const run = new FrameRun(analysis, fn, "solve");
  const begun = new Set<string>();
  // Reading the method that is called is part of the call.
  const callees = new Set([...ignored].flatMap((op) => (op.op === "call" ? [op.callee] : [])));
  let used = false;
  for (const block of fn.blocks) {
    let current = [...(solved.get(fn)?.states.get(block.id)?.values() ?? [])].map((state) => state.clone());
    for (const op of block.ops) {
      for (const state of current) {
        if (!ignored.has(op) && !(op.op === "get" && callees.has(op.dst)) && touches(run, state, op, is) && isOver(state, site, op, is, run, begun)) used = true;
      }
      current = stepStates(run, current, op);
      if ("dst" in op && op.span.start === (site.via[0] ?? site.at).span.start) for (const state of current) for (const at of framesOf(state, site)) begun.add(at);
    }
  }
  return used;
}

/** Whether a function does anything with a value besides the operations given. */
export function usedBesides(result: FrameAnalysis, fn: FunctionIR, is: (origin: Origin) => boolean, ignored: ReadonlySet<Op>): boolean {
  const { analysis, solved } = result;
  const run = new FrameRun(analysis, fn, "solve");
  const callees = new Set([...ignored].flatMap((op) => (op.op === "call" ? [op.callee] : [])));
  for (const block of fn.blocks) {
    let current = [...(solved.get(fn)?.states.get(block.id)?.values() ?? [])].map((state) => state.clone());
    for (const op of block.ops) {
      if (!ignored.has(op) && !(op.op === "get" && callees.has(op.dst)) && current.some((state) => touches(run, state, op, is))) return true;
      current = stepStates(run, current, op);
    }
  }
  return false;
}

function touches(run: FrameRun, state: State, op: Op, is: (origin: Origin) => boolean): boolean {
  if (op.op === "set") return [...read(state, op.object)].some(is);
  if (MOVES.has(op.op) || op.op === "dispose") return false;
  const isCall = op.op === "call" || op.op === "new" || op.op === "super-call";
  // Putting something beside it is no use of what a container holds.
  if (isCall && run.analysis.program.tracer.targets(run.module, run.fn, op.dst).apis.some((api) => callEffect(api)?.kind === "keep")) return false;
  return operandsOf(op).some((temp) => [...(isCall ? reach(run, state, read(state, temp)) : read(state, temp))].some(is));
}

function isOver(state: State, site: Site, op: Op, is: (origin: Origin) => boolean, run: FrameRun, begun: ReadonlySet<string>): boolean {
  const old = operandsOf(op).some((temp) => [...reach(run, state, read(state, temp))].some((origin) => is(origin) && origin.kind === "site" && origin.old));
  if (old || site.allocator === null) return true;
  const frame = state.frame(site.allocator);
  if (standing(frame) === "closed" || state.mark(site.allocator).ended.length > 0) return true;
  return standing(frame) === "open" && framesOf(state, site).some((at) => !begun.has(at));
}

function framesOf(state: State, site: Site): string[] {
  return site.allocator === null ? [] : state.frame(site.allocator).begun.map((at) => `${at.file}:${at.span.start}`);
}
