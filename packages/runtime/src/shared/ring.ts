/**
 * A bounded queue in shared memory for any number of senders and receivers: channels and the queues of deferred frees are made of it.
 *
 *   word 0    | closed |
 *   word 16   | tail | sent signal | receivers asleep |      a cache line for each end
 *   word 32   | head | taken signal | senders asleep |
 *   word 48   | state, item ... | state, item ... | ...
 *
 * Slots are a power of two. Position p of the queue is slot p modulo slots, in lap p / slots. A slot's state names the lap, so a slow agent cannot take one lap for another.
 *
 *   empty(lap) --claim--> writing(lap, agent) --publish--> full(lap) --clear--> empty(next lap)
 *                              \--agent died: void--> void(lap) --clear--> empty(next lap)
 *
 * The claim decides who sends at a position; tail and head only follow, and whoever finds one behind moves it. So an agent that dies anywhere holds nobody up, but
 * for a slot that it was writing: `settleClaims` settles those of a dead agent. While a slot is being written those behind it are not seen: a receiver may be told "empty"
 * although a later send is complete. Receiving reads the item first and clears the slot then: the clear fails when somebody else was first.
 *
 * Invariants:
 *   I1  tail - head <= capacity; every position below the head is cleared
 *   I2  positions from head to tail are writing, full or void, but for the last, claimed before the tail follows, and the first, cleared before the head does
 */
import { addTally, advance, changeSlot, publishSlot, readCounter, readSlot } from "./words.ts";

export const CLOSED = 0;
const TAIL = 16;
export const SENT = 17;
export const RECEIVERS = 18;
const HEAD = 32;
export const TAKEN = 33;
export const SENDERS = 34;
const FIRST_SLOT = 48;

const EMPTY = 0;
const WRITING = 1;
const FULL = 2;
const VOID = 3;
const LAP_SHIFT = 8;
const LAPS = 2 ** 24;

/** One agent's view of a ring. */
export interface Ring {
  readonly words: Int32Array;
  /** Its first word. */
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  /** Positions to laps. */
  readonly shift: number;
  readonly slotWords: number;
}

export const MAX_CAPACITY: number = 2 ** 20;

/** Words that a ring takes; all zero, they are an empty ring. */
export function ringWords(capacity: number, itemWords: number): number {
  return FIRST_SLOT + slotsFor(capacity) * (1 + itemWords);
}

/** The ring that begins at word `base`: all its agents say the same capacity, from 1, and size of an item. */
export function openRing(words: Int32Array, base: number, capacity: number, itemWords: number): Ring {
  const slots = slotsFor(capacity);
  return { words, base, capacity, mask: slots - 1, shift: Math.log2(slots), slotWords: 1 + itemWords };
}

function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity));
}

/** The first word of the item at a position; the one before it is the slot's state. */
export function itemAt(ring: Ring, position: number): number {
  return ring.base + FIRST_SLOT + (position & ring.mask) * ring.slotWords + 1;
}

/** Claims the next position for an agent, a number below 64; gives the item's first word, to be written and published, or -1 when the ring is full. Lock-free. */
export function claimSlot(ring: Ring, agent: number): number {
  const { words, base } = ring;
  for (;;) {
    const tail = readCounter(words, base + TAIL);
    const head = readCounter(words, base + HEAD);
    // The tail is read first: both being old, the ring was as full as this between the two.
    if (((tail - head) | 0) >= ring.capacity) return -1;
    const item = itemAt(ring, tail);
    const empty = stateAt(ring, tail, EMPTY);
    const found = readSlot(words, item - 1);
    const isClaimed = found === empty && changeSlot(words, item - 1, empty, empty | (agent << 2) | WRITING);
    // Claimed by us, or by an agent that has not moved the tail yet.
    advance(words, base + TAIL, tail);
    if (isClaimed) return item;
  }
}

/** Makes what was written into a claimed slot visible to receivers. `item` is what `claimSlot` gave. */
export function publish(ring: Ring, item: number): void {
  const { words } = ring;
  publishSlot(words, item - 1, ((words[item - 1] ?? 0) & -(2 ** LAP_SHIFT)) | FULL);
}

/** Gives up a claimed slot: nothing comes of it. */
export function abandon(ring: Ring, item: number): void {
  publishSlot(ring.words, item - 1, ((ring.words[item - 1] ?? 0) & -(2 ** LAP_SHIFT)) | VOID);
}

/** The position of the first item; -1 when there is none, or it is being written still. */
export function peek(ring: Ring): number {
  const { words, base } = ring;
  for (;;) {
    const head = readCounter(words, base + HEAD);
    const state = itemAt(ring, head) - 1;
    const found = readSlot(words, state);
    const empty = stateAt(ring, head, EMPTY);
    if (found === (empty | FULL)) return head >>> 0;
    if ((found & -(2 ** LAP_SHIFT)) === empty && (found & 3) !== VOID) return -1;
    // Void, or cleared by an agent that has not moved the head yet.
    if (found === (empty | VOID)) changeSlot(words, state, found, stateAt(ring, head + ring.mask + 1, EMPTY));
    advance(words, base + HEAD, head);
  }
}

/** Takes away the item at a position that `peek` gave; false when somebody else did, and what was read of it is void. */
export function clear(ring: Ring, position: number): boolean {
  const { words, base } = ring;
  const isCleared = changeSlot(words, itemAt(ring, position) - 1, stateAt(ring, position, FULL), stateAt(ring, position + ring.mask + 1, EMPTY));
  advance(words, base + HEAD, position | 0);
  return isCleared;
}

/** Positions between head and tail, at some moment; slots that are being written count. */
export function countItems(ring: Ring): number {
  const head = readCounter(ring.words, ring.base + HEAD);
  return Math.max(0, (readCounter(ring.words, ring.base + TAIL) - head) | 0);
}

/**
 * Settles slots that an agent was writing when it died: full for those whose item `isWhole`, else void. It must be dead: a live one would write into a slot that is
 * another's.
 */
export function settleClaims(ring: Ring, agent: number, isWhole: (item: number) => boolean): void {
  const { words } = ring;
  for (let slot = 0; slot <= ring.mask; slot += 1) {
    const item = itemAt(ring, slot);
    const found = readSlot(words, item - 1);
    if ((found & 0xff) === ((agent << 2) | WRITING)) changeSlot(words, item - 1, found, (found & -(2 ** LAP_SHIFT)) | (isWhole(item) ? FULL : VOID));
  }
}

/** True once, for the agent that closes the ring. */
export function closeRing(ring: Ring): boolean {
  return addTally(ring.words, ring.base + CLOSED, 1) === 0;
}

function stateAt(ring: Ring, position: number, phase: number): number {
  return (((position >>> ring.shift) % LAPS) << LAP_SHIFT) | phase;
}
