/** What a tag's memory is charged to, with all that a charge to it can be: made once, as an allocation must not make anything. */
import type { Charge } from "../pool/charges.ts";
import type { Budget } from "./budget.ts";

export class Covering {
  readonly budgets: readonly Budget[];
  readonly inPool: Charge;
  readonly elsewhere: Charge;
  readonly promoted: Charge;

  constructor(budgets: readonly Budget[]) {
    this.budgets = budgets;
    this.inPool = { budgets, isPromoted: false, isPool: true };
    this.elsewhere = { budgets, isPromoted: false, isPool: false };
    this.promoted = { budgets, isPromoted: true, isPool: false };
  }
  /** Adds `bytes` to one after the other, as long as that is neither denied nor to be looked at; gives how many were added to. */
  addQuietly(bytes: number): number {
    const { budgets } = this;
    let added = 0;
    while (added < budgets.length && (budgets[added] as Budget).addQuietly(bytes)) added += 1;
    return added;
  }

  /** Bytes that may be in use besides those that are, by all of them; `most` at most. */
  room(most: number): number {
    const { budgets } = this;
    let room = most;
    for (let i = 0; i < budgets.length; i += 1) {
      const left = (budgets[i] as Budget).room();
      if (left < room) room = left;
    }
    return room;
  }
}
