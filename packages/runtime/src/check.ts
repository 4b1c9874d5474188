/** Faults of the runtime itself, never of its caller: those carry a code and come from errors.ts. */

/** Throws when `condition` is false. `what` names the file and the relation that does not hold. */
export function assert(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`framealloc: internal fault: ${what}`);
}
