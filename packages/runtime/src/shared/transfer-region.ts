/**
 * Memory that all agents see: values on their way from one to another lie in it. Each agent takes from free lists of its own, without atomics; pages are
 * claimed from a registry that all share, and what one agent frees of another's goes to that one's queue (deferred-frees.ts). docs/agents.md draws it.
 *
 *   header      | magic | id | pages | page bytes | first page | end | types | pressure | queue capacity |   32 words
 *   seats       | taken, tallies ... |                                              MAX_AGENTS records of 16 words
 *   queues      | ring | ring | ...                                                 a ring a seat
 *   registry    | page's word: owner, kind, size |                                  a word a page
 *   pages       | block | block | ... || block | ... || a large block: several pages ...
 *   block       | state | type | payload bytes | - | payload ...
 *
 *   state       FREE --take--> OWNED --detach--> IN_FLIGHT --receive--> RECEIVED --free--> RELEASED --owner's queue--> FREE
 *                                 \--drop--> FREE                            \--free by the page's owner--> FREE
 *
 * Nothing but the state says where a block is: an agent that dies at any point leaves states behind that `reclaimAgent` can go by.
 *
 * Invariants:
 *   I1  the state word is generation * 512 + holder * 8 + state. A token names generation and place, so it cannot meet a later use of its block
 *   I2  a FREE block is on the free list of its holder; of an OWNED, RECEIVED or RELEASED one the holder is who made, received, released it
 *   I3  a page that was cut keeps its cut for good, and passes from agent to agent as it is: block heads never move, so stale tokens and entries find heads
 *   I4  payloads are powers of two from 16, at multiples of 8
 */
import { assert } from "../check.ts";
import { badArgument, memoryExhausted, type FrameAllocError } from "../errors.ts";
import { Memory } from "../memory.ts";
import { openRing, ringWords, type Ring } from "./ring.ts";
import { HEAD_BYTES, SharedPages } from "./shared-pages.ts";
import { addTally, changeSeat, changeState, readSeat, readState, readTally, setState } from "./words.ts";

export const FREE = 0;
export const OWNED = 1;
export const IN_FLIGHT = 2;
export const RECEIVED = 3;
export const RELEASED = 4;
/** Given up by a queue that drops its oldest. */
export const LEAKED = 5;
/** A type that tokens name; stays for good. */
export const TYPE = 6;

