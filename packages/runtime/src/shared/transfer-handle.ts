/**
 * Handing a value to another agent: made here, sent as a token, received there, once.
 *
 *   owned --send, detach--> in flight --receive--> received --release--> (memory goes back)
 *     \--drop, collected--> dropped
 *
 * Where memory is shared the value's bytes stay where they are and the token names them; its state is a word in shared memory, so receiving twice is told
 * in whichever agent it happens. Where it is not, the token carries the bytes in a buffer of their own, which `send` transfers; then an agent knows the
 * tokens that it received itself.
 */
import { DISPOSE } from "../dispose-symbol.ts";
import { cannotBlock, notCloneable, transferMisuse } from "../errors.ts";
import type { OwnedBox } from "../pool/owned-box.ts";
import type { ByteType } from "../types/memory-type.ts";
import { schemaOf, type TypeSchema } from "../types/type-schema.ts";
import { IN_FLIGHT, OWNED } from "./block-state.ts";
import type { TransferRegion } from "./transfer-region.ts";
import { checkMs } from "./wait-signal.ts";
import { canBlock, waitWhile } from "./words.ts";

/** No object has it; a value all the same, as builders keep the keys of fields that are only declared. */
const CARRIES: unique symbol = Symbol("carries");

/** What travels: plain data that structured clone copies. Give it to `alloc.receive` in the other agent. */
export interface TransferToken<T = unknown> {
  readonly framealloc: "transfer";
  /** The shared region that holds the value; 0 when the token holds it itself. */
  readonly region: number;
  /** With `generation`, the value's place in the region. */
  readonly ptr: number;
  readonly generation: number;
  /** Undefined for a JavaScript value. */
  readonly type: TypeSchema | undefined;
  readonly value: unknown;
  readonly bytes: ArrayBuffer | undefined;
  /** Only in types. */
  readonly [CARRIES]?: T;
}

/** A `Worker`, a `MessagePort`, a worker's global scope. */
export interface MessageTarget {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

export type TransferState = "owned" | "inFlight" | "received" | "dropped";

/** What a handle needs of the allocator that made it. */
export interface TransferSource {
  readonly region: TransferRegion | undefined;
  receive(token: TransferToken): OwnedBox<unknown>;
  tryReceiveToken(token: TransferToken): OwnedBox<unknown> | undefined;
  leaving(handle: TransferHandle<unknown>): void;
  dropping(handle: TransferHandle<unknown>): void;
  cameBack(handle: TransferHandle<unknown>): void;
}

/** Structured clone reads own properties in their order, and theirs: it stops at this one, which says why. Shared, as an accessor of its own costs each handle more than all the rest. */
const REFUSAL: object = /* @__PURE__ */ Object.defineProperty({}, "$notCloneable", { get: refuseClone, enumerable: true });
/** Sleeps of a wait for a value that is not on its way yet: nobody is told when it is. */
const SLEEP_MS = 1;

// Without `implements`: its place in memory is internal and left out of the declarations, which would say that it is there.
export class TransferHandle<T> {
  declare readonly [CARRIES]?: T;
  // Declared, and assigned by the constructor: fields that a class defines are defined one by one, and their objects made by a call.
  /** @internal First: see `REFUSAL`. */
  declare readonly $notCloneable: object;
  declare private readonly source: TransferSource;
  /** @internal Where the value lies in the region. */
  declare readonly ptr: number;
  /** @internal */
  declare readonly generation: number;
  /** @internal Undefined for a JavaScript value. */
  declare readonly type: ByteType | undefined;
  /** @internal The JavaScript value; for a type, without shared memory, its bytes. */
  declare readonly carried: unknown;
  declare private current: TransferState;
  /** @internal */
  declare isWatched: boolean;

  /** @internal Made by `frameBoxForTransfer`. */
  constructor(source: TransferSource, ptr: number, generation: number, type: ByteType | undefined, carried: unknown) {
    this.$notCloneable = REFUSAL;
    this.source = source;
    this.ptr = ptr;
    this.generation = generation;
    this.type = type;
    this.carried = carried;
    this.current = "owned";
    this.isWatched = false;
  }

  /** Where the value is. Of a value on its way without shared memory it stays "inFlight": the receiver cannot tell. */
  get state(): TransferState {
    if (this.current !== "inFlight" || this.source.region === undefined) return this.current;
    const state = this.source.region.stateOf(this);
    return state === IN_FLIGHT ? "inFlight" : "received";
  }

  /** Posts the token; transfers its bytes where memory is not shared. Throws FA208 unless "owned"; when posting throws, the handle stays as it was. */
  send(target: MessageTarget): void {
    const token = this.detach();
    try {
      target.postMessage(token, transferList(token));
    } catch (error) {
      this.takeBack();
      throw error;
    }
  }

