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

  /** Reads the summary at once: it is frame memory, and gone when the store answers. */
  async submit(summary: Infer<typeof Summary>): Promise<void> {
    const points = summary.points;
    const accuracy = summary.hits / Math.max(1, summary.shots);
    const best = await this.#store.best();
    this.best = Math.max(best, points);
    if (points > best) await this.#store.keep(points, accuracy);
  }
}
