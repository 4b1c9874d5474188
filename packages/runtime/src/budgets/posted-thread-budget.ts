/**
 * The budget that one agent sets for another: in words of that one's seat, which it reads when a frame of it begins.
 *
 *   seat + 4   | how often it was set | frame budget | pool budget | frame policy | pool policy | threshold |
 */
import { badArgument } from "../errors.ts";
import { MAX_AGENTS } from "../shared/block-state.ts";
import type { TransferRegion } from "../shared/transfer-region.ts";
import { addTally, readTally } from "../shared/words.ts";
import { NO_LIMIT } from "./tally.ts";
import { checkThreadBudget, ExceededPolicy, type ThreadBudgetConfig } from "./thread-budget.ts";

const VERSION = 4;
const POLICIES: readonly ExceededPolicy[] = /* @__PURE__ */ Object.values(ExceededPolicy);

/** Throws `argument` for a number that is no agent's of the region. */
export function postThreadBudget(region: TransferRegion | undefined, agent: number, given: ThreadBudgetConfig): void {
  if (region === undefined || !Number.isInteger(agent) || agent < 0 || agent >= MAX_AGENTS || !region.isSeated(agent)) throw badArgument("setThreadBudgetConfig", "agentId", agent, "the `agentId` of an agent that shares this memory");
  const config = checkThreadBudget(given);
  if (config.onExceeded !== undefined) throw badArgument("setThreadBudgetConfig", "onExceeded", config.onExceeded, "left out for another agent: a function cannot go there");
  const at = region.seatWord(agent, VERSION);
  const values = [Math.min(config.frameBudget, NO_LIMIT), Math.min(config.poolBudget, NO_LIMIT), POLICIES.indexOf(config.frameExceededPolicy), POLICIES.indexOf(config.poolExceededPolicy), config.warningThreshold];
  region.words.set(values, at + 1);
  addTally(region.words, at, 1);
}

export class ThreadBudgetNews {
  private readonly region: TransferRegion;
  private readonly hear: (config: ThreadBudgetConfig) => void;
  private readonly at: number;
  private seen: number;

  constructor(region: TransferRegion, hear: (config: ThreadBudgetConfig) => void) {
    this.region = region;
    this.hear = hear;
    this.at = region.seatWord(region.agent, VERSION);
    this.seen = 0;
    this.seen = region.words[this.at] ?? 0;
  }

  /** Calls the listener when there is something new. */
  look(): void {
    const { at, region } = this;
    const { words } = region;
    // Not atomic: a frame later is early enough.
    if (words[at] === this.seen) return;
    this.seen = readTally(words, at);
    const limit = (word: number): number => (word === NO_LIMIT ? Infinity : word);
    this.hear({
      frameBudget: limit(words[at + 1] ?? 0), poolBudget: limit(words[at + 2] ?? 0),
      frameExceededPolicy: POLICIES[words[at + 3] ?? 0] ?? "fail", poolExceededPolicy: POLICIES[words[at + 4] ?? 0] ?? "fail", warningThreshold: words[at + 5] ?? 80,
    });
  }
}
