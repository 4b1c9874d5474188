/**
 * Parts of the runtime's API that are announced and not there yet, so that examples which show them are type-checked. What the runtime exports cannot be
 * declared here again: the compiler then says that it is there twice.
 */
import type {} from "@framealloc/runtime";

declare module "@framealloc/runtime" {
  export type StreamingId = number & { readonly "": "stream" };

  export type StreamPriority = number | "critical" | "high" | "normal" | "low";

  export class StreamingAllocator {
    constructor(budget: number);
    reserve(size: number, priority: StreamPriority, tag?: string): StreamingId;
    tryReserve(size: number, priority: StreamPriority, tag?: string): StreamingId | undefined;
    beginLoad(id: StreamingId): Uint8Array;
    write(id: StreamingId, chunk: Uint8Array): void;
    reportProgress(id: StreamingId, bytes: number): void;
    finishLoad(id: StreamingId): void;
    fail(id: StreamingId, reason: string): void;
    access(id: StreamingId): Uint8Array;
    free(id: StreamingId): void;
    loadFromStream(id: StreamingId, source: ReadableStream<Uint8Array> | Response): Promise<void>;
    stats(): { readonly budget: number; readonly used: number };
  }

  export type Handle<T> = number & { readonly "": T };

  export class HandleAllocator {
    alloc<T>(type: new () => T): Handle<T>;
    resolve<T>(handle: Handle<T>): T;
    resolveMut<T>(handle: Handle<T>): T;
    pin<T>(handle: Handle<T>): T;
    unpin(handle: Handle<unknown>): void;
    pinScope<T>(handle: Handle<T>): { readonly value: T } & Disposable;
    free(handle: Handle<unknown>): void;
    isValid(handle: Handle<unknown>): boolean;
    defragment(limits?: { readonly maxMoves?: number; readonly maxMs?: number }): { readonly moves: number; readonly bytes: number };
    stats(): object;
  }
}
