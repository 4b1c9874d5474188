/**
 * Every atomic operation of the runtime, and nothing else: functions over words of shared memory that several agents read and write. None holds a lock; only
 * those whose name begins with `wait` may stop their agent. JavaScript's atomics are sequentially consistent, and what an agent wrote before one of them is seen
 * by an agent whose later operation on the same word read its result; each function says which two meet. The protocols are in the files that call them, drawn
 * in docs/agents.md; a test runs those files step by step through all interleavings of small cases.
 */

// Agents and memory

/** Whether an agent's number is taken. Pairs with `changeSeat`. */
export function readSeat(words: Int32Array, seat: number): number {
  return Atomics.load(words, seat);
}

/** Takes or frees an agent's number; false when somebody else was first. Freeing publishes that nothing of the agent is left; pairs with itself. */
export function changeSeat(words: Int32Array, seat: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, seat, before, after) === before;
}

/** What a page's word says. Acquires what its owner wrote into the page before; pairs with `setPage`. */
export function readPage(words: Int32Array, page: number): number {
  return Atomics.load(words, page);
}

/** Takes a page that is free; false when somebody else was first. Publishes whose it is, acquires that it was given back: pairs with itself and with `setPage`. */
export function claimPage(words: Int32Array, page: number, before: number, value: number): boolean {
  return Atomics.compareExchange(words, page, before, value) === before;
}

/** Says what becomes of a page that is this agent's, or a dead one's. Publishes the blocks in it; pairs with `readPage` and `claimPage`. */
export function setPage(words: Int32Array, page: number, value: number): void {
  Atomics.store(words, page, value);
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
 * As `setState`, and publishes nothing yet: no atomic, as nobody else changes the word of a block that this agent has, and whoever has an old token of it looks for a
 * state that it is not in, before and after. Pairs with the `changeState` or the `publishSlot` that sends the block, which publishes this too.
 */
export function writeState(words: Int32Array, state: number, value: number): void {
  words[state] = value;
}

/** The first of the shared types. Acquires it and those behind it; pairs with `pushType`. */
export function readTypes(words: Int32Array, head: number): number {
  return Atomics.load(words, head);
}

/** Puts a type in front of the others; false when another was put there since. Publishes what is written in it; pairs with `readTypes`. None is ever taken away. */
export function pushType(words: Int32Array, head: number, before: number, type: number): boolean {
  return Atomics.compareExchange(words, head, before, type) === before;
}

// Sums that all agents see

/** Adds to a sum and gives what it was before. Publishes nothing but the sum; pairs with itself and `readTally`. */
export function addTally(words: Int32Array, tally: number, amount: number): number {
  return Atomics.add(words, tally, amount);
}

/** A sum as it is now. Pairs with `addTally`. */
export function readTally(words: Int32Array, tally: number): number {
  return Atomics.load(words, tally);
}

/** Adds `amount` unless the sum would pass `limit`; gives the new sum, or -1 when it would. Only one of two that race for the last bytes succeeds: pairs with itself and `addTally`. */
export function addWithin(words: Int32Array, tally: number, amount: number, limit: number): number {
  let seen = Atomics.load(words, tally);
  while (seen + amount <= limit) {
    const found = Atomics.compareExchange(words, tally, seen, seen + amount);
    if (found === seen) return seen + amount;
    seen = found;
  }
  return -1;
}

/** Makes a word at least `value` and gives what it was before. Pairs with itself: of several that raise it to the same value, one sees less. */
export function raiseTo(words: Int32Array, mark: number, value: number): number {
  let seen = Atomics.load(words, mark);
  while (seen < value) {
    const found = Atomics.compareExchange(words, mark, seen, value);
    if (found === seen) return seen;
    seen = found;
  }
  return seen;
}

// Rings

/** Moves the shared tail of a queue on to `to`, unless it is there. Publishes nothing: the slots say what is so, and an old tail costs whoever begins there some looks. Pairs with itself. */
export function advance(words: Int32Array, tail: number, to: number): void {
  const seen = Atomics.load(words, tail);
  if (((to - seen) | 0) > 0) Atomics.compareExchange(words, tail, seen, to);
}

/** The state of a slot, or an entry that is all in one word. When it says full, acquires the item, or what was written before the entry was put there; pairs with `publishSlot` and `changeSlot`. */
export function readSlot(words: Int32Array, slot: number): number {
  return Atomics.load(words, slot);
}

/** A word of an item. Pairs with `readSlot` before and `readHead` behind it: where the head is not past the item, it was that item's. */
export function readItem(words: Int32Array, at: number): number {
  return Atomics.load(words, at);
}

/** Claims a slot of the lap before, of which the head is past, and gives the state that was found: `before` when it succeeded. Only one of several senders does; pairs with itself and `publishSlot`. */
export function claimFrom(words: Int32Array, slot: number, before: number, writing: number): number {
  return Atomics.compareExchange(words, slot, before, writing);
}

/** Settles a slot that a dead agent was writing, or puts an entry there that is all in one word; false when its state, which names its lap, is another by now. Publishes what was written before; pairs with itself and `readSlot`. */
export function changeSlot(words: Int32Array, slot: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, slot, before, after) === before;
}

/** Up to where items were taken. Acquires that they were read: what lay there may be overwritten. Pairs with `changeHead`. */
export function readHead(words: Int32Array, head: number): number {
  return Atomics.load(words, head);
}

