/** Best score and replays in the page's local storage. */
import type { RecordStore } from "./records.ts";
import type { ReplayStore } from "./replay.ts";

const BEST = "asteroids.best";
const ACCURACY = "asteroids.accuracy";

export class BrowserStore implements RecordStore, ReplayStore {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async best(): Promise<number> {
    return Number(this.#storage.getItem(BEST) ?? "0");
  }

  async keep(points: number, accuracy: number): Promise<void> {
    this.#storage.setItem(BEST, String(points));
    this.#storage.setItem(ACCURACY, String(accuracy));
  }

  async put(name: string, bytes: Uint8Array): Promise<void> {
    this.#storage.setItem(`asteroids.${name}`, bytes.join(","));
  }
}
