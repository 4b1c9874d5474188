/** One agent's end of transfers: makes handles, receives tokens, over shared memory or without. */
import { badArgument, memoryExhausted, notAttached, notCloneable, transferMisuse } from "../errors.ts";
import { FrameBox } from "../frame/frame-box.ts";
import { alignUp, Memory } from "../memory.ts";
import { OwnedBox } from "../pool/owned-box.ts";
import { isMemoryType, type ByteType } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";
import { schemaOf, typeOfSchema } from "../types/type-schema.ts";
import { View } from "../view.ts";
import { isTransferToken, TransferHandle, type TransferSource, type TransferToken } from "./transfer-handle.ts";
import { IN_FLIGHT, RECEIVED, type Block, type TransferRegion } from "./transfer-region.ts";

/** Where the payload begins in a token's own bytes: offset 0 stands for nothing. */
const LOCAL_PTR = 8;

export class Transfers implements TransferSource {
  readonly region: TransferRegion | undefined;
  private readonly warns: boolean;
  private readonly maxBytes: number;
  /** Handles that were neither sent nor dropped when they are collected: their blocks go back. */
  private readonly abandoned: FinalizationRegistry<Block>;
  /** Without shared memory: buffers that arrived and were taken. */
  private readonly taken: WeakSet<object> = new WeakSet();

  /** `region` undefined: values travel in their tokens, at most `maxBytes` each. `warns`: tell of abandoned handles. */
  constructor(region: TransferRegion | undefined, maxBytes: number, warns: boolean) {
    this.region = region;
    this.maxBytes = maxBytes;
    this.warns = warns;
    this.abandoned = new FinalizationRegistry((block) => this.reclaim(block));
  }

  make(content: unknown, init: unknown): TransferHandle<unknown> {
    if (isMemoryType(content)) return this.makeTyped(content, init);
    if (content instanceof FrameBox || content instanceof OwnedBox) {
      const { held, type } = content.content() as { held: unknown; type: ByteType | undefined };
      return type === undefined ? this.make(held, undefined) : this.makeTyped(type, type.kind === "scalar" ? (held as { value: unknown }).value : held);
    }
    if (content instanceof View || content instanceof StructArray) throw notCloneable("view");
    const block = this.region === undefined ? undefined : this.take(0);
    return new TransferHandle(this, token(this.region, block, { type: undefined, value: content, bytes: undefined }));
  }

  receive(message: TransferToken): OwnedBox<unknown> {
    if (!isTransferToken(message)) throw badArgument("receive", "token", message, "a token made by a `TransferHandle`");
    const type = message.type === undefined ? undefined : typeOfSchema(message.type);
    return message.region === 0 ? this.receiveLocal(message, type) : this.receiveShared(message, type);
  }

  /** @internal */
  watch(handle: object, block: Block): void {
    this.abandoned.register(handle, { ptr: block.ptr, generation: block.generation }, handle);
  }

  /** @internal */
  unwatch(handle: object): void {
    this.abandoned.unregister(handle);
  }

  private makeTyped(type: ByteType, init: unknown): TransferHandle<unknown> {
    const block = this.region === undefined ? undefined : this.take(type.sizeBytes);
    const bytes = block === undefined ? this.ownBytes(type.sizeBytes) : undefined;
    const memory = bytes === undefined ? (this.region as TransferRegion).memory : localMemory(bytes);
    try {
      if (init !== undefined) type.assign(type.make(memory, block?.ptr ?? LOCAL_PTR), init);
    } catch (error) {
      if (block !== undefined) this.region?.give(block);
      throw error;
    }
    return new TransferHandle(this, token(this.region, block, { type: schemaOf(type), value: undefined, bytes }));
  }

  private take(sizeBytes: number): Block {
    const region = this.region as TransferRegion;
    const block = region.tryTake(sizeBytes);
    if (block === undefined) throw region.exhausted(sizeBytes);
    return block;
  }

  private ownBytes(sizeBytes: number): ArrayBuffer {
    if (sizeBytes > this.maxBytes) throw memoryExhausted("transfer memory", "transferSize", sizeBytes, 0, this.maxBytes);
    return new ArrayBuffer(LOCAL_PTR + alignUp(sizeBytes, 8));
  }

  private receiveShared(message: TransferToken, type: ByteType | undefined): OwnedBox<unknown> {
    const { region } = this;
    if (region === undefined || region.id !== message.region) throw notAttached();
    if (!region.holds(message, type?.sizeBytes ?? 0)) throw badArgument("receive", "token", message, "a token of this shared memory");
    if (!region.change(message, IN_FLIGHT, RECEIVED)) throw transferMisuse("a transfer token received that was received before, or never sent");
    const block: Block = { ptr: message.ptr, generation: message.generation };
    const held = type === undefined ? message.value : type.make(region.memory, block.ptr);
    return new OwnedBox<unknown>().hold({ free: () => region.give(block) }, held, block, type);
  }

  private receiveLocal(message: TransferToken, type: ByteType | undefined): OwnedBox<unknown> {
    const identity = message.bytes ?? message;
    if (this.taken.has(identity)) throw transferMisuse("a transfer token received that was received before");
    if (type !== undefined && (message.bytes === undefined || message.bytes.byteLength < LOCAL_PTR + type.sizeBytes)) {
      throw transferMisuse("a transfer token received without its bytes: they were transferred elsewhere");
    }
    this.taken.add(identity);
    const held = type === undefined || message.bytes === undefined ? message.value : type.make(localMemory(message.bytes), LOCAL_PTR);
    return new OwnedBox<unknown>().hold({ free: () => {} }, held, undefined, type);
  }

  private reclaim(block: Block): void {
    this.region?.give(block);
    if (this.warns) console.warn(transferMisuse("a transfer handle was made and dropped without being sent; its memory was won back").message);
  }
}

function localMemory(bytes: ArrayBuffer): Memory {
  return new Memory(bytes, LOCAL_PTR, bytes.byteLength);
}

function token(region: TransferRegion | undefined, block: Block | undefined, rest: Pick<TransferToken, "type" | "value" | "bytes">): TransferToken {
  return { framealloc: "transfer", region: region?.id ?? 0, ptr: block?.ptr ?? LOCAL_PTR, generation: block?.generation ?? 0, ...rest };
}
