/** Frame values that lie on the heap, as the agent's budget for its arena is used up; all freed when the frame ends. */
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import { alignUp } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";

export class PromotedFrameValues {
  private readonly frames: RewindableArena;
  private readonly store: ByteStore;
  /** Place and size of each in turn. */
  private readonly blocks: number[] = [];

  constructor(frames: RewindableArena, store: ByteStore) {
    this.frames = frames;
    this.store = store;
  }

  /** As an arena's `place`; -1 when the heap has no room. */
  place(sizeBytes: number, alignBytes: number): number {
    const block = this.store.tryTake(sizeBytes + alignBytes);
    if (block < 0) return -1;
    this.blocks.push(block, sizeBytes + alignBytes);
    const ptr = alignUp(block, alignBytes);
    if (this.frames.zeroing) this.frames.memory.zero(ptr, ptr + sizeBytes);
    return ptr;
  }

  end(): void {
    if (this.blocks.length === 0) return;
    for (let i = 0; i < this.blocks.length; i += 2) this.store.give(this.blocks[i] ?? 0, this.blocks[i + 1] ?? 0);
    this.blocks.length = 0;
  }
}
