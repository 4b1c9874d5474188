/**
 * Memory that all agents see: values on their way from one to another lie in it. Each agent takes from free lists of its own, without atomics; pages are
 * claimed from a registry that all share, and what one agent frees of another's goes to that one's queue (deferred-frees.ts). docs/agents.md draws it.
 *
 *   header      | magic | id | pages | page bytes | first page | end | types | pressure | queue capacity |   32 words
 *   seats       | taken, tallies ... |                                              MAX_AGENTS records of 32 words
 *   queues      | tail, head, entries | ...                                         one a seat: free-queue.ts
 *   registry    | page's word: owner, kind, size |                                  a word a page
 *   pages       | block | block | ... || block | ... || a large block: several pages ...
 *   block       | state | type | payload bytes | - | payload ...
 *
 * Nothing but the state (block-state.ts) says where a block is: an agent that dies at any point leaves states behind that `reclaimAgent` can go by.
 *
 * Invariants:
 *   I1  the state word names the generation. A token names generation and place, so it cannot meet a later use of its block
 *   I2  a FREE block is on the free list of its holder, unless that is nobody; of an OWNED, RECEIVED or RELEASED one the holder is who made, received, released it
 *   I3  a page that was cut keeps its cut for good, and passes from agent to agent as it is: block heads never move, so stale tokens and entries find heads
 *   I4  payloads are powers of two from 16, at multiples of 8
 */
import { assert } from "../check.ts";
import { memoryExhausted, type FrameAllocError } from "../errors.ts";
import { Memory, zeroWords } from "../memory.ts";
import { claimBlock, encode, FREE, generationIn, holderIn, IN_FLIGHT, isHeldIn, isIn, isLoose, LEAKED, loosenBlock, own, OWNED, RELEASED, stateIn } from "./block-state.ts";
import { FreeBlocks } from "./free-blocks.ts";
import type { FreeQueue } from "./free-queue.ts";
import { ID, newRegionWords, pagesPlace, PRESSURE, QUEUE_CAPACITY, queueOf, regionWordsOf, seatWord } from "./region-layout.ts";
import { HEAD_BYTES, SharedPages } from "./shared-pages.ts";
import { isSeated, leaveSeat, takeSeat } from "./seats.ts";
import { addTally, changeState, readState, readTally, setState, writeState } from "./words.ts";

/** Word of a seat: how many blocks of the agent's pages others made LOOSE. */
const LOOSENED = 16;
const MIN_SHIFT = 4;
/** No page is of such an agent. */
const NOBODYS = -2;
/** The logarithm of sizes up to which zeros are stored one by one. */
const WRITTEN_OUT = 8;
/** The owner looks for LOOSE blocks when there are so many more, at least, and one for so many that it would look at. */
const WORTH_A_LOOK = 64;
const LOOKS_A_BLOCK = 8;

/** A block by its place and its use. */
export interface Block {
  /** Byte offset of the payload. */
  readonly ptr: number;
  readonly generation: number;
}

export class TransferRegion {
  readonly buffer: SharedArrayBuffer;
  readonly memory: Memory;
  readonly words: Int32Array;
  readonly id: number;
  /** This agent's number here. */
  readonly agent: number;
  private readonly pages: SharedPages;
  /** Free payloads by the logarithm of their size; only this agent's. */
  private readonly free: FreeBlocks[] = [];
  /** Whether this agent's number may be another's by now. */
  private hasLeft = false;
  private seenPressure = 0;
  private seenLoosened = 0;
  /** Blocks that the last look for LOOSE ones passed. */
  private lookedAt = 0;

  private constructor(words: Int32Array<SharedArrayBuffer>) {
    const place = pagesPlace(words);
    this.buffer = words.buffer;
    this.words = words;
    this.id = words[ID] ?? 0;
    this.memory = new Memory(this.buffer, place.firstByte, this.buffer.byteLength);
    this.pages = new SharedPages(this.memory, words, place, (ptr) => this.keep(ptr), (ptr, word) => this.tryKeep(ptr, word));
    this.agent = takeSeat(words);
    // Whoever sat there before left it, or was reclaimed: what it had is this agent's.
    this.adopt(this.agent);
  }

  /** A region of its own, with this agent in it. `queueCapacity`: deferred frees that each agent's queue holds; 0 for no queues. */
  static create(sizeBytes: number, queueCapacity: number): TransferRegion { return new TransferRegion(newRegionWords(sizeBytes, queueCapacity)); }

  /** A region that another agent made. Throws `argument` for a buffer that is none. */
  static attach(buffer: SharedArrayBuffer): TransferRegion { return new TransferRegion(regionWordsOf(buffer)); }

  get queueCapacity(): number { return this.words[QUEUE_CAPACITY] ?? 0; }

  /** The queue of what others free of an agent's; undefined without queues. */
  queueOf(agent: number): FreeQueue | undefined { return queueOf(this.words, agent); }

