/** What one allocator keeps about its frames besides their memory: tags, phases, retained data and budgets, settled in this order when a frame ends. */
import type { BehaviorFilter } from "./behavior/behavior-filter.ts";
import type { Budgets } from "./budgets/budgets.ts";
import type { FrameWatch } from "./frame/arena-watch.ts";
import type { RewindableArena } from "./frame/rewindable-arena.ts";
import type { HeapTally } from "./heap/heap-tally.ts";
import type { OwnedValues } from "./pool/owned-values.ts";
import type { Lifecycle } from "./lifecycle/lifecycle.ts";
import { Retention } from "./retain/retention.ts";
import type { ScratchPools } from "./scratch/scratch-pools.ts";
import type { Usage } from "./statistics/usage.ts";
import { FRAME, Ledger, type Allocated } from "./tags/ledger.ts";
import { Phases } from "./tags/phases.ts";
import { Tags } from "./tags/tags.ts";

export interface WatchedParts {
  readonly frames: RewindableArena;
  readonly pool: OwnedValues;
  readonly heap: OwnedValues;
  readonly tally: HeapTally;
  readonly scratch: ScratchPools;
  /** The most bytes that the pool, and the heap, hold in one piece. */
  readonly largestPool: number;
  readonly largestHeap: number;
}

export class FrameWatchers implements FrameWatch {
  readonly tags: Tags;
  readonly phases: Phases;
  readonly retention: Retention;
  budgets: Budgets | undefined = undefined;
  /** Present while statistics are on. */
  usage: Usage | undefined = undefined;
  /** Present while the behaviour filter is on. */
  behavior: BehaviorFilter | undefined = undefined;
  /** Present while lifecycle tracking is on. */
  lifecycle: Lifecycle | undefined = undefined;
  private readonly ledger: Ledger;

  constructor(parts: WatchedParts) {
    const { frames, pool, heap, tally } = parts;
    this.ledger = new Ledger(frames, pool, heap, tally);
    this.tags = new Tags(this.ledger);
    this.phases = new Phases(frames, this.tags, this.ledger);
    this.retention = new Retention({ ...parts, tags: this.tags, phases: this.phases });
  }

  /** Frame memory since something watches frames. */
  framesSoFar(): Allocated {
    this.tags.settle();
    return this.ledger.total.of(FRAME);
  }

  frameBegan(): void {
    this.behavior?.frameBegan();
    this.lifecycle?.frameBegan();
  }

  rewinding(): void {
    this.usage?.falling();
    this.behavior?.resumeAll();
    this.lifecycle?.rewinding();
  }

  frameEnding(): void {
    this.behavior?.frameEnding();
    // First: what it promotes is charged to the tag that it was retained under.
    this.retention.frameEnding();
    this.phases.frameEnding();
    this.tags.settle();
    this.budgets?.frameEnding();
    this.usage?.falling();
    this.behavior?.frameEnded();
    if (this.lifecycle !== undefined) {
      this.lifecycle.frameEnding();
      // What its listeners allocated.
      this.tags.settle();
    }
    this.budgets?.frameOver();
    this.ledger.frameEnded();
  }
}
