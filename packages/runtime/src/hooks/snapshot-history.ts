/** The figures of an allocator over its last frames, for graphs. */
import { badArgument } from "../errors.ts";
import type { AllocStats } from "../statistics/alloc-stats.ts";

/** Taken when a frame ends, while its memory is in use still. */
export interface AllocSnapshot {
  readonly frameNumber: number;
  readonly stats: AllocStats;
}

export class SnapshotHistory {
  readonly maxSnapshots: number;
  private readonly ring: AllocSnapshot[] = [];
  /** Where the oldest is, once the ring is full. */
  private first = 0;

  /** Keeps so many, the last ones; 300 are five seconds at 60 frames a second. `argument` for what is no count. */
  constructor(maxSnapshots = 300) {
    if (!Number.isSafeInteger(maxSnapshots) || maxSnapshots < 1) throw badArgument("SnapshotHistory", "maxSnapshots", maxSnapshots, "an integer of at least 1");
    this.maxSnapshots = maxSnapshots;
  }

  get length(): number {
    return this.ring.length;
  }

  push(snapshot: AllocSnapshot): void {
    if (this.ring.length < this.maxSnapshots) {
      this.ring.push(snapshot);
      return;
    }
    this.ring[this.first] = snapshot;
    this.first = (this.first + 1) % this.maxSnapshots;
  }

  /** The oldest is 0; undefined beyond the last. */
  at(index: number): AllocSnapshot | undefined {
    return index < 0 ? undefined : index < this.ring.length ? this.ring[(this.first + index) % this.maxSnapshots] : undefined;
  }

  latest(): AllocSnapshot | undefined {
    return this.at(this.ring.length - 1);
  }

  /** The oldest first. Allocates. */
  snapshots(): AllocSnapshot[] {
    return [...this.ring.slice(this.first), ...this.ring.slice(0, this.first)];
  }

  clear(): void {
    this.ring.length = 0;
    this.first = 0;
  }
}
