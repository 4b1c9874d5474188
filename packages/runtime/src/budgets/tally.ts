/** Bytes in use, counted in a word that all agents see. */
import { addTally, addWithin, raiseTo, readTally } from "../shared/words.ts";

/** The most that a word can count: as a limit, none. */
export const NO_LIMIT: number = 2 ** 31 - 1;

/**
 * Of a region of transfer memory: `word` is what all use, the next one the peak; `own` is what of it this agent uses, for whoever reclaims it. An agent that dies between the
 * two leaves one allocation counted in one of them only.
 */
export class SharedTally {
  private readonly words: Int32Array;
  private readonly word: number;
  private readonly own: number;

  /** `used`, `peak`: what this agent alone has counted until now. */
  constructor(words: Int32Array, word: number, own: number, used: number, peak: number) {
    this.words = words;
    this.word = word;
    this.own = own;
    if (used > 0) this.add(used);
    raiseTo(words, word + 1, Math.max(peak, used > 0 ? this.used() : 0));
  }

  /** Bytes in use by all agents. */
  used(): number {
    return readTally(this.words, this.word);
  }

  /** The most at once so far. */
  peak(): number {
    return readTally(this.words, this.word + 1);
  }

  /** Adds `bytes`, unless more than `limit` would be in use; false when it would. -1 for no limit. */
  tryAdd(bytes: number, limit: number): boolean {
    if (addWithin(this.words, this.word, bytes, limit < 0 ? NO_LIMIT : Math.min(limit, NO_LIMIT)) < 0) return false;
    this.words[this.own] = (this.words[this.own] ?? 0) + bytes;
    return true;
  }

  /** Adds what is in use already, or takes off what is not any more. */
  add(bytes: number): void {
    addTally(this.words, this.word, bytes);
    this.words[this.own] = (this.words[this.own] ?? 0) + bytes;
  }

  /** Makes the peak what is in use, if it is more; true then, for one agent. */
  raisePeak(): boolean {
    const used = this.used();
    return raiseTo(this.words, this.word + 1, used) < used;
  }
}
