/**
 * `f.call(self, x)` and `f.apply(self, list)`: a call of `f` with another receiver. Whatever `f` is a name of counts: a function that flowed here, or
 * one that the tracer names. Of a list that is applied, every parameter may be any element. Not seen: `Reflect.apply`.
 */
import { EMPTY, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { FunctionIR } from "../source/ir.ts";
import { applyClosures, applySummary } from "./apply-summary.ts";
import { type FrameRun, flatMap, functionsIn } from "./frame-run.ts";
import { elementsOf } from "./transfer.ts";
import type { Call } from "./transfer-call.ts";

/** The form of such a call; null for a method of somebody's own that is called so. */
export function invocationForm(run: FrameRun, call: Call): "call" | "apply" | null {
  if (call.key !== "call" && call.key !== "apply") return null;
  return functionsOf(run, call).size > 0 ? call.key : null;
}

export function invokeFunction(run: FrameRun, state: State, call: Call, form: "call" | "apply"): State[] {
  const receiver = call.args[0] ?? EMPTY;
  const functions = functionsOf(run, call);
  if (functions.size === 0) return applyClosures(run, state, { ...call, receiver }, call.receiver, form === "call" ? call.args.slice(1) : [], 0);
  const outcomes: State[] = [];
  for (const fn of functions) {
    const [args, spans] = form === "call" ? [call.args.slice(1), call.argOps.slice(1).map((arg) => arg.span)] : applied(run, state, call, fn);
    const temps = form === "call" && !call.argOps.some((arg) => arg.spread) ? call.argOps.slice(1).map((arg) => arg.temp) : [];
    outcomes.push(...applySummary(run, state, { fn, receiver: fn.kind === "arrow" ? EMPTY : receiver, args, argSpans: spans, argTemps: temps, at: run.at(call.op.span), dst: call.dst }));
  }
  return outcomes;
}

function applied(run: FrameRun, state: State, call: Call, fn: FunctionIR): [Value[], Call["argOps"][number]["span"][]] {
  const elements = flatMap(run.table, call.args[1] ?? EMPTY, (origin) => elementsOf(run, state, origin));
  return [fn.params.map(() => elements), fn.params.map(() => call.argOps[1]?.span ?? call.op.span)];
}

function functionsOf(run: FrameRun, call: Call): ReadonlySet<FunctionIR> {
  const functions = new Set(functionsIn(call.receiver).map(({ fn }) => fn));
  if (functions.size > 0 || call.op.op !== "call" || call.op.receiver === null) return functions;
  const type = run.analysis.program.tracer.typeOf(run.module, run.fn, call.op.receiver);
  if (type.kind === "function") functions.add(type.function);
  return functions;
}
