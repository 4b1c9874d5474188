/**
 * Timers that tick at the rate of frames, by their period.
 *
 * Theory: must, of periods that are constant wherever they are written. Known misses: periods that are computed while the program runs.
 */
import { FASTEST_IDLE_PERIOD_MS } from "../knowledge/hot-entries.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { constantNumber } from "./constant-value.ts";

/** What browsers make of any shorter time when timers ask for themselves. */
const SHORTEST_WAIT_MS = 4;

type CallOp = Op & { readonly op: "call" };

/** `setInterval(step, 16)`; without a period as fast as may be. */
export function ticksLikeFrames(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp): boolean {
  const milliseconds = periodOf(program, module, fn, op);
  return milliseconds !== null && milliseconds <= FASTEST_IDLE_PERIOD_MS;
}

/** `setTimeout(step, 1000 / 60)`; without a time to wait it is work in parts, as much as there is. */
export function waitsAFrame(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp): boolean {
  const milliseconds = periodOf(program, module, fn, op);
  return milliseconds !== null && milliseconds >= SHORTEST_WAIT_MS && milliseconds <= FASTEST_IDLE_PERIOD_MS;
}

function periodOf(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp): number | null {
  const period = op.args[1];
  return period === undefined ? 0 : constantNumber(program, module, fn, period.temp);
}
