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
 *   full(lap before) --claim, if head is past it--> writing(lap, agent) --publish--> full(lap)
 *                                                             \--agent died, gave up: void--> void(lap)          either is past when head is
 *
 * Only senders write slots, only receivers write the head. A sender claims a slot when the head is past what was in it; it looks at the head only when by what it saw last there is no room. A receiver
 * reads the item at the head and moves the head on then: that fails when somebody else was first, and otherwise what it read was that item, which nobody overwrites before. So in a stream a sender has
 * the slots' cache lines for itself until they are full, and one receiver the head's. Who does something with an item before it moves the head, as channels do with blocks, looks whether it is there
 * still, once it has read it (`holdsStill`): the slot may have the item of a later lap by then.
 *
 * The slots alone say where the tail is: whoever claims a slot sends at its position, and a slot that is in a later lap is past. The shared tail is where to begin to look; each agent
 * remembers where it was itself, and the shared one follows every `STRIDE` positions. An agent that dies anywhere holds nobody up, but for a slot that it was writing: `settleClaims` settles those of a
 * dead agent. While a slot is being written those behind it are not seen: a receiver may be told "empty" although a later send is complete.
 *
 * Invariants:
 *   I1  the positions that were claimed are all from 0 to some tail, those that were taken all from 0 to the head, and tail - head <= capacity
 *   I2  no tail or head that is shared or remembered is beyond the end that it stands for; the shared ones never go back
 */
import { addTally, advance, changeHead, changeSlot, claimFrom, meet, publishSlot, readHead, readSlot } from "./words.ts";

export const CLOSED = 0;
const TAIL = 16;
export const SENT = 17;
export const RECEIVERS = 18;
export const HEAD = 32;
export const TAKEN = 33;
export const SENDERS = 34;
const FIRST_SLOT = 48;

/** Of zeroed memory: all slots are full of a lap before the first, and past. */
const FULL = 0;
const WRITING = 1;
const VOID = 2;
/** The rest of a slot's state: the first position of the lap behind its own, times a power of two where slots are few. */
const PHASE_BITS = 0xff;
/** The shared tail follows every so many positions; a power of two. */
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
  /** By what a position without its slot is shifted to lie above the bits of the phase: positions wrap, and so do laps. */
  readonly shift: number;
  /** By what states of a slot differ from lap to lap. */
  readonly lap: number;
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
  const shift = Math.max(0, 8 - Math.log2(slots));
  return { words, base, capacity, mask: slots - 1, shift, lap: slots << shift, slotWords: 1 + itemWords, tail: words[base + TAIL] ?? 0, head: words[base + HEAD] ?? 0 };
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
  const { words, tail } = ring;
  // As in a stream: this agent was the last to send, and knows of room. Short, as engines compile into their callers what is.
  if ((tail - (words[ring.base + TAIL] ?? 0)) >>> 0 < REMEMBERED && (tail - ring.head) >>> 0 < ring.capacity) {
    const before = lapAt(ring, tail);
    // No look before: it would have the cache line come twice, to be read and to be written.
    if (claimFrom(words, itemAt(ring, tail) - 1, before, writingIn(ring, before, agent)) === before) return passTail(ring, tail);
  }
  return claimSlowly(ring, agent);
}

function claimSlowly(ring: Ring, agent: number): number {
  const { words } = ring;
  const shared = words[ring.base + TAIL] ?? 0;
  let position = remembered(ring.tail, shared);
  if (position !== ring.tail && (shared - ring.tail) >>> 0 >= REMEMBERED) ring.head = readHead(words, ring.base + HEAD);
  while (hasRoom(ring, position)) {
    const state = itemAt(ring, position) - 1;
    const before = lapAt(ring, position);
    const writing = writingIn(ring, before, agent);
    let found = claimFrom(words, state, before, writing);
    if (found === (before | VOID)) found = claimFrom(words, state, found, writing) === found ? before : readSlot(words, state);
    if (found === before) return passTail(ring, position);
    position = past(ring, position, lapsAhead(ring, found, before));
  }
  ring.tail = position;
  return -1;
}

/** The state of a slot that is being written in the lap behind another. */
function writingIn(ring: Ring, before: number, agent: number): number {
  return (before + ring.lap) | (agent << 2) | WRITING;
}