  /** A word of an agent's record, from 1 on; the first says that the seat is taken. */
  seatWord(agent: number, word: number): number { return seatWord(agent, word); }

  isSeated(agent: number): boolean { return isSeated(this.words, agent); }

  /** Gives this agent's number to whoever comes. */
  leaveSeat(): void {
    this.hasLeft = true;
    leaveSeat(this.words, this.agent);
  }

  /** A payload of at least `sizeBytes`, zeroed, owned by this agent; 0 when the region is full. */
  tryTake(sizeBytes: number, type: number): number {
    const ptr = this.tryPop(sizeBytes, type);
    // Before any arithmetic in 32 bits, which would wrap.
    return ptr !== 0 || sizeBytes > this.memory.endByte || !this.takePage(shiftFor(sizeBytes)) ? ptr : this.tryPop(sizeBytes, type);
  }

  /** The same from this agent's own list; 0 when that is empty. */
  tryPop(sizeBytes: number, type: number): number {
    const { words, memory } = this;
    if (sizeBytes > memory.endByte) return 0;
    const shift = shiftFor(sizeBytes);
    const ptr = this.free[shift]?.pop() ?? 0;
    if (ptr === 0) return 0;
    const at = stateWord(ptr);
    const before = words[at] ?? 0;
    assert(isIn(before, this.agent, FREE), "transfer-region.ts: I2, a free block's state");
    if (shift <= WRITTEN_OUT) zeroWords(memory.f64, ptr, 1 << shift);
    else memory.zero(ptr, ptr + (1 << shift));
    memory.setWord(ptr - 12, type);
    own(words, at, before, this.agent);
    return ptr;
  }

  /** The word that stands for the current use of a block. */
  stateWordOf(ptr: number): number { return readState(this.words, stateWord(ptr)); }

  /** The same of a block that this agent has: nobody else changes it. */
  ownWordOf(ptr: number): number { return this.words[stateWord(ptr)] ?? 0; }

  /** The word of a use of a block that this agent has, in a state. */
  wordFor(generation: number, state: number): number { return encode(generation, this.agent, state); }

  /** Room of a block: a power of two. */
  payloadBytes(ptr: number): number { return this.memory.word(ptr - 8); }

  /** From the state of `word` to another, in this agent's name; false when the block is not in that state any more. */
  change(ptr: number, word: number, state: number): boolean { return changeState(this.words, stateWord(ptr), word, encode(generationIn(word), this.agent, state)); }

  /** The word that a block gets which this agent sends in a channel; 0 when it cannot be sent so: it is not owned in that generation, does not say its type, or this agent has left. */
  wordToSend(ptr: number, generation: number): number {
    const owned = encode(generation, this.agent, OWNED);
    return this.ownWordOf(ptr) === owned && this.typeOf(ptr) !== 0 && !this.hasLeft ? owned - OWNED + IN_FLIGHT : 0;
  }

  /** Gives it that word: nobody else changes it, so there is nothing to compare with. Publishes nothing yet: the slot that says where the block is has to be published after this. */
  leave(ptr: number, inFlight: number): void { writeState(this.words, stateWord(ptr), inFlight); }

  /** The state of a block; undefined when its generation is over. */
  stateOf({ ptr, generation }: Block): number | undefined {
    const word = this.stateWordOf(ptr);
    return generationIn(word) === generation ? stateIn(word) : undefined;
  }

  /**
   * Writes to a word of a block's head that nobody reads. Before many blocks that another agent wrote are changed: their cache lines are then fetched all at once, each to be written, where one change
   * after the other would wait for its own.
   */
  touch(ptr: number): void { this.words[stateWord(ptr) + 3] = 0; }

  /** The type that a block was taken with. */
  typeOf(ptr: number): number { return this.memory.word(ptr - 12); }

  /** Whether a token's numbers can be a block of this region: they come from outside. */
  holds(ptr: number, sizeBytes: number): boolean { return this.pages.holds(ptr, sizeBytes); }

  /** The agent that frees of a block go to. */
  ownerOf(ptr: number): number { return this.pages.ownerOf(ptr); }

  /** The agent that frees of a block went to at some time: to be asked again once the block is freed. */
  lastOwnerOf(ptr: number): number { return this.pages.lastOwnerOf(ptr); }

  /** Sets the state of a block that only this agent has, in its name. */
  setState(ptr: number, state: number): void {
    setState(this.words, stateWord(ptr), encode(generationIn(this.ownWordOf(ptr)), this.agent, state));
  }

  /** Frees a block for this agent's own use, if it is in the state of `word` still; false when it is not any more. */
  tryKeep(ptr: number, word: number): boolean {
    if (!claimBlock(this.words, stateWord(ptr), word, this.agent)) return false;
    this.shelve(ptr);
    return true;
  }

  /** The same for a block that somebody released, whenever that was; false when it is no such block. */
  takeBack(ptr: number): boolean {
    let word = this.ownWordOf(ptr);
    // What was read by no atomic may be of a moment before.
    if (stateIn(word) !== RELEASED) word = this.stateWordOf(ptr);
    return stateIn(word) === RELEASED && this.tryKeep(ptr, word);
  }

