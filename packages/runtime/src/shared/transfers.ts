/** One agent's end of transfers: makes handles, receives tokens, over shared memory or without. */
import { badArgument, notAttached, notCloneable } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { OwnedBox, type BoxOwner } from "../pool/owned-box.ts";
import { isMemoryType, type ByteType } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { typeOfSchema } from "../types/type-schema.ts";
import { View } from "../view.ts";
import { AbandonedHandles } from "./abandoned-handles.ts";
import { encode, generationIn, IN_FLIGHT, MAX_AGENTS, OWNED, RECEIVED, stateIn } from "./block-state.ts";
import { ByRegion } from "./by-region.ts";
import { valueOf } from "./channel-items.ts";
import type { DeferredConfig } from "./deferred-config.ts";
import { DeferredFrees } from "./deferred-frees.ts";
import { inherit, reclaim } from "./inheritance.ts";
import { tellOfDeath, tellOfLeaving } from "./mourners.ts";
import { LOCAL_PTR, localMemory, newLocalBytes, receivedBefore, receivePosted } from "./posted-value.ts";
import { Held, HeldShelf } from "./received-values.ts";
import { SharedTypes } from "./shared-types.ts";
import { isTransferToken, TransferHandle, type TransferSource, type TransferToken } from "./transfer-handle.ts";
import type { Block, TransferRegion } from "./transfer-region.ts";
import type { TransferStats, TransferWatch } from "./transfer-watch.ts";

/** Frees that are processed when a value is made and the agent has no free memory of its size. */
const REFILL = 64;

/** Who receives, in this agent, what a channel brings from a region. */
const byRegion = /* @__PURE__ */ new ByRegion<Transfers>();

export class Transfers implements TransferSource, BoxOwner {
  readonly region: TransferRegion | undefined;
  readonly deferred: DeferredFrees | undefined;
  readonly types: SharedTypes | undefined;
  transferWatch: TransferWatch | undefined = undefined;
  private readonly maxBytes: number;
  private readonly shelf: HeldShelf = new HeldShelf();
  private readonly abandoned: AbandonedHandles;
  private writer: object | undefined = undefined;
  private writerType: ByteType | undefined = undefined;
  private made = 0;
  private sent = 0;
  private received = 0;
  private dropped = 0;
  private bytesSent = 0;

  /** `region` undefined: values travel in their tokens, at most `maxBytes` each. `warns`: tell of abandoned handles. */
  constructor(region: TransferRegion | undefined, deferred: DeferredConfig, maxBytes: number, warns: boolean) {
    this.region = region;
    this.deferred = region === undefined ? undefined : new DeferredFrees(region, deferred);
    this.types = region === undefined ? undefined : new SharedTypes(region, (sizeBytes) => this.search(region, sizeBytes, 0));
    this.maxBytes = maxBytes;
    this.abandoned = new AbandonedHandles(({ ptr, generation }) => void region?.tryKeep(ptr, region.wordFor(generation, OWNED)), warns);
    if (region !== undefined) byRegion.add(region.id, this);
  }

  /** The transfers of this agent over a region. FA207 when no allocator here is attached to it. */
  static over(region: number): Transfers {
    const found = Transfers.find(region);
    if (found === undefined) throw notAttached();
    return found;
  }

  static find(region: number): Transfers | undefined { return byRegion.last(region); }

  make(content: unknown, init: unknown): TransferHandle<unknown> {
    // Short, as engines compile into their callers what is.
    return isMemoryType(content) ? this.makeTyped(content, init) : this.makeOther(content);
  }

  private makeOther(content: unknown): TransferHandle<unknown> {
    if (content instanceof FrameBox || content instanceof OwnedBox) {
      const { held, type } = content.content() as { held: unknown; type: ByteType | undefined };
      return type === undefined ? this.make(held, undefined) : this.makeTyped(type, type.kind === "scalar" ? (held as { value: unknown }).value : held);
    }
    if (content instanceof View || content instanceof StructArray) throw notCloneable("view");
    return this.handle(this.region === undefined ? LOCAL_PTR : this.take(0, 0), undefined, content);
  }

  receive(message: TransferToken): OwnedBox<unknown> { return this.tryReceiveToken(message) ?? this.misused(); }

  /** Undefined when somebody else has received it, or it was not sent. */
  tryReceiveToken(message: TransferToken): OwnedBox<unknown> | undefined {
    if (!isTransferToken(message)) throw badArgument("receive", "token", message, "a token made by a `TransferHandle`");
    const type = message.type === undefined ? undefined : typeOfSchema(message.type);
    if (message.region === 0) return this.countReceived(receivePosted(message), type?.sizeBytes ?? 0);
    const { region } = this;
    if (region === undefined || region.id !== message.region) throw notAttached();
    if (!region.holds(message.ptr, type?.sizeBytes ?? 0)) throw badArgument("receive", "token", message, "a token of this shared memory");
    return this.tryReceive(message.ptr, this.wordInFlight(message), type, message.value);
  }

