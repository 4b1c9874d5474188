/** One operation on all the states of a path at once: a call splits a state, so what stands after many calls is joined again. */
import { PathStates } from "../dataflow/path-states.ts";
import type { State } from "../dataflow/state.ts";
import type { Op } from "../source/ir.ts";
import type { FrameRun } from "./frame-run.ts";
import { transfer } from "./transfer.ts";

/** States in flight inside a block before those of one typestate are joined. */
const MAX_STATES = 24;

/** The states after the operation; those given are used up. */
export function stepStates(run: FrameRun, states: readonly State[], op: Op): State[] {
  const [only] = states;
  if (only !== undefined && states.length === 1) return transfer(run, only, op);
  const after = states.flatMap((state) => transfer(run, state, op));
  if (after.length <= MAX_STATES) return after;
  const joined = new PathStates();
  for (const state of after) joined.add(run.table, state);
  return [...joined.values()];
}
