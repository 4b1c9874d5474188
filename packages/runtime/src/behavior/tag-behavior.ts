/** How the memory of one tag behaves, by kind: a few counts each, however much is allocated. */
import type { Tag } from "../tags/tags.ts";
import { FRAME } from "../tags/ledger.ts";

/** Frames over which heap allocations are added up. */
const WINDOW = 60;

/** The most heap allocations in so many consecutive frames. Cost: a step for each frame since the last allocation, at most 60. */
class BusiestWindow {
  most = 0;
  private readonly counts: Uint32Array = new Uint32Array(WINDOW);
  private sum = 0;
  private frame = 0;

  add(frame: number): void {
    const { counts } = this;
    for (let i = Math.max(this.frame + 1, frame - WINDOW + 1); i <= frame; i += 1) {
      this.sum -= counts[i % WINDOW] ?? 0;
      counts[i % WINDOW] = 0;
    }
    if (frame - this.frame >= WINDOW) this.sum = 0;
    this.frame = frame;
    counts[frame % WINDOW] = (counts[frame % WINDOW] ?? 0) + 1;
    this.sum += 1;
    if (this.sum > this.most) this.most = this.sum;
  }
}

export class TagBehavior {
  readonly tag: Tag;
  /** Frame allocations before the filter was on. */
  private readonly framesBefore: number;
  /** Retained values without frame memory: they count as allocations of the frame. */
  retainedValues = 0;
  promotions = 0;
  /** Promoted data that is not released, and the sum of the frames in which it was promoted. */
  private living = 0;
  private bornSum = 0;
  /** Frames that released data lived. */
  private livedSum = 0;
  poolAllocs = 0;
  poolSameFrameFrees = 0;
  heapAllocs = 0;
  readonly heapInFrames: BusiestWindow = new BusiestWindow();
  /** Where data is retained, pool values are freed in their frame, and heap values are allocated in a frame: the first place of each. */
  retainSite: string | undefined = undefined;
  freeSite: string | undefined = undefined;
  heapSite: string | undefined = undefined;

  constructor(tag: Tag, isNew: boolean) {
    this.tag = tag;
    this.framesBefore = isNew ? 0 : tag.account.of(FRAME).count;
  }

  /** Since the filter is on; the tag's account is settled. */
  frameAllocs(): number {
    return this.tag.account.of(FRAME).count - this.framesBefore + this.retainedValues;
  }

  promoted(frame: number): void {
    this.promotions += 1;
    this.living += 1;
    this.bornSum += frame;
  }

  released(bornIn: number, frame: number): void {
    this.living -= 1;
    this.bornSum -= bornIn;
    this.livedSum += frame - bornIn;
  }

  /** Frames that promoted data lived on the average, so far; 0 when there was none. */
  meanLifetime(frame: number): number {
    return this.promotions === 0 ? 0 : (this.livedSum + this.living * frame - this.bornSum) / this.promotions;
  }
}
