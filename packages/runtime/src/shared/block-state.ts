/**
 * The state word of a block in shared memory, and who may change it from what to what.
 *
 *   word     generation (23 bits) | holder (6) | state (3)
 *
 *   FREE(a) --a takes--> OWNED(a) --send--> IN_FLIGHT(a) --b receives--> RECEIVED(b) --b frees--> RELEASED(b) --a, out of its queue--> FREE(a)
 *              drop--/                                                        \--no room in a's queue--> LOOSE --whoever claims it--> FREE
 *
 * FREE blocks are on a list of their holder, and nobody else touches them. A LOOSE one is free and nobody's: the owner of its page looks for those when it has nothing else, and
 * anybody before it says that memory is exhausted. Two that claim the same block change the same word, so one gets it; a claim names the generation, so that a word which was
 * read long ago changes nothing.
 */
import { changeState, writeState } from "./words.ts";

export const FREE = 0;
export const OWNED = 1;
export const IN_FLIGHT = 2;
export const RECEIVED = 3;
export const RELEASED = 4;
/** Given up by a queue that drops its oldest. */
export const LEAKED = 5;
/** A type that tokens name; stays for good. */
export const TYPE = 6;

/** As many agents as a ring's slot can name, but one. */
export const MAX_AGENTS = 62;
/** Holds what is free and on nobody's list. */
const NOBODY = 63;
/** Generations wrap after so many uses of one block. */
const GENERATIONS = 2 ** 23;
const STATE_BITS = 7;
const HOLDER_BITS = 0x1f8;

export function encode(generation: number, holder: number, state: number): number {
  return (generation << 9) | (holder << 3) | state;
}

export function stateIn(word: number): number {
  return word & STATE_BITS;
}

export function holderIn(word: number): number {
  return (word & HOLDER_BITS) >> 3;
}

export function generationIn(word: number): number {
  return word >>> 9;
}

/** Of any generation. */
export function isIn(word: number, holder: number, state: number): boolean {
  return (word & (HOLDER_BITS | STATE_BITS)) === ((holder << 3) | state);
}

export function isLoose(word: number): boolean {
  return isIn(word, NOBODY, FREE);
}

/** Whether a block is its holder's to be taken over: not on its way, and not given up. */
export function isHeldIn(word: number): boolean {
  const state = stateIn(word);
  return state === FREE || state === OWNED || state === RECEIVED || state === RELEASED;
}

/** Takes a free block of the agent's own list into use, in the next generation: whatever still names the former one is void. */
export function own(words: Int32Array, at: number, free: number, agent: number): number {
  const word = encode((generationIn(free) + 1) % GENERATIONS, agent, OWNED);
  writeState(words, at, word);
  return word;
}

/** Makes a block free for an agent's list, if it is in the state of `word` still: LOOSE, or one that the agent may take back. */
export function claimBlock(words: Int32Array, at: number, word: number, agent: number): boolean {
  return changeState(words, at, word, encode(generationIn(word), agent, FREE));
}

/** Makes a block free for whoever claims it, if it is in the state of `word` still. */
export function loosenBlock(words: Int32Array, at: number, word: number): boolean {
  return changeState(words, at, word, encode(generationIn(word), NOBODY, FREE));
}
