/** Calls whose receiver is not written in front: `f.call(self, x)` of a function that tables know, and what `bind` fixed. */
import { EMPTY, type Origin, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { type FrameRun, functionsIn } from "./frame-run.ts";
import type { Call } from "./transfer-call.ts";

/** Fields in which a bound function holds the function and what was bound, by index. */
export const BOUND_FUNCTION = "[[function]]";
export const BOUND_VALUES = "[[bound]]";

/** `alloc.poolAlloc.call(other, T)`, or `make(T)` where `make` is `alloc.poolAlloc.bind(alloc)`, as a call on its allocator; any other call as it is. */
export function calledOn(run: FrameRun, state: State, call: Call): Call {
  if (call.op.op !== "call" || call.argOps.some((arg) => arg.spread) || functionsIn(call.receiver).length > 0) return call;
  const bound = [...call.callee].find((origin) => origin.kind === "site" && origin.site.kind === "bound");
  if (bound === undefined && call.key !== "call") return call;
  const { functions, apis } = run.analysis.program.tracer.targets(run.module, run.fn, call.dst);
  const [api] = apis;
  if (api === undefined || functions.length > 0 || api.startsWith("global:Function#")) return call;
  const key = /[#.]([^#.]+)$/.exec(api)?.[1] ?? null;
  if (bound === undefined) return { ...call, receiver: call.args[0] ?? EMPTY, args: call.args.slice(1), argOps: call.argOps.slice(1), key };
  const [receiver, ...first] = boundValues(run, state, bound);
  // What arguments were bound stands where it was bound; their operations are not at hand.
  return first.length > 0 ? call : { ...call, receiver: receiver ?? EMPTY, key };
}

/** The receiver and arguments that `bind` fixed. */
export function boundValues(run: FrameRun, state: State, bound: Origin): Value[] {
  const values: Value[] = [];
  for (let index = 0; ; index++) {
    const value = state.readField(run.table, bound, `${BOUND_VALUES}${index}`);
    if (value.size === 0) return values;
    values.push(value);
  }
}
