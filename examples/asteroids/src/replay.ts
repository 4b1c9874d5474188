/** Keys of every step, for playing a game again from its seed. */
import { type SmartAlloc, u8 } from "@framealloc/runtime";

const MAX_STEPS = 60 * 60 * 10;
const MAX_RUNS = 4096;
const MAX_RUN = 255;

export interface ReplayStore {
  put(name: string, bytes: Uint8Array): Promise<void>;
}

export class Replay {
  readonly #alloc: SmartAlloc;
  /** Kept for minutes, so not in frame memory. */
  readonly #keys = new Uint8Array(MAX_STEPS);
  #steps = 0;

  constructor(alloc: SmartAlloc) {
    this.#alloc = alloc;
  }

  get steps(): number {
    return this.#steps;
  }

  record(keys: number): void {
    if (this.#steps === MAX_STEPS) return;
    this.#keys[this.#steps] = keys;
    this.#steps += 1;
  }

  /** Writes the game to the store; gives back how many bytes it took. Not to be called while a frame is open. */
  async save(store: ReplayStore, name: string): Promise<number> {
    this.#alloc.beginFrame();
    const bytes = this.#encoded();
    this.#alloc.endFrame();
    await store.put(name, bytes);
    return bytes.length;
  }

  /** Takes in what `save` wrote. False for bytes that it cannot have written; the replay is unchanged then. */
  load(bytes: Uint8Array): boolean {
    const alloc = this.#alloc;
    alloc.beginFrame();
    const keys = alloc.frameSlice(u8, MAX_STEPS);
    let steps = 0;
    for (let index = 0; index + 1 < bytes.length; index += 2) {
      const run = bytes[index + 1] ?? 0;
      if (run === 0 || steps + run > MAX_STEPS) {
        alloc.endFrame();
        return false;
      }
      keys.fill(bytes[index] ?? 0, steps, steps + run);
      steps += run;
    }
    this.#keys.set(keys);
    this.#steps = steps;
    alloc.endFrame();
    return true;
  }

  keysAt(step: number): number {
    return this.#keys[step] ?? 0;
  }

  /** Pairs of keys and number of steps, copied out of frame memory. */
  #encoded(): Uint8Array {
    const runs = this.#alloc.frameVec(u8, 2 * MAX_RUNS);
    let start = 0;
    while (start < this.#steps && runs.remaining >= 2) {
      const keys = this.#keys[start] ?? 0;
      let end = start + 1;
      while (end < this.#steps && end - start < MAX_RUN && this.#keys[end] === keys) end += 1;
      runs.push(keys);
      runs.push(end - start);
      start = end;
    }
    const bytes = new Uint8Array(runs.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = runs.get(index);
    return bytes;
  }
}
