/** One agent's end of transfers: makes handles, receives tokens, over shared memory or without. */
import { deliverError } from "../diagnostics/sinks.ts";
import { badArgument, memoryExhausted, notAttached, notCloneable, transferMisuse } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { alignUp } from "../memory.ts";
import { BoxShelf, OwnedBox, type BoxOwner } from "../pool/owned-box.ts";
import { isMemoryType, type ByteType } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { schemaOf, typeOfSchema } from "../types/type-schema.ts";
import { View } from "../view.ts";
import type { DeferredConfig } from "./deferred-config.ts";
import { DeferredFrees } from "./deferred-frees.ts";
import { tellOfDeath } from "./mourners.ts";
import { LOCAL_PTR, localMemory, receivedBefore, receivePosted } from "./posted-value.ts";
import { SharedTypes } from "./shared-types.ts";
import { isTransferToken, TransferHandle, type TransferSource, type TransferToken } from "./transfer-handle.ts";
import type { TransferWatch } from "./transfer-watch.ts";
import { IN_FLIGHT, MAX_AGENTS, RECEIVED, type Block, type TransferRegion } from "./transfer-region.ts";

/** Handles that are held a while before their collection is watched: most are sent before that, and watching costs more than sending. */
const YOUNG = 1024;

/** Transfers of one allocator so far. */
export interface TransferStats {
  readonly made: number;
  readonly sent: number;
  readonly received: number;
  /** By `drop` or disposal. */
  readonly dropped: number;
  /** Neither sent nor dropped, and won back when the handle was garbage-collected. */
  readonly reclaimed: number;
  /** Of those sent, rounding not included. */
  readonly bytesSent: number;
}

/** Who receives, in this agent, what a channel brings from a region. */
const byRegion = /* @__PURE__ */ new Map<number, WeakRef<Transfers>>();

export class Transfers implements TransferSource, BoxOwner {
  readonly region: TransferRegion | undefined;
  readonly deferred: DeferredFrees | undefined;
  readonly types: SharedTypes | undefined;
  transferWatch: TransferWatch | undefined = undefined;
  private readonly warns: boolean;
  private readonly maxBytes: number;
  private readonly boxes: BoxShelf = new BoxShelf();
  /** Handles that were neither sent nor dropped when they are collected: their blocks go back. */
  private readonly abandoned: FinalizationRegistry<Block>;
  private readonly young: (TransferHandle<unknown> | undefined)[] = [];
  private writer: object | undefined = undefined;
  private writerType: ByteType | undefined = undefined;
  private made = 0;
  private sent = 0;
  private received = 0;
  private dropped = 0;
  private reclaimed = 0;
  private bytesSent = 0;

  /** `region` undefined: values travel in their tokens, at most `maxBytes` each. `warns`: tell of abandoned handles. */
  constructor(region: TransferRegion | undefined, deferred: DeferredConfig, maxBytes: number, warns: boolean) {
    this.region = region;
    this.deferred = region === undefined ? undefined : new DeferredFrees(region, deferred);
    this.types = region === undefined ? undefined : new SharedTypes(region);
    this.maxBytes = maxBytes;
    this.warns = warns;
    this.abandoned = new FinalizationRegistry((block) => this.reclaim(block));
    if (region !== undefined) byRegion.set(region.id, new WeakRef(this));
  }

  /** The transfers of this agent over a region. FA207 when no allocator here is attached to it. */
  static over(region: number): Transfers {
    const found = Transfers.find(region);
    if (found === undefined) throw notAttached();
    return found;
  }

  static find(region: number): Transfers | undefined {
    return byRegion.get(region)?.deref();
  }

  make(content: unknown, init: unknown): TransferHandle<unknown> {
    if (isMemoryType(content)) return this.makeTyped(content, init);
    if (content instanceof FrameBox || content instanceof OwnedBox) {
      const { held, type } = content.content() as { held: unknown; type: ByteType | undefined };
      return type === undefined ? this.make(held, undefined) : this.makeTyped(type, type.kind === "scalar" ? (held as { value: unknown }).value : held);
    }
    if (content instanceof View || content instanceof StructArray) throw notCloneable("view");
    const ptr = this.region === undefined ? LOCAL_PTR : this.take(0, 0);
    return this.handle(this.token(ptr, undefined, content, undefined), 0);
  }

  receive(message: TransferToken): OwnedBox<unknown> {
    return this.tryReceiveToken(message) ?? this.misused();
  }

