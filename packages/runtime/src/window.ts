/** Where memory comes from: the `memory` option, checked and opened. */
import { capabilities } from "./capabilities.ts";
import { badOption } from "./errors.ts";
import { alignUp, FIRST_BYTE, isGrowingMemory, MAX_END_BYTE, Memory, type Buffer, type GrowingMemory, type Region } from "./memory.ts";

/** A part of a buffer of the caller's. `buffer` may be a `WebAssembly.Memory`, which may grow. */
export interface MemoryWindow {
  readonly buffer: Buffer | GrowingMemory;
  /** Default 0. */
  readonly byteOffset?: number;
  /** Default: to the end of the buffer. */
  readonly byteLength?: number;
}

/**
 * `"auto"`: shared where that is possible, else local. `"local"`: an `ArrayBuffer` of one's own; `"shared"`: a `SharedArrayBuffer`. Or
 * memory of the caller's, whole or in part, which is cleared and then belongs to the allocator.
 */
export type MemoryOption = "auto" | "local" | "shared" | Buffer | GrowingMemory | MemoryWindow;

const RANGE = '"auto", "local", "shared", an ArrayBuffer, a SharedArrayBuffer, a WebAssembly.Memory or { buffer, byteOffset, byteLength }';

/** @internal A memory with room for `sizeBytes`. Throws `FrameAllocError` (`config`) when the caller's is too small or cannot serve. */
export function openMemory(option: MemoryOption, sizeBytes: number): Memory {
  const endByte = FIRST_BYTE + alignUp(sizeBytes, 8);
  if (typeof option === "string") {
    if (endByte > MAX_END_BYTE) throw badOption("memory", option, `used with sizes of at most ${MAX_END_BYTE - FIRST_BYTE} bytes together, not ${sizeBytes}`);
    return new Memory(ownBuffer(option, endByte), FIRST_BYTE, endByte);
  }
  const { source, beginByte, endByte: windowEnd } = windowOf(option);
  if (windowEnd - beginByte < sizeBytes) {
    throw badOption("memory", option, `at least ${sizeBytes} bytes for \`frameArenaSize\`, \`heapSize\` and the slabs; it offers ${Math.max(0, windowEnd - beginByte)}`);
  }
  return new Memory(source, beginByte, windowEnd);
}

/** All of a number of bytes, of a memory, or of a region already opened. */
export function openRegion(source: number | MemoryOption | Region, clearing: boolean): Region {
  if (typeof source === "object" && "memory" in source) return source;
  if (typeof source === "number" && (!Number.isSafeInteger(source) || source < 0)) throw badOption("frameArenaSize", source, "an integer of at least 0");
  const memory = typeof source === "number" ? openMemory("local", source) : openMemory(source, 0);
  if (clearing && typeof source === "object") memory.fill(memory.beginByte, memory.endByte, 0);
  return memory.whole();
}

function ownBuffer(option: string, byteLength: number): Buffer {
  switch (option) {
    case "auto": return capabilities.shared ? new SharedArrayBuffer(byteLength) : new ArrayBuffer(byteLength);
    case "local": return new ArrayBuffer(byteLength);
    case "shared":
      if (!capabilities.shared) throw badOption("memory", option, '"auto" or "local" here: shared memory is not available (a page has to be cross-origin isolated)');
      return new SharedArrayBuffer(byteLength);
    default: throw badOption("memory", option, RANGE);
  }
}

function windowOf(option: Exclude<MemoryOption, string>): { readonly source: Buffer | GrowingMemory; readonly beginByte: number; readonly endByte: number } {
  if (typeof option !== "object" || option === null) throw badOption("memory", option, RANGE);
  const isWindow = "buffer" in option && !isGrowingMemory(option);
  const source: unknown = isWindow ? option.buffer : option;
  const byteOffset = isWindow ? (option.byteOffset ?? 0) : 0;
  if (!isSource(source)) throw badOption("memory", source, RANGE);
  const byteLength = isGrowingMemory(source) ? source.buffer.byteLength : source.byteLength;
  if (!Number.isInteger(byteOffset) || byteOffset < 0 || byteOffset > byteLength) throw badOption("memory.byteOffset", byteOffset, `an integer from 0 to ${byteLength}`);
  const length = isWindow ? (option.byteLength ?? byteLength - byteOffset) : byteLength;
  if (!Number.isInteger(length) || length < 0 || byteOffset + length > byteLength) throw badOption("memory.byteLength", length, `an integer from 0 to ${byteLength - byteOffset}`);
  const endByte = byteOffset + length;
  if (endByte > MAX_END_BYTE) throw badOption("memory", option, `a window that ends at most at byte ${MAX_END_BYTE}`);
  const beginByte = alignUp(Math.max(byteOffset, 8), 8);
  if (beginByte > byteLength) throw badOption("memory", option, "a window of at least 16 bytes");
  return { source, beginByte, endByte: Math.max(beginByte, endByte) };
}

function isSource(source: unknown): source is Buffer | GrowingMemory {
  if (typeof source !== "object" || source === null) return false;
  // By name: buffers of another realm are not instances of this one's classes.
  const tag = Object.prototype.toString.call(source);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]" || tag === "[object WebAssembly.Memory]";
}
