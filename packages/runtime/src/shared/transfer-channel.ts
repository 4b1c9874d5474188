/**
 * A bounded queue between agents. Any number may send and receive; each item is received once, in the order of sending.
 *
 * Over shared memory it is a ring (ring.ts) with a signal for each end; without, the agent that made it keeps the queue and the others post to it
 * (posted-channel.ts). A value of a `TransferHandle` goes by its place; other values are written out in the slot, as JSON.
 */
import { capabilities } from "../capabilities.ts";
import { badArgument, cannotBlock, channelClosed, notAttached, notCloneable, timedOut } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { OwnedBox } from "../pool/owned-box.ts";
import { OwnedSlot } from "../pool/owned-slot.ts";
import { jsonOf } from "../types/describe-view.ts";
import type { AllocType, BoxValue } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { View } from "../view.ts";
import { BLOCK, itemWords, readValue, TEXT, textOf, valueOf, writeBlock, writeValue } from "./channel-items.ts";
import { onReclaim } from "./mourners.ts";
import { postable, PostedChannel, type PostedItem } from "./posted-channel.ts";
import { receivePosted } from "./posted-value.ts";
import { abandon, claimSlot, clear, CLOSED, closeRing, countItems, itemAt, MAX_CAPACITY, openRing, peek, publish, RECEIVERS, ringWords, SENDERS, SENT, settleClaims, TAKEN, type Ring } from "./ring.ts";
import type { Sendable } from "./sendable.ts";
import { isTransferToken, TransferHandle, type TransferToken } from "./transfer-handle.ts";
import { Transfers } from "./transfers.ts";
import { raise, waitFor, waitForAsync, type Signal } from "./wait-signal.ts";
import { bindRegion, readTally } from "./words.ts";

/** What a channel of `T` carries: for a type of memory, what a box of it holds. */
export type Carried<T> = T extends AllocType ? BoxValue<T> : T;
/** What can be sent: a handle, its token, or a plain value. */
export type ChannelInput<T> = TransferHandle<Carried<T>> | TransferToken<Carried<T>> | Carried<T>;

/** What an argument has to be besides what it is: for a frame value a text that says why not. */
export type Sent<I, T> = unknown extends Sendable<I> ? ChannelInput<T> : Sendable<I>;

export interface ChannelOptions {
  /** Bytes that a plain value may take in a slot, two for each character of its JSON. Default 256. */
  readonly itemBytes?: number;
  /** "local": goes by messages also where memory can be shared. Default "auto". */
  readonly memory?: "auto" | "local";
  /** How long `send` and `receive` wait when they are not told. Default 5000. */
  readonly timeoutMs?: number;
}

/** What `share()` gives: structured-cloneable, for `TransferChannel.attach` in another agent. */
export interface SharedChannel {
  readonly framealloc: "channel";
  /** Undefined where memory is not shared. */
  readonly buffer: SharedArrayBuffer | undefined;
  readonly name: string;
  readonly capacity: number;
  readonly itemBytes: number;
  readonly timeoutMs: number;
}

/** Word 0 of the buffer: the region whose values the channel carries, once the first was sent. The ring follows. */
const RING = 16;
/** Who sends without an allocator of the region: no number of an agent. */
const ANONYMOUS = 63;

export class TransferChannel<T = unknown> {
  private readonly shared: SharedChannel;
  private readonly ring: Ring | undefined;
  private readonly words: Int32Array;
  private readonly posted: PostedChannel | undefined;
  private readonly sent: Signal;
  private readonly taken: Signal;
  private transfers: Transfers | undefined = undefined;

