/**
 * The states at one point, one for each typestate. Where there are too many, those whose frames agree are joined first: then it is not known
 * what is owned; if they are still too many all become one, in which nothing is known of frames either.
 */
import type { OriginTable } from "./origin.ts";
import type { State } from "./state.ts";

const MAX_TYPESTATES = 12;

export class PathStates {
  #states = new Map<string, State>();
  #told: "all" | "frames" | "nothing" = "all";

  constructor(entry: State | null = null) {
    if (entry !== null) this.#states.set(this.#keyOf(entry), entry);
  }

  values(): Iterable<State> {
    return this.#states.values();
  }

  /** Takes the state over; true when something changed. */
  add(table: OriginTable, state: State): boolean {
    const key = this.#keyOf(state);
    const mine = this.#states.get(key);
    if (mine !== undefined) return mine.join(table, state);
    this.#states.set(key, state);
    while (this.#states.size > MAX_TYPESTATES && this.#told !== "nothing") {
      this.#told = this.#told === "all" ? "frames" : "nothing";
      this.#regroup(table);
    }
    return true;
  }

  #keyOf(state: State): string {
    if (this.#told === "nothing") return "";
    return this.#told === "frames" ? state.frameTypestate() : `${state.frameTypestate()} | ${state.owned.key()}`;
  }

  #regroup(table: OriginTable): void {
    const before = this.#states;
    this.#states = new Map();
    for (const state of before.values()) {
      const key = this.#keyOf(state);
      const mine = this.#states.get(key);
      if (mine === undefined) this.#states.set(key, state);
      else mine.join(table, state);
    }
  }
}
