/** What is computed from a function alone, once for each, and forgotten with it. An edited file is lowered anew; the functions of the others keep what is known of them. */
import type { FunctionIR } from "./ir.ts";

/** `compute` must ask nothing but the function: functions never change. */
export function perFunction<T extends object>(compute: (fn: FunctionIR) => T): (fn: FunctionIR) => T {
  const known = new WeakMap<FunctionIR, T>();
  return (fn) => {
    let value = known.get(fn);
    if (value === undefined) known.set(fn, (value = compute(fn)));
    return value;
  };
}
