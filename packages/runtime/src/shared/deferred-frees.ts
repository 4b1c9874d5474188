/**
 * What an agent frees of another's memory goes to that one's queue, and the owner takes it back when it has time.
 *
 *   freeing agent:  RECEIVED -> RELEASED, then its place into the queue          owner:  RELEASED -> FREE, then out of the queue
 *   without queue:  RECEIVED -> LOOSE, and the owner's tally of such + 1          owner:  out of its pages when it has nothing else, LOOSE -> FREE
 *
 * The state change is what frees; an entry only says where to look. One whose block is not RELEASED by now does nothing, and one whose block was released again since takes it back sooner: so
 * entries may be left over or be there twice when an agent died: `reclaim` takes blocks by their states and leaves queues alone.
 */
import { deferredOverflow } from "../errors.ts";
import { generationIn, RECEIVED, RELEASED } from "./block-state.ts";
import type { DeferredConfig, DeferredProcessing } from "./deferred-config.ts";
import type { TransferWatch } from "./transfer-watch.ts";
import { countFrees, passFrees, putFree, readFrees, takeFree, type FreeQueue } from "./free-queue.ts";
import type { TransferRegion } from "./transfer-region.ts";
import { addTally, readTally } from "./words.ts";

/** Word of a seat: frees that its queue gave up. */
const DROPPED = 1;

/** Entries that the owner reads at once, at most. */
const RUN = 64;

/** What became of frees across agents. Those that this agent made: `sent`, `processedImmediately`, `grown`, `failed`. Those of its own memory: the others. */
export interface DeferredStats {
  readonly capacity: number;
  /** In this agent's queue now. */
  readonly queued: number;
  /** Taken back by this agent. */
  readonly processed: number;
  /** Given up by `dropOldest`, and lost, of this agent's memory. */
  readonly dropped: number;
  /** Put into queues of others; under `grow` also what they took back before. */
  readonly sent: number;
  /** Not queued, as the queue was full or there is none: free at once, for the owner to find. */
  readonly processedImmediately: number;
  /** Waiting here, under `grow`, for room in a queue. */
  readonly grown: number;
  /** Refused by `fail`. */
  readonly failed: number;
}

export class DeferredFrees {
  watch: TransferWatch | undefined = undefined;
  private readonly region: TransferRegion;
  private readonly config: DeferredConfig;
  processing: DeferredProcessing;
  private readonly queues: (FreeQueue | undefined)[] = [];
  private readonly own: FreeQueue | undefined;
  /** Under `grow`: places and words of blocks for which there was no room. They are RELEASED, as queued ones, and their owner may take them back from there. */
  private readonly waiting: number[] = [];
  /** Places that were read of the queue at once. */
  private readonly run: number[] = [];
  private processed = 0;
  private sent = 0;
  private immediate = 0;
  private failed = 0;

  constructor(region: TransferRegion, config: DeferredConfig) {
    this.region = region;
    this.config = config;
    this.processing = config.processing;
    this.own = region.queueOf(region.agent);
  }

  /** Frees a block that this agent has received, as its word says. FA204, and nothing changed, when the owner's queue is full under `fail`. */
  free(ptr: number, received: number): void {
    const owner = this.region.lastOwnerOf(ptr);
    const queue = this.queues[owner];
    // Short, as engines compile into their callers what is.
    if (queue === undefined || this.waiting.length > 0) this.freeSlowly(ptr, received, owner);
    else this.freeInto(queue, ptr, received, owner);
  }

  private freeInto(queue: FreeQueue, ptr: number, received: number, owner: number): void {
    const { region } = this;
    // Not when this agent was taken for dead.
    if (!region.change(ptr, received, RELEASED)) return;
    if (!putFree(queue, ptr)) return this.overflow(queue, ptr, received, owner);
    this.sent += 1;
    if (this.watch !== undefined) this.watch.freeQueued(owner, region.payloadBytes(ptr));
    // The owner died and its pages have another one: an entry more does no harm. Not atomic: an heir that is not seen here finds the block by its state, when memory runs out.
    if (region.lastOwnerOf(ptr) !== owner) this.pushAgain(ptr, received);
  }

  private freeSlowly(ptr: number, received: number, owner: number): void {
    const { region } = this;
    if (this.waiting.length > 0) this.sendWaiting();
    const queue = this.queueOf(owner);
    if (queue !== undefined) return this.freeInto(queue, ptr, received, owner);
    if (owner === region.agent) region.tryKeep(ptr, received);
    else if (region.tryLoosen(ptr, received)) this.immediate += 1;
  }

