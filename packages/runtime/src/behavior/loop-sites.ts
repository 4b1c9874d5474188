/**
 * Finds places in the code that allocate more than so many values of a kind in one frame.
 *
 * Allocations are counted by what is allocated, which costs little. A place is known from a stack trace alone, which costs much; so it is looked at only a few times
 * on the way to the limit, the first time that a count comes so far, and when the limit is passed. If those looks all saw one place, it is the one. If not, every
 * allocation of that kind is looked at in the next frame that has one, and counted by its place; when no place passes the limit there, the kind is left
 * alone for longer and longer.
 *
 * Known misses: a place that passes the limit in one frame only, between others that allocate the same.
 */
import { callerOfRuntime } from "../debug/allocation-site.ts";

const LOOKS = 4;
/** Frames in which a kind whose places were counted to no end is left alone the next time. */
const FIRST_PAUSE = 16;

/** Allocations of one kind in the frame `frame`. */
class LoopCount {
  frame = 0;
  count = 0;
  /** What the looks saw. */
  readonly seen: string[] = [];
  /** Of the frame `frame`, by place; while every allocation is looked at. */
  byPlace: Map<string, number> | undefined = undefined;
  /** The frame from which on every allocation may be looked at; `Infinity` for none. */
  looksFrom = Infinity;
  pause: number = FIRST_PAUSE;
  isFound = false;
}

export class LoopSites {
  private readonly counts: Map<unknown, LoopCount> = new Map();
  private readonly limit: number;
  private readonly place: () => string;
  private readonly found: (place: string) => void;

  /** `found` is called once for each kind, with its place; `look` gives the place that calls the runtime right now. */
  constructor(limit: number, found: (place: string) => void, look: () => string = callerOfRuntime) {
    this.place = look;
    this.limit = limit;
    this.found = found;
  }

  /** One more of a kind in the frame. */
  add(kind: unknown, frame: number): void {
    const of = this.counts.get(kind) ?? this.newCount(kind);
    if (of.isFound) return;
    if (of.frame !== frame) this.nextFrame(of, frame);
    of.count += 1;
    if (of.byPlace !== undefined) this.countPlace(of, of.byPlace);
    else if (of.looksFrom === Infinity && (of.count > this.limit || of.count === 1 + Math.floor((of.seen.length * this.limit) / LOOKS))) this.look(of);
  }

  /** One less: it was freed in the frame that made it. */
  remove(kind: unknown, frame: number): void {
    const of = this.counts.get(kind);
    if (of !== undefined && of.frame === frame && of.count > 0) of.count -= 1;
  }

  private look(of: LoopCount): void {
    of.seen.push(this.place());
    if (of.count <= this.limit) return;
    if (of.seen.every((place) => place === of.seen[0])) this.tell(of, of.seen[0] ?? "");
    else of.looksFrom = of.frame + 1;
  }

  private nextFrame(of: LoopCount, frame: number): void {
    of.frame = frame;
    of.count = 0;
    if (of.byPlace !== undefined) {
      // Nothing passed the limit.
      of.byPlace = undefined;
      of.looksFrom = frame + of.pause;
      of.pause *= 2;
    } else if (frame >= of.looksFrom) of.byPlace = new Map();
  }

  private countPlace(of: LoopCount, byPlace: Map<string, number>): void {
    const place = this.place();
    const count = (byPlace.get(place) ?? 0) + 1;
    byPlace.set(place, count);
    if (count > this.limit) this.tell(of, place);
  }

  private tell(of: LoopCount, place: string): void {
    of.isFound = true;
    of.byPlace = undefined;
    this.found(place);
  }

  private newCount(kind: unknown): LoopCount {
    const count = new LoopCount();
    this.counts.set(kind, count);
    return count;
  }
}
