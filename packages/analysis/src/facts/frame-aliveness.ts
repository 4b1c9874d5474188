/**
 * What `isAlive` of a frame value answers.
 *
 * Theory: forward, on the states of the frame analysis. Where the frame is closed, no; where the value has seen no end and the frame is open, yes; where it has
 * on some path, the answer is a question that a branch decides: on its way with "yes" the value is of the open frame (`conditions.ts`).
 * Misses: a frame whose standing only the caller knows, where nothing is answered.
 */
import { type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { ALIVE } from "./conditions.ts";
import { type FrameRun, frameSite } from "./frame-run.ts";
import { standing } from "./frame-protocol.ts";

export function frameAliveness(run: FrameRun, state: State, value: Origin): Value {
  const { table } = run;
  const root = rootOf(value);
  const allocator = frameSite(value)?.allocator ?? null;
  const now = allocator === null || allocator === table.unknown ? "unknown" : standing(state.frame(allocator));
  const hasEnded = state.mark(root).ended.length > 0;
  if (hasEnded) return new Set([now === "closed" ? table.constant(false) : table.expression(ALIVE, [root])]);
  return now === "open" ? new Set([table.constant(true)]) : table.scalarValue;
}
