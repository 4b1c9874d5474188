/** Values that travel in their tokens, where memory is not shared. */
import { memoryExhausted, transferMisuse, type FrameAllocError } from "../errors.ts";
import { alignUp, Memory } from "../memory.ts";
import { OwnedBox, type BoxOwner } from "../pool/owned-box.ts";
import { typeOfSchema } from "../types/type-schema.ts";
import type { TransferToken } from "./transfer-handle.ts";

/** Where the payload begins in a token's own bytes: offset 0 stands for nothing. */
export const LOCAL_PTR = 8;
/** Buffers that arrived and were taken. */
const taken = /* @__PURE__ */ new WeakSet<object>();
const NOBODY: BoxOwner = { free: () => {} };

/** Takes the value that a token carries itself. FA208 the second time. */
export function receivePosted(message: TransferToken): OwnedBox<unknown> {
  const type = message.type === undefined ? undefined : typeOfSchema(message.type);
  const identity = message.bytes ?? message;
  if (taken.has(identity)) throw receivedBefore();
  if (type !== undefined && (message.bytes === undefined || message.bytes.byteLength < LOCAL_PTR + type.sizeBytes)) {
    throw transferMisuse("a transfer token received without its bytes: they were transferred elsewhere");
  }
  taken.add(identity);
  const held = type === undefined || message.bytes === undefined ? message.value : type.make(localMemory(message.bytes), LOCAL_PTR);
  return new OwnedBox<unknown>().hold(NOBODY, held, undefined, type);
}

/** Bytes for a value that travels in its token. FA301 above `maxBytes`. */
export function newLocalBytes(sizeBytes: number, maxBytes: number): ArrayBuffer {
  if (sizeBytes > maxBytes) throw memoryExhausted("transfer memory", "transferSize", sizeBytes, 0, maxBytes);
  return new ArrayBuffer(LOCAL_PTR + alignUp(sizeBytes, 8));
}

/** A window on a token's own bytes. */
export function localMemory(bytes: ArrayBuffer): Memory {
  return new Memory(bytes, LOCAL_PTR, bytes.byteLength);
}

/** FA208 for what is not on its way any more. */
export function receivedBefore(): FrameAllocError {
  return transferMisuse("a transfer token received that was received before, or never sent");
}
