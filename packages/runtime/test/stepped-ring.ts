/** A ring for stepped agents: what `openRing` gives, whose words are the memory that they step over. */

export interface RingShape {
  readonly words: object;
  readonly base: number;
  readonly capacity: number;
  readonly mask: number;
  readonly shift: number;
  readonly lap: number;
  readonly slotWords: number;
  readonly tail: number;
  readonly head: number;
}

export function ringOf(capacity: number, itemWords = 1): RingShape {
  const slots = 2 ** Math.ceil(Math.log2(capacity));
  const shift = Math.max(0, 8 - Math.log2(slots));
  return { words: {}, base: 0, capacity, mask: slots - 1, shift, lap: slots << shift, slotWords: 1 + itemWords, tail: 0, head: 0 };
}

/** Zeroed, with `more` words behind it. */
export function memoryOf({ mask, slotWords }: RingShape, more = 0): Int32Array {
  return new Int32Array(48 + (mask + 1) * slotWords + more);
}
