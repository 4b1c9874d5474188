/**
 * The registry of a region's pages: whose each is, and how it is cut into blocks. Claims are single changes of a page's word, so there is nothing to be locked, and
 * an agent that dies while it claims leaves a word that says so.
 *
 *   page's word   owner + 1 (7 bits) | kind (3) | size: the logarithm of a payload, or pages of a large block
 *
 *   never used --claim--> CUTTING --heads are written--> SMALL, LARGE + LARGE_REST ... <--give back, take--> the same of nobody
 *
 * Invariants: I3 and I4 of transfer-region.ts.
 */
import type { Memory } from "../memory.ts";
import type { PagesPlace } from "./region-layout.ts";
import { claimPage, readPage, readState, setPage } from "./words.ts";

export const HEAD_BYTES = 16;
const CUTTING = 1;
const SMALL = 2;
const LARGE = 3;
const LARGE_REST = 4;
const NOBODY = -1;

export class SharedPages {
  readonly count: number;
  /** A power of two. */
  readonly pageBytes: number;
  private readonly pageShift: number;
  private readonly memory: Memory;
  private readonly words: Int32Array;
  private readonly firstByte: number;
  private readonly registry: number;
  /** Makes a block, whose payload size is written, this agent's. */
  private readonly keep: (ptr: number) => void;
  /** The same for one of a page that was given back, if it is in the state of `word` still. */
  private readonly tryKeep: (ptr: number, word: number) => boolean;

  constructor(memory: Memory, words: Int32Array, place: PagesPlace, keep: (ptr: number) => void, tryKeep: (ptr: number, word: number) => boolean) {
    this.memory = memory;
    this.words = words;
    this.count = place.count;
    this.pageBytes = place.pageBytes;
    this.pageShift = 31 - Math.clz32(place.pageBytes);
    this.firstByte = place.firstByte;
    this.registry = place.registry;
    this.keep = keep;
    this.tryKeep = tryKeep;
  }

  /** Bytes of pages that were ever used. */
  get usedBytes(): number {
    let used = 0;
    for (let page = 0; page < this.count; page += 1) if (this.wordOf(page) !== 0) used += this.pageBytes;
    return used;
  }

  /** Whether a payload of so many bytes can be at `ptr`: the number comes from outside. */
  holds(ptr: number, sizeBytes: number): boolean {
    if (!Number.isInteger(ptr) || ptr % 8 !== 0 || ptr < this.firstByte + HEAD_BYTES || ptr + sizeBytes > this.byteOf(this.count)) return false;
    const page = this.pageOf(ptr);
    const word = this.wordOf(page);
    const inPage = ptr - HEAD_BYTES - this.byteOf(page);
    if (kindOf(word) === LARGE) return inPage === 0 && sizeBytes <= this.memory.word(ptr - 8);
    const payload = 1 << sizeOf(word);
    const blockBytes = HEAD_BYTES + payload;
    return kindOf(word) === SMALL && inPage % blockBytes === 0 && inPage + blockBytes <= this.pageBytes && sizeBytes <= payload;
  }

  /** The agent that frees of a block go to. Its page stays whose it is while any block of it is in use, unless that agent dies. */
  ownerOf(ptr: number): number {
    return ownerOf(this.wordOf(this.pageOf(ptr)));
  }

  /** The same as it was at some time: to be asked again once the block is freed. */
  lastOwnerOf(ptr: number): number {
    return ownerOf(this.words[this.registry + this.pageOf(ptr)] ?? 0);
  }

  /**
   * Takes a page for payloads of 2^shift, or the pages of one: one that was given back, or such as were never used. `hasBlock` tells whether keeping its blocks
   * was of use. False when there is none.
   */
  take(shift: number, agent: number, isFree: (state: number) => boolean, hasBlock: () => boolean): boolean {
    const pages = Math.ceil((HEAD_BYTES + 2 ** shift) / this.pageBytes);
    const [kind, size] = pages === 1 ? [SMALL, shift] : [LARGE, pages];
    const returned = pageWord(NOBODY, kind, size);
    const taken = pageWord(agent, kind, size);
    for (let page = 0; page < this.count; page += 1) {
      if (this.wordOf(page) !== returned || !claimPage(this.words, this.registry + page, returned, taken)) continue;
      this.blocksOf(page, taken, (ptr, state) => {
        if (isFree(state)) this.tryKeep(ptr, state);
      });
      if (hasBlock()) return true;
    }
    const page = this.claimUnused(pages, pageWord(agent, CUTTING, pages === 1 ? shift : 0));
    if (page < 0) return false;
    if (pages === 1) this.cut(page, shift, agent);
    else this.cutLarge(page, pages, shift, agent);
    return hasBlock();
  }

