/** The best score, kept somewhere that answers later. */
import { type Infer, struct, u32 } from "@framealloc/runtime";

/** What is left of a game that is over. */
export const Summary = struct({ points: u32, wave: u32, shots: u32, hits: u32 }, { name: "Summary" });

export interface RecordStore {
  best(): Promise<number>;
  /** `accuracy` is the share of shots that hit, 0 to 1. */
  keep(points: number, accuracy: number): Promise<void>;
}

export class Records {
  best = 0;
  readonly #store: RecordStore;

  constructor(store: RecordStore) {
    this.#store = store;
  }

  async submit(summary: Infer<typeof Summary>): Promise<void> {
    const best = await this.#store.best(); // want FA603 "`summary`"
    const points = summary.points;
    const accuracy = summary.hits / Math.max(1, summary.shots);
    this.best = Math.max(best, points);
    if (points > best) await this.#store.keep(points, accuracy);
  }
}
