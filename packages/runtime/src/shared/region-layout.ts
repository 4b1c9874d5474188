/** Where things are in the memory that agents share: see the drawing in transfer-region.ts. */
import { badArgument } from "../errors.ts";
import { MAX_AGENTS } from "./block-state.ts";
import { freeQueueWords, openFreeQueue, type FreeQueue } from "./free-queue.ts";

const MAGIC = 0x66_61_74_32;
export const ID = 1;
const PAGE_COUNT = 2;
const PAGE_BYTES = 3;
const FIRST_PAGE = 4;
const END = 5;
export const TYPES = 6;
/** Counts how often memory ran out: agents that see it change give back what they do not use. */
export const PRESSURE = 7;
export const QUEUE_CAPACITY = 8;
export const BUDGETS = 9;
const SEATS = 32;
const SEAT_WORDS = 32;
const QUEUES: number = SEATS + MAX_AGENTS * SEAT_WORDS;

export interface PagesPlace {
  readonly count: number;
  readonly pageBytes: number;
  readonly firstByte: number;
  /** The word of the first page. */
  readonly registry: number;
}

/** The words of a region for so many bytes in blocks, with nothing in it. */
export function newRegionWords(sizeBytes: number, queueCapacity: number): Int32Array<SharedArrayBuffer> {
  const pageBytes = Math.min(2 ** 14, Math.max(64, 2 ** Math.ceil(Math.log2(Math.max(1, sizeBytes / 256)))));
  const pageCount = Math.ceil(sizeBytes / pageBytes);
  const firstPage = Math.ceil(((registryWord(queueCapacity) + pageCount) * 4) / 64) * 64;
  const words = new Int32Array(new SharedArrayBuffer(firstPage + pageCount * pageBytes));
  words[0] = MAGIC;
  words[ID] = (Math.floor(Math.random() * (2 ** 31 - 1)) + 1) | 0;
  words[PAGE_COUNT] = pageCount;
  words[PAGE_BYTES] = pageBytes;
  words[FIRST_PAGE] = firstPage;
  words[END] = words.buffer.byteLength;
  words[QUEUE_CAPACITY] = queueCapacity;
  return words;
}

/** Those of a region that another agent made. Throws `argument` for a buffer that is none. */
export function regionWordsOf(buffer: SharedArrayBuffer): Int32Array<SharedArrayBuffer> {
  const words = new Int32Array(buffer);
  if (words[0] !== MAGIC || words[END] !== buffer.byteLength) throw badArgument("attach", "shared", buffer, "what `share()` of an allocator gave");
  return words;
}

export function pagesPlace(words: Int32Array): PagesPlace {
  return { count: words[PAGE_COUNT] ?? 0, pageBytes: words[PAGE_BYTES] ?? 0, firstByte: words[FIRST_PAGE] ?? 0, registry: registryWord(words[QUEUE_CAPACITY] ?? 0) };
}

/** The queue of what others free of an agent's; undefined without queues. */
export function queueOf(words: Int32Array, agent: number): FreeQueue | undefined {
  const capacity = words[QUEUE_CAPACITY] ?? 0;
  return capacity === 0 ? undefined : openFreeQueue(words, QUEUES + agent * freeQueueWords(capacity), capacity);
}

/** A word of an agent's record. */
export function seatWord(agent: number, word: number): number {
  return SEATS + agent * SEAT_WORDS + word;
}

function registryWord(queueCapacity: number): number {
  return QUEUES + (queueCapacity === 0 ? 0 : MAX_AGENTS * freeQueueWords(queueCapacity));
}
