/**
 * The queue of what others free of an agent's memory: places of blocks, bounded, in shared memory. Any agent puts one in; its owner takes them out, and who drops the oldest does.
 *
 *   word 0    | tail |                              a cache line for each end
 *   word 16   | head |
 *   word 32   | entry | entry | ...                 16 on a cache line
 *   entry     lap | place / 16
 *
 *   entry(lap before) --put, if the head is past it--> entry(lap)
 *
 * Entries are a power of two. Position p is entry p modulo entries, in lap p / entries + 1: zeroed memory is of the lap before the first. An entry is one word, so that one change puts it there, whole:
 * nothing is ever half written, and an agent that dies leaves nothing to be settled. Who puts looks at the head only when by what it saw last there is no room; who takes reads entries from the head on,
 * and moves the head past them then. So in a stream the entries' cache lines stay with who frees, but for being read.
 *
 * The entries alone say where the tail is; the shared one is where to begin to look. Each agent remembers where it was itself, and the shared one follows every `STRIDE` positions.
 *
 * Laps have the bits that places leave, and wrap. An entry of so many laps ago says the same; who would take it for one of now has slept that long between a read and a change of the same call, and
 * the entry has the same place again. Then an entry may be overwritten, and its block comes back when memory runs out, by its state: entries are news, the states say what is so.
 *
 * Invariants:
 *   I1  the positions that were claimed are all from 0 to some tail, those that are past all from 0 to the head, and tail - head <= capacity
 *   I2  no tail or head that is shared or remembered is beyond the end that it stands for; the shared ones never go back
 */
import { advance, changeHead, changeSlot, readHead, readSlot } from "./words.ts";

const TAIL = 0;
const HEAD = 16;
const FIRST_ENTRY = 32;
/** The shared tail follows every so many positions; a power of two. */
const STRIDE = 16;
/** A remembered position that is ahead of the shared one by less is used, any other is one of long ago. */
const NEAR: number = 2 ** 16;
/** Places are multiples of 16. */
const PLACE_SHIFT = 4;

/** One agent's view of a queue. */
export interface FreeQueue {
  readonly words: Int32Array;
  /** Its first word. */
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  /** Positions to laps. */
  readonly shift: number;
  /** Where the lap begins in an entry. */
  readonly lapShift: number;
  /** Where this agent last saw the ends. */
  tail: number;
  head: number;
}

/** Words that a queue takes; all zero, they are an empty one. */
export function freeQueueWords(capacity: number): number {
  return FIRST_ENTRY + Math.max(16, entriesFor(capacity));
}

/** The queue that begins at word `base`, of places below the end of `words`. All its agents say the same capacity, from 1. */
export function openFreeQueue(words: Int32Array, base: number, capacity: number): FreeQueue {
  const entries = entriesFor(capacity);
  const shift = Math.log2(entries);
  // Laps wrap with the positions, which have 32 bits, or sooner.
  const lapShift = Math.max(shift, 32 - Math.clz32((words.length * 4) >> PLACE_SHIFT));
  return { words, base, capacity, mask: entries - 1, shift, lapShift, tail: words[base + TAIL] ?? 0, head: words[base + HEAD] ?? 0 };
}

/** Puts a place behind the others; false when the queue is full. Lock-free. */
export function putFree(queue: FreeQueue, place: number): boolean {
  const { words, tail } = queue;
  // As in a stream: this agent was the last that put something here, and knows of room. Short, as engines compile into their callers what is.
  const isNext = (tail - (words[queue.base + TAIL] ?? 0)) >>> 0 < NEAR && (tail - queue.head) >>> 0 < queue.capacity;
  return (isNext && putAt(queue, tail, place)) || putSlowly(queue, place);
}

function putSlowly(queue: FreeQueue, place: number): boolean {
  const { words } = queue;
  let position = nearest(queue.tail, words[queue.base + TAIL] ?? 0);
  while (hasRoom(queue, position)) {
    if (putAt(queue, position, place)) return true;
    // Claimed by somebody else, in this lap or since.
    const ahead = lapsBetween(queue, lapAt(queue, position - queue.mask - 1), readSlot(words, entryAt(queue, position)));
    if (ahead > 0) position = (position + 1 + (ahead - 1) * (queue.mask + 1)) | 0;
  }
  queue.tail = position;
  return false;
}

