/**
 * The behaviour filter: whether memory behaves as it was declared to. Counts by tag and kind, in memory that grows with tags and types and with nothing else.
 *
 *   frame   promotions, and how long what was promoted lived     (retention tells)
 *   pool    values freed in the frame that made them             (each value's slot remembers its frame)
 *   heap    allocations in frames, the most in 60 of them
 *   places  that allocate in loops, that use a frame after its task
 *
 * Off it is not there. On, pool and heap values go the long way, and frame allocations through a function that counts them.
 */
import { callerOfRuntime } from "../debug/allocation-site.ts";
import type { FrameContainers } from "../frame/frame-containers.ts";
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { StaleWatch, Suspendable } from "../frame/stale-use.ts";
import type { FrameTap } from "../frame-taps.ts";
import type { OwnedSlot } from "../pool/owned-slot.ts";
import type { ValueWatch, WatchedKind } from "../pool/value-watch.ts";
import type { RetentionWatch } from "../retain/retention.ts";
import type { Tag, Tags } from "../tags/tags.ts";
import type { BehaviorIssue, BehaviorKind } from "./behavior-report.ts";
import { LoopSites } from "./loop-sites.ts";
import { TagBehavior } from "./tag-behavior.ts";
import { TaskCrossings } from "./task-crossings.ts";
import type { BehaviorThresholds } from "./thresholds.ts";

/** A place that did what it must not: allocated in a loop, or used a frame after its task. */
export interface FoundPlace {
  readonly what: "loop" | "open" | "stale";
  readonly tag: string;
  readonly kind: BehaviorKind;
  readonly place: string;
}

/** What a slot remembers of its value, while the filter is on. */
export class Birth {
  of: TagBehavior;
  /** 0 outside of frames. */
  frame: number;

  constructor(of: TagBehavior, frame: number) {
    this.of = of;
    this.frame = frame;
  }
}

const OUTSIDE = 0;

export class BehaviorFilter implements ValueWatch, FrameTap, RetentionWatch, StaleWatch {
  readonly thresholds: Required<BehaviorThresholds>;
  framesAnalyzed = 0;
  readonly byTag: Map<Tag, TagBehavior> = new Map();
  readonly places: FoundPlace[] = [];
  private readonly told: Set<string> = new Set();
  private readonly frames: RewindableArena;
  private readonly tags: Tags;
  private readonly known: ReadonlySet<Tag>;
  private last: TagBehavior | undefined = undefined;
  /** The frame that ends promotes: that is not the program's allocating. */
  private isEnding = false;
  private readonly tasks: TaskCrossings = new TaskCrossings(() => this.taskEnded());
  private readonly containers: FrameContainers;
  /** Boxes of the open frame whose task has ended, and in debug mode the lives of its views: the next use of one is told. */
  private readonly suspended: Set<Suspendable> = new Set();
  private readonly loops: Readonly<Record<BehaviorKind, LoopSites>>;

  constructor(frames: RewindableArena, containers: FrameContainers, tags: Tags, thresholds: Required<BehaviorThresholds>) {
    this.frames = frames;
    this.containers = containers;
    this.tags = tags;
    this.thresholds = thresholds;
    tags.settle();
    this.known = new Set(tags.all());
    const loop = (kind: BehaviorKind): LoopSites => new LoopSites(thresholds.loopAllocationLimit, (place) => this.find("loop", kind, place));
    this.loops = { frame: loop("frame"), pool: loop("pool"), heap: loop("heap") };
    // One that is open already began in this task as far as can be known.
    if (frames.inFrame()) this.tasks.frameBegan(frames.frameNumber());
  }

  frameBegan(): void {
    this.tasks.frameBegan(this.frames.frameNumber());
  }

  /** Before the frame's retained data is decided on. */
  frameEnding(): void {
    this.resumeAll();
    this.isEnding = true;
  }

  /** After that. */
  frameEnded(): void {
    this.isEnding = false;
    this.framesAnalyzed += 1;
  }

  /** A frame allocation: `what` it is of. */
  frameAllocated(what: unknown): void {
    const frame = this.frames.frameNumber();
    this.loops.frame.add(what, frame);
    if (this.tasks.hasEnded(frame)) this.findHere("open");
  }

