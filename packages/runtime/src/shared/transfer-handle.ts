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
import { notCloneable, transferMisuse } from "../errors.ts";
import type { OwnedBox } from "../pool/owned-box.ts";
import type { TypeSchema } from "../types/type-schema.ts";
import { IN_FLIGHT, OWNED, type Block, type TransferRegion } from "./transfer-region.ts";

declare const CARRIES: unique symbol;

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
  watch(handle: object, block: Block): void;
  unwatch(handle: object): void;
}

export class TransferHandle<T> {
  declare readonly [CARRIES]?: T;
  declare private readonly source: TransferSource;
  declare private readonly token: TransferToken<T>;
  declare private current: TransferState;

  /** @internal Made by `frameBoxForTransfer`. */
  constructor(source: TransferSource, token: TransferToken<T>) {
    // Structured clone reads own properties in their order: the first one answers by throwing.
    Object.defineProperty(this, "$notCloneable", { get: refuseClone, enumerable: true });
    this.source = source;
    this.token = token;
    this.current = "owned";
    if (source.region !== undefined) source.watch(this, token);
  }

  /** Where the value is. Of a value on its way without shared memory it stays "inFlight": the receiver cannot tell. */
  get state(): TransferState {
    if (this.current !== "inFlight" || this.source.region === undefined) return this.current;
    const state = this.source.region.stateOf(this.token);
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

  /** The token, to be sent by any means; the value is on its way from here on. Throws FA208 unless "owned". */
  detach(): TransferToken<T> {
    this.expectOwned("sent");
    const { region } = this.source;
    if (region !== undefined && !region.change(this.token, OWNED, IN_FLIGHT)) throw transferMisuse("the value of a transfer handle is no longer owned by it");
    this.source.unwatch(this);
    this.current = "inFlight";
    return this.token;
  }

  /** Takes the value in this agent. Throws FA208 unless "owned". */
  receive(): OwnedBox<T> {
    const box = this.source.receive(this.detach());
    this.current = "received";
    return box as OwnedBox<T>;
  }

  /** Gives the memory back without sending. Throws FA208 unless "owned". */
  drop(): void {
    this.expectOwned("dropped");
    this.source.unwatch(this);
    this.source.region?.give(this.token);
    this.current = "dropped";
  }

  /** As `drop` when the value was not sent; else nothing. */
  [DISPOSE](): void {
    if (this.current === "owned") this.drop();
  }

  private expectOwned(what: string): void {
    if (this.current !== "owned") throw transferMisuse(`a transfer handle ${what} that is ${this.current === "inFlight" ? "sent" : this.current} already`);
  }

  private takeBack(): void {
    const { region } = this.source;
    if (region !== undefined) {
      region.change(this.token, IN_FLIGHT, OWNED);
      this.source.watch(this, this.token);
    }
    this.current = "owned";
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