  /** Throws `argument` for a capacity that is none. */
  constructor(capacity: number, options: ChannelOptions = {}) {
    const { itemBytes = 256, timeoutMs = 5000, memory = "auto" } = options;
    if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) throw badArgument("TransferChannel", "capacity", capacity, `an integer from 1 to ${MAX_CAPACITY}`);
    if (!Number.isInteger(itemBytes) || itemBytes < 0) throw badArgument("TransferChannel", "itemBytes", itemBytes, "an integer of at least 0");
    const words = (RING + ringWords(capacity, itemWords(itemBytes))) * 4;
    const given = attaching;
    attaching = undefined;
    this.shared = given ?? { framealloc: "channel", buffer: capabilities.shared && memory === "auto" ? new SharedArrayBuffer(words) : undefined, name: `framealloc-${Math.random().toString(36).slice(2)}`, capacity, itemBytes, timeoutMs };
    const { buffer, name } = this.shared;
    this.words = new Int32Array(buffer ?? new ArrayBuffer(words));
    this.ring = buffer === undefined ? undefined : openRing(this.words, RING, capacity, itemWords(itemBytes));
    this.posted = buffer === undefined ? new PostedChannel(name, capacity, given === undefined) : undefined;
    this.sent = { words: this.words, signal: RING + SENT, waiters: RING + RECEIVERS };
    this.taken = { words: this.words, signal: RING + TAKEN, waiters: RING + SENDERS };
    onReclaim(this);
  }

  /** The channel that another agent shares. Throws `argument` for anything else. */
  static attach<T = unknown>(shared: SharedChannel): TransferChannel<T> {
    if (typeof shared !== "object" || shared === null || shared.framealloc !== "channel") throw badArgument("attach", "shared", shared, "what `share()` of a channel gave");
    attaching = shared;
    return new TransferChannel<T>(shared.capacity, { itemBytes: shared.itemBytes });
  }

  /** For other agents: `worker.postMessage(channel.share())`. */
  share(): SharedChannel {
    return this.shared;
  }

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
   * FA201 for a frame value, FA209 where it would have to wait and cannot.
   */
  send<I>(item: I & Sent<I, T>, ms: number = this.shared.timeoutMs): void {
    if (this.put(item)) return;
    const isSent = this.isClosed ? undefined : this.waitToSend(item, ms);
    if (isSent === true) return;
    if (this.isClosed) throw channelClosed("send");
    throw timedOut("send", ms, "for room in the channel");
  }

  /** As `send`; false when there is no room, or the channel is closed. */
  trySend<I>(item: I & Sent<I, T>): boolean {
    return this.put(item);
  }

  private put(item: unknown): boolean {
    if (this.isClosed) return false;
    if (this.ring === undefined) return this.post(item);
    if (item instanceof TransferHandle) return this.sendHandle(this.ring, item);
    if (isTransferToken(item)) return this.sendToken(this.ring, item, undefined);
    const value = plainOf(item);
    const text = textOf(value, this.shared.itemBytes);
    const slot = claimSlot(this.ring, this.transfersOf()?.region?.agent ?? ANONYMOUS);
    if (slot < 0) return false;
    writeValue(this.words, slot, value, text, 0, 0);
    publish(this.ring, slot);
    raise(this.sent);
    return true;
  }

  /**
   * The next item, in a box to be released; waits for one `ms` at most, then throws `timeout`. Throws `closed` when the channel is, and empty; FA207 for a value in memory
   * that no allocator of this agent is attached to; FA209 where it would have to wait and cannot.
   */
  receive(ms: number = this.shared.timeoutMs): OwnedBox<Carried<T>> {
    const first = this.tryReceive();
    if (first !== undefined) return first;
    if (this.posted !== undefined && !this.posted.isDone) throw cannotBlock("receive", "receiveAsync()");
    return this.received(waitFor<OwnedBox<Carried<T>> | typeof END>(this.sent, () => this.look(), ms, "receive", "receiveAsync()"), ms, "receive");
  }

  /** The next item; undefined when there is none. */
  tryReceive(): OwnedBox<Carried<T>> | undefined {
    if (this.ring === undefined) return this.boxOf(this.posted?.tryReceive()) as OwnedBox<Carried<T>> | undefined;
    return this.take(this.ring) as OwnedBox<Carried<T>> | undefined;
  }

  /** As `receive`, without blocking: for the main thread of a page. Waits without end when it is not told how long. */
  async receiveAsync(ms = Infinity): Promise<OwnedBox<Carried<T>>> {
    const found = this.posted === undefined
      ? await waitForAsync<OwnedBox<Carried<T>> | typeof END>(this.sent, () => this.look(), ms)
      : await this.posted.receive(ms, () => this.look());
    return this.received(found, ms, "receiveAsync");
  }

  /** Nothing can be sent any more; what is in it can be received. Wakes all who wait. No effect the second time. */
  close(): void {
    this.posted?.close();
    if (this.ring === undefined || !closeRing(this.ring)) return;
    raise(this.sent, Infinity);
    raise(this.taken, Infinity);
  }

  /** @internal Lets it go on when an agent of its region died sending. What that one had detached already, having written where it is, is sent. */
  agentDied(region: number, dead: number): void {
    const { ring, words } = this;
    if (ring === undefined || readTally(words, 0) !== region) return;
    const memory = Transfers.find(region)?.region;
    settleClaims(ring, dead, (item) => {
      const ptr = words[item + 1] ?? 0;
      const isBlock = words[item] === BLOCK || words[item] === TEXT;
      return isBlock && ptr !== 0 && memory?.isInFlight(ptr, words[item + 2] ?? 0, dead) === true;
    });
    raise(this.sent, Infinity);
    raise(this.taken, Infinity);
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
    const sent = item instanceof TransferHandle || isTransferToken(item) ? postable(item) : { value: valueOf(textOf(plainOf(item), this.shared.itemBytes), item) };
    this.posted.send(sent);
    return true;
  }

  private sendHandle(ring: Ring, handle: TransferHandle<unknown>): boolean {
    // FA208 for one that was sent.
    return handle.isUnsent ? this.sendToken(ring, handle.token, handle) : this.sendToken(ring, handle.detach(), undefined);
  }

  /** Puts a token into a slot, having detached its handle, if it has one still. */
  private sendToken(ring: Ring, token: TransferToken, handle: TransferHandle<unknown> | undefined): boolean {
    const text = token.type === undefined ? (textOf(token.value, this.shared.itemBytes) ?? JSON.stringify(token.value)) : undefined;
    if (token.type !== undefined && !this.bind(token.region).names(token.ptr)) throw notCloneable("value without room for its type in transfer memory");
    const slot = claimSlot(ring, this.bind(token.region).region?.agent ?? ANONYMOUS);
    if (slot < 0) return false;
    if (text === undefined) writeBlock(this.words, slot, token.ptr, token.generation);
    else writeValue(this.words, slot, token.value, text, token.ptr, token.generation);
    // Only now: an agent that dies from here on has sent it, as `agentDied` sees.
    try {
      handle?.detach();
    } catch (error) {
      abandon(ring, slot);
      throw error;
    }
    publish(ring, slot);
    raise(this.sent);
    return true;
  }

  /** A channel carries values of one region: its slots name the agents of that one. */
  private bind(region: number): Transfers {
    const { transfers } = this;
    if (transfers?.region?.id === region) return transfers;
    if (region === 0 || bindRegion(this.words, 0, region) !== region) throw notAttached();
    return (this.transfers = Transfers.over(region));
  }

  private take(ring: Ring): OwnedBox<unknown> | undefined {
    for (;;) {
      const position = peek(ring);
      if (position < 0) return undefined;
      const box = this.takeAt(ring, position, itemAt(ring, position));
      if (box === undefined) continue;
      raise(this.taken);
      return box;
    }
  }

  private takeAt(ring: Ring, position: number, at: number): OwnedBox<unknown> | undefined {
    const { words } = this;
    const kind = words[at] ?? 0;
    const block = { ptr: words[at + 1] ?? 0, generation: words[at + 2] ?? 0 };
    const plainValue = kind === BLOCK ? undefined : readValue(words, at, ring.slotWords - 1);
    if (kind !== BLOCK && (kind !== TEXT || block.ptr === 0)) {
      return clear(ring, position) ? new OwnedBox<unknown>().hold(NOBODY, kind === TEXT ? valueOf(plainValue as string) : plainValue, undefined, undefined) : undefined;
    }
    // The value is taken first, and the slot cleared then, by anybody: an agent that dies in between leaves the value among those that it received.
    const transfers = this.transfersOf();
    if (transfers?.region === undefined) throw notAttached();
    const box = transfers.tryReceiveAt(block);
    if (box !== undefined && kind === TEXT) box.value = valueOf(plainValue as string);
    clear(ring, position);
    return box;
  }

  /** Of the region that the channel is bound to; undefined when it is to none, or this agent has no allocator over it. */
  private transfersOf(): Transfers | undefined {
    if (this.transfers === undefined) this.transfers = Transfers.find(readTally(this.words, 0));
    return this.transfers;
  }

  private boxOf(item: PostedItem | undefined): OwnedBox<unknown> | undefined {
    if (item === undefined) return undefined;
    return item.token === undefined ? new OwnedBox<unknown>().hold(NOBODY, item.value, undefined, undefined) : receivePosted(item.token);
  }
}

/** What a look at a closed, empty channel finds. */
const END: unique symbol = Symbol("closed");
const NOBODY = { free: () => {} };
/** What the constructor opens, while it runs for `attach`. */
let attaching: SharedChannel | undefined;

/** A value as it is written into a slot. A pool value's fields are copied; FA201 for frame values, and for boxes, whose memory somebody has to own. */
function plainOf(item: unknown): unknown {
  if (item instanceof FrameBox) throw notCloneable("frame box");
  if (item instanceof OwnedBox) throw notCloneable("box");
  if (item instanceof StructArray || (item instanceof View && !(item.$home instanceof OwnedSlot))) throw notCloneable("view");
  return item instanceof View ? jsonOf(item) : item;
}
