/** A bridge to a profiler outside: allocations, frees, frame marks and zones, as it wants them one by one. */
import type { SmartAlloc } from "../allocator.ts";
import { badArgument } from "../errors.ts";
import { DISPOSE } from "../dispose-symbol.ts";

/** The object is filled again for the next event of its type. */
export type ProfilerEvent =
  /** `ptr`: the offset of a pool or heap value; -1 for frame memory, groups and handles, which profilers cannot pair. */
  | { readonly type: "alloc"; readonly ptr: number; readonly sizeBytes: number; readonly tag: string }
  | { readonly type: "free"; readonly ptr: number; readonly sizeBytes: number; readonly tag: string }
  | { readonly type: "frameMark"; readonly frameNumber: number }
  | { readonly type: "zoneBegin"; readonly name: string }
  | { readonly type: "zoneEnd"; readonly name: string };

export type ProfilerCallback = (event: ProfilerEvent) => void;

type Writable<E> = { -readonly [K in keyof E]: E[K] };

export class ProfilerHooks {
  /** False: nothing is told. */
  enabled = true;
  private readonly callback: ProfilerCallback;
  private readonly alloc: Writable<Extract<ProfilerEvent, { type: "alloc" }>> = { type: "alloc", ptr: -1, sizeBytes: 0, tag: "" };
  private readonly free: Writable<Extract<ProfilerEvent, { type: "free" }>> = { type: "free", ptr: -1, sizeBytes: 0, tag: "" };
  private readonly mark: Writable<Extract<ProfilerEvent, { type: "frameMark" }>> = { type: "frameMark", frameNumber: 0 };
  private readonly open: string[] = [];
  private readonly scopes: ProfilerZone[] = [];

  /** `argument` for what is no function. */
  constructor(callback: ProfilerCallback) {
    if (typeof callback !== "function") throw badArgument("ProfilerHooks", "callback", callback, "a function");
    this.callback = callback;
  }

  /** Tells of an allocator's memory; turns its lifecycle tracking on. A frame is marked when it ends. Gives the function that ends it. */
  attach(alloc: SmartAlloc): () => void {
    alloc.enableLifecycleTracking();
    return alloc.onFrameEvent((event) => {
      if (!this.enabled) return;
      if (event.type === "frameEnd") {
        this.mark.frameNumber = event.frameNumber;
        this.callback(this.mark);
      } else if (event.type === "alloc" || event.type === "free") {
        const told = event.type === "alloc" ? this.alloc : this.free;
        told.ptr = event.ptr;
        told.sizeBytes = event.sizeBytes;
        told.tag = event.tag;
        this.callback(told);
      }
    });
  }

  /** A zone until it is disposed: `using zone = profiler.zone("physics")`. Recycled by how many are open. */
  zone(name: string): ProfilerZone {
    const depth = this.open.length;
    this.open.push(name);
    if (this.enabled) this.callback({ type: "zoneBegin", name });
    return (this.scopes[depth] ??= new ProfilerZone((from) => this.close(from), depth));
  }

  /** Ends the zone of that depth, and those inside it. */
  private close(depth: number): void {
    while (this.open.length > depth) {
      const name = this.open.pop() ?? "";
      if (this.enabled) this.callback({ type: "zoneEnd", name });
    }
  }
}

export class ProfilerZone {
  private readonly close: (depth: number) => void;
  private readonly depth: number;

  /** @internal */
  constructor(close: (depth: number) => void, depth: number) {
    this.close = close;
    this.depth = depth;
  }

  /** No effect the second time. */
  [DISPOSE](): void {
    this.close(this.depth);
  }
}