  /** Undefined when somebody else has received it, or it was not sent. */
  tryReceiveToken(message: TransferToken): OwnedBox<unknown> | undefined {
    if (!isTransferToken(message)) throw badArgument("receive", "token", message, "a token made by a `TransferHandle`");
    const type = message.type === undefined ? undefined : typeOfSchema(message.type);
    if (message.region === 0) return this.countReceived(receivePosted(message), type?.sizeBytes ?? 0);
    const { region } = this;
    if (region === undefined || region.id !== message.region) throw notAttached();
    if (!region.holds(message.ptr, type?.sizeBytes ?? 0)) throw badArgument("receive", "token", message, "a token of this shared memory");
    return this.tryReceive(message, type, message.value);
  }

  /** The value at a place in shared memory, by the integers of its token. */
  receiveAt(ptr: number, generation: number): OwnedBox<unknown> {
    const { region, types } = this;
    if (region === undefined || types === undefined) throw notAttached();
    if (!region.holds(ptr, 0) || region.typeOf(ptr) === 0) throw badArgument("receive", "ptr", ptr, "that of a token whose value has a type, in this shared memory");
    return this.tryReceive({ ptr, generation }, types.typeAt(region.typeOf(ptr)), undefined) ?? this.misused();
  }

  /** The same by the block's own word for its type, for what a channel brings; a value without type is filled in by the channel. */
  tryReceiveAt(block: Block): OwnedBox<unknown> | undefined {
    const place = (this.region as TransferRegion).typeOf(block.ptr);
    return this.tryReceive(block, place === 0 ? undefined : this.types?.typeAt(place), undefined);
  }

  /** Whether a block says what type it has: one that was made when there was room to write its type. */
  names(ptr: number): boolean {
    return this.region !== undefined && this.region.typeOf(ptr) !== 0;
  }

  /** Undefined when the block is not on its way. */
  tryReceive(block: Block, type: ByteType | undefined, value: unknown): OwnedBox<unknown> | undefined {
    const region = this.region as TransferRegion;
    if (!region.change(block, IN_FLIGHT, RECEIVED)) return undefined;
    this.received += 1;
    this.transferWatch?.transferred(false, type?.sizeBytes ?? 0, block.ptr, block.generation);
    const held = type === undefined ? value : type.make(region.memory, block.ptr);
    const box = this.boxes.take();
    return box.hold(this, held, new Held(block.ptr, box, held, type), type);
  }

  /** Frees what a box held. When the owner's queue refuses it, the box holds it still. */
  free(value: object): void {
    if (!(value instanceof Held)) return;
    try {
      this.deferred?.free(value.ptr);
    } catch (error) {
      value.box.hold(this, value.content, value, value.type);
      throw error;
    }
  }

  /** At the boundary of a frame. `isBegin`: which one. */
  frameBoundary(isBegin: boolean): void {
    if (isBegin && this.young.length > 0) this.letGo();
    if (this.deferred !== undefined && this.deferred.processing === (isBegin ? "atFrameBegin" : "atFrameEnd")) this.deferred.process(Infinity);
  }

  /** Takes over what a dead agent had; gives how many blocks. `argument` for a number that is nobody's, or this agent's own. */
  reclaimAgent(agent: number): number {
    const { region, deferred } = this;
    if (region === undefined || deferred === undefined || !Number.isInteger(agent) || agent < 0 || agent >= MAX_AGENTS || agent === region.agent || !region.isSeated(agent)) {
      throw badArgument("reclaimAgent", "id", agent, "the `agentId` of another agent that shares this memory, and is dead");
    }
    deferred.forget(agent);
    tellOfDeath(region.id, agent);
    const count = region.adopt(agent);
    region.leaveSeat(agent);
    return count;
  }

  /** Leaves its seat: what lies here belongs to the next agent that sits there. */
  dispose(): void {
    const { region } = this;
    if (region === undefined) return;
    this.deferred?.process(Infinity);
    region.leaveSeat(region.agent);
    if (byRegion.get(region.id)?.deref() === this) byRegion.delete(region.id);
  }

  transferStats(): TransferStats {
    const { made, sent, received, dropped, reclaimed, bytesSent } = this;
    return { made, sent, received, dropped, reclaimed, bytesSent };
  }

  /** @internal */
  leaving(handle: TransferHandle<unknown>, sizeBytes: number, isSent: boolean): void {
    if (handle.isWatched) this.abandoned.unregister(handle);
    handle.isWatched = false;
    if (!isSent) {
      this.dropped += 1;
      return;
    }
    this.sent += 1;
    this.bytesSent += sizeBytes;
    this.transferWatch?.transferred(true, sizeBytes, handle.token.ptr, handle.token.generation);
  }

