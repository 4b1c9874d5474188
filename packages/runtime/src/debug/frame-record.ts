/** What debug mode knows of one allocation of a frame; frame-records.ts keeps them. */
import type { ByteType } from "../types/memory-type.ts";
import { AllocationSite, type KnownSite } from "./allocation-site.ts";

/** So often in a row the same allocation is looked at before it is believed to stay the same. */
export const STREAK_MIN = 2;
/** Up to so many bytes, stores written out cost less than a call. */
const FEW_BYTES = 128;
const NOWHERE: AllocationSite = /* @__PURE__ */ new AllocationSite("");

/** One allocation, of this frame or of one before. */
export class FrameRecord {
  readonly index: number;
  /** The bump pointer before it; -1 where no allocation may be taken to be the same. */
  from = -1;
  /** Where it begins, where its bytes end, and its guard. */
  ptr = 0;
  end = 0;
  guardEnd = 0;
  /** Few bytes, in whole words, with no guard before them: what is most frequent. */
  isPlain = false;
  /** The type of what is believed to be allocated here again, and its guarded twin. */
  type: ByteType | undefined = undefined;
  twin: ByteType | undefined = undefined;
  known: KnownSite | undefined = undefined;
  /** The place that it was seen, or is believed, to be made at. */
  site: AllocationSite = NOWHERE;
  /** How often in a row its site was the same. */
  streak = 0;
  next: FrameRecord | undefined = undefined;

  constructor(index: number) {
    this.index = index;
  }

  /** How its bytes lie. */
  set(from: number, ptr: number, end: number, guardEnd: number): void {
    this.from = from;
    this.ptr = ptr;
    this.end = end;
    this.guardEnd = guardEnd;
    this.isPlain = from === ptr && ((ptr | end) & 3) === 0 && end - ptr <= FEW_BYTES;
    this.type = undefined;
  }
}
