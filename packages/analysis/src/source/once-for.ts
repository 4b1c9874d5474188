/**
 * What is computed from a function or a module alone, once for each, and forgotten with it. Neither ever changes: an edited file is lowered anew, and the others keep what is
 * known of them from one analysis to the next.
 */
import { isNoting, note, Readable } from "./reads.ts";

/** Stands for an answer that is undefined. Answers are kept as they are, without a holder of their own: hundreds of thousands are asked for. */
const NOTHING = Symbol();

/** `compute` must ask nothing but what it is given. Who asks about a module reads it, also where the answer is remembered. */
export function onceFor<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, T | typeof NOTHING>();
  return (key) => {
    if (isNoting() && key instanceof Readable) note(key);
    const found = known.get(key);
    if (found === NOTHING) return undefined as T;
    if (found !== undefined) return found;
    const value = compute(key);
    known.set(key, value === undefined ? NOTHING : value);
    return value;
  };
}