/** Puts a place at a position, if its entry is of the lap before. */
function putAt(queue: FreeQueue, position: number, place: number): boolean {
  const { words } = queue;
  const at = entryAt(queue, position);
  const before = lapAt(queue, position - queue.mask - 1);
  // A look that decides nothing: the change does, or the atomic look that follows where it fails.
  const seen = words[at] ?? 0;
  if (lapsBetween(queue, before, seen) !== 0 || !changeSlot(words, at, seen, (before + (1 << queue.lapShift)) | (place >> PLACE_SHIFT))) return false;
  queue.tail = (position + 1) | 0;
  if ((queue.tail & (STRIDE - 1)) === 0) advance(words, queue.base + TAIL, queue.tail);
  return true;
}

/**
 * Copies at most `most` places from the head on, in their order; gives how many. They are in the queue still: `passFrees` takes them out. Entries are read by no atomic: one that was put there this
 * moment may not be seen yet, and one that is seen says where to look.
 */
export function readFrees(queue: FreeQueue, most: number, places: number[]): number {
  const { words } = queue;
  queue.head = readHead(words, queue.base + HEAD);
  let count = 0;
  while (count < most) {
    const position = (queue.head + count) | 0;
    const lap = lapAt(queue, position);
    const found = words[entryAt(queue, position)] ?? 0;
    if (lapsBetween(queue, lap, found) !== 0) break;
    places[count] = (found - lap) << PLACE_SHIFT;
    count += 1;
  }
  return count;
}

/** Takes out what `readFrees` gave, so far as nobody else did meanwhile. */
export function passFrees(queue: FreeQueue, count: number): void {
  const to = (queue.head + count) | 0;
  for (let seen = queue.head; ((to - seen) | 0) > 0 && !changeHead(queue.words, queue.base + HEAD, seen, to); ) seen = readHead(queue.words, queue.base + HEAD);
  queue.head = to;
}

/** Takes out the first place; 0 when there is none, or somebody else was first. */
export function takeFree(queue: FreeQueue): number {
  const { words } = queue;
  const position = readHead(words, queue.base + HEAD);
  queue.head = position;
  const lap = lapAt(queue, position);
  const found = readSlot(words, entryAt(queue, position));
  if (lapsBetween(queue, lap, found) !== 0 || !changeHead(words, queue.base + HEAD, position, (position + 1) | 0)) return 0;
  queue.head = (position + 1) | 0;
  return (found - lap) << PLACE_SHIFT;
}

/** Positions between head and tail, at some moment. */
export function countFrees(queue: FreeQueue): number {
  const { words } = queue;
  let tail = nearest(queue.tail, words[queue.base + TAIL] ?? 0);
  for (;;) {
    const ahead = lapsBetween(queue, lapAt(queue, tail - queue.mask - 1), readSlot(words, entryAt(queue, tail)));
    if (ahead <= 0) break;
    tail = (tail + 1 + (ahead - 1) * (queue.mask + 1)) | 0;
  }
  return Math.max(0, (tail - readHead(words, queue.base + HEAD)) | 0);
}

/** Whether there is room for what would lie at a position. */
function hasRoom(queue: FreeQueue, position: number): boolean {
  // Without sign: by a head of long ago, or one that is ahead, it is looked at anew.
  if ((position - queue.head) >>> 0 < queue.capacity) return true;
  queue.head = readHead(queue.words, queue.base + HEAD);
  // A position that is behind the head was claimed long ago, as its entry will say.
  return ((position - queue.head) | 0) < queue.capacity;
}

/** What an agent remembers, if it is of the near past, else what all share. */
function nearest(own: number, shared: number): number {
  const ahead = (own - shared) | 0;
  return ahead >= 0 && ahead < NEAR ? own : shared;
}

function entriesFor(capacity: number): number {
  return 2 ** Math.ceil(Math.log2(capacity));
}

function entryAt(queue: FreeQueue, position: number): number {
  return queue.base + FIRST_ENTRY + (position & queue.mask);
}

/** What an entry at a position says of its lap, with place 0. */
function lapAt(queue: FreeQueue, position: number): number {
  return ((position >>> queue.shift) + 1) << queue.lapShift;
}

/** By how many laps an entry is ahead of what `lapAt` gave: 0 for one of that lap. */
function lapsBetween(queue: FreeQueue, lap: number, entry: number): number {
  return ((entry - lap) | 0) >> queue.lapShift;
}