  /** Frees a block for whoever claims it, if it is in the state of `word` still: the owner of its page is told. */
  tryLoosen(ptr: number, word: number): boolean {
    const owner = this.ownerOf(ptr);
    if (owner === this.agent) return this.tryKeep(ptr, word);
    if (!loosenBlock(this.words, stateWord(ptr), word)) return false;
    this.countLoosened(owner);
    // The owner died and its pages have another one by now.
    const now = this.ownerOf(ptr);
    if (now !== owner) this.countLoosened(now);
    return true;
  }

  /** Takes LOOSE blocks of this agent's pages, if there are enough to be worth a look, or of all pages; false when there was none. */
  gather(isUrgent: boolean): boolean {
    const loosened = readTally(this.words, this.seatWord(this.agent, LOOSENED));
    const isWorth = ((loosened - this.seenLoosened) | 0) >= Math.max(WORTH_A_LOOK, this.lookedAt / LOOKS_A_BLOCK);
    if (!isUrgent && !isWorth) return false;
    this.seenLoosened = loosened;
    this.lookedAt = 0;
    let count = 0;
    this.pages.walk(isUrgent ? undefined : this.agent, (ptr, word) => {
      this.lookedAt += 1;
      if (isLoose(word) && this.tryKeep(ptr, word)) count += 1;
    });
    return count > 0;
  }

  /** Takes back what others freed of this agent's pages, whether it is queued or waits for room; gives how many. */
  takeReleased(): number {
    let count = 0;
    this.pages.walk(this.agent, (ptr, word) => {
      if (stateIn(word) === RELEASED && this.tryKeep(ptr, word)) count += 1;
    });
    return count;
  }

  /** Gives up a block that somebody released; false when it is no such block, as its owner took it back. */
  leak(ptr: number): boolean {
    const word = this.ownWordOf(ptr);
    return stateIn(word) === RELEASED && changeState(this.words, stateWord(ptr), word, encode(generationIn(word), holderIn(word), LEAKED));
  }

  /** Gives pages back of which this agent uses no block, when memory ran out for anybody since the last time. */
  relieve(): void {
    const pressure = readTally(this.words, PRESSURE);
    if (pressure === this.seenPressure) return;
    this.seenPressure = pressure;
    this.trim();
  }

  /**
   * Takes over what a dead agent had, or one that left: its pages with what is free in them, and the blocks that it made, received or was freeing, which go to the owners of their
   * pages. What it sent stays on its way. Whatever is found here was left by a state change that was complete, so nothing is repaired. Gives the number of blocks.
   */
  adopt(dead: number): number {
    let count = 0;
    this.pages.passOn(dead, this.agent, (ptr, word, isPassed) => {
      const state = stateIn(word);
      const isHeld = holderIn(word) === dead && isHeldIn(word);
      // What others freed is in the dead one's queue, which nobody will empty.
      if (isPassed ? isHeld || state === RELEASED || isLoose(word) : isHeld && this.ownerOf(ptr) >= 0) count += this.tryLoosen(ptr, word) ? 1 : 0;
    });
    return count;
  }

  /** Calls `fn` with the payload and the state word of every block. */
  forEachBlock(fn: (ptr: number, state: number) => void): void { this.pages.passOn(NOBODYS, NOBODYS, fn); }

  exhausted(sizeBytes: number): FrameAllocError {
    return memoryExhausted("transfer memory", "transferSize", sizeBytes, this.pages.usedBytes, this.pages.count * this.pages.pageBytes);
  }

  private keep(ptr: number): void {
    this.setState(ptr, FREE);
    this.shelve(ptr);
  }

  private shelve(ptr: number): void {
    const shift = 31 - Math.clz32(this.memory.word(ptr - 8));
    (this.free[shift] ??= new FreeBlocks()).push(ptr);
  }

  private countLoosened(owner: number): void {
    if (owner >= 0) addTally(this.words, this.seatWord(owner, LOOSENED), 1);
  }

  private takePage(shift: number): boolean {
    const hasTaken = this.pages.take(shift, this.agent, (word) => stateIn(word) === FREE, () => this.free[shift]?.isEmpty === false);
    // Others may have pages that they do not use.
    if (!hasTaken) addTally(this.words, PRESSURE, 1);
    return hasTaken;
  }

  private trim(): void {
    this.pages.giveBack(this.agent, (word) => isIn(word, this.agent, FREE), (begin, end, shift) => this.free[shift]?.forget(begin, end));
  }
}

/** The logarithm of the payload for so many bytes. */
function shiftFor(sizeBytes: number): number {
  return sizeBytes <= 2 ** MIN_SHIFT ? MIN_SHIFT : 32 - Math.clz32(sizeBytes - 1);
}

function stateWord(ptr: number): number {
  return (ptr - HEAD_BYTES) >> 2;
}