  /** Takes back at most `max` of what others freed, in their order; gives how many. */
  process(max: number): number {
    const { own, region } = this;
    if (this.waiting.length > 0) this.sendWaiting();
    region.relieve();
    if (own === undefined) return 0;
    let count = 0;
    for (let read = Infinity; count < max && read > 0; ) {
      read = readFrees(own, Math.min(max - count, RUN), this.run);
      for (let i = 0; i < read; i += 1) region.touch(this.run[i] ?? 0);
      for (let i = 0; i < read; i += 1) if (region.takeBack(this.run[i] ?? 0)) count += 1;
      if (read > 0) passFrees(own, read);
    }
    return this.countProcessed(count);
  }

  /** Takes back also what waits for room in this agent's queue, or is about to be put there: when memory ran out, as this looks at every block. */
  processAll(): number {
    return this.countProcessed(this.region.takeReleased());
  }

  /** On an allocation, when that is when frees are processed. */
  processSome(): void { this.process(this.config.perAlloc); }

  stats(): DeferredStats {
    const { own, region, config } = this;
    this.forgetTaken();
    return {
      capacity: config.capacity === 0 ? 0 : region.queueCapacity, queued: own === undefined ? 0 : countFrees(own), processed: this.processed, dropped: readTally(region.words, region.seatWord(region.agent, DROPPED)),
      sent: this.sent, processedImmediately: this.immediate, grown: this.waiting.length / 2, failed: this.failed,
    };
  }

  private queueOf(agent: number): FreeQueue | undefined {
    if (agent < 0 || agent === this.region.agent || this.config.capacity === 0) return undefined;
    return (this.queues[agent] ??= this.region.queueOf(agent));
  }

  private push(queue: FreeQueue, ptr: number): boolean {
    if (!putFree(queue, ptr)) return false;
    this.sent += 1;
    return true;
  }

  private overflow(queue: FreeQueue, ptr: number, received: number, owner: number): void {
    const { region } = this;
    const state = region.wordFor(generationIn(received), RELEASED);
    // Compared, not set, in all that follows: when the owner died its memory may have been taken over since.
    if (!region.isSeated(owner)) {
      // It left, and nobody will make room.
      if (region.tryLoosen(ptr, state)) this.immediate += 1;
      return;
    }
    switch (this.config.fullPolicy) {
      case "grow":
        this.waiting.push(ptr, state);
        return;
      case "fail":
        this.failed += 1;
        if (region.change(ptr, state, RECEIVED)) throw deferredOverflow(queue.capacity);
        return;
      case "dropOldest":
        do this.dropOldest(queue, owner);
        while (!this.push(queue, ptr));
        return;
      case "processImmediately": if (region.tryLoosen(ptr, state)) this.immediate += 1;
    }
  }

  private dropOldest(queue: FreeQueue, owner: number): void {
    const ptr = takeFree(queue);
    if (ptr !== 0 && this.region.leak(ptr)) addTally(this.region.words, this.region.seatWord(owner, DROPPED), 1);
  }

  private pushAgain(ptr: number, received: number): void {
    const { region } = this;
    const owner = region.lastOwnerOf(ptr);
    const released = region.wordFor(generationIn(received), RELEASED);
    if (region.stateWordOf(ptr) !== released) return;
    const queue = this.queueOf(owner);
    if (queue === undefined || !this.push(queue, ptr)) region.tryLoosen(ptr, released);
  }

  /** The last first, so that a queue that stays full costs one look. */
  private sendWaiting(): void {
    const { region, waiting } = this;
    while (waiting.length > 0) {
      const [ptr = 0, word = 0] = waiting.slice(-2);
      const isReleased = region.stateWordOf(ptr) === word;
      const queue = isReleased ? this.queueOf(region.ownerOf(ptr)) : undefined;
      if (queue !== undefined) {
        if (!this.push(queue, ptr)) return;
      } else if (isReleased) this.immediate += region.tryLoosen(ptr, word) ? 1 : 0;
      else this.sent += 1;
      waiting.length -= 2;
    }
  }

  /** Counts as sent what waited here and was taken back. */
  private forgetTaken(): void {
    const { region, waiting } = this;
    let kept = 0;
    for (let i = 0; i < waiting.length; i += 2) {
      const [ptr = 0, word = 0] = [waiting[i], waiting[i + 1]];
      if (region.stateWordOf(ptr) !== word) continue;
      waiting[kept] = ptr;
      waiting[kept + 1] = word;
      kept += 2;
    }
    this.sent += (waiting.length - kept) / 2;
    waiting.length = kept;
  }

  private countProcessed(count: number): number {
    this.processed += count;
    if (count > 0) this.watch?.freesProcessed(count);
    return count;
  }
}
