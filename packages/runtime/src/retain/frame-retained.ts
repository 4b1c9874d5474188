/**
 * A handle on data that may outlive its frame. In the frame it stands for frame memory; at the frame's end the data is discarded or moves, by its
 * policy, and the handle follows it.
 *
 *   in frame --frame ends--> promoted --release--> released
 *       |                        (pool, heap or scratch)
 *       +--release, or frame ends without promotion--> gone
 */
import { DISPOSE } from "../dispose-symbol.ts";
import { discardedValue, isDoubleFree, notCloneable, staleBox } from "../errors.ts";
import { jsonOf } from "../types/describe-view.ts";
// A value: see there.
// oxlint-disable-next-line consistent-type-imports
import { FRAME } from "../frame/frame-box.ts";
import type { Memory } from "../memory.ts";
import type { AllocType, ByteType } from "../types/memory-type.ts";
import { isGone, madeAnew, placeOf } from "../types/rebind-value.ts";
import type { ScratchPool } from "../scratch/scratch-pool.ts";
import type { Tag } from "../tags/tags.ts";
import type { RetentionWatch } from "./retention.ts";
import type { PromotionFailure, RetentionPolicy } from "./retention-policy.ts";

/** Where retained data lies: `"none"` when it is gone. */
export type RetainedPlace = "frame" | "pool" | "heap" | "scratch" | "none";

/** Takes back what was promoted. */
export interface RetainedOwner {
  free(value: object): void;
  /** What stands for a live value now. */
  current(value: object): object;
}

export class FrameRetained<T> {
  declare readonly [FRAME]?: "a frame value";
  declare private where: RetainedPlace;
  declare private held: unknown;
  /** Where a typed array of a frame or a scratch pool lies. */
  declare private ptr: number;
  declare private memory: Memory | undefined;
  /** Of memory; undefined for instances of classes and JavaScript values. */
  declare private heldType: ByteType | undefined;
  declare private owner: RetainedOwner | undefined;
  declare private pool: ScratchPool | undefined;
  declare private poolGeneration: number;
  declare private endedFrame: number;
  declare private wasReleased: boolean;
  /** @internal Undefined for a JavaScript value. */
  declare type: AllocType | undefined;
  /** @internal */
  declare policy: RetentionPolicy;
  /** @internal The tag and the phase in force when it was retained. */
  declare tag: Tag | undefined;
  /** @internal */
  declare phase: string;
  /** Why its promotion failed; undefined when it did not. */
  declare failure: PromotionFailure | undefined;
  declare private survivalWatch: RetentionWatch | undefined;
  /** @internal What was thrown, for "internalError"; the cause of the error that reading the handle throws. */
  declare cause: unknown;

  constructor() {
    // Structured clone reads own properties in their order: the first one answers by throwing.
    Object.defineProperty(this, "$notCloneable", { get: refuseClone, enumerable: true });
    this.where = "none";
    this.held = undefined;
    this.ptr = 0;
    // Not shown, as a box is not its memory.
    Object.defineProperty(this, "memory", { value: undefined, writable: true });
    this.heldType = undefined;
    this.owner = undefined;
    this.pool = undefined;
    this.poolGeneration = 0;
    this.endedFrame = 0;
    this.wasReleased = false;
    this.type = undefined;
    this.policy = "discard";
    this.tag = undefined;
    this.phase = "";
    this.failure = undefined;
    this.cause = undefined;
    this.survivalWatch = undefined;
  }

  /** True until its release, or until the frame ends that discards it, or the scratch pool is reset that it went to. Never throws. */
  get isAlive(): boolean {
    return this.where !== "none" && (this.pool === undefined || this.pool.generation === this.poolGeneration);
  }

  /** Where the data lies now. */
  get place(): RetainedPlace {
    return this.isAlive ? this.where : "none";
  }

