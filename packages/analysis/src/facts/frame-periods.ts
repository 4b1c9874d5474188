/**
 * Timers that tick at the rate of frames, by their period.
 *
 * Theory: must, of periods that are constant wherever they are written; of one that is a parameter, in the calls that are looked at. Of a time that something is taken off (`16 - took`) the constant counts, which it is at most. Known misses: other periods that are computed while the program runs.
 */
import { FASTEST_IDLE_PERIOD_MS } from "../knowledge/hot-entries.ts";
import { placesOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { constantNumber } from "./constant-value.ts";
import { callsOf, type Parameter, parameterOfVariable, passedAt, type PassedBy, type Place } from "./handed-on.ts";

/** What browsers make of any shorter time when timers ask for themselves. */
const SHORTEST_WAIT_MS = 4;
/** Through how many calls a period is followed that is a parameter: `every(step, 16)`. */
const MAX_CALLS = 5;

type CallOp = Op & { readonly op: "call" };

/** `setInterval(step, 16)`; without a period as fast as may be. `through` are the calls that it stands for; null when a parameter says nothing. */
export function ticksLikeFrames(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp, through: readonly PassedBy[] | null = null): boolean {
  return periodsOf(program, module, fn, op, through).some((milliseconds) => milliseconds <= FASTEST_IDLE_PERIOD_MS);
}

/** `setTimeout(step, 1000 / 60)`; without a time to wait it is work in parts, as much as there is. */
export function waitsAFrame(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp, through: readonly PassedBy[] | null = null): boolean {
  const isFrame = (milliseconds: number): boolean => milliseconds >= SHORTEST_WAIT_MS && milliseconds <= FASTEST_IDLE_PERIOD_MS;
  const rest = op.args[1] === undefined ? null : restOf(program, module, fn, op.args[1].temp);
  return periodsOf(program, module, fn, op, through).some(isFrame) || (rest !== null && isFrame(rest));
}

/** `Math.max(0, 16 - took)`, `16 - took`: the constant that something is taken off; null for any other value. */
function restOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): number | null {
  const op = placesOf(module, fn).origin(temp);
  if (op?.op === "load") {
    const value = functionIndex(fn).initialValue(op.variable);
    return value === undefined || module.variables[op.variable]?.reassigned === true || module.variables[op.variable]?.owner !== fn.id ? null : restOf(program, module, fn, value);
  }
  if (op?.op === "binary") return op.operator === "-" && constantNumber(program, module, fn, op.right) === null ? constantNumber(program, module, fn, op.left) : null;
  if (op?.op !== "call" || op.key !== "max" || op.receiver === null || placesOf(module, fn).of(op.receiver) !== "g:Math") return null;
  const rests = op.args.map(({ temp: each, spread }) => (spread ? null : constantNumber(program, module, fn, each) ?? restOf(program, module, fn, each)));
  return rests.includes(null) ? null : Math.max(...rests.map((each) => each ?? 0));
}

function periodsOf(program: Program, module: ModuleIR, fn: FunctionIR, op: CallOp, through: readonly PassedBy[] | null): readonly number[] {
  const period = op.args[1];
  if (period === undefined) return [0];
  if (through !== null) return numbersAt(program, { module, function: fn, temp: period.temp }, through);
  const number = constantNumber(program, module, fn, period.temp);
  return number === null ? [] : [number];
}

/** The constants that a value is in these calls, or, where it is a parameter of none of them, in any. */
function numbersAt(program: Program, place: Place, through: readonly PassedBy[]): readonly number[] {
  let open: Parameter | null = null;
  const passedIn = (calls: readonly PassedBy[]) => (module: ModuleIR, variable: VariableId): number | null => {
    const parameter = parameterOfVariable(module, variable);
    if (parameter === null) return null;
    const at = calls.findIndex(({ taker }) => taker === parameter.taker);
    const by = calls[at];
    if (by === undefined) open ??= parameter;
    const value = by === undefined ? null : passedAt(parameter, by.site);
    return value === null ? null : constantNumber(program, value.module, value.function, value.temp, 0, passedIn(calls.slice(at + 1)));
  };
  const number = constantNumber(program, place.module, place.function, place.temp, 0, passedIn(through));
  const asked = open as Parameter | null;
  if (number !== null || asked === null || through.length >= MAX_CALLS) return number === null ? [] : [number];
  return callsOf(program, asked.taker).flatMap((site) => (through.some((each) => each.site.op === site.op) ? [] : numbersAt(program, place, [...through, { taker: asked.taker, site }])));
}
