/** A part of a frame to put behind `using`. Recycled by its arena. */
import { DISPOSE } from "../dispose-symbol.ts";
import type { RewindableArena } from "./rewindable-arena.ts";

/** Frees, when disposed, all that was allocated since it was made. Scopes inside it end with it. */
export class FrameScope {
  private readonly arena: RewindableArena;
  private readonly depth: number;
  private frameNumber = 0;

  constructor(arena: RewindableArena, depth: number) {
    this.arena = arena;
    this.depth = depth;
  }

  /** @internal */
  open(): this {
    this.frameNumber = this.arena.frameNumber();
    return this;
  }

  [DISPOSE](): void {
    if (this.arena.frameNumber() === this.frameNumber) this.arena.closeScope(this.depth);
  }
}
