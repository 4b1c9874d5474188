/**
 * Memory that all agents see, for values on their way from one to another.
 *
 *   bytes 0     | magic | id | agent count | bump | end | - ...       16 words
 *   byte  64    | inbox of agent 0 | inbox of agent 1 | ...           MAX_AGENTS words
 *   FIRST_CHUNK | block | block | ...   chunks, each cut by the agent that claimed it
 *   block:      | state | owner | next in inbox | payload bytes | payload ...
 *
 * Every block has the agent that cut it as its owner. The owner takes from free lists of its own, without atomics; another agent that is done with a
 * block pushes it on the owner's inbox, which the owner empties when a free list is.
 *
 * Invariants:
 *   I1  the state word is generation * 8 + state; a token names both, so it cannot meet a later use of its block
 *   I2  a block is on its owner's free list, in its owner's inbox, or in use by the one agent that its state names
 *   I3  payloads are powers of two from 16, at multiples of 8
 */
import { assert } from "../check.ts";
import { badArgument, memoryExhausted, type FrameAllocError } from "../errors.ts";
import { Memory } from "../memory.ts";
import { changeState, claimBytes, joinAgents, pushBlock, readState, setState, takeAll } from "./words.ts";

export const FREE = 0;
export const OWNED = 1;
export const IN_FLIGHT = 2;
export const RECEIVED = 3;
type BlockState = typeof FREE | typeof OWNED | typeof IN_FLIGHT | typeof RECEIVED;

const MAGIC = 0x66_61_74_31;
const MAX_AGENTS = 256;
const ID = 1;
const AGENT_COUNT = 2;
const BUMP = 3;
const END = 4;
const INBOXES = 16;
const FIRST_CHUNK = (INBOXES + MAX_AGENTS) * 4;
const HEAD_BYTES = 16;
const CHUNK_BYTES = 4096;
/** Generations wrap after so many uses of one block: 28 bits. */
const GENERATIONS = 2 ** 28;

/** A block in the hands of this agent. */
export interface Block {
  /** Byte offset of the payload. */
  readonly ptr: number;
  readonly generation: number;
}

