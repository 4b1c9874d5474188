/**
 * The figures of an agent's frames for the others: in spare words of its seat.
 *
 *   seat + 2    | frees | turn |        seat + 11    | frames started | ended | bytes, low | bytes, high | peak |
 *
 * The turn is odd while its agent writes, so that whoever reads knows whether to look again. An agent that dies meanwhile leaves it odd; the reader then gives up,
 * and takes what is there.
 */
import { addTally, readTally } from "../shared/words.ts";
import type { TransferRegion } from "../shared/transfer-region.ts";
import type { ThreadFrameStats } from "./frame-event.ts";

const FREES = 2;
const TURN = 3;
const FIRST = 11;
const ATTEMPTS = 1000;
const HIGH: number = 2 ** 32;

export function postFigures(region: TransferRegion, { framesStarted, framesCompleted, totalAllocated, peakMemory, crossThreadFrees }: ThreadFrameStats): void {
  const { words, agent } = region;
  const at = region.seatWord(agent, FIRST);
  const turn = region.seatWord(agent, TURN);
  // One that sat here before may have left it odd.
  if ((addTally(words, turn, 1) & 1) === 1) addTally(words, turn, 1);
  words[region.seatWord(agent, FREES)] = crossThreadFrees;
  words[at] = framesStarted;
  words[at + 1] = framesCompleted;
  words[at + 2] = totalAllocated | 0;
  words[at + 3] = (totalAllocated / HIGH) | 0;
  words[at + 4] = peakMemory;
  addTally(words, turn, 1);
}

/** Those of an agent of the region; zeros when it has posted none. */
export function readFigures(region: TransferRegion, agent: number): ThreadFrameStats {
  const { words } = region;
  const at = region.seatWord(agent, FIRST);
  const turn = region.seatWord(agent, TURN);
  const word = (index: number): number => words[index] ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const before = readTally(words, turn);
    const figures = {
      framesStarted: word(at), framesCompleted: word(at + 1), currentFrame: word(at), totalAllocated: (word(at + 2) >>> 0) + word(at + 3) * HIGH,
      peakMemory: word(at + 4), crossThreadFrees: word(region.seatWord(agent, FREES)),
    };
    if (attempt === ATTEMPTS || ((before & 1) === 0 && readTally(words, turn) === before)) return figures;
  }
}
