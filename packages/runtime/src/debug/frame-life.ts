/** How long the values of a frame live: those that were allocated at one place, and die together. */
import type { FrameAllocError } from "../errors.ts";
import { staleUse } from "../frame/stale-use.ts";
import type { Memory } from "../memory.ts";
import type { AllocationSite } from "./allocation-site.ts";
import { Life } from "./guarded-types.ts";

export class FrameLife extends Life {
  readonly firstRecord: number;
  private readonly frameNumber: number;
  readonly site: AllocationSite;

  constructor(memory: Memory, firstRecord: number, frameNumber: number, site: AllocationSite) {
    super(memory);
    this.firstRecord = firstRecord;
    this.frameNumber = frameNumber;
    this.site = site;
  }

  end(): void {
    this.over = 1;
    this.endViews();
    this.leaveSite();
  }

  /** @internal 2: suspended. What is allocated from then on has another life. */
  suspend(isSuspended: boolean): void {
    this.over = isSuspended ? 2 : 0;
    if (isSuspended) this.leaveSite();
  }

  /** What is allocated there next has another life. The site may be kept longer than the memory. */
  private leaveSite(): void {
    if (this.site.life !== this) return;
    this.site.life = undefined;
    this.site.era = -1;
  }

  override check(): void {
    if (this.over > 0 && this.memory.staleWatch?.resume(this) !== true) throw this.stale();
  }

  protected override stale(): FrameAllocError {
    return staleUse(this.memory, "frame value", this.frameNumber, this.site.text);
  }
}
