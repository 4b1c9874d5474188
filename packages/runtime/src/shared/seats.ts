/**
 * Who sits at a region: a word for each agent's number.
 *
 *   0, nobody --attach--> 1, an agent --dispose--> 0        1 --b reclaims it--> 2 + b, its memory is being taken over by b --> 0
 *   0 --b takes over what was left there--> 2 + b --> 0
 *
 * A number is given to nobody while its memory is taken over, so that what is taken is not what a new agent has there. Of several that would take it over one does. An agent that
 * dies doing so leaves its number in the word: whoever reclaims that agent goes on with it.
 */
import { badArgument } from "../errors.ts";
import { MAX_AGENTS } from "./block-state.ts";
import { seatWord } from "./region-layout.ts";
import { changeSeat, readSeat } from "./words.ts";

const EMPTY = 0;
const TAKEN = 1;
/** And the number of who settles it. */
const SETTLING = 2;
/** Words of a seat with figures of who sat there: those of frees, and of frames (deferred-frees.ts, posted-figures.ts). */
const FIGURES: readonly number[] = [1, 2, 11, 12, 13, 14, 15];

export function isSeated(words: Int32Array, agent: number): boolean {
  return readSeat(words, seatWord(agent, 0)) === TAKEN;
}

/** A number that nobody has, with figures that begin at 0. Throws `argument` when all are taken. */
export function takeSeat(words: Int32Array): number {
  for (let agent = 0; agent < MAX_AGENTS; agent += 1) {
    if (!changeSeat(words, seatWord(agent, 0), EMPTY, TAKEN)) continue;
    for (const word of FIGURES) words[seatWord(agent, word)] = 0;
    return agent;
  }
  throw badArgument("attach", "shared", MAX_AGENTS + 1, `attached to by at most ${MAX_AGENTS} agents at a time; \`reclaimAgent\` gives a dead one's number to the next`);
}

export function leaveSeat(words: Int32Array, agent: number): void {
  changeSeat(words, seatWord(agent, 0), TAKEN, EMPTY);
}

/** Empties a dead agent's seat, and those that it was settling, and calls `fn` for each before anybody can take it; gives the sum. Undefined when nobody sits there, or another agent settles it. */
export function settleSeat(words: Int32Array, dead: number, by: number, fn: (agent: number) => number): number | undefined {
  return whileSettling(words, dead, TAKEN, by, () => {
    let sum = fn(dead);
    for (let agent = 0; agent < MAX_AGENTS; agent += 1) sum += whileSettling(words, agent, SETTLING + dead, by, () => fn(agent)) ?? 0;
    return sum;
  });
}

/** Calls `fn` while nobody can take a seat that is empty; undefined when it is not. */
export function inEmptySeat<R>(words: Int32Array, agent: number, by: number, fn: () => R): R | undefined {
  return whileSettling(words, agent, EMPTY, by, fn);
}

function whileSettling<R>(words: Int32Array, agent: number, before: number, by: number, fn: () => R): R | undefined {
  const seat = seatWord(agent, 0);
  if (!changeSeat(words, seat, before, SETTLING + by)) return undefined;
  try {
    return fn();
  } finally {
    changeSeat(words, seat, SETTLING + by, EMPTY);
  }
}