  /** Something of a frame that has ended was used. */
  staleUsed(frame: number): void {
    if (this.tasks.hasEnded(frame)) this.findHere("stale");
  }

  isSuspended(value: Suspendable): boolean {
    return this.suspended.has(value);
  }

  resume(value: Suspendable): boolean {
    if (!this.suspended.has(value)) return false;
    this.resumeAll();
    this.findHere("stale");
    return true;
  }

  /** All answer as ever. */
  resumeAll(): void {
    if (this.suspended.size === 0) return;
    for (const value of this.suspended) value.suspend(false);
    this.suspended.clear();
  }

  allocated(kind: WatchedKind, _sizeBytes: number, slot: OwnedSlot | undefined): void {
    // Memory for many frames that costs what frame memory costs: made at any rate it behaves as declared.
    if (kind === "scratch") return;
    const of = this.current();
    const frame = this.frames.inFrame() && !this.isEnding ? this.frames.frameNumber() : OUTSIDE;
    if (slot !== undefined) {
      const { birth } = slot;
      if (birth === undefined) slot.birth = new Birth(of, frame);
      else {
        birth.of = of;
        birth.frame = frame;
      }
    }
    if (this.isEnding) return;
    if (kind === "pool") of.poolAllocs += 1;
    else of.heapAllocs += 1;
    if (frame === OUTSIDE) return;
    if (kind !== "pool") {
      of.heapInFrames.add(frame);
      of.heapSite ??= callerOfRuntime();
    }
    this.loops[kind === "pool" ? "pool" : "heap"].add(slot?.list.type ?? kind, frame);
  }

  freed(kind: WatchedKind, _sizeBytes: number, slot: OwnedSlot | undefined): void {
    const birth = slot?.birth;
    if (birth === undefined || birth.frame === OUTSIDE || !this.frames.inFrame() || birth.frame !== this.frames.frameNumber() || !this.byTag.has(birth.of.tag)) return;
    this.loops[kind === "pool" ? "pool" : "heap"].remove(slot?.list.type, birth.frame);
    if (kind !== "pool") return;
    birth.of.poolSameFrameFrees += 1;
    birth.of.freeSite ??= callerOfRuntime();
  }

  /** Something was retained. `isValue`: it has no frame memory. */
  retained(isValue: boolean): void {
    const of = this.current();
    if (isValue) of.retainedValues += 1;
    of.retainSite ??= callerOfRuntime();
  }

  promoted(tag: Tag, frame: number): void {
    this.of(tag).promoted(frame);
  }

  /** What was promoted at the end of frame `bornIn` is given up. */
  released(tag: Tag, bornIn: number): void {
    this.byTag.get(tag)?.released(bornIn, this.frames.frameNumber());
  }

  /** Whether an issue is asked for the first time. */
  isNew({ code, tag, kind, location }: BehaviorIssue): boolean {
    const before = this.told.size;
    return this.told.add(`${code} ${kind} ${tag} ${location ?? ""}`).size > before;
  }

  /** The tags that were seen, with accounts that are settled. */
  behaviors(): Iterable<TagBehavior> {
    this.tags.settle();
    for (const tag of this.tags.all()) this.of(tag);
    return this.byTag.values();
  }

  /** The number of the open frame, or of the last one. */
  frameNumber(): number {
    return this.frames.frameNumber();
  }

  private taskEnded(): void {
    if (!this.frames.inFrame()) return;
    for (const value of [...this.containers.openBoxes(), ...this.frames.openLives()]) {
      value.suspend(true);
      this.suspended.add(value);
    }
  }

  private current(): TagBehavior {
    const tag = this.tags.inForce();
    return this.last?.tag === tag ? this.last : this.of(tag);
  }

  private of(tag: Tag): TagBehavior {
    let found = this.byTag.get(tag);
    if (found === undefined) {
      found = new TagBehavior(tag, !this.known.has(tag));
      this.byTag.set(tag, found);
    }
    this.last = found;
    return found;
  }

  /** One place for each tag is enough. */
  private findHere(what: "open" | "stale"): void {
    const tag = this.tags.path();
    if (!this.places.some((found) => found.what === what && found.tag === tag)) this.find(what, "frame", callerOfRuntime());
  }

  private find(what: FoundPlace["what"], kind: BehaviorKind, place: string): void {
    this.places.push({ what, tag: this.tags.path(), kind, place });
  }
}
