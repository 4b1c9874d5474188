/** What budgets tell, and to whom. */

export type BudgetEventName = "softLimitExceeded" | "hardLimitExceeded" | "newPeak" | "globalLimitExceeded" | "threadBudgetExceeded" | "threadBudgetWarning";

export interface BudgetEvent {
  readonly event: BudgetEventName;
  /** Empty for the global limit and for an agent's own budget. */
  readonly tag: string;
  readonly usedBytes: number;
  readonly limitBytes: number;
  readonly requestedBytes: number;
}

export class BudgetEvents {
  private readonly listeners: Map<BudgetEventName, Set<(event: BudgetEvent) => void>> = new Map();

  on(event: BudgetEventName, listener: (event: BudgetEvent) => void): () => void {
    let listeners = this.listeners.get(event);
    if (listeners === undefined) this.listeners.set(event, (listeners = new Set()));
    listeners.add(listener);
    return () => void listeners.delete(listener);
  }

  /** A listener that throws does not disturb what is being counted: its error is thrown by itself, as that of an event's listener is. */
  emit(event: BudgetEvent): void {
    for (const listener of this.listeners.get(event.event) ?? []) {
      try {
        listener(event);
      } catch (error) {
        queueMicrotask(() => { throw error; });
      }
    }
  }
}