  /** The value at a place in shared memory, by the integers of its token. */
  receiveAt(ptr: number, generation: number): OwnedBox<unknown> {
    const { region, types } = this;
    if (region === undefined || types === undefined) throw notAttached();
    if (!region.holds(ptr, 0) || region.typeOf(ptr) === 0) throw badArgument("receive", "ptr", ptr, "that of a token whose value has a type, in this shared memory");
    return this.tryReceive(ptr, this.wordInFlight({ ptr, generation }), types.typeAt(region.typeOf(ptr)), undefined) ?? this.misused();
  }

  /** The same by the words of a channel's slot; the type by the block's own word for it. `read`: what the slot says of one without type. */
  tryReceiveAt(ptr: number, word: number, read: number | string): OwnedBox<unknown> | undefined {
    const place = (this.region as TransferRegion).typeOf(ptr);
    return this.tryReceive(ptr, word, place === 0 ? undefined : this.types?.typeAt(place), undefined, read);
  }

  /** The same of a block that says its type, as most do. */
  receiveBlock(ptr: number, word: number): OwnedBox<unknown> | undefined {
    const region = this.region as TransferRegion;
    if (!region.change(ptr, word, RECEIVED)) return undefined;
    const { transferWatch } = this;
    const type = (this.types as SharedTypes).typeAt(region.typeOf(ptr));
    this.received += 1;
    if (transferWatch !== undefined) transferWatch.transferred(false, type.sizeBytes, ptr, generationIn(word));
    const held = this.shelf.take();
    return held.box.hold(this, held.bind(region, ptr, region.wordFor(generationIn(word), RECEIVED), type, undefined), held, type);
  }

  /** Has the cache lines of several blocks come at once. */
  awaitBlocks(places: Int32Array, count: number): void {
    for (let i = 0; i < count; i += 1) this.region?.touch(places[i] ?? 0);
  }

  /** Whether a block says what type it has: one that was made when there was room to write its type. */
  names(ptr: number): boolean {
    return this.region !== undefined && this.region.typeOf(ptr) !== 0;
  }

  /** The word of a block that is on its way; if it is not, one that it does not have. */
  wordInFlight({ ptr, generation }: Block): number {
    const word = this.region?.stateWordOf(ptr) ?? 0;
    return generationIn(word) === generation && stateIn(word) === IN_FLIGHT ? word : encode(generation, MAX_AGENTS, IN_FLIGHT);
  }

  /** Undefined when the block does not have that word, of one on its way. */
  private tryReceive(ptr: number, word: number, type: ByteType | undefined, value: unknown, read?: number | string): OwnedBox<unknown> | undefined {
    const region = this.region as TransferRegion;
    if (!region.change(ptr, word, RECEIVED)) return undefined;
    const generation = generationIn(word);
    this.received += 1;
    this.transferWatch?.transferred(false, type?.sizeBytes ?? 0, ptr, generation);
    const held = this.shelf.take();
    // A text is whole now that the value is this agent's: nobody overwrote its slot before.
    const content = held.bind(region, ptr, region.wordFor(generation, RECEIVED), type, read === undefined || type !== undefined ? value : valueOf(read));
    return held.box.hold(this, content, held, type);
  }

  /** Frees what a box held. When the owner's queue refuses it, the box holds it still. */
  free(held: object): void {
    if (!(held instanceof Held)) return;
    try {
      this.deferred?.free(held.ptr, held.word);
    } catch (error) {
      held.box.hold(this, held.content, held, held.type);
      throw error;
    }
    this.shelf.put(held);
  }

  /** At the boundary of a frame. `isBegin`: which one. */
  frameBoundary(isBegin: boolean): void {
    if (isBegin) this.abandoned.letGo();
    if (this.deferred !== undefined && this.deferred.processing === (isBegin ? "atFrameBegin" : "atFrameEnd")) this.deferred.process(Infinity);
  }

  /** Takes over what a dead agent had, and calls `alsoWhile` before anybody gets its number; gives how many blocks. `argument` for a number that is nobody's, or this agent's own. */
  reclaimAgent(agent: number, alsoWhile: (region: TransferRegion, agent: number) => void): number {
    const { region } = this;
    const isOther = region !== undefined && Number.isInteger(agent) && agent >= 0 && agent < MAX_AGENTS && agent !== region.agent;
    const count = isOther ? reclaim(region, agent, (dead) => { tellOfDeath(region.id, dead); alsoWhile(region, dead); }) : undefined;
    if (count === undefined) throw badArgument("reclaimAgent", "id", agent, "the `agentId` of another agent that shares this memory, and is dead");
    return count;
  }

