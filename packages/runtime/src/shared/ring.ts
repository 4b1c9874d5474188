/**
 * A bounded queue in shared memory for any number of senders and receivers: channels are made of it.
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
 * The slots alone say where the ends are: whoever claims a slot sends at its position, and a slot that is in a later lap is past. Tail and head are where to begin to look; each agent
 * remembers where it was itself, and the shared ones follow every `STRIDE` positions, so that two agents do not pass two more cache lines to and fro with each item. An
 * agent that dies anywhere holds nobody up, but for a slot that it was writing: `settleClaims` settles those of a dead agent. While a slot is being written those behind it
 * are not seen: a receiver may be told "empty" although a later send is complete. Receiving reads the item first and clears the slot then: the clear fails when somebody else was first. Who does
something with an item before that, as channels do with blocks, looks whether it is there still, once it has read it (`isStill`): the slot may have the item of a later lap by then.
 *
 * Invariants:
 *   I1  the positions that were claimed are all from 0 to some tail, those that were cleared all from 0 to some head, and tail - head <= capacity
 *   I2  no counter, shared or remembered, is beyond the end that it stands for; the shared ones never go back
 */
import { addTally, advance, changeSlot, publishSlot, readSlot } from "./words.ts";

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
/** A slot's state is a lap above these bits. */
const PHASE_BITS = 0xff;
const PHASE_SHIFT = 8;
/** The shared counters follow every so many positions; a power of two. */
const STRIDE = 16;
/** A remembered position that is ahead of the shared one by less is used, any other is one of long ago. */
const REMEMBERED: number = 2 ** 16;

/** One agent's view of a ring. */
export interface Ring {
  readonly words: Int32Array;
  /** Its first word. */
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  /** Positions to laps. */
  readonly shift: number;
  /** Where the lap begins in a state: so that laps wrap with the positions, which have 32 bits, or sooner. */
  readonly lapShift: number;
  readonly slotWords: number;
  /** Where this agent last saw the ends. */
  tail: number;
  head: number;
}

export const MAX_CAPACITY: number = 2 ** 20;

/** Words that a ring takes; all zero, they are an empty ring. */
export function ringWords(capacity: number, itemWords: number): number {
  return FIRST_SLOT + slotsFor(capacity) * (1 + itemWords);
}

/** The ring that begins at word `base`: all its agents say the same capacity, from 1, and size of an item. */
export function openRing(words: Int32Array, base: number, capacity: number, itemWords: number): Ring {
  const slots = slotsFor(capacity);
  const shift = Math.log2(slots);
  return { words, base, capacity, mask: slots - 1, shift, lapShift: Math.max(PHASE_SHIFT, shift), slotWords: 1 + itemWords, tail: words[base + TAIL] ?? 0, head: words[base + HEAD] ?? 0 };
}

export function slotsFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity));
}

/** The first word of the item at a position; the one before it is the slot's state. */
export function itemAt(ring: Ring, position: number): number {
  return ring.base + FIRST_SLOT + (position & ring.mask) * ring.slotWords + 1;
}

/** Which slot an item lies in, counted from 0. */
export function slotOf(ring: Ring, item: number): number {
  return (item - 1 - ring.base - FIRST_SLOT) / ring.slotWords;
}

/** Claims the next position for an agent, a number below 64; gives the item's first word, to be written and published, or -1 when the ring is full. Lock-free. */
export function claimSlot(ring: Ring, agent: number): number {
  const { words } = ring;
  let position = remembered(ring.tail, words[ring.base + TAIL] ?? 0);
  for (;;) {
    const item = itemAt(ring, position);
    const empty = stateAt(ring, position, EMPTY);
    // A look that decides nothing: the change that follows does, or the atomic look.
    if (words[item - 1] === empty) {
      if (!hasRoom(ring, position)) break;
      if (changeSlot(words, item - 1, empty, empty | (agent << 2) | WRITING)) {
        ring.tail = (position + 1) | 0;
        if ((ring.tail & (STRIDE - 1)) === 0) advance(words, ring.base + TAIL, ring.tail);
        return item;
      }
    }
    const found = readSlot(words, item - 1);
    // Cleared between the two looks.
    if (found === empty) continue;
    const ahead = lapsAhead(ring, found, empty);
    // Of the lap before: not cleared yet.
    if (ahead < 0) break;
    position = past(ring, position, ahead);
  }
  ring.tail = position;
  return -1;
}

/** Makes what was written into a claimed slot visible to receivers. `item` is what `claimSlot` gave. */
export function publish(ring: Ring, item: number): void {
  const { words } = ring;
  publishSlot(words, item - 1, ((words[item - 1] ?? 0) & ~PHASE_BITS) | FULL);
}

/** Gives up a claimed slot: nothing comes of it. */
export function abandon(ring: Ring, item: number): void {
  publishSlot(ring.words, item - 1, ((ring.words[item - 1] ?? 0) & ~PHASE_BITS) | VOID);
}