/**
 * Takes items, moving the head on; false when somebody else did. Publishes that they were read, to who overwrites them; pairs with `readHead` and itself: until it succeeds, what lies there stays. To
 * where the head is, it moves nothing, and says that all which was read before, by no atomic too, lay there still.
 */
export function changeHead(words: Int32Array, head: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, head, before, after) === before;
}

/** Makes a claimed slot full. Publishes the item that was written into it, and whatever this agent wrote before; pairs with `readSlot`. An exchange, not a store: it also acquires what who met it there said before, see `meet`. */
export function publishSlot(words: Int32Array, slot: number, state: number): void {
  Atomics.exchange(words, slot, state);
}

/** Binds a channel to a region, if it is to none yet, and gives the one that it is bound to. Pairs with itself: all who send see the same. */
export function bindRegion(words: Int32Array, bound: number, region: number): number {
  const found = Atomics.compareExchange(words, bound, 0, region);
  return found === 0 ? region : found;
}

// Barriers

/** Who arrived in which generation. Acquires what those wrote before they did; pairs with `changeGate`. */
export function readGate(words: Int32Array, gate: number): number {
  return Atomics.load(words, gate);
}

/** Arrives, or opens the next generation; false when somebody else did something in between. Publishes this agent's writes to those that wait; pairs with `readGate` and itself. */
export function changeGate(words: Int32Array, gate: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, gate, before, after) === before;
}

/** A mask of members. Pairs with `changeMask`. */
export function readMask(words: Int32Array, mask: number): number {
  return Atomics.load(words, mask);
}

/** Sets or clears bits of a mask of members; false when it changed in between. Publishes the membership; pairs with `readMask` and itself. */
export function changeMask(words: Int32Array, mask: number, before: number, after: number): boolean {
  return Atomics.compareExchange(words, mask, before, after) === before;
}

// Waiting

/** Says that somebody is about to sleep on a signal, which it read before. Pairs with `readWaiting` and `clearWaiting`: the waker asks after what it publishes, the sleeper looks again after this. */
export function setWaiting(words: Int32Array, waiting: number): void {
  Atomics.store(words, waiting, 1);
}

/** Whether somebody may be asleep. Pairs with `setWaiting`. */
export function readWaiting(words: Int32Array, waiting: number): number {
  return Atomics.load(words, waiting);
}

/**
 * The same for who has just changed, by an exchange or by comparing, the word at which sleepers meet it: no atomic of its own. Of the two that change the word, the second acquires what the first wrote
 * before: so either this sees `setWaiting`, or the sleeper sees the change when it looks again. Pairs with `meet`.
 */
export function seesWaiting(words: Int32Array, waiting: number): boolean {
  return words[waiting] !== 0;
}

/** Changes a word to what it is, having said that somebody waits, before one looks again. Pairs with `seesWaiting`, and with the `changeHead`, `claimFrom` or `publishSlot` before that. */
export function meet(words: Int32Array, word: number): void {
  Atomics.add(words, word, 0);
}

/** Takes over to wake those that said so; false when somebody else did. Pairs with `setWaiting`: who says so after this asks to be woken anew, and read the signal before that. */
export function clearWaiting(words: Int32Array, waiting: number): boolean {
  return Atomics.compareExchange(words, waiting, 1, 0) === 1;
}

/** The signal before one looks again and sleeps on it. Pairs with `wake`. */
export function readSignal(words: Int32Array, signal: number): number {
  return Atomics.load(words, signal);
}

/** Changes a signal, so that nobody falls asleep on what it was, and wakes those that did. Pairs with `readSignal` and `waitWhile`. */
export function wake(words: Int32Array, signal: number): void {
  Atomics.add(words, signal, 1);
  Atomics.notify(words, signal);
}

/** Wakes all that sleep on a word that was changed already. Pairs with `waitWhile`. */
export function wakeAll(words: Int32Array, word: number): void {
  Atomics.notify(words, word);
}

/** Sleeps while the word is `value`, for `ms` at most. Stops the agent. Pairs with `wake` and `wakeAll`. */
export function waitWhile(words: Int32Array, word: number, value: number, ms: number): void {
  Atomics.wait(words, word, value, ms);
}

/** As `waitWhile`, without stopping the agent; undefined when the word is another already, or the engine cannot. */
export function waitAsync(words: Int32Array, word: number, value: number, ms: number): Promise<unknown> | undefined {
  const { waitAsync: wait } = Atomics as { waitAsync?: (words: Int32Array, word: number, value: number, ms: number) => { async: boolean; value: unknown } };
  const result = wait?.call(Atomics, words, word, value, ms);
  return result?.async === true ? (result.value as Promise<unknown>) : undefined;
}

/** Nobody else's. */
const unshared = /* @__PURE__ */ new Int32Array(1);

/** Passes time, some ten nanoseconds a turn, without a look at memory that others write: their cache lines stay with them. Pairs with nothing. */
export function pause(turns: number): void {
  for (let turn = 0; turn < turns; turn += 1) Atomics.load(unshared, 0);
}

let blocks: boolean | undefined;

/** Whether this agent may be stopped: asked once, by a wait that would end at once. A page's main thread refuses any. */
export function canBlock(): boolean {
  if (blocks === undefined) {
    try {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
      blocks = true;
    } catch {
      blocks = false;
    }
  }
  return blocks;
}