  /**
   * The token, to be sent by any means; the value is on its way from here on. For rings of one's own its `ptr` and `generation` are enough: the receiver gives them
   * to `alloc.receive(ptr, generation)`. Throws FA208 unless "owned".
   */
  detach(): TransferToken<T> {
    this.depart();
    return this.token();
  }

  /** @internal As `detach`, without a token. */
  depart(): void {
    this.expectOwned("sent");
    const { region } = this.source;
    if (region !== undefined && !region.change(this.ptr, region.wordFor(this.generation, OWNED), IN_FLIGHT)) throw transferMisuse("the value of a transfer handle is no longer owned by it");
    this.departed();
  }

  /** @internal The value is on its way. */
  departed(): void {
    this.current = "inFlight";
    this.source.leaving(this);
  }

  /** @internal The memory that the value lies in. */
  get region(): TransferRegion | undefined { return this.source.region; }

  /** Takes the value in this agent. Throws FA208 unless "owned". */
  receive(): OwnedBox<T> {
    const box = this.source.receive(this.detach());
    this.current = "received";
    return box as OwnedBox<T>;
  }

  /**
   * Takes back a value that was sent and not received: waits at most `ms` for the other agent to do it, then takes it if it has not. Undefined when the other agent
   * did. An "owned" value is taken at once. Blocks: FA209 on the main thread of a page, and without shared memory, where a value that is gone is gone. `argument` for an `ms` that is no number.
   */
  receiveTimeout(ms: number): OwnedBox<T> | undefined {
    checkMs("receiveTimeout", "ms", ms);
    if (this.current === "owned") return this.receive();
    const { region } = this.source;
    if (this.current !== "inFlight") this.expectOwned("received");
    if (region === undefined || !canBlock()) throw cannotBlock("receiveTimeout", "state");
    for (const endMs = performance.now() + ms; this.state === "inFlight" && performance.now() < endMs; ) waitWhile(region.words, (this.ptr - 16) >> 2, region.stateWordOf(this.ptr), SLEEP_MS);
    const box = this.source.tryReceiveToken(this.token());
    if (box !== undefined) this.current = "received";
    return box as OwnedBox<T> | undefined;
  }

  /** Gives the memory back without sending. Throws FA208 unless "owned". */
  drop(): void {
    this.expectOwned("dropped");
    this.current = "dropped";
    this.source.dropping(this);
    this.source.region?.tryKeep(this.ptr, this.source.region.wordFor(this.generation, OWNED));
  }

  /** As `drop` when the value was not sent; else nothing. */
  [DISPOSE](): void {
    if (this.current === "owned") this.drop();
  }

  /** @internal */
  get isUnsent(): boolean {
    return this.current === "owned";
  }

  /** @internal The region that the value lies in; 0 without. */
  get regionId(): number { return this.source.region?.id ?? 0; }

  /** @internal The word of the value's block when it is on its way. */
  get wordInFlight(): number {
    return this.source.region?.wordFor(this.generation, IN_FLIGHT) ?? 0;
  }

  /** @internal */
  get sizeBytes(): number {
    return this.type?.sizeBytes ?? 0;
  }

  /** @internal What was sent did not leave. */
  takeBack(): void {
    const { region } = this.source;
    if (region !== undefined) region.change(this.ptr, this.wordInFlight, OWNED);
    this.current = "owned";
    this.source.cameBack(this);
  }

  private token(): TransferToken<T> {
    const { ptr, generation, type, carried } = this;
    return {
      framealloc: "transfer", region: this.regionId, ptr, generation, type: type === undefined ? undefined : schemaOf(type),
      value: type === undefined ? carried : undefined, bytes: type === undefined ? undefined : (carried as ArrayBuffer | undefined),
    };
  }

  private expectOwned(what: string): void {
    if (this.current !== "owned") throw transferMisuse(`a transfer handle ${what} that is ${this.current === "inFlight" ? "sent" : this.current} already`);
  }
}

/** The buffers to transfer with a token, for `postMessage(token, transferList(token))`; empty where memory is shared. */
export function transferList(token: TransferToken): ArrayBuffer[] {
  return token.bytes === undefined ? [] : [token.bytes];
}

/** @internal Told apart from anything else that arrives in a message. */
export function isTransferToken(message: unknown): message is TransferToken {
  return typeof message === "object" && message !== null && "framealloc" in message && message.framealloc === "transfer";
}

function refuseClone(): never {
  throw notCloneable("transfer handle");
}
