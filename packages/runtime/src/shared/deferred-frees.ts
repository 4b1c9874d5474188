/**
 * What an agent frees of another's memory goes to that one's queue, and the owner takes it back when it has time.
 *
 *   freeing agent:  (place, state) into the queue: the block stays RECEIVED           owner:  out of the queue, then RECEIVED -> FREE
 *   under `grow`:   RECEIVED -> RELEASED, and into the queue when there is room      owner:  out of the queue, or of its pages when memory ran out, then RELEASED -> FREE
 *   without queue:  RECEIVED -> LOOSE, and the owner's tally of such + 1               owner:  out of its pages when it has nothing else, LOOSE -> FREE
 *
 * An entry names the state that was queued, and its block is free for whoever changes that: an entry whose block has another state by now does nothing. So entries may be left over
 * or be there twice when an agent died: `reclaim` takes blocks by their states and leaves queues alone. Who frees changes nothing but the queue, which publishes the entry together with what was
 * written to the block.
 */
import { deferredOverflow } from "../errors.ts";
import { generationIn, MAX_AGENTS, RELEASED } from "./block-state.ts";
import type { DeferredConfig, DeferredProcessing } from "./deferred-config.ts";
import type { TransferWatch } from "./transfer-watch.ts";
import { clear, claimSlot, countFrom, countItems, itemAt, peek, publish, settleClaims, type Ring } from "./ring.ts";
import type { TransferRegion } from "./transfer-region.ts";
import { addTally, readTally } from "./words.ts";

/** Word of a seat: frees that its queue gave up. */
const DROPPED = 1;