  /** @internal Sent, and not sent after all. */
  cameBack(handle: TransferHandle<unknown>, sizeBytes: number): void {
    this.sent -= 1;
    this.bytesSent -= sizeBytes;
    this.hold(handle);
  }

  private makeTyped(type: ByteType, init: unknown): TransferHandle<unknown> {
    const { region } = this;
    const { sizeBytes } = type;
    const ptr = region === undefined ? LOCAL_PTR : this.take(sizeBytes, this.types?.placeOf(type) ?? 0);
    const bytes = region === undefined ? this.ownBytes(sizeBytes) : undefined;
    try {
      if (init !== undefined) type.assign(region === undefined ? type.make(localMemory(bytes as ArrayBuffer), ptr) : this.writerAt(region, type, ptr), init);
    } catch (error) {
      region?.keep(ptr);
      throw error;
    }
    return this.handle(this.token(ptr, type, undefined, bytes), sizeBytes);
  }

  /** What a value of shared memory is written through: one for the values of a type that are made in a row. Nobody else gets it. */
  private writerAt({ memory }: TransferRegion, type: ByteType, ptr: number): object {
    const writer = this.writer !== undefined && this.writerType === type ? type.place(this.writer, memory, ptr) : type.make(memory, ptr);
    this.writerType = type;
    return (this.writer = writer);
  }

  private token(ptr: number, type: ByteType | undefined, value: unknown, bytes: ArrayBuffer | undefined): TransferToken {
    const { region } = this;
    return { framealloc: "transfer", region: region?.id ?? 0, ptr, generation: region?.generationOf(ptr) ?? 0, type: type === undefined ? undefined : schemaOf(type), value, bytes };
  }

  private handle(token: TransferToken, sizeBytes: number): TransferHandle<unknown> {
    const handle = new TransferHandle<unknown>(this, token, sizeBytes);
    if (this.region !== undefined) this.hold(handle);
    this.made += 1;
    return handle;
  }

  private hold(handle: TransferHandle<unknown>): void {
    if (this.warns) return this.watch(handle);
    const at = this.made % YOUNG;
    const before = this.young[at];
    if (before !== undefined && before.isUnsent) this.watch(before);
    this.young[at] = handle;
  }

  /** Lets go of all handles, so that those which nobody has are collected. */
  private letGo(): void {
    for (const handle of this.young) if (handle?.isUnsent === true) this.watch(handle);
    this.young.length = 0;
  }

  private watch(handle: TransferHandle<unknown>): void {
    handle.isWatched = true;
    this.abandoned.register(handle, handle.block(), handle);
  }

  private take(sizeBytes: number, type: number): number {
    const region = this.region as TransferRegion;
    this.deferred?.processSome();
    let ptr = region.tryTake(sizeBytes, type);
    if (ptr === 0 && (this.deferred?.process(Infinity) ?? 0) > 0) ptr = region.tryTake(sizeBytes, type);
    if (ptr !== 0) return ptr;
    this.letGo();
    throw region.exhausted(sizeBytes);
  }

  private ownBytes(sizeBytes: number): ArrayBuffer {
    if (sizeBytes > this.maxBytes) throw memoryExhausted("transfer memory", "transferSize", sizeBytes, 0, this.maxBytes);
    return new ArrayBuffer(LOCAL_PTR + alignUp(sizeBytes, 8));
  }

  private countReceived(box: OwnedBox<unknown>, sizeBytes: number): OwnedBox<unknown> {
    this.received += 1;
    this.transferWatch?.transferred(false, sizeBytes, 0, 0);
    return box;
  }

  private misused(): never {
    throw receivedBefore();
  }

  private reclaim({ ptr, generation }: Block): void {
    this.reclaimed += 1;
    if (this.region?.generationOf(ptr) === generation) this.region.keep(ptr);
    if (this.warns) deliverError(transferMisuse("a transfer handle was made and dropped without being sent; its memory was won back"), "warning");
  }
}

/** What a box of received memory frees. */
class Held {
  readonly ptr: number;
  readonly box: OwnedBox<unknown>;
  readonly content: unknown;
  readonly type: ByteType | undefined;

  constructor(ptr: number, box: OwnedBox<unknown>, content: unknown, type: ByteType | undefined) {
    this.ptr = ptr;
    this.box = box;
    this.content = content;
    this.type = type;
  }
}
