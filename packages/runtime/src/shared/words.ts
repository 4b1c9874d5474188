/**
 * Every atomic operation of the runtime, and nothing else: functions over words of shared memory that several agents read and write. All
 * are lock-free. JavaScript's atomics are sequentially consistent, and what an agent wrote before one of them is seen by an agent whose later
 * operation on the same word read its result; each function says which two meet.
 */

/** Counts an agent in and gives its number, from 0. Publishes nothing: the count itself is all that is shared. Pairs with itself. */
export function joinAgents(words: Int32Array, count: number): number {
  return Atomics.add(words, count, 1);
}

/**
 * Moves the bump pointer in word `bump` by `bytes` and gives where it stood; -1 when it would pass `end`. Publishes nothing: the bytes belong to
 * this agent alone until it sends them. Pairs with itself in other agents, so that no two get the same bytes.
 */
export function claimBytes(words: Int32Array, bump: number, bytes: number, end: number): number {
  let seen = Atomics.load(words, bump);
  while (seen + bytes <= end) {
    const found = Atomics.compareExchange(words, bump, seen, seen + bytes);
    if (found === seen) return seen;
    seen = found;
  }
  return -1;
}

/** The state word as it is now. Acquires what the agent that set it wrote before; pairs with `changeState` and `setState`. */
export function readState(words: Int32Array, state: number): number {
  return Atomics.load(words, state);
}

/**
 * Changes the state word from `before` to `after`; false, and nothing changed, when it is something else by now. On the sender's side it publishes
 * the block's bytes (owned to in flight); on the receiver's side it acquires them (in flight to received), pairing with the sender's, and only one
 * of several receivers succeeds.
 */
export function changeState(words: Int32Array, state: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, state, before, after) === before;
}

/** Sets the state word of a block that only this agent has. Publishes that older tokens of the block are void; pairs with their `changeState`. */
export function setState(words: Int32Array, state: number, value: number): void {
  Atomics.store(words, state, value);
}

/**
 * Pushes a block on the list that begins in word `head`: `next` is the block's own word for the link. Publishes the link, and that this agent is done
 * with the block; pairs with the owner's `takeAll`. Owners take whole lists only, so a head that was taken and put back in between does no harm.
 */
export function pushBlock(words: Int32Array, head: number, block: number, next: number): void {
  let seen = Atomics.load(words, head);
  for (;;) {
    Atomics.store(words, next, seen);
    const found = Atomics.compareExchange(words, head, seen, block);
    if (found === seen) return;
    seen = found;
  }
}

/** Takes the whole list that begins in word `head` and leaves it empty. Acquires the links and the blocks; pairs with `pushBlock`. */
export function takeAll(words: Int32Array, head: number): number {
  return Atomics.exchange(words, head, 0);
}
