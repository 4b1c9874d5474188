/**
 * A bounded queue between agents. Any number may send and receive; each item is received once, in the order of sending.
 *
 * Over shared memory it is a ring (ring.ts) with a signal for each end; without, the agent that made it keeps the queue and the others post to it
 * (posted-channel.ts). A value of a `TransferHandle` goes by its place; other values are written out in the slot, as JSON.
 *
 * Longer than 300 lines: sending and receiving each have a short way, for typed values in a stream, which engines compile into their callers, and a long one for all else.
 */
import { capabilities } from "../capabilities.ts";
import { badArgument, cannotBlock, channelClosed, localInShared, notAttached, notCloneable, timedOut } from "../errors.ts";
import { OwnedBox } from "../pool/owned-box.ts";
import { IN_FLIGHT, isIn } from "./block-state.ts";
import { blockIn, ITEM_WORDS, plainOf, readValue, textOf, textWordsFor, valueOf, writeBlock, writePlain, writeValue } from "./channel-items.ts";
import { BLOCK, kindIn, newRun, nextBlock, NO_ITEM, OTHER_ITEM, runAt, type BlockRun } from "./block-run.ts";
import { onReclaim } from "./mourners.ts";
import { postable, PostedChannel } from "./posted-channel.ts";
import { receivePosted } from "./posted-value.ts";
import { abandon, claimSlot, clear, CLOSED, closeRing, countItems, holdsStill, isClose, itemAt, MAX_CAPACITY, meetReceiver, meetSender, openRing, peek, publish, RECEIVERS, ringWords, SENDERS, SENT, settleClaims, slotOf, slotsFor, TAKEN, type Ring } from "./ring.ts";
import type { Carried, ChannelOptions, Sent, SharedChannel } from "./shared-channel.ts";
import { isTransferToken, TransferHandle, type TransferToken } from "./transfer-handle.ts";
import type { TransferRegion } from "./transfer-region.ts";
import { Transfers } from "./transfers.ts";
import { checkMs, newSignal, raise, raiseMet, waitFor, waitForAsync, type Signal } from "./wait-signal.ts";
import { bindRegion, pause, readItem, readTally } from "./words.ts";

/** Word 0 of the buffer: the region whose values the channel carries, once the first was sent. The ring follows, and the texts of its slots. */
const RING = 16;
/** Who sends without an allocator of the region: no number of an agent. */
const ANONYMOUS = 63;
/** Turns that a receiver leaves to the sender that it is about to catch up with: see `isClose`. */
const TURNS_BEHIND = 256;
const MAX_BYTES = 2 ** 30;

export class TransferChannel<T = unknown> {
  private readonly shared: SharedChannel;
  private readonly ring: Ring | undefined;
  private readonly words: Int32Array;
  /** Where the texts begin, and how long each may be. */
  private readonly texts: number;
  private readonly textWords: number;
  private readonly posted: PostedChannel | undefined;
  private readonly sent: Signal;
  private readonly taken: Signal;
  private transfers: Transfers | undefined = undefined;
  /** The region that this agent sent typed values of: the one that the channel is bound to. */
  private source: TransferRegion | undefined = undefined;
  private readonly run: BlockRun = newRun();