const MAGIC = 0x66_61_74_32;
/** As many as a ring's slot can name. */
export const MAX_AGENTS = 62;
const ID = 1;
const PAGE_COUNT = 2;
const PAGE_BYTES = 3;
const FIRST_PAGE = 4;
const END = 5;
export const TYPES = 6;
/** Counts how often memory ran out: agents that see it change give back what they do not use. */
const PRESSURE = 7;
const QUEUE_CAPACITY = 8;
export const BUDGETS = 9;
const SEATS = 32;
export const SEAT_WORDS = 16;
const QUEUES: number = SEATS + MAX_AGENTS * SEAT_WORDS;
/** What a queue holds of a block: where it is, and the state word that it was left in. */
const QUEUE_ITEM_WORDS = 2;
const MIN_SHIFT = 4;
/** Generations wrap after so many uses of one block. */
const GENERATIONS = 2 ** 23;

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
  /** This agent's number here. */
  readonly agent: number;
  private readonly pages: SharedPages;
  /** Free payloads by the logarithm of their size; only this agent's. */
  private readonly free: number[][] = [];
  private seenPressure = 0;

  private constructor(buffer: SharedArrayBuffer, words: Int32Array) {
    this.buffer = buffer;
    this.words = words;
    const place = { count: words[PAGE_COUNT] ?? 0, pageBytes: words[PAGE_BYTES] ?? 0, firstByte: words[FIRST_PAGE] ?? 0, registry: registryWord(words[QUEUE_CAPACITY] ?? 0) };
    this.memory = new Memory(buffer, place.firstByte, buffer.byteLength);
    this.pages = new SharedPages(this.memory, words, place, (ptr) => this.keep(ptr));
    this.agent = this.takeSeat();
    // Whoever sat there before left it, or was reclaimed: what it had is this agent's.
    this.adopt(this.agent);
  }

  /** A region of its own, with this agent in it. `queueCapacity`: deferred frees that each agent's queue holds; 0 for no queues. */
  static create(sizeBytes: number, queueCapacity: number): TransferRegion {
    const pageBytes = Math.min(2 ** 14, Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, sizeBytes / 256)))));
    const pageCount = Math.ceil(sizeBytes / pageBytes);
    const firstPage = Math.ceil(((registryWord(queueCapacity) + pageCount) * 4) / 64) * 64;
    const buffer = new SharedArrayBuffer(firstPage + pageCount * pageBytes);
    const words = new Int32Array(buffer);
    words[0] = MAGIC;
    words[ID] = (Math.floor(Math.random() * (2 ** 31 - 1)) + 1) | 0;
    words[PAGE_COUNT] = pageCount;
    words[PAGE_BYTES] = pageBytes;
    words[FIRST_PAGE] = firstPage;
    words[END] = buffer.byteLength;
    words[QUEUE_CAPACITY] = queueCapacity;
    return new TransferRegion(buffer, words);
  }

  /** A region that another agent made. Throws `argument` for a buffer that is none. */
  static attach(buffer: SharedArrayBuffer): TransferRegion {
    const words = new Int32Array(buffer);
    if (words[0] !== MAGIC || words[END] !== buffer.byteLength) throw badArgument("attach", "shared", buffer, "what `share()` of an allocator gave");
    return new TransferRegion(buffer, words);
  }

  get id(): number {
    return this.words[ID] ?? 0;
  }

  get queueCapacity(): number {
    return this.words[QUEUE_CAPACITY] ?? 0;
  }

  /** The queue of what others free of an agent's; undefined without queues. */
  queueOf(agent: number): Ring | undefined {
    const capacity = this.queueCapacity;
    return capacity === 0 ? undefined : openRing(this.words, QUEUES + agent * ringWords(capacity, QUEUE_ITEM_WORDS), capacity, QUEUE_ITEM_WORDS);
  }

  /** A word of an agent's record, from 1 on; the first says that the seat is taken. */
  seatWord(agent: number, word: number): number {
    return SEATS + agent * SEAT_WORDS + word;
  }

  isSeated(agent: number): boolean {
    return readSeat(this.words, this.seatWord(agent, 0)) !== 0;
  }

  /** Gives this agent's number, or a dead one's, to whoever comes. */
  leaveSeat(agent: number): void {
    changeSeat(this.words, this.seatWord(agent, 0), 1, 0);
  }

  /** A payload of at least `sizeBytes`, zeroed, owned by this agent; 0 when the region is full. */
  tryTake(sizeBytes: number, type: number): number {
    // Before any arithmetic in 32 bits, which would wrap.
    if (sizeBytes > this.buffer.byteLength) return 0;
    const shift = Math.max(MIN_SHIFT, 32 - Math.clz32(Math.max(1, sizeBytes) - 1));
    const list = (this.free[shift] ??= []);
    const ptr = list.pop() ?? this.takeFromNewPage(shift);
    if (ptr === 0) return 0;
    const before = readState(this.words, stateWord(ptr));
    assert((before & 511) === (this.agent << 3 | FREE), "transfer-region.ts: I2, a free block's state");
    this.memory.zero(ptr, ptr + (1 << shift));
    this.memory.setWord(ptr - 12, type);
    setState(this.words, stateWord(ptr), encode(((before >>> 9) + 1) % GENERATIONS, this.agent, OWNED));
    return ptr;
  }

  /** The word that stands for the current use of a block. */
  stateWordOf(ptr: number): number {
    return readState(this.words, stateWord(ptr));
  }

  /** Whether an agent has sent a block in this use of it, and nobody has received it. */
  isInFlight(ptr: number, generation: number, sender: number): boolean {
    return readState(this.words, stateWord(ptr)) === encode(generation, sender, IN_FLIGHT);
  }

  /** Room of a block: a power of two. */
  payloadBytes(ptr: number): number { return this.memory.word(ptr - 8); }

  generationOf(ptr: number): number {
    return readState(this.words, stateWord(ptr)) >>> 9;
  }

  /** From one state to the next, in this agent's name; false when the block is in another state, or its generation is over. */
  change(block: Block, before: number, after: number): boolean {
    const { words, agent } = this;
    const at = stateWord(block.ptr);
    const found = readState(words, at);
    if (found >>> 9 !== block.generation || (found & 7) !== before) return false;
    return changeState(words, at, found, encode(block.generation, agent, after));
  }

  /** The state of a block; undefined when its generation is over. */
  stateOf(block: Block): number | undefined {
    const word = readState(this.words, stateWord(block.ptr));
    return word >>> 9 === block.generation ? word & 7 : undefined;
  }

  /** The type that a block was taken with. */
  typeOf(ptr: number): number {
    return this.memory.word(ptr - 12);
  }

  /** Whether a token's numbers can be a block of this region: they come from outside. */
  holds(ptr: number, sizeBytes: number): boolean {
    return this.pages.holds(ptr, sizeBytes);
  }

  /** The agent that frees of a block go to. */
  ownerOf(ptr: number): number {
    return this.pages.ownerOf(ptr);
  }

  /** Sets the state of a block that only this agent has, in its name, and gives the word. */
  setState(ptr: number, state: number): number {
    const word = encode(this.generationOf(ptr), this.agent, state);
    setState(this.words, stateWord(ptr), word);
    return word;
  }

  /** Frees a block for this agent's own use: one that only this agent has. */
  keep(ptr: number): void {
    this.setState(ptr, FREE);
    this.shelve(ptr);
  }

  /** As `keep`, for a block that is in the state of `word` still; false when it is not any more. */
  tryKeep(ptr: number, word: number): boolean {
    if (!changeState(this.words, stateWord(ptr), word, encode(word >>> 9, this.agent, FREE))) return false;
    this.shelve(ptr);
    return true;
  }

  /** Gives up a block that is in the state of `word` still. */
  leak(ptr: number, word: number): boolean {
    return changeState(this.words, stateWord(ptr), word, (word & ~7) | LEAKED);
  }

  /** Gives pages back of which this agent uses no block, when memory ran out for anybody since the last time. */
  relieve(): void {
    const pressure = readTally(this.words, PRESSURE);
    if (pressure === this.seenPressure) return;
    this.seenPressure = pressure;
    this.trim();
  }

  /**
   * Takes over what a dead agent had, or one that left: its free blocks, those that it made, received or was freeing, and its pages. What it sent stays on its way. Whatever is
   * found here was left by a state change that was complete, so nothing is repaired. Gives the number of blocks.
   */
  adopt(dead: number): number {
    let count = 0;
    this.pages.passOn(dead, this.agent, (ptr, state, isPassed) => {
      const kind = state & 7;
      const isHeld = ((state >>> 3) & 63) === dead && (kind === FREE || kind === OWNED || kind === RECEIVED || kind === RELEASED);
      // What others freed is in the dead one's queue, which nobody will empty.
      if ((isHeld || (isPassed && kind === RELEASED)) && this.tryKeep(ptr, state)) count += 1;
    });
    return count;
  }

  /** Calls `fn` with the payload and the state word of every block; for tests. */
  forEachBlock(fn: (ptr: number, state: number) => void): void {
    this.pages.passOn(-2, -2, fn);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    return memoryExhausted("transfer memory", "transferSize", sizeBytes, this.pages.usedBytes, this.pages.count * this.pages.pageBytes);
  }

  private shelve(ptr: number): void {
    const shift = 31 - Math.clz32(this.memory.word(ptr - 8));
    (this.free[shift] ??= []).push(ptr);
  }

  private takeSeat(): number {
    for (let agent = 0; agent < MAX_AGENTS; agent += 1) if (changeSeat(this.words, this.seatWord(agent, 0), 0, 1)) return agent;
    throw badArgument("attach", "shared", MAX_AGENTS + 1, `attached to by at most ${MAX_AGENTS} agents at a time; \`reclaimAgent\` gives a dead one's number to the next`);
  }

  private takeFromNewPage(shift: number): number {
    const hasTaken = this.pages.take(shift, this.agent, (state) => (state & 7) === FREE, () => (this.free[shift]?.length ?? 0) > 0);
    // Others may have pages that they do not use.
    if (!hasTaken) addTally(this.words, PRESSURE, 1);
    return this.free[shift]?.pop() ?? 0;
  }

  private trim(): void {
    const mine = (this.agent << 3) | FREE;
    this.pages.giveBack(this.agent, (state) => (state & 511) === mine, (begin, end, shift) => {
      this.free[shift] = (this.free[shift] ?? []).filter((ptr) => ptr < begin || ptr >= end);
    });
  }
}

function registryWord(queueCapacity: number): number {
  return QUEUES + (queueCapacity === 0 ? 0 : MAX_AGENTS * ringWords(queueCapacity, QUEUE_ITEM_WORDS));
}

function stateWord(ptr: number): number {
  return (ptr - HEAD_BYTES) >> 2;
}

function encode(generation: number, holder: number, state: number): number {
  return ((generation << 9) | (holder << 3) | state) | 0;
}
