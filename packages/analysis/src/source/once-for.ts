/**
 * What is computed from a function or a module alone, once for each, and forgotten with it. Neither ever changes: an edited file is lowered anew, and the others keep what is
 * known of them from one analysis to the next.
 */
import { isNoting, note, Readable } from "./reads.ts";

/** `compute` must ask nothing but what it is given. Who asks about a module reads it, also where the answer is remembered. */
export function onceFor<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, { readonly value: T }>();
  return (key) => {
    if (isNoting() && key instanceof Readable) note(key);
    let found = known.get(key);
    if (found === undefined) known.set(key, (found = { value: compute(key) }));
    return found.value;
  };
}