  /** Gives back the pages of an agent of which `isUnused` says so; of a large block the first one stands for all. Calls `fn` with the bounds of each and the logarithm of its payloads, before. */
  giveBack(agent: number, isUnused: (state: number) => boolean, fn: (begin: number, end: number, shift: number) => void): void {
    for (let page = 0; page < this.count; page += 1) {
      const word = this.wordOf(page);
      const isLarge = kindOf(word) === LARGE;
      if (ownerOf(word) !== agent || (kindOf(word) !== SMALL && !isLarge)) continue;
      let isAll = true;
      this.blocksOf(page, word, (_, state) => (isAll &&= isUnused(state)));
      if (!isAll) continue;
      fn(this.byteOf(page), this.byteOf(page + 1), isLarge ? 31 - Math.clz32(this.memory.word(this.byteOf(page) + HEAD_BYTES - 8)) : sizeOf(word));
      this.setWord(page, pageWord(NOBODY, kindOf(word), sizeOf(word)));
    }
  }

  /** Calls `fn` with every block of an agent's pages, or of all that are somebody's. */
  walk(agent: number | undefined, fn: (ptr: number, state: number) => void): void {
    for (let page = 0; page < this.count; page += 1) {
      const word = this.wordOf(page);
      const isWanted = agent === undefined ? ownerOf(word) !== NOBODY : ownerOf(word) === agent;
      if (isWanted && (kindOf(word) === SMALL || kindOf(word) === LARGE)) this.blocksOf(page, word, fn);
    }
  }

  /** Gives the pages of a dead agent to another, and calls `fn` with every block of the region, and whether its page is one of those. */
  passOn(dead: number, heir: number, fn: (ptr: number, state: number, isPassed: boolean) => void): void {
    let restOfLarge = 0;
    for (let page = 0; page < this.count; page += 1) {
      const word = this.wordOf(page);
      const isDead = ownerOf(word) === dead;
      const kind = kindOf(word);
      if (kind === LARGE) restOfLarge = sizeOf(word);
      // A rest without its first page is of a large block that was never finished.
      const isUnfinished = kind === CUTTING || (kind === LARGE_REST && restOfLarge <= 0);
      restOfLarge -= 1;
      if (isDead && isUnfinished) this.cut(page, kind === CUTTING ? sizeOf(word) : 0, heir);
      else if (isDead) this.setWord(page, pageWord(heir, kind, sizeOf(word)));
      if (kind === SMALL || kind === LARGE) this.blocksOf(page, word, (ptr, state) => fn(ptr, state, isDead));
    }
  }

  private wordOf(page: number): number {
    return readPage(this.words, this.registry + page);
  }

  private setWord(page: number, word: number): void {
    setPage(this.words, this.registry + page, word);
  }

  private pageOf(ptr: number): number {
    return (ptr - this.firstByte) >> this.pageShift;
  }

  private byteOf(page: number): number {
    return this.firstByte + page * this.pageBytes;
  }

  /** Claims pages in a row that were never used; the first, or -1. */
  private claimUnused(count: number, word: number): number {
    for (let first = 0; first + count <= this.count; first += 1) {
      let claimed = 0;
      while (claimed < count && this.wordOf(first + claimed) === 0 && claimPage(this.words, this.registry + first + claimed, 0, word)) claimed += 1;
      if (claimed === count) return first;
      for (let i = 0; i < claimed; i += 1) this.setWord(first + i, 0);
    }
    return -1;
  }

  /** Writes the heads of a page's blocks and only then says that there are any. A shift of 0 is of a large block that was never finished: nothing is there. */
  private cut(page: number, shift: number, agent: number): void {
    if (shift === 0) return this.setWord(page, 0);
    const blockBytes = HEAD_BYTES + 2 ** shift;
    for (let i = Math.floor(this.pageBytes / blockBytes) - 1; i >= 0; i -= 1) {
      const ptr = this.byteOf(page) + i * blockBytes + HEAD_BYTES;
      this.memory.setWord(ptr - 8, 2 ** shift);
      this.keep(ptr);
    }
    return this.setWord(page, pageWord(agent, SMALL, shift));
  }

  private cutLarge(page: number, pages: number, shift: number, agent: number): void {
    const ptr = this.byteOf(page) + HEAD_BYTES;
    this.memory.setWord(ptr - 8, 2 ** shift);
    // The first one last: without it the others are pages that nobody finished.
    for (let i = pages - 1; i > 0; i -= 1) this.setWord(page + i, pageWord(agent, LARGE_REST, pages));
    this.keep(ptr);
    this.setWord(page, pageWord(agent, LARGE, pages));
  }

  private blocksOf(page: number, word: number, fn: (ptr: number, state: number) => void): void {
    const blockBytes = kindOf(word) === LARGE ? sizeOf(word) * this.pageBytes : HEAD_BYTES + 2 ** sizeOf(word);
    const count = kindOf(word) === LARGE ? 1 : Math.floor(this.pageBytes / blockBytes);
    for (let i = 0; i < count; i += 1) {
      const ptr = this.byteOf(page) + i * blockBytes + HEAD_BYTES;
      fn(ptr, readState(this.words, (ptr - HEAD_BYTES) >> 2));
    }
  }
}

/** `owner` -1: nobody's, given back. */
function pageWord(owner: number, kind: number, size: number): number {
  return (size << 10) | (kind << 7) | (owner + 1);
}

function ownerOf(word: number): number {
  return (word & 127) - 1;
}

function kindOf(word: number): number {
  return (word >>> 7) & 7;
}

function sizeOf(word: number): number {
  return word >>> 10;
}