  /** Throws `argument` for a capacity, and for options, that are none. */
  constructor(capacity: number, options: ChannelOptions = {}) {
    // First, so that what fails to open is not what the next one opens.
    const given = attaching;
    attaching = undefined;
    const { itemBytes = 256, timeoutMs = 5000, memory = "auto" } = options;
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) throw badArgument("TransferChannel", "capacity", capacity, `an integer from 1 to ${MAX_CAPACITY}`);
    if (!Number.isInteger(itemBytes) || itemBytes < 0) throw badArgument("TransferChannel", "itemBytes", itemBytes, "an integer of at least 0");
    checkMs("TransferChannel", "timeoutMs", timeoutMs);
    if (memory !== "auto" && memory !== "local") throw badArgument("TransferChannel", "memory", memory, '"auto" or "local"');
    this.texts = RING + ringWords(capacity, ITEM_WORDS);
    this.textWords = textWordsFor(itemBytes);
    const words = (this.texts + slotsFor(capacity) * this.textWords) * 4;
    if (words > MAX_BYTES) throw badArgument("TransferChannel", "itemBytes", itemBytes, `so small that ${capacity} items fit into 1 GB`);
    this.shared = given ?? { framealloc: "channel", buffer: capabilities.shared && memory === "auto" ? new SharedArrayBuffer(words) : undefined, name: `framealloc-${Math.random().toString(36).slice(2)}`, capacity, itemBytes, timeoutMs };
    const { buffer, name } = this.shared;
    this.words = new Int32Array(buffer ?? new ArrayBuffer(words));
    this.ring = buffer === undefined ? undefined : openRing(this.words, RING, capacity, ITEM_WORDS);
    this.posted = buffer === undefined ? new PostedChannel(name, capacity, given === undefined) : undefined;
    this.sent = newSignal(this.words, RING + SENT, RING + RECEIVERS, () => void (this.ring !== undefined && meetSender(this.ring)));
    this.taken = newSignal(this.words, RING + TAKEN, RING + SENDERS, () => void (this.ring !== undefined && meetReceiver(this.ring)));
    onReclaim(this);
  }

  /** The channel that another agent shares. Throws `argument` for anything else. */
  static attach<T = unknown>(shared: SharedChannel): TransferChannel<T> {
    if (typeof shared !== "object" || shared === null || shared.framealloc !== "channel") throw badArgument("attach", "shared", shared, "what `share()` of a channel gave");
    attaching = shared;
    return new TransferChannel<T>(shared.capacity, { itemBytes: shared.itemBytes });
  }

  /** For other agents: `worker.postMessage(channel.share())`. */
  share(): SharedChannel { return this.shared; }

  get capacity(): number { return this.shared.capacity; }

  /** Items in the channel now; where memory is not shared, those that this agent knows of. */
  get size(): number {
    return this.ring === undefined ? (this.posted?.size ?? 0) : countItems(this.ring);
  }

  get isClosed(): boolean {
    return this.ring === undefined ? (this.posted?.isClosed ?? true) : readTally(this.words, RING + CLOSED) > 0;
  }

  /**
   * Sends, waiting for room: `ms` at most, then throws `timeout`. A handle is "inFlight" afterwards; when it could not be sent it stays as it was. Throws `closed`, FA208 for a handle that was sent,
   * FA201 for a frame value, FA209 where it would have to wait and cannot, `argument` where it would have to and `ms` is no number.
   */
  send<I>(item: I & Sent<I, T>, ms: number = this.shared.timeoutMs): void {
    if (this.put(item)) return;
    const isSent = this.isClosed ? undefined : this.waitToSend(item, ms);
    if (isSent === true) return;
    if (this.isClosed) throw channelClosed("send");
    throw timedOut("send", ms, "for room in the channel");
  }

  /** As `send`; false when there is no room, or the channel is closed. */
  trySend<I>(item: I & Sent<I, T>): boolean { return this.put(item); }

  private put(item: unknown): boolean {
    const { ring } = this;
    if (ring === undefined) return !this.isClosed && this.post(item);
    // Not atomic: whether a close that is not known of here comes before this or after is all the same.
    if ((this.words[RING + CLOSED] ?? 0) > 0) return false;
    return item instanceof TransferHandle ? this.sendHandle(ring, item) : this.sendOther(ring, item);
  }

  private sendOther(ring: Ring, item: unknown): boolean {
    if (isTransferToken(item)) return this.sendToken(ring, item);
    const value = plainOf(item);
    const text = textOf(value, this.shared.itemBytes);
    const slot = claimSlot(ring, this.transfersOf()?.region?.agent ?? ANONYMOUS);
    if (slot < 0) return false;
    writePlain(this.words, slot, this.textAt(ring, slot), value, text);
    publish(ring, slot);
    raiseMet(this.sent);
    return true;
  }

  /**
   * The next item, in a box to be released; waits for one `ms` at most, then throws `timeout`. Throws `closed` when the channel is, and empty; FA207 for a value in memory
   * that no allocator of this agent is attached to; FA209 where it would have to wait and cannot, `argument` where it would have to and `ms` is no number.
   */
  receive(ms: number = this.shared.timeoutMs): OwnedBox<Carried<T>> {
    const { ring } = this;
    return (ring === undefined ? undefined : (this.takeNext(ring) as OwnedBox<Carried<T>> | undefined)) ?? this.receiveSlowly(ms);
  }

  private receiveSlowly(ms: number): OwnedBox<Carried<T>> {
    const { ring } = this;
    // Leaves the sender some time that this agent is about to catch up with.
    if (ring !== undefined && isClose(ring)) pause(TURNS_BEHIND);
    const first = this.tryReceive();
    if (first !== undefined) return first;
    if (this.posted !== undefined && !this.posted.isDone) throw cannotBlock("receive", "receiveAsync()");
    return this.received(waitFor<OwnedBox<Carried<T>> | typeof END>(this.sent, () => this.look(), ms, "receive", "receiveAsync()"), ms, "receive");
  }

  /** The next item; undefined when there is none. */
  tryReceive(): OwnedBox<Carried<T>> | undefined {
    if (this.ring === undefined) return this.takePosted(this.posted as PostedChannel) as OwnedBox<Carried<T>> | undefined;
    return (this.takeNext(this.ring) ?? this.take(this.ring)) as OwnedBox<Carried<T>> | undefined;
  }

  /** As `receive`, without blocking: for the main thread of a page. Waits without end when it is not told how long. `argument` for an `ms` that is no number. */
  async receiveAsync(ms = Infinity): Promise<OwnedBox<Carried<T>>> {
    checkMs("receiveAsync", "ms", ms);
    const found = this.posted === undefined
      ? await waitForAsync<OwnedBox<Carried<T>> | typeof END>(this.sent, () => this.look(), ms)
      : await this.posted.receive(ms, () => this.look());
    return this.received(found, ms, "receiveAsync");
  }

  /** Nothing can be sent any more; what is in it can be received. Wakes all who wait. No effect the second time. */
  close(): void {
    this.posted?.close();
    if (this.ring === undefined || !closeRing(this.ring)) return;
    raise(this.sent);
    raise(this.taken);
  }

  /** @internal Lets it go on when an agent of its region died sending. What that one had detached already, having written where it is, is sent. */
  agentDied(region: number, dead: number): void {
    const { ring, words } = this;
    if (ring === undefined || readTally(words, 0) !== region) return;
    const memory = Transfers.find(region)?.region;
    settleClaims(ring, dead, (item) => {
      const [first = 0, word = 0] = words.subarray(item, item + 2);
      return blockIn(first) !== 0 && isIn(word, dead, IN_FLIGHT) && memory?.stateWordOf(blockIn(first)) === word;
    });
    raise(this.sent);
    raise(this.taken);
  }

  /** @internal Goes by another allocator of this agent from here on, if there is one. */
  transfersLeft(left: object): void {
    if (this.transfers !== left) return;
    this.transfers = undefined;
    this.source = undefined;
    this.run.count = 0;
  }

  private look(): OwnedBox<Carried<T>> | typeof END | undefined {
    // Asked first: what was sent before the close is found after it.
    const wasClosed = this.posted === undefined ? this.isClosed : this.posted.isDone;
    return this.tryReceive() ?? (wasClosed ? END : undefined);
  }

  private received(found: OwnedBox<Carried<T>> | typeof END | undefined, ms: number, call: string): OwnedBox<Carried<T>> {
    if (found === END) throw channelClosed(call);
    if (found === undefined) throw timedOut(call, ms, "for an item, and nobody sent one");
    return found;
  }

  private waitToSend(item: unknown, ms: number): boolean | undefined {
    if (this.posted !== undefined) throw cannotBlock("send", "trySend()");
    return waitFor(this.taken, () => (this.put(item) ? true : this.isClosed ? false : undefined), ms, "send", "trySend()");
  }

  private post(item: unknown): boolean {
    if (this.posted?.hasRoom !== true) return false;
    const { itemBytes } = this.shared;
    const copyOf = (value: unknown): unknown => valueOf(textOf(value, itemBytes) ?? (value as number));
    this.posted.send(item instanceof TransferHandle || isTransferToken(item) ? postable(item, copyOf) : { value: copyOf(plainOf(item)) });
    return true;
  }

  /** Claims a slot and writes where the value is, sends its handle, and publishes the slot. */
  private sendHandle(ring: Ring, handle: TransferHandle<unknown>): boolean {
    const { ptr, region } = handle;
    const word = region === undefined || region !== this.source ? 0 : region.wordToSend(ptr, handle.generation);
    if (region === undefined || word === 0) return this.sendSlowly(ring, handle);
    const slot = claimSlot(ring, region.agent);
    if (slot < 0) return false;
    writeBlock(this.words, slot, ptr, word);
    // Only now: an agent that dies from here on has sent it, as `agentDied` sees.
    region.leave(ptr, word);
    handle.departed();
    publish(ring, slot);
    raiseMet(this.sent);
    return true;
  }

  /** The first one, what has no type, and what cannot be sent: FA208 for one that was. */
  private sendSlowly(ring: Ring, handle: TransferHandle<unknown>): boolean {
    if (!handle.isUnsent) handle.depart();
    const { ptr, type, carried } = handle;
    const slot = this.claimFor(ring, handle.regionId, ptr, type !== undefined, carried);
    if (slot < 0) return false;
    this.write(ring, slot, type !== undefined, carried, ptr, handle.wordInFlight);
    try {
      handle.depart();
    } catch (error) {
      abandon(ring, slot);
      throw error;
    }
    this.source = handle.region;
    publish(ring, slot);
    raiseMet(this.sent);
    return true;
  }

  private sendToken(ring: Ring, token: TransferToken): boolean {
    const { region, ptr, type, value } = token;
    const transfers = this.bind(region);
    if (transfers.region?.holds(ptr, 0) !== true) throw badArgument("send", "item", token, "a token of this shared memory");
    const slot = this.claimFor(ring, region, ptr, type !== undefined, value);
    if (slot < 0) return false;
    this.write(ring, slot, type !== undefined, value, ptr, transfers.wordInFlight(token));
    publish(ring, slot);
    raiseMet(this.sent);
    return true;
  }

  /** A slot for a value of a region; -1 when there is none. Throws for what cannot be sent, before anything is changed. */
  private claimFor(ring: Ring, region: number, ptr: number, isTyped: boolean, value: unknown): number {
    const transfers = this.bind(region);
    if (!isTyped) textOf(value, this.shared.itemBytes);
    else if (!transfers.names(ptr)) throw notCloneable("value without room for its type in transfer memory");
    return claimSlot(ring, transfers.region?.agent ?? ANONYMOUS);
  }

  private write(ring: Ring, slot: number, isTyped: boolean, value: unknown, ptr: number, word: number): void {
    if (isTyped) writeBlock(this.words, slot, ptr, word);
    else writeValue(this.words, slot, this.textAt(ring, slot), value, textOf(value, this.shared.itemBytes), ptr, word);
  }

  private textAt(ring: Ring, slot: number): number { return this.texts + slotOf(ring, slot) * this.textWords; }

  /** A channel carries values of one region: its slots name the agents of that one. */
  private bind(region: number): Transfers {
    const { transfers } = this;
    if (transfers?.region?.id === region) return transfers;
    if (region === 0) throw localInShared();
    if (bindRegion(this.words, 0, region) !== region) throw notAttached();
    return (this.transfers = Transfers.over(region));
  }

  /** What was read ahead, if it is at the head still, and not somebody else's by now. Short, as engines compile into their callers what is. */
  private takeNext(ring: Ring): OwnedBox<unknown> | undefined {
    const { run, transfers } = this;
    const at = runAt(ring, run);
    return at < 0 || transfers === undefined ? undefined : this.takeBlock(ring, at, transfers);
  }

  private take(ring: Ring): OwnedBox<unknown> | undefined {
    for (;;) {
      const { run, transfers } = this;
      const at = transfers?.region === undefined ? OTHER_ITEM : nextBlock(ring, run);
      if (at === NO_ITEM) return undefined;
      if (at === 0 && transfers !== undefined) transfers.awaitBlocks(run.places, run.count);
      const box = at === OTHER_ITEM || transfers === undefined ? this.takeOther(ring) : this.takeBlock(ring, at, transfers);
      if (box === END) return undefined;
      if (box !== undefined) return box;
    }
  }

  /** Undefined when somebody else has it. The value is taken first, and the slot passed then, by anybody: an agent that dies in between leaves the value among those that it received. */
  private takeBlock(ring: Ring, at: number, transfers: Transfers): OwnedBox<unknown> | undefined {
    const { run } = this;
    const box = transfers.receiveBlock(run.places[at] ?? 0, run.states[at] ?? 0);
    clear(ring, run.from + at);
    if (box !== undefined) raiseMet(this.taken);
    return box;
  }

  private takeOther(ring: Ring): OwnedBox<unknown> | typeof END | undefined {
    const position = peek(ring);
    return position < 0 ? END : this.takeAt(ring, position, itemAt(ring, position));
  }

  private takeAt(ring: Ring, position: number, at: number): OwnedBox<unknown> | undefined {
    const { words } = this;
    const first = readItem(words, at);
    const ptr = blockIn(first);
    const word = readItem(words, at + 1);
    const read = kindIn(first) === BLOCK ? "" : readValue(words, at, this.textAt(ring, at), this.textWords);
    if (ptr === 0) return clear(ring, position) ? this.cleared(new OwnedBox<unknown>().hold(NOBODY, valueOf(read), undefined, undefined)) : undefined;
    const transfers = this.transfersOf();
    if (transfers?.region === undefined) throw notAttached();
    if (!holdsStill(ring, position)) return undefined;
    const box = transfers.tryReceiveAt(ptr, word, read);
    clear(ring, position);
    return this.cleared(box);
  }

  private cleared(box: OwnedBox<unknown> | undefined): OwnedBox<unknown> | undefined {
    if (box !== undefined) raiseMet(this.taken);
    return box;
  }

  /** Of the region that the channel is bound to; undefined when it is to none, or this agent has no allocator over it. */
  private transfersOf(): Transfers | undefined {
    if (this.transfers === undefined) this.transfers = Transfers.find(readTally(this.words, 0));
    return this.transfers;
  }

  private takePosted(posted: PostedChannel): OwnedBox<unknown> | undefined {
    for (;;) {
      // FA207 for a value in memory that this agent has no allocator over; it stays where it is.
      const item = posted.tryReceive(({ token }) => void (token !== undefined && token.region !== 0 && Transfers.over(token.region)));
      if (item === undefined) return undefined;
      const { token, value } = item;
      if (token === undefined) return new OwnedBox<unknown>().hold(NOBODY, value, undefined, undefined);
      // Undefined when somebody else has received it.
      const box = token.region === 0 ? receivePosted(token) : Transfers.over(token.region).tryReceiveToken(token);
      if (box !== undefined) return box;
    }
  }
}

/** What a look at a channel finds that is empty, and closed where that matters. */
const END: unique symbol = Symbol("closed");
const NOBODY = { free: () => {} };
/** What the constructor opens, while it runs for `attach`. */
let attaching: SharedChannel | undefined;
