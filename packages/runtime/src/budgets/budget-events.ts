/** What budgets tell, and to whom. */
import { badArgument } from "../errors.ts";
import { listen, tellAll } from "../lifecycle/listen.ts";

export type BudgetEventName = "softLimitExceeded" | "hardLimitExceeded" | "newPeak" | "globalLimitExceeded" | "threadBudgetExceeded" | "threadBudgetWarning";
const EVENTS: readonly BudgetEventName[] = ["softLimitExceeded", "hardLimitExceeded", "newPeak", "globalLimitExceeded", "threadBudgetExceeded", "threadBudgetWarning"];

export interface BudgetEvent {
  readonly event: BudgetEventName;
  /** Empty for the global limit and for an agent's own budget. */
  readonly tag: string;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly requestedBytes: number;
}

export class BudgetEvents {
  private readonly listeners: Map<BudgetEventName, ((event: BudgetEvent) => void)[]> = new Map();

  on(event: BudgetEventName, listener: (event: BudgetEvent) => void): () => void {
    if (!EVENTS.includes(event)) throw badArgument("budgets().on", "event", event, EVENTS.map((name) => `"${name}"`).join(", "));
    if (typeof listener !== "function") throw badArgument("budgets().on", "listener", listener, "a function");
    let listeners = this.listeners.get(event);
    if (listeners === undefined) this.listeners.set(event, (listeners = []));
    return listen(listeners, listener);
  }

  emit(event: BudgetEvent): void {
    const listeners = this.listeners.get(event.event);
    if (listeners !== undefined) tellAll(listeners, event);
  }
}
