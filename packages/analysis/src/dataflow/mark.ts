/** What happened to a value on the paths to a point, and how that joins. */
import type { Location } from "../source/span.ts";
import { joinLocations } from "./locations.ts";
import { EMPTY, type Origin } from "./origin.ts";

/** What happened to a value since it was made, or since entry for a symbolic one. */
export interface Mark {
  /** Frame ends that it did not survive. */
  readonly ended: readonly Location[];
  /** Suspensions it lived across. */
  readonly crossed: readonly Location[];
  /** Rollbacks to a point before it was made. */
  readonly rolled: readonly Location[];
  /** Checkpoints that it was made after. */
  readonly after: ReadonlySet<Origin>;
  /** Of a guard: it will not roll back. */
  readonly committed: boolean;
}

export const NO_MARK: Mark = { ended: [], crossed: [], rolled: [], after: EMPTY, committed: false };

/** The first itself when the second adds nothing. */
export function joinMarks(a: Mark, b: Mark): Mark {
  const ended = joinLocations(a.ended, b.ended);
  const crossed = joinLocations(a.crossed, b.crossed);
  const rolled = joinLocations(a.rolled, b.rolled);
  const after = [...b.after].every((checkpoint) => a.after.has(checkpoint)) ? a.after : new Set([...a.after, ...b.after]);
  const committed = a.committed || b.committed;
  const same = ended === a.ended && crossed === a.crossed && rolled === a.rolled && after === a.after && committed === a.committed;
  return same ? a : { ended, crossed, rolled, after, committed };
}

/** Forgets what happened to things that nothing holds, and that values were made after such checkpoints: nobody can go back to them, and the next one that is made there is another. */
export function forgetMarks(marks: Map<Origin, Mark>, isHeld: (origin: Origin) => boolean): void {
  for (const [origin, mark] of marks) {
    if (!isHeld(origin)) marks.delete(origin);
    else if (mark.after.size > 0 && ![...mark.after].every(isHeld)) marks.set(origin, { ...mark, after: new Set([...mark.after].filter(isHeld)) });
  }
}
