/** What the end of a frame did with the data that was retained in it. */
import type { PromotionFailure } from "./retention-policy.ts";

/** Number and bytes; JavaScript values have no bytes of ours. */
export interface Tally {
  count: number;
  bytes: number;
}

/** What became of the data of one tag or phase. */
export interface Fate {
  readonly discarded: Tally;
  readonly promoted: Tally;
  readonly failed: Tally;
}

export class RetentionSummary {
  readonly discarded: Tally = tally();
  /** By where it went. */
  readonly promoted: { readonly pool: Tally; readonly heap: Tally; readonly scratch: Tally } = { pool: tally(), heap: tally(), scratch: tally() };
  /** By why it did not: that data is discarded, and nothing else is lost. */
  readonly failed: { readonly [Reason in PromotionFailure]: Tally } = { budgetExceeded: tally(), scratchPoolNotFound: tally(), scratchPoolFull: tally(), tooLarge: tally(), internalError: tally() };
  /** By the path of tags in force when it was retained; "" for none. */
  readonly byTag: Map<string, Fate> = new Map();
  /** By the path of phases; "" for none. */
  readonly byPhase: Map<string, Fate> = new Map();

  /** @internal */
  note(tally: Tally, fate: keyof Fate, bytes: number, tag: string, phase: string): void {
    for (const each of [tally, fateOf(this.byTag, tag)[fate], fateOf(this.byPhase, phase)[fate]]) {
      each.count += 1;
      each.bytes += bytes;
    }
  }
}

function tally(): Tally {
  return { count: 0, bytes: 0 };
}

function fateOf(fates: Map<string, Fate>, path: string): Fate {
  let fate = fates.get(path);
  if (fate === undefined) {
    fate = { discarded: tally(), promoted: tally(), failed: tally() };
    fates.set(path, fate);
  }
  return fate;
}