export class TransferRegion {
  readonly buffer: SharedArrayBuffer;
  readonly memory: Memory;
  private readonly words: Int32Array;
  private readonly agent: number;
  /** Free payloads by the logarithm of their size; only this agent's. */
  private readonly free: number[][] = [];

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.memory = new Memory(buffer, FIRST_CHUNK, buffer.byteLength);
    this.agent = joinAgents(this.words, AGENT_COUNT);
    if (this.agent >= MAX_AGENTS) throw badArgument("attach", "shared", this.agent + 1, `attached to at most ${MAX_AGENTS} times`);
  }

  /** A region of its own, with this agent in it. */
  static create(sizeBytes: number): TransferRegion {
    const buffer = new SharedArrayBuffer(FIRST_CHUNK + Math.ceil(sizeBytes / 8) * 8);
    const words = new Int32Array(buffer);
    words[0] = MAGIC;
    words[ID] = Math.floor(Math.random() * 2 ** 31) + 1 | 0;
    words[BUMP] = FIRST_CHUNK;
    words[END] = buffer.byteLength;
    return new TransferRegion(buffer);
  }

  /** A region that another agent made. Throws `argument` for a buffer that is none. */
  static attach(buffer: SharedArrayBuffer): TransferRegion {
    const words = new Int32Array(buffer, 0, Math.min(16, buffer.byteLength >> 2));
    if (words[0] !== MAGIC || words[END] !== buffer.byteLength) throw badArgument("attach", "shared", buffer, "what `share()` of an allocator gave");
    return new TransferRegion(buffer);
  }

  get id(): number {
    return this.words[ID] ?? 0;
  }

  /** A block of at least `sizeBytes`, zeroed, owned. Undefined when the region is full. */
  tryTake(sizeBytes: number): Block | undefined {
    // Before any arithmetic in 32 bits, which would wrap.
    if (sizeBytes > this.buffer.byteLength) return undefined;
    const shift = Math.max(4, 32 - Math.clz32(Math.max(1, sizeBytes) - 1));
    const list = (this.free[shift] ??= []);
    if (list.length === 0) this.emptyInbox();
    if (list.length === 0) this.cutChunk(shift, list);
    const ptr = list.pop();
    if (ptr === undefined) return undefined;
    const before = readState(this.words, stateWord(ptr));
    assert((before & 7) === FREE, "transfer-region.ts: I2, a free block's state");
    const generation = ((before >>> 3) + 1) % GENERATIONS;
    this.memory.zero(ptr, ptr + 2 ** shift);
    setState(this.words, stateWord(ptr), encode(generation, OWNED));
    return { ptr, generation };
  }

  /** From one state to the next; false when the block is in another state, or its generation is over. */
  change(block: Block, before: BlockState, after: BlockState): boolean {
    return changeState(this.words, stateWord(block.ptr), encode(block.generation, before), encode(block.generation, after));
  }

  /** The state of a block; undefined when its generation is over. */
  stateOf(block: Block): BlockState | undefined {
    const word = readState(this.words, stateWord(block.ptr));
    return word >>> 3 === block.generation ? ((word & 7) as BlockState) : undefined;
  }

  /** Whether a token's numbers can be a block of this region: they come from outside. */
  holds(block: Block, sizeBytes: number): boolean {
    const { ptr } = block;
    return Number.isInteger(ptr) && ptr % 8 === 0 && ptr >= FIRST_CHUNK + HEAD_BYTES && ptr + sizeBytes <= this.buffer.byteLength && sizeBytes <= this.memory.word(ptr - 4);
  }

  /** Gives a block back that is in this agent's hands. */
  give(block: Block): void {
    const { ptr } = block;
    setState(this.words, stateWord(ptr), encode(block.generation, FREE));
    const owner = this.memory.word(ptr - 12);
    if (owner === this.agent) this.shelve(ptr);
    else pushBlock(this.words, INBOXES + owner, ptr, (ptr - 8) >> 2);
  }

  exhausted(sizeBytes: number): FrameAllocError {
    const used = Math.min(this.memory.word(BUMP * 4), this.buffer.byteLength) - FIRST_CHUNK;
    return memoryExhausted("transfer memory", "transferSize", sizeBytes, used, this.buffer.byteLength - FIRST_CHUNK);
  }

  private emptyInbox(): void {
    for (let ptr = takeAll(this.words, INBOXES + this.agent); ptr !== 0; ) {
      const next = this.memory.word(ptr - 8);
      this.shelve(ptr);
      ptr = next;
    }
  }

  private shelve(ptr: number): void {
    const shift = 31 - Math.clz32(this.memory.word(ptr - 4));
    (this.free[shift] ??= []).push(ptr);
  }

  /** Claims memory and cuts it into blocks of 2^shift; takes one block's worth when a whole chunk is not left. */
  private cutChunk(shift: number, list: number[]): void {
    const payload = 2 ** shift;
    const blockBytes = HEAD_BYTES + payload;
    const perChunk = Math.max(1, Math.floor(CHUNK_BYTES / blockBytes));
    let count = perChunk;
    let begin = claimBytes(this.words, BUMP, count * blockBytes, this.buffer.byteLength);
    if (begin < 0) {
      count = 1;
      begin = claimBytes(this.words, BUMP, blockBytes, this.buffer.byteLength);
    }
    if (begin < 0) return;
    for (let i = count - 1; i >= 0; i -= 1) {
      const ptr = begin + i * blockBytes + HEAD_BYTES;
      this.memory.setWord(ptr - 12, this.agent);
      this.memory.setWord(ptr - 4, payload);
      list.push(ptr);
    }
  }
}

function stateWord(ptr: number): number {
  return (ptr - HEAD_BYTES) >> 2;
}

function encode(generation: number, state: BlockState): number {
  return (generation * 8 + state) | 0;
}
