/**
 * Boxes and vecs of an arena: handles with a life of their own, which ends with the frame or the scope they were made in.
 *
 * Handles are recycled, so a handle kept too long could come alive again as somebody else's. Four sets take turns, one a frame: a stale handle
 * throws for at least three frames. In debug mode none is recycled.
 */
import type { Memory } from "../memory.ts";
import type { RecycledList } from "./bump-arena.ts";

export interface FrameHandle {
  /** Makes the handle stale and lets go of what it holds. */
  release(): void;
  /** Takes the memory's typed arrays anew. */
  rebind(): void;
}

const SETS = 4;

export class HandleList<H extends FrameHandle> implements RecycledList<number> {
  touched = false;
  private used = 0;
  private readonly sets: H[][] = Array.from({ length: SETS }, () => []);
  private current: H[] = [];
  private readonly make: () => H;

  constructor(memory: Memory, make: () => H) {
    this.make = make;
    memory.onRefresh(() => {
      for (const handle of this.sets.flat()) handle.rebind();
    });
  }

  get count(): number {
    return this.used;
  }

  /** A stale handle, to be given something to hold. */
  take(): H {
    const index = this.used;
    const handle = this.current[index] ?? (this.current[index] = this.make());
    this.used = index + 1;
    return handle;
  }

  /** Hands out the handle again, which nobody uses any more, if it is the last one in use. */
  giveBack(handle: H): void {
    if (this.current[this.used - 1] === handle) this.used -= 1;
  }

  /** Allocates what it returns. */
  inUse(): readonly H[] {
    return this.current.slice(0, this.used);
  }

  position(): number {
    return this.used;
  }

  beginFrame(frameNumber: number): void {
    this.current = this.sets[frameNumber % SETS] ?? this.current;
    this.used = 0;
  }

  rewind(position: number | undefined): void {
    const to = position ?? 0;
    for (let i = this.used - 1; i >= to; i -= 1) this.current[i]?.release();
    this.used = to;
  }

  /** @internal Debug mode: no handle is handed out twice. */
  forget(): void {
    this.current.length = this.used;
  }
}

/** Handles for which nothing is allocated, so that they count for nothing. */
export class MarkerList<H extends FrameHandle> extends HandleList<H> {
  override get count(): number {
    return 0;
  }
}