  /** The data. For memory of a type, setting copies into it. Throws FA004 when it was discarded, FA401 when it was released. O(1). */
  get value(): T {
    const held = this.live();
    return (this.heldType?.kind === "scalar" ? (held as { value: T }).value : held) as T;
  }

  set value(value: T) {
    const held = this.live();
    if (this.heldType === undefined) this.held = value;
    else this.heldType.assign(held as object, value);
  }

  /** Gives the data up: promoted memory is freed; in its frame it will not be promoted. Throws FA401 the second time, or when its value was freed by itself, FA004 after a discard. */
  release(): void {
    if (!this.isAlive) this.stale();
    const { owner, held } = this;
    this.wasReleased = true;
    this.drop();
    if (owner !== undefined) owner.free(held as object);
  }

  /** As `release`; no effect when the data is gone. */
  [DISPOSE](): void {
    if (this.isAlive) this.release();
  }

  toJSON(): unknown {
    return jsonOf(this.value);
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return `FrameRetained (${this.place})`;
  }

  /** @internal Stands for data of the open frame. `owner`: of an instance of a class, which has one from the start. */
  open(memory: Memory, frameNumber: number, held: unknown, type: AllocType | undefined, owner: RetainedOwner | undefined): void {
    this.where = "frame";
    this.memory = memory;
    this.type = type;
    this.heldType = typeof type === "function" ? undefined : type;
    this.keep(held);
    this.owner = owner;
    this.endedFrame = frameNumber;
  }

  /** @internal Follows the data to a value that `owner` frees, or that `pool` holds. */
  moveTo(where: "pool" | "heap" | "scratch", held: unknown, owner: RetainedOwner | undefined, pool?: ScratchPool): void {
    this.where = where;
    this.keep(held);
    this.owner = owner;
    this.pool = pool;
    this.poolGeneration = pool?.generation ?? 0;
    if (pool !== undefined && owner !== undefined) pool.host(this);
  }

  /** @internal Its scratch pool was reset: an instance that was counted with it goes back to its owner. */
  leave(): void {
    if (this.where === "scratch") this.giveUp();
  }

  /** @internal The data dies with its frame. */
  discard(failure?: PromotionFailure): void {
    this.failure = failure;
    this.giveUp();
  }

  /** @internal What a promotion copies; only in the frame. */
  content(): unknown {
    return this.live();
  }

  /** @internal It was promoted: `watch` is told of that, and of when it is given up. */
  watchRelease(watch: RetentionWatch, tag: Tag): void {
    this.survivalWatch = watch;
    watch.promoted(tag, this.endedFrame);
  }

  /** In the name of a frame or a scratch pool that ends, with others behind this one. */
  private giveUp(): void {
    const { owner, held } = this;
    this.drop();
    try {
      owner?.free(held as object);
    } catch (error) {
      // An instance, which has no bytes, that the program freed by itself: it is gone all the same.
      if (!isDoubleFree(error)) throw error;
    }
  }

  private drop(): void {
    if (this.survivalWatch !== undefined && this.tag !== undefined) this.survivalWatch.released(this.tag, this.endedFrame);
    this.survivalWatch = undefined;
    this.where = "none";
    this.held = undefined;
    this.owner = undefined;
    this.pool = undefined;
  }

  private keep(held: unknown): void {
    this.held = held;
    if (this.heldType?.kind === "array") this.ptr = placeOf(held);
  }

  private live(): unknown {
    const { heldType, memory, owner } = this;
    if (!this.isAlive) this.stale();
    // An owner knows by what it gave.
    if (heldType !== undefined && memory !== undefined && isGone(heldType, this.held)) this.held = owner === undefined ? madeAnew(heldType, memory, this.ptr) : owner.current(this.held as object);
    return this.held;
  }

  private stale(): never {
    throw this.wasReleased ? staleBox("retained value") : discardedValue(this.endedFrame, this.failure, this.cause);
  }
}

function refuseClone(): never {
  throw notCloneable("retained value");
}