/** A full queue whose first entry an agent died writing gives nothing up until that agent is reclaimed. */
const DROP_ATTEMPTS = 64;
/** Entries that the owner takes out of its queue at once, at most. */
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
  private readonly queues: (Ring | undefined)[] = [];
  private readonly own: Ring | undefined;
  /** Under `grow`: places and words of blocks for which there was no room. They are RELEASED, as queued ones, and their owner may take them back from there. */
  private readonly waiting: number[] = [];
  /** Places and words of the entries that were taken out at once. */
  private readonly run: Int32Array = new Int32Array(RUN * 2);
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
    const { region, watch } = this;
    const owner = region.lastOwnerOf(ptr);
    const queue = this.queueOf(owner);
    if (queue === undefined) {
      if (owner === region.agent) region.tryKeep(ptr, received);
      else if (region.tryLoosen(ptr, received)) this.immediate += 1;
      return;
    }
    if (this.waiting.length > 0) this.sendWaiting();
    // Not when this agent was taken for dead.
    if (region.ownWordOf(ptr) !== received) return;
    const sizeBytes = watch === undefined ? 0 : region.payloadBytes(ptr);
    if (!this.push(queue, ptr, received)) return this.overflow(queue, ptr, received, owner);
    if (watch !== undefined) watch.freeQueued(owner, sizeBytes);
    // The owner died and its pages have another one: an entry more does no harm. Not atomic: an heir that is not seen here finds the entry when memory runs out.
    const now = region.lastOwnerOf(ptr);
    if (now !== owner) this.pushAgain(now, ptr, received);
  }

  /** Takes back at most `max` of what others freed, in their order; gives how many. */
  process(max: number): number {
    const { own, region } = this;
    if (this.waiting.length > 0) this.sendWaiting();
    region.relieve();
    return own === undefined ? 0 : this.countProcessed(this.takeFrom(own, max));
  }

  /** Takes back also what waits for room in this agent's queue, or lies in that of an agent that is gone: when memory ran out, as this looks at every block. */
  processAll(): number {
    const { region } = this;
    let count = region.takeReleased();
    for (let agent = 0; agent < MAX_AGENTS; agent += 1) if (!region.isSeated(agent)) count += this.takeOver(agent);
    return this.countProcessed(count);
  }

  /** Takes what is in the queue of an agent that is dead, or left; gives how many. Once its pages are another's: who frees looks whose they are when it has put something there. */
  takeOver(gone: number): number {
    const queue = this.region.queueOf(gone);
    return queue === undefined ? 0 : this.takeFrom(queue, Infinity);
  }

  /** On an allocation, when that is when frees are processed. */
  processSome(): void {
    if (this.processing === "incremental") this.process(this.config.perAlloc);
  }

  /** Lets the queues go on that a dead agent was writing to. */
  forget(dead: number): void {
    for (let agent = 0; agent < MAX_AGENTS; agent += 1) {
      const queue = this.region.isSeated(agent) || agent === dead ? this.region.queueOf(agent) : undefined;
      if (queue !== undefined) settleClaims(queue, dead, () => false);
    }
  }

  stats(): DeferredStats {
    const { own, region, config } = this;
    this.forgetTaken();
    return {
      capacity: config.capacity === 0 ? 0 : region.queueCapacity, queued: own === undefined ? 0 : countItems(own), processed: this.processed, dropped: readTally(region.words, region.seatWord(region.agent, DROPPED)),
      sent: this.sent, processedImmediately: this.immediate, grown: this.waiting.length / 2, failed: this.failed,
    };
  }

  /** Takes at most `max` entries out of a queue, and the blocks that are as they say. */
  private takeFrom(queue: Ring, max: number): number {
    const { region, run } = this;
    let count = 0;
    while (count < max) {
      const position = peek(queue);
      if (position < 0) break;
      const entries = countFrom(queue, position, Math.min(max - count, RUN));
      for (let i = 0; i < entries; i += 1) {
        const item = itemAt(queue, position + i);
        run[i * 2] = queue.words[item] ?? 0;
        run[i * 2 + 1] = queue.words[item + 1] ?? 0;
      }
      if (!clear(queue, position, entries)) continue;
      for (let i = 0; i < entries; i += 1) region.touch(run[i * 2] ?? 0);
      for (let i = 0; i < entries; i += 1) if (region.tryKeep(run[i * 2] ?? 0, run[i * 2 + 1] ?? 0)) count += 1;
    }
    return count;
  }

  /** Where frees of an agent's memory go: undefined for this one's, for nobody's, and without queues. */
  private queueOf(agent: number): Ring | undefined {
    return agent < this.queues.length ? this.queues[agent] : this.openQueues(agent);
  }

  private openQueues(agent: number): Ring | undefined {
    const { region, queues } = this;
    const hasQueues = this.config.capacity > 0;
    while (queues.length <= agent) queues.push(hasQueues && queues.length !== region.agent ? region.queueOf(queues.length) : undefined);
    return queues[agent];
  }

  /** Puts a block into a queue; false when that is full. From here on the owner may take it back. */
  private push(queue: Ring, ptr: number, state: number): boolean {
    const item = claimSlot(queue, this.region.agent);
    if (item < 0) return false;
    queue.words[item] = ptr;
    queue.words[item + 1] = state;
    publish(queue, item);
    this.sent += 1;
    return true;
  }

  /** What becomes of a free for which there is no room. */
  private overflow(queue: Ring, ptr: number, received: number, owner: number): void {
    const { region } = this;
    switch (this.config.fullPolicy) {
      case "grow":
        // Compared, not set: when this agent was taken for dead its memory may have been taken over.
        if (region.change(ptr, received, RELEASED)) this.waiting.push(ptr, region.wordFor(generationIn(received), RELEASED));
        return;
      case "fail":
        this.failed += 1;
        throw deferredOverflow(queue.capacity);
      case "dropOldest":
        for (let i = 0; i < DROP_ATTEMPTS; i += 1) {
          this.dropOldest(queue, owner);
          if (this.push(queue, ptr, received)) return;
        }
        break;
      case "processImmediately": break;
    }
    if (region.tryLoosen(ptr, received)) this.immediate += 1;
  }

  private dropOldest(queue: Ring, owner: number): void {
    const position = peek(queue);
    if (position < 0) return;
    const item = itemAt(queue, position);
    const ptr = queue.words[item] ?? 0;
    const state = queue.words[item + 1] ?? 0;
    if (clear(queue, position) && this.region.leak(ptr, state)) addTally(this.region.words, this.region.seatWord(owner, DROPPED), 1);
  }

  private pushAgain(owner: number, ptr: number, state: number): void {
    const { region } = this;
    if (region.stateWordOf(ptr) !== state) return;
    const queue = this.queueOf(owner);
    if (queue === undefined || !this.push(queue, ptr, state)) region.tryLoosen(ptr, state);
  }

  /** The last first, so that a queue that stays full costs one look. */
  private sendWaiting(): void {
    const { region, waiting } = this;
    while (waiting.length > 0) {
      const [ptr = 0, word = 0] = waiting.slice(-2);
      const isReleased = region.stateWordOf(ptr) === word;
      const queue = isReleased ? this.queueOf(region.ownerOf(ptr)) : undefined;
      if (queue !== undefined) {
        if (!this.push(queue, ptr, word)) return;
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
