/**
 * Retention: data of a frame that may outlive it. What is retained lies in frame memory, or beside it, until the frame ends; then each is discarded or
 * copied to the pool, the heap or a scratch pool, by its policy. Every way of ending a frame decides.
 *
 * Invariants:
 *   I1  `items[0, count)` are the handles retained in the open frame; those that are alive there lie in memory that is still there
 *   I2  after `frameEnding` no handle stands for frame memory
 *   I3  a promotion that fails changes nothing but its own handle
 */
import { badArgument } from "../errors.ts";
import type { FrameArena } from "../frame/frame-arena.ts";
import type { RecycledList } from "../frame/bump-arena.ts";
import type { OwnedValues } from "../pool/owned-values.ts";
import type { ScratchPools } from "../scratch/scratch-pools.ts";
import type { Phases } from "../tags/phases.ts";
import type { Tag, Tags } from "../tags/tags.ts";
import { isClass, isMemoryType, type AllocType, type ByteType } from "../types/memory-type.ts";
import { FrameRetained } from "./frame-retained.ts";
import type { PromotionFailure, RetentionPolicy } from "./retention-policy.ts";
import { RetentionSummary } from "./retention-summary.ts";

/** What `endFrameWithPromotions` gives. */
export interface Promotions {
  /** The handles of what was promoted, in the order in which it was retained. To be released. */
  readonly promoted: readonly FrameRetained<unknown>[];
  readonly summary: RetentionSummary;
}

/** What retention works with, and the most bytes that pool and heap hold in one piece. */
export interface RetentionParts {
  readonly frames: FrameArena;
  readonly pool: OwnedValues;
  readonly heap: OwnedValues;
  readonly scratch: ScratchPools;
  readonly tags: Tags;
  readonly phases: Phases;
  readonly largestPool: number;
  readonly largestHeap: number;
}

export interface RetentionWatch {
  /** `isValue`: it has no frame memory. */
  retained(isValue: boolean): void;
  promoted(tag: Tag, frame: number): void;
  /** What was promoted at the end of frame `bornIn` is given up. */
  released(tag: Tag, bornIn: number): void;
}

export class Retention implements RecycledList<number> {
  touched = false;
  /** Handles count for nothing: what they stand for is counted where it was allocated. */
  readonly count = 0;
  private readonly parts: RetentionParts;
  private readonly items: FrameRetained<unknown>[] = [];
  private used = 0;
  /** Told of what is retained and promoted; absent without the behaviour filter. */
  watch: RetentionWatch | undefined = undefined;
  private report: { readonly promoted: FrameRetained<unknown>[]; readonly summary: RetentionSummary } | undefined = undefined;

  constructor(parts: RetentionParts) {
    this.parts = parts;
  }

  /** Data of a type, or a JavaScript value, with what is to become of it. FA001 outside a frame, FA003 when the arena is full. */
  retain(content: unknown, policy: RetentionPolicy, init: unknown, call: string): FrameRetained<unknown> {
    const { frames, pool, tags, phases } = this.parts;
    if (!frames.inFrame()) throw frames.outside(call);
    const type: AllocType | undefined = isMemoryType(content) || isClass(content) ? content : undefined;
    if (type === undefined && init !== undefined) throw badArgument(call, "init", init, "left out for a value");
    const held = type === undefined ? content : typeof type === "function" ? pool.alloc(type) : frames.allocWith(type, init);
    frames.touch(this);
    const retained = new FrameRetained<unknown>();
    retained.open(frames.memory, frames.frameNumber(), held, type, typeof type === "function" ? pool : undefined);
    retained.policy = policy;
    retained.tag = tags.inForce();
    retained.phase = phases.path();
    this.watch?.retained(type === undefined || typeof type === "function");
    this.items[this.used] = retained;
    this.used += 1;
    return retained;
  }

  /** How many handles of the open frame are alive. */
  retainedCount(): number {
    let count = 0;
    for (let i = 0; i < this.used; i += 1) if (this.items[i]?.place === "frame") count += 1;
    return count;
  }

  /** Discards what the open frame retained so far. */
  clear(): void {
    // Their places stay: scopes and checkpoints remember how many there were.
    this.discardFrom(0);
  }