  /** Leaves its seat: what lies here belongs to the next agent that sits there, or to one that has no other memory left. */
  dispose(): void {
    const { region } = this;
    if (region === undefined) return;
    this.deferred?.process(Infinity);
    region.leaveSeat();
    byRegion.remove(region.id, this);
    tellOfLeaving(this);
  }

  transferStats(): TransferStats {
    const { made, sent, received, dropped, bytesSent } = this;
    return { made, sent, received, dropped, reclaimed: this.abandoned.count, bytesSent };
  }

  /** @internal */
  leaving(handle: TransferHandle<unknown>): void {
    const { transferWatch } = this;
    this.abandoned.settle(handle);
    this.sent += 1;
    this.bytesSent += handle.sizeBytes;
    if (transferWatch !== undefined) transferWatch.transferred(true, handle.sizeBytes, handle.ptr, handle.generation);
  }

  /** @internal */
  dropping(handle: TransferHandle<unknown>): void {
    this.abandoned.settle(handle);
    this.dropped += 1;
  }

  /** @internal Sent, and not sent after all. */
  cameBack(handle: TransferHandle<unknown>): void {
    this.sent -= 1;
    this.bytesSent -= handle.sizeBytes;
    this.abandoned.hold(handle);
  }

  private makeTyped(type: ByteType, init: unknown): TransferHandle<unknown> {
    const { region } = this;
    if (region === undefined) return this.makeLocal(type, init);
    const ptr = this.take(type.sizeBytes, (this.types as SharedTypes).placeOf(type));
    if (init !== undefined) this.write(region, type, ptr, init);
    const handle = new TransferHandle<unknown>(this, ptr, generationIn(region.ownWordOf(ptr)), type, undefined);
    this.abandoned.hold(handle);
    this.made += 1;
    return handle;
  }

  private makeLocal(type: ByteType, init: unknown): TransferHandle<unknown> {
    const bytes = newLocalBytes(type.sizeBytes, this.maxBytes);
    if (init !== undefined) type.assign(type.make(localMemory(bytes), LOCAL_PTR), init);
    return this.handle(LOCAL_PTR, type, bytes);
  }

  /** Through one view for the values of a type that are made in a row. Nobody else gets it. */
  private write(region: TransferRegion, type: ByteType, ptr: number, init: unknown): void {
    const { memory } = region;
    try {
      const writer = this.writer !== undefined && this.writerType === type ? type.place(this.writer, memory, ptr) : type.make(memory, ptr);
      this.writerType = type;
      this.writer = writer;
      type.assign(writer, init);
    } catch (error) {
      region.tryKeep(ptr, region.ownWordOf(ptr));
      throw error;
    }
  }

  private handle(ptr: number, type: ByteType | undefined, carried: unknown): TransferHandle<unknown> {
    const { region } = this;
    const handle = new TransferHandle<unknown>(this, ptr, region === undefined ? 0 : generationIn(region.ownWordOf(ptr)), type, carried);
    if (region !== undefined) this.abandoned.hold(handle);
    this.made += 1;
    return handle;
  }

  private take(sizeBytes: number, type: number): number {
    if (this.deferred?.processing === "incremental") this.deferred.processSome();
    const ptr = (this.region as TransferRegion).tryPop(sizeBytes, type);
    return ptr === 0 ? this.takeSlowly(this.region as TransferRegion, sizeBytes, type) : ptr;
  }

  private takeSlowly(region: TransferRegion, sizeBytes: number, type: number): number {
    const ptr = this.search(region, sizeBytes, type);
    if (ptr !== 0) return ptr;
    this.abandoned.letGo();
    throw region.exhausted(sizeBytes);
  }

  /** What came back first, a page that nobody has then; at last whatever anybody freed. 0 when there is nothing. */
  private search(region: TransferRegion, sizeBytes: number, type: number): number {
    const { deferred } = this;
    const mayProcess = deferred !== undefined && deferred.processing !== "explicit";
    if (mayProcess) deferred.process(REFILL);
    region.gather(false);
    let ptr = region.tryTake(sizeBytes, type);
    if (ptr === 0 && deferred !== undefined && deferred.process(Infinity) > 0) ptr = region.tryTake(sizeBytes, type);
    if (ptr === 0 && region.gather(true)) ptr = region.tryPop(sizeBytes, type);
    if (ptr === 0 && deferred !== undefined && deferred.processAll() > 0) ptr = region.tryPop(sizeBytes, type);
    if (ptr === 0 && inherit(region)) ptr = region.tryTake(sizeBytes, type);
    return ptr;
  }

  private countReceived(box: OwnedBox<unknown>, sizeBytes: number): OwnedBox<unknown> {
    this.received += 1;
    this.transferWatch?.transferred(false, sizeBytes, 0, 0);
    return box;
  }

  private misused(): never {
    throw receivedBefore();
  }
}