/** The item at a position that was claimed, of which the tail is past now. */
function passTail(ring: Ring, position: number): number {
  ring.tail = (position + 1) | 0;
  if ((ring.tail & (STRIDE - 1)) === 0) advance(ring.words, ring.base + TAIL, ring.tail);
  return itemAt(ring, position);
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
  // Not atomic: a head of a moment ago is a slot that is full, or in a later lap.
  for (let position = words[ring.base + HEAD] ?? 0; ; position = readHead(words, ring.base + HEAD)) {
    ring.head = position;
    const full = lapAt(ring, position + ring.mask + 1);
    const found = readSlot(words, itemAt(ring, position) - 1);
    if (found === full) return position >>> 0;
    if (found === (full | VOID)) changeHead(words, ring.base + HEAD, position, (position + 1) | 0);
    // Claimed in this lap and not published, or not claimed.
    else if (lapsAhead(ring, found, full) <= 0) return -1;
  }
}

/** How many items lie one behind the other from a position on that `peek` gave, at most `most`. */
export function countFrom(ring: Ring, position: number, most: number): number {
  let count = 1;
  while (count < most && readSlot(ring.words, itemAt(ring, position + count) - 1) === lapAt(ring, position + count + ring.mask + 1)) count += 1;
  return count;
}

/** Whether the head is at a position still, so that all that was read of it and of those behind it is theirs. A change to what it is: what was read before by no atomic was read by then. */
export function holdsStill(ring: Ring, position: number): boolean {
  return changeHead(ring.words, ring.base + HEAD, position | 0, position | 0);
}

/** Takes away the item at a position that `peek` gave; false when somebody else did, and what was read of it is void. */
export function clear(ring: Ring, position: number): boolean {
  return changeHead(ring.words, ring.base + HEAD, position | 0, (position + 1) | 0);
}

/**
 * Whether a receiver that has come to the end of a stride would follow a sender into the one that is being written: the two would go on side by side from there, on the same cache lines, each
 * at half its speed, and neither would ever wait. A guess.
 */
export function isClose(ring: Ring): boolean {
  const head = ring.words[ring.base + HEAD] ?? 0;
  return (head & (STRIDE - 1)) === 0 && (((ring.words[ring.base + TAIL] ?? 0) - head) | 0) < STRIDE;
}

/** For a receiver that has said that it waits: who publishes an item at the head from here on sees that, by `raiseMet`. */
export function meetSender(ring: Ring): void {
  const { words } = ring;
  for (let position = readHead(words, ring.base + HEAD), now; ; position = now) {
    meet(words, itemAt(ring, position) - 1);
    now = readHead(words, ring.base + HEAD);
    if (now === position) return;
  }
}

/** For a sender that has said so: who takes an item from here on sees that. */
export function meetReceiver(ring: Ring): void {
  meet(ring.words, ring.base + HEAD);
}

/** Positions between head and tail, at some moment; slots that are being written count. */
export function countItems(ring: Ring): number {
  const { words } = ring;
  let tail = remembered(ring.tail, words[ring.base + TAIL] ?? 0);
  for (;;) {
    const ahead = lapsAhead(ring, readSlot(words, itemAt(ring, tail) - 1), lapAt(ring, tail));
    if (ahead <= 0) break;
    tail = past(ring, tail, ahead);
  }
  return Math.max(0, (tail - readHead(words, ring.base + HEAD)) | 0);
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

/** Whether the queue has room for what would lie at a position. */
function hasRoom(ring: Ring, position: number): boolean {
  if ((position - ring.head) >>> 0 < ring.capacity) return true;
  ring.head = readHead(ring.words, ring.base + HEAD);
  // A position that is behind the head was claimed long ago, as its slot will say.
  return ((position - ring.head) | 0) < ring.capacity;
}

/** What an agent remembers, if it is of the near past, else what all share. */
function remembered(own: number, shared: number): number {
  const ahead = (own - shared) | 0;
  return ahead >= 0 && ahead < REMEMBERED ? own : shared;
}

/** The lap of a position, as the lap before it has it in its slots' states. */
function lapAt(ring: Ring, position: number): number {
  return (position & ~ring.mask) << ring.shift;
}

/** By how many laps a slot's state is ahead of one that is past when the lap begins: 0 in the lap before. */
function lapsAhead(ring: Ring, state: number, before: number): number {
  return (((state & ~PHASE_BITS) - before) | 0) / ring.lap;
}

/** The next position to look at, when the slot of this one was claimed in its lap, or in one so many behind: before the last of those it was taken. */
function past(ring: Ring, position: number, ahead: number): number {
  return (position + 1 + (ahead - 1) * (ring.mask + 1)) | 0;
}
