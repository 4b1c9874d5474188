/** A whole frame to put behind `using`. Recycled by its arena. */
import { DISPOSE } from "../dispose-symbol.ts";
import type { BumpArena } from "./bump-arena.ts";

/** Ends its frame when disposed; no effect when that frame has ended already. */
export class FrameGuard {
  private readonly arena: BumpArena;
  private frameNumber = 0;

  constructor(arena: BumpArena) {
    this.arena = arena;
  }

  /** @internal Opens a frame and stands for it. */
  open(): this {
    this.arena.begin();
    this.frameNumber = this.arena.frameNumber();
    return this;
  }

  [DISPOSE](): void {
    if (this.arena.inFrame() && this.arena.frameNumber() === this.frameNumber) this.arena.end();
  }
}
