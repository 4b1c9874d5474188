/**
 * Frame values that lie on the heap, as the agent's budget for its arena is used up; all freed when the frame ends. Debug mode, which has records of what lies in the arena,
 * has them there, above the budget.
 */
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import { alignUp } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";

export class PromotedFrameValues {
  private readonly frames: RewindableArena;
  private readonly store: ByteStore | undefined;
  /** Place and size of each in turn. */
  private readonly blocks: number[] = [];

  /** Without a store they lie in the arena. */
  constructor(frames: RewindableArena, store: ByteStore | undefined) {
    this.frames = frames;
    this.store = store;
  }

  /** As an arena's `tryPlace`, for at most `room` bytes. The arena's room is to be set anew after it. */
  tryPlace(sizeBytes: number, alignBytes: number, room: number): number {
    const { frames, store } = this;
    if (store === undefined) {
      frames.setRoom(room);
      return frames.tryPlace(sizeBytes, alignBytes);
    }
    const block = sizeBytes > room ? -1 : store.tryTake(sizeBytes + alignBytes);
    if (block < 0) return -1;
    this.blocks.push(block, sizeBytes + alignBytes);
    frames.addElsewhere(sizeBytes);
    const ptr = alignUp(block, alignBytes);
    if (frames.zeroing) frames.memory.zero(ptr, ptr + sizeBytes);
    return ptr;
  }

  end(): void {
    if (this.blocks.length === 0) return;
    for (let i = 0; i < this.blocks.length; i += 2) this.store?.give(this.blocks[i] ?? 0, this.blocks[i + 1] ?? 0);
    this.blocks.length = 0;
  }
}
