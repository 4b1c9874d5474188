/** Things to put behind `using`: a whole frame, and a part of one. Both are recycled by their arena. */
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

/** Frees, when disposed, all that was allocated since it was made. Scopes inside it end with it. */
export class FrameScope {
  private readonly arena: BumpArena;
  private readonly depth: number;
  private frameNumber = 0;

  constructor(arena: BumpArena, depth: number) {
    this.arena = arena;
    this.depth = depth;
  }

  /** @internal */
  open(): this {
    this.frameNumber = this.arena.frameNumber();
    return this;
  }

  [DISPOSE](): void {
    if (this.arena.frameNumber() === this.frameNumber) this.arena.popMark(this.depth);
  }
}