/** The position of the first item; -1 when there is none, or it is being written still. */
export function peek(ring: Ring): number {
  const { words } = ring;
  let position = remembered(ring.head, words[ring.base + HEAD] ?? 0);
  for (;;) {
    const state = itemAt(ring, position) - 1;
    const empty = stateAt(ring, position, EMPTY);
    const found = readSlot(words, state);
    const ahead = lapsAhead(ring, found, empty);
    if (ahead <= 0) {
      ring.head = position;
      if (found === (empty | FULL)) return position >>> 0;
      if (found !== (empty | VOID)) return -1;
      changeSlot(words, state, found, stateAt(ring, position + ring.mask + 1, EMPTY));
    }
    // Void, or cleared by somebody else.
    position = past(ring, position, ahead);
  }
}

/** Whether the item at a position that `peek` gave is there still, so that what was read of it by `readItem` in between is that item's. */
export function isStill(ring: Ring, position: number): boolean {
  return readSlot(ring.words, itemAt(ring, position) - 1) === stateAt(ring, position, FULL);
}

/** Takes away the item at a position that `peek` gave; false when somebody else did, and what was read of it is void. */
export function clear(ring: Ring, position: number): boolean {
  const { words } = ring;
  const isCleared = changeSlot(words, itemAt(ring, position) - 1, stateAt(ring, position, FULL), stateAt(ring, position + ring.mask + 1, EMPTY));
  ring.head = (position + 1) | 0;
  if ((ring.head & (STRIDE - 1)) === 0) advance(words, ring.base + HEAD, ring.head);
  return isCleared;
}

/**
 * Whether a receiver that has come to the end of a stride would follow a sender into the one that is being written: the two would go on side by side from there, on the same cache lines, each
 * at half its speed, and neither would ever wait. A guess.
 */
export function isClose(ring: Ring): boolean {
  return (ring.head & (STRIDE - 1)) === 0 && (((ring.words[ring.base + TAIL] ?? 0) - ring.head) | 0) < STRIDE;
}

/** Positions between head and tail, at some moment; slots that are being written count. */
export function countItems(ring: Ring): number {
  const { words } = ring;
  let tail = remembered(ring.tail, words[ring.base + TAIL] ?? 0);
  for (;;) {
    const empty = stateAt(ring, tail, EMPTY);
    const found = readSlot(words, itemAt(ring, tail) - 1);
    if (found === empty || lapsAhead(ring, found, empty) < 0) break;
    tail = past(ring, tail, lapsAhead(ring, found, empty));
  }
  let head = remembered(ring.head, words[ring.base + HEAD] ?? 0);
  for (;;) {
    const ahead = lapsAhead(ring, readSlot(words, itemAt(ring, head) - 1), stateAt(ring, head, EMPTY));
    if (ahead <= 0) break;
    head = past(ring, head, ahead);
  }
  return Math.max(0, (tail - head) | 0);
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
    if ((found & PHASE_BITS) === ((agent << 2) | WRITING)) changeSlot(words, item - 1, found, (found & ~PHASE_BITS) | (isWhole(item) ? FULL : VOID));
  }
}

/** True once, for the agent that closes the ring. */
export function closeRing(ring: Ring): boolean {
  return addTally(ring.words, ring.base + CLOSED, 1) === 0;
}

/** Whether the queue has room for what would lie at a position. Where capacity is no power of two an empty slot does not say so. */
function hasRoom(ring: Ring, position: number): boolean {
  const { words, capacity } = ring;
  if (capacity > ring.mask || ((position - ring.head) | 0) < capacity) return true;
  ring.head = remembered(ring.head, words[ring.base + HEAD] ?? 0);
  const oldest = (position - capacity) | 0;
  if (((oldest - ring.head) | 0) < 0) return true;
  if (lapsAhead(ring, readSlot(words, itemAt(ring, oldest) - 1), stateAt(ring, oldest, EMPTY)) <= 0) return false;
  ring.head = (oldest + 1) | 0;
  return true;
}

/** What an agent remembers, if it is of the near past, else what all share. */
function remembered(own: number, shared: number): number {
  const ahead = (own - shared) | 0;
  return ahead >= 0 && ahead < REMEMBERED ? own : shared;
}

function stateAt(ring: Ring, position: number, phase: number): number {
  return ((position >>> ring.shift) << ring.lapShift) | phase;
}

/** By how many laps a slot's state is ahead of an empty one's: 0 in the same lap. */
function lapsAhead(ring: Ring, state: number, empty: number): number {
  return (((state & ~PHASE_BITS) - empty) | 0) >> ring.lapShift;
}

/** The next position to look at, when the slot of this one is so many laps ahead: before the last of those laps it was cleared. */
function past(ring: Ring, position: number, ahead: number): number {
  return (position + 1 + (ahead > 1 ? (ahead - 1) << ring.shift : 0)) | 0;
}
