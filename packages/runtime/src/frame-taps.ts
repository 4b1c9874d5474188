/**
 * Hears of every frame allocation: the functions of one arena and its containers are replaced by ones that tell. Arenas that nobody listens to keep
 * theirs, so that their allocations ask for nothing.
 */
import type { FrameContainers } from "./frame/frame-containers.ts";
import type { RewindableArena } from "./frame/rewindable-arena.ts";

/** Told of an allocation that has been made. `what`: its type, or the kind of call for one without. */
export interface FrameTap {
  frameAllocated(what: unknown, sizeBytes: number): void;
}

type Call = (this: unknown, a: unknown, b: unknown, c: unknown) => unknown;

export class FrameTaps {
  private readonly frames: RewindableArena;
  private readonly taps: FrameTap[] = [];
  /** Calls that are under way: one allocation may call others. */
  private depth = 0;

  constructor(frames: RewindableArena, containers: FrameContainers) {
    this.frames = frames;
    for (const name of ["alloc", "tryAlloc", "slice", "tuple"]) this.replace(frames, name, 0);
    this.replace(frames, "allocBytes", "bytes");
    this.replace(containers, "box", "box");
    this.replace(containers, "vec", 0);
    this.replace(containers, "map", 1);
  }

  add(tap: FrameTap): void {
    this.taps.push(tap);
  }

  exchange(before: FrameTap, after: FrameTap): void {
    this.taps[this.taps.indexOf(before)] = after;
  }

  /** `type`: which of the arguments is the type; or what to tell in place of it. */
  private replace(target: object, name: string, type: 0 | 1 | "bytes" | "box"): void {
    const { frames, taps } = this;
    const calls = target as Record<string, Call>;
    // Every name is a method of its class.
    const original = calls[name] as Call;
    calls[name] = (a, b, c) => {
      const from = frames.allocatedBytes();
      this.depth += 1;
      let value: unknown;
      try {
        value = original.call(target, a, b, c);
      } finally {
        this.depth -= 1;
      }
      // Undefined: there was no room.
      if (this.depth === 0 && value !== undefined) {
        const sizeBytes = frames.allocatedBytes() - from;
        const what = type === 0 ? a : type === 1 ? b : type;
        for (let i = 0; i < taps.length; i += 1) taps[i]?.frameAllocated(what, sizeBytes);
      }
      return value;
    };
  }
}
