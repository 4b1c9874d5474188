/**
 * What a receiver has read of a channel ahead of the item that it takes: places and states of the blocks that come next. Reading claims nothing, so others may take them meanwhile; each is taken by
 * its own state, which one agent alone changes. What was read is looked at once, for all: the items from the head on are what they are until the head has passed them.
 *
 *   head = p --read p .. p + n--> head = p still: these are the items of p .. p + n --take one: its block's state, then head + 1--> ...
 *
 * In a stream a receiver so reads a slot by one atomic, and the cache lines of several blocks come at once.
 */
import { countFrom, HEAD, holdsStill, itemAt, peek, type Ring } from "./ring.ts";

export const BLOCK = 2;
/** The bits of the kind in the first word of an item. */
const KINDS = 7;
/** Items that are read at once, at most: two cache lines of slots. */
export const RUN_LENGTH = 8;
export const NO_ITEM: number = -1;
/** Of another kind, or not to be had by reading ahead. */
export const OTHER_ITEM: number = -2;

export interface BlockRun {
  /** The position of the first. */
  from: number;
  count: number;
  readonly places: Int32Array;
  readonly states: Int32Array;
}

export function newRun(): BlockRun {
  return { from: 0, count: 0, places: new Int32Array(RUN_LENGTH), states: new Int32Array(RUN_LENGTH) };
}

/** Which of the run is at the head; -1 when none is. */
export function runAt(ring: Ring, run: BlockRun): number {
  const { words } = ring;
  // Not atomic: by an old head one finds a block that somebody else has taken.
  const at = ((words[ring.base + HEAD] ?? 0) - run.from) >>> 0;
  return at < run.count ? at : NO_ITEM;
}

/** The same, of a new run if need be. `NO_ITEM` when the channel is empty. */
export function nextBlock(ring: Ring, run: BlockRun): number {
  const { words } = ring;
  const at = runAt(ring, run);
  if (at >= 0) return at;
  const position = peek(ring);
  if (position < 0) return NO_ITEM;
  run.from = position | 0;
  run.count = 0;
  const most = countFrom(ring, position, RUN_LENGTH);
  let count = 0;
  while (count < most) {
    const item = itemAt(ring, position + count);
    const first = words[item] ?? 0;
    if (kindIn(first) !== BLOCK) break;
    run.places[count] = placeIn(first);
    run.states[count] = words[item + 1] ?? 0;
    count += 1;
  }
  if (count === 0 || !holdsStill(ring, position)) return OTHER_ITEM;
  run.count = count;
  return 0;
}

/** What the first word of an item says: the kind. */
export function kindIn(first: number): number {
  return first & KINDS;
}

/** And the place of its block. */
export function placeIn(first: number): number {
  return first & ~KINDS;
}
