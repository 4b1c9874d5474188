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
}
