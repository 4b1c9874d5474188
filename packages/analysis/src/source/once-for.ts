/**
 * What is computed from a function or a module alone, once for each, and forgotten with it. Neither ever changes: an edited file is lowered anew, and the others keep what is
 * known of them from one analysis to the next.
 */
import { isNoting, note, Readable } from "./reads.ts";

/** Stands for an answer that is undefined. Answers are kept as they are, without a holder of their own: hundreds of thousands are asked for. */
const NOTHING = Symbol();

/** Read off the prototype once: V8 looks the method of a weak map up anew in each call, also in optimised code, which took most of the time of an answer that is known. */
const lookUp = WeakMap.prototype.get as (this: WeakMap<object, unknown>, key: object) => unknown;

/** `compute` must ask nothing but what it is given. Who asks about a module reads it, also where the answer is remembered. */
export function onceFor<K extends object, T>(compute: (key: K) => T): (key: K) => T {
  const known = new WeakMap<K, T | typeof NOTHING>();
  return (key) => {
    if (isNoting() && key instanceof Readable) note(key);
    const found = lookUp.call(known, key) as T | typeof NOTHING | undefined;
    if (found === NOTHING) return undefined as T;
    return found === undefined ? keep(known, key, compute(key)) : found;
  };
}

function keep<K extends object, T>(known: WeakMap<K, T | typeof NOTHING>, key: K, value: T): T {
  known.set(key, value === undefined ? NOTHING : value);
  return value;
}
