/** The budget of one tag, or of everything, as one agent sees it: limits and a count, its own or in words that all agents share. */
import { badArgument } from "../errors.ts";
import { UNBOUNDED } from "../frame/bump-arena.ts";
import type { BudgetWords } from "./shared-budgets.ts";
import { NO_LIMIT, SharedTally } from "./tally.ts";

/** Of one tag; the first, of all memory together, has the empty one. */
export interface BudgetStats {
  readonly tag: string;
  readonly usedBytes: number;
  readonly peakBytes: number;
  readonly softLimit: number;
  readonly hardLimit: number;
}

export class Budget {
  readonly tag: string;
  /** Frame memory of this agent that is charged, until the frame ends. */
  frameBytes = 0;
  // What this agent alone has counted; nothing while words count for all.
  private bytes = 0;
  private most = 0;
  /** Up to here nothing is denied and nothing is to be said; -1 where words count. */
  private quietBytes = 0;
  /** Said already, until less is in use again. */
  private isOverSoft = false;
  private shared: BudgetWords | undefined = undefined;
  private tally: SharedTally | undefined = undefined;
  // Without other agents, and -1 for none: engines box a field that was infinite once each time it is read, as they do an infinite argument.
  private ownSoft = -1;
  private ownHard = -1;

  constructor(tag: string) {
    this.tag = tag;
  }

  /** Counts from here on in words that all agents see; with the limits that are there, or else its own. Nothing the second time: the words have what it counted, with what others use. */
  share(shared: BudgetWords): void {
    if (this.shared !== undefined) return;
    const limits = [this.soft, this.hard] as const;
    this.shared = shared;
    this.tally = new SharedTally(shared.words, shared.used, shared.own, this.bytes, this.most);
    this.bytes = this.most = 0;
    this.findQuiet();
    if (limits[1] !== Infinity || limits[0] !== Infinity) this.setLimits(...limits);
  }

  /** Counts what this agent uses in words of its own from here on: those of all must not hear of it any more. */
  leave(): void {
    const { soft, hard } = this;
    if (this.shared === undefined) return;
    this.bytes = this.most = this.shared.words[this.shared.own] ?? 0;
    this.shared = this.tally = undefined;
    this.setLimits(soft, hard);
  }

  get soft(): number {
    return this.shared === undefined ? orNone(this.ownSoft) : limitOf(this.shared.words[this.shared.soft]);
  }

  get hard(): number {
    return this.shared === undefined ? orNone(this.ownHard) : limitOf(this.shared.words[this.shared.hard]);
  }

  /** Bytes in use by all agents. */
  used(): number {
    return this.tally === undefined ? this.bytes : this.tally.used();
  }

  /** The most at once so far. */
  peak(): number {
    return this.tally === undefined ? this.most : this.tally.peak();
  }

  /** Bytes that may be in use besides those that are; `UNBOUNDED` at most. */
  room(): number {
    const hard = this.shared === undefined ? this.ownHard : (this.shared.words[this.shared.hard] ?? NO_LIMIT);
    return hard < 0 || hard === NO_LIMIT ? UNBOUNDED : Math.min(hard - this.used(), UNBOUNDED);
  }

  /** Adds `bytes` where that is neither denied nor to be looked at; false, and nothing is added, where it may be. What most allocations need. */
  addQuietly(bytes: number): boolean {
    const used = this.bytes + bytes;
    if (used > this.quietBytes) return false;
    this.bytes = used;
    return true;
  }

  /** Adds `bytes`, unless more than the hard limit would be in use; false when it would. */
  tryAdd(bytes: number): boolean {
    if (this.tally !== undefined) return this.tally.tryAdd(bytes, this.shared?.words[this.shared.hard] ?? NO_LIMIT);
    if (this.ownHard >= 0 && this.bytes + bytes > this.ownHard) return false;
    this.bytes += bytes;
    return true;
  }

  /** Adds what is in use already. */
  add(bytes: number): void {
    if (this.tally === undefined) this.bytes += bytes;
    else this.tally.add(bytes);
  }

  /** What is not in use any more. */
  takeOff(bytes: number): void {
    this.add(-bytes);
    if (!this.isOverSoft || this.exceedsSoft()) return;
    this.isOverSoft = false;
    this.findQuiet();
  }

  /** Makes the peak what is in use, if it is more; true then, for one agent. */
  raisePeak(): boolean {
    if (this.tally !== undefined) return this.tally.raisePeak();
    if (this.bytes <= this.most) return false;
    this.most = this.bytes;
    this.findQuiet();
    return true;
  }

  /** Whether more is in use than the soft limit, and this was not asked since it is. */
  passesSoft(): boolean {
    if (this.isOverSoft || !this.exceedsSoft()) return false;
    this.isOverSoft = true;
    this.findQuiet();
    return true;
  }

  /** The frame's memory is not in use any more. */
  endFrame(): void {
    if (this.frameBytes === 0) return;
    this.takeOff(this.frameBytes);
    this.frameBytes = 0;
  }

  setLimits(soft: number, hard: number): void {
    this.ownSoft = soft === Infinity ? -1 : soft;
    this.ownHard = hard === Infinity ? -1 : hard;
    if (this.shared !== undefined) {
      this.shared.words[this.shared.soft] = Math.min(soft, NO_LIMIT);
      this.shared.words[this.shared.hard] = Math.min(hard, NO_LIMIT);
    }
    // Above the new limit too: that it is passed was said.
    this.isOverSoft = this.isOverSoft && this.exceedsSoft();
    this.findQuiet();
  }

  private exceedsSoft(): boolean {
    const soft = this.shared === undefined ? this.ownSoft : (this.shared.words[this.shared.soft] ?? NO_LIMIT);
    return soft >= 0 && soft !== NO_LIMIT && this.used() > soft;
  }

  private findQuiet(): void {
    const soft = this.isOverSoft ? -1 : this.ownSoft;
    const quiet = Math.min(this.most, soft < 0 ? this.most : soft, this.ownHard < 0 ? this.most : this.ownHard);
    this.quietBytes = this.shared === undefined ? quiet : -1;
  }
}

const orNone = (bytes: number): number => (bytes < 0 ? Infinity : bytes);
const limitOf = (word: number | undefined): number => (word === undefined || word === NO_LIMIT ? Infinity : word);

/** Throws `argument` for what is no size. */
export function checkBytes(call: string, name: string, bytes: number): void {
  if (bytes !== Infinity && (!Number.isSafeInteger(bytes) || bytes < 0)) throw badArgument(call, name, bytes, "a number of bytes, or Infinity");
}
