/** What debug mode knows of one allocation of a frame; frame-records.ts keeps them. */
import type { ByteType } from "../types/memory-type.ts";
import { AllocationSite, type KnownSite } from "./allocation-site.ts";
import type { FlatViewClass } from "./guarded-types.ts";

/** So often in a row the same allocation is looked at before it is believed to stay the same. */
export const STREAK_MIN = 2;
/** Up to so many bytes, stores written out cost less than a call. */
const FEW_BYTES = 128;
const NOWHERE: AllocationSite = /* @__PURE__ */ new AllocationSite("");

/** One allocation, of this frame or of one before. */
export class FrameRecord {
  // First and side by side what every repetition reads: a frame goes through thousands of records.
  /** The bump pointer before it; -1 where no allocation may be taken to be the same. */
  from = -1;
  /** Where its guard ends. */
  guardEnd = 0;
  /** The type of what is believed to be allocated here again, and its guarded twin. */
  type: ByteType | undefined = undefined;
  next: FrameRecord | undefined = undefined;
  /** Where it begins, and where its bytes end. */
  ptr = 0;
  end = 0;
  /** The place that it was seen, or is believed, to be made at. */
  site: AllocationSite = NOWHERE;
  /** The class of its views, if they are flat. */
  flatClass: FlatViewClass | undefined = undefined;
  twin: ByteType | undefined = undefined;
  readonly index: number;
  /** Few bytes, in whole words, with no guard before them: what is most frequent. */
  isPlain = false;
  /** The index of the first of those before it, side by side with it, that are all plain and of its size; its own if there is none. */
  run: number;
  known: KnownSite | undefined = undefined;
  /** How often in a row its site was the same. */
  streak = 0;

  constructor(index: number) {
    this.index = index;
    this.run = index;
  }

  /** How its bytes lie, and what is before it. */
  set(from: number, ptr: number, end: number, guardEnd: number, before: FrameRecord | undefined): void {
    this.from = from;
    this.ptr = ptr;
    this.end = end;
    this.guardEnd = guardEnd;
    this.isPlain = from === ptr && ((ptr | end) & 3) === 0 && end - ptr <= FEW_BYTES;
    // Both begin at a multiple of eight, so their guards are of one size too.
    this.run = this.isPlain && before?.isPlain === true && before.end - before.ptr === end - ptr ? before.run : this.index;
    this.type = undefined;
  }

  /** What was before it is there no more: those of its run that it continued, itself and what follows, are a run of their own. */
  beginRun(): void {
    const { run, index } = this;
    this.run = index;
    for (let record = this.next; record !== undefined && record.run === run; record = record.next) record.run = index;
  }
}
