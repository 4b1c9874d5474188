/**
 * Checkpoints: points of a frame to go back to, which frees all that was allocated since.
 *
 * Invariants:
 *   I1  a live checkpoint is of the open frame, and its mark lies at or below the bump pointer
 *   I2  a rollback, or the end of a scope, makes those stale that were taken after the point it goes to
 *
 * Checkpoints and guards are recycled as boxes are: one that is kept too long is told for at least three frames.
 */
import { DISPOSE } from "../dispose-symbol.ts";
import { badArgument, promiseFromFrame, staleCheckpoint } from "../errors.ts";
import { isThenable } from "./frame-arena.ts";
import { HandleList, MarkerList, type FrameHandle } from "./handle-list.ts";
import { Mark, type RewindableArena } from "./rewindable-arena.ts";

/** A point in a frame. Give it to `rollbackTo`, as often as wanted; it is stale when the frame ends or an older one was gone back to. */
export class Checkpoint {
  /** @internal */
  readonly mark: Mark = new Mark();
  /** @internal */
  readonly owner: Checkpoints;
  private alive = false;

  constructor(owner: Checkpoints) {
    this.owner = owner;
  }

  /** True while it can be rolled back to. Never throws. */
  get isAlive(): boolean {
    return this.alive;
  }

  /** @internal */
  open(): void {
    this.alive = true;
  }

  /** @internal */
  release(): void {
    this.alive = false;
  }

  /** @internal Holds no typed arrays. */
  rebind(): void {}
}

/** Rolls back when disposed, unless `commit` was called: `using guard = alloc.checkpointGuard()`. */
export class CheckpointGuard extends Checkpoint {
  private committed = false;

  /** @internal */
  override open(): void {
    super.open();
    this.committed = false;
  }

  /** Keeps what was allocated since the guard was made. No effect the second time, or when the guard is stale. */
  commit(): void {
    this.committed = true;
  }

  [DISPOSE](): void {
    if (this.isAlive) this.owner.close(this, this.committed);
  }
}

/** What `speculative` tells: what the function returned and that it stays, or why it was rolled back. Recycled some frames later. */
export interface Speculation<R> {
  readonly committed: boolean;
  /** What the function returned; undefined when it threw. */
  readonly value: R | undefined;
  /** What the function threw; undefined when it returned. */
  readonly error: unknown;
}

class Result implements Speculation<unknown>, FrameHandle {
  committed = false;
  value: unknown = undefined;
  error: unknown = undefined;

  /** What it tells may be asked after the frame. */
  release(): void {}
  rebind(): void {}
}

export class Checkpoints {
  private readonly arena: RewindableArena;
  private readonly points: MarkerList<Checkpoint>;
  private readonly guards: MarkerList<CheckpointGuard>;
  /** Not the arena's: what a rollback frees has no part in what is told of it. */
  private readonly results: HandleList<Result>;
  private resultsOf = 0;

  constructor(arena: RewindableArena) {
    this.arena = arena;
    this.points = new MarkerList(arena.memory, () => new Checkpoint(this));
    this.guards = new MarkerList(arena.memory, () => new CheckpointGuard(this));
    this.results = new HandleList(arena.memory, () => new Result());
  }

  /** The point where the open frame stands. O(types in use). FA001 outside a frame. */
  take(): Checkpoint {
    return this.open(this.points, "frameCheckpoint");
  }

  /** A guard for this point. FA001 outside a frame. */
  guard(): CheckpointGuard {
    return this.open(this.guards, "checkpointGuard");
  }

  /** Frees all that was allocated after the checkpoint. FA008 when it is stale or another allocator's; then nothing is changed. */
  rollbackTo(checkpoint: Checkpoint): void {
    if (!(checkpoint instanceof Checkpoint)) throw badArgument("rollbackTo", "checkpoint", checkpoint, "what `frameCheckpoint()` gave");
    if (checkpoint.owner !== this) throw staleCheckpoint("a checkpoint of another allocator");
    if (!checkpoint.isAlive) throw staleCheckpoint("a checkpoint of another frame, or of one that was gone below since");
    this.arena.rewindTo(checkpoint.mark);
  }

  /** Calls `fn`; frees what it allocated when it throws or returns an object whose `ok` is false. FA607, and freed, for a promise. */
  speculative<R>(fn: () => R): Speculation<R> {
    const guard = this.open(this.guards, "speculative");
    let value: R;
    try {
      value = fn();
    } catch (error) {
      this.close(guard, false);
      return this.tell<R>(false, undefined, error);
    }
    const isPromise = isThenable(value);
    const committed = !isPromise && !isRefusal(value);
    this.close(guard, committed);
    if (isPromise) throw promiseFromFrame();
    return this.tell(committed, value, undefined);
  }

  /** @internal Ends a guard, keeping or freeing what came after it. A stale one ends without effect. */
  close(guard: CheckpointGuard, keeps: boolean): void {
    if (!guard.isAlive) return;
    if (!keeps) this.arena.rewindTo(guard.mark);
    const isNewest = this.arena.forgetMark(guard.mark);
    guard.release();
    // Younger points remember that it was in use: as the next guard it would not be taken for one that came after them.
    if (isNewest) this.guards.giveBack(guard);
  }

  private tell<R>(committed: boolean, value: R | undefined, error: unknown): Speculation<R> {
    // The function may have ended the frame.
    if (!this.arena.inFrame()) return { committed, value, error };
    const frame = this.arena.frameNumber();
    if (this.resultsOf !== frame) this.results.beginFrame(frame);
    this.resultsOf = frame;
    const result = this.results.take();
    result.committed = committed;
    result.value = value;
    result.error = error;
    return result as Speculation<R>;
  }

  private open<C extends Checkpoint>(list: MarkerList<C>, call: string): C {
    const { arena } = this;
    if (!arena.inFrame()) throw arena.outside(call);
    arena.touch(list);
    const checkpoint = list.take();
    checkpoint.open();
    arena.mark(checkpoint.mark);
    return checkpoint;
  }
}

function isRefusal(value: unknown): boolean {
  return typeof value === "object" && value !== null && "ok" in value && value.ok === false;
}
