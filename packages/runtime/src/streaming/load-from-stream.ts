/** Reads a stream of bytes, or the body of a response, to its end. */
import { badArgument } from "../errors.ts";

/** A `ReadableStream` of bytes, told by its shape: the class is not the same everywhere. */
export interface ByteStream {
  getReader(): ByteReader;
}

export interface ByteReader {
  read(): Promise<{ readonly done: boolean; readonly value?: unknown }>;
  cancel(reason?: unknown): Promise<unknown>;
  releaseLock(): void;
}

/** A `Response`: `body` is null when it has none. */
export interface ByteResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly body: ByteStream | null;
}

export type StreamSource = ByteStream | ByteResponse;

/** Gives each chunk to `write`. When that throws, the rest of the stream is cancelled, and the promise rejected. */
export async function pump(source: StreamSource, write: (chunk: Uint8Array) => void): Promise<void> {
  const stream = streamOf(source);
  if (stream === null) return;
  const reader = stream.getReader();
  try {
    for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) write(value as Uint8Array);
  } catch (error) {
    // No effect on a stream that failed by itself; whatever else goes wrong while it is cancelled, what went wrong first is told.
    await reader.cancel(error).catch(() => {});
    throw error;
  } finally {
    reader.releaseLock();
  }
}

function streamOf(source: StreamSource): ByteStream | null {
  if (typeof source === "object" && source !== null) {
    if ("getReader" in source) return source;
    if ("body" in source) {
      if (!source.ok) throw badArgument("loadFromStream", "source", `a response of status ${source.status}`, "a response that is ok");
      return source.body;
    }
  }
  throw badArgument("loadFromStream", "source", source, "a ReadableStream of bytes or a Response");
}

/** The bytes of what a stream, or anybody, hands over. */
export function chunkBytes(chunk: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (ArrayBuffer.isView(chunk)) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  const tag = Object.prototype.toString.call(chunk);
  if (tag !== "[object ArrayBuffer]" && tag !== "[object SharedArrayBuffer]") throw badArgument("write", "chunk", chunk, "a typed array or a buffer");
  return new Uint8Array(chunk);
}