  /** Ends the frame by `end`, and tells what became of what it retained. Throws what `end` throws. Allocates what it returns. */
  reported(end: () => void): Promotions {
    const report = { promoted: [], summary: new RetentionSummary() };
    this.report = report;
    try {
      end();
    } finally {
      this.report = undefined;
    }
    return report;
  }

  /** @internal Decides for everything that is alive. */
  frameEnding(): void {
    for (let i = 0; i < this.used; i += 1) {
      const item = this.items[i];
      if (item?.place === "frame") this.settle(item);
    }
    this.used = 0;
    this.items.length = 0;
  }

  position(): number {
    return this.used;
  }

  beginFrame(): void {
    this.used = 0;
  }

  /** A scope or a rollback frees the memory: what was retained there is discarded. */
  rewind(position: number | undefined): void {
    const to = position ?? 0;
    this.discardFrom(to);
    this.used = to;
    this.items.length = to;
  }

  private discardFrom(first: number): void {
    for (let i = first; i < this.used; i += 1) {
      const item = this.items[i];
      if (item?.place === "frame") item.discard();
    }
  }

  private settle(item: FrameRetained<unknown>): void {
    const summary = this.report?.summary;
    const bytes = item.type === undefined || typeof item.type === "function" ? 0 : item.type.sizeBytes;
    const tag = item.tag?.path ?? "";
    if (item.policy === "discard") {
      item.discard();
      summary?.note(summary.discarded, "discarded", bytes, tag, item.phase);
      return;
    }
    const failure = this.promoteAs(item, item.tag);
    if (failure !== undefined) {
      item.discard(failure);
      summary?.note(summary.failed[failure], "failed", bytes, tag, item.phase);
      return;
    }
    if (this.watch !== undefined && item.tag !== undefined) item.watchRelease(this.watch, item.tag);
    if (summary === undefined) return;
    summary.note(summary.promoted[item.place as "pool" | "heap" | "scratch"], "promoted", bytes, tag, item.phase);
    this.report?.promoted.push(item);
  }

  /** The memory that a promotion takes counts for the tag that the data was retained under. */
  private promoteAs(item: FrameRetained<unknown>, tag: Tag | undefined): PromotionFailure | undefined {
    const { tags } = this.parts;
    const before = tags.exchange(tag ?? tags.inForce());
    try {
      return this.promote(item);
    } catch (error) {
      // The frame has to end all the same: the summary tells, and the handle why.
      item.cause = error;
      return "internalError";
    } finally {
      tags.exchange(before);
    }
  }

  private promote(item: FrameRetained<unknown>): PromotionFailure | undefined {
    const { pool, heap, largestPool, largestHeap } = this.parts;
    const { type, policy } = item;
    if (typeof policy === "object") return this.promoteToScratch(item, policy.promoteToScratch);
    const where = policy === "promoteToPool" ? "pool" : "heap";
    // Instances and JavaScript values stay where they are: only memory has a place to leave.
    if (type === undefined || typeof type === "function") {
      item.moveTo(where, item.content(), typeof type === "function" ? pool : undefined);
      return undefined;
    }
    const owner = where === "pool" ? pool : heap;
    if (type.sizeBytes > (where === "pool" ? largestPool : largestHeap)) return "tooLarge";
    const value: object | undefined = owner.tryAlloc(type);
    if (value === undefined) return "budgetExceeded";
    try {
      type.assign(value, contentOf(type, item));
    } catch (error) {
      owner.free(value);
      throw error;
    }
    item.moveTo(where, value, owner);
    return undefined;
  }

  private promoteToScratch(item: FrameRetained<unknown>, name: string): PromotionFailure | undefined {
    const scratch = this.parts.scratch.get(name);
    if (scratch === undefined) return "scratchPoolNotFound";
    const { type } = item;
    if (type === undefined || typeof type === "function") {
      item.moveTo("scratch", item.content(), typeof type === "function" ? this.parts.pool : undefined, scratch);
      return undefined;
    }
    if (type.sizeBytes > scratch.capacity) return "tooLarge";
    const value = scratch.tryCopy(type, contentOf(type, item));
    if (typeof value === "string") return value;
    item.moveTo("scratch", value, undefined, scratch);
    return undefined;
  }
}

/** What a value of the type is filled from. */
function contentOf(type: ByteType, item: FrameRetained<unknown>): unknown {
  const content = item.content();
  return type.kind === "scalar" ? (content as { readonly value: unknown }).value : content;
}
