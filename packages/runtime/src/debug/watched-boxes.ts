/**
 * Boxes for debug mode: none is handed out twice, and one that is garbage-collected before its release is told.
 *
 * What is known of a box does not hold on to it. The engine tells of a collected box some time later, and of none that it never collects.
 */
import { leakedBox, type FrameAllocError } from "../errors.ts";
import { BoxShelf, OwnedBox } from "../pool/owned-box.ts";
import type { AllocationSite } from "./allocation-site.ts";
import type { Leak } from "./leak-report.ts";

/** What is told of a box when it is gone. Holds on to no memory. */
export interface BoxRecord {
  readonly site: AllocationSite;
  readonly sizeBytes: number;
  /** What the box held was freed by itself. */
  isFreed: boolean;
}

export class WatchedBoxes extends BoxShelf {
  private readonly what: "pool" | "heap";
  private readonly onLeak: (error: FrameAllocError) => void;
  private readonly collected: FinalizationRegistry<BoxRecord>;
  private readonly records: WeakMap<object, BoxRecord> = new WeakMap();
  /** Boxes of JavaScript values that were not released, also those that were collected; those of memory are known by their values. */
  private readonly loose: Set<BoxRecord> = new Set();
  private isClosed = false;

  constructor(what: "pool" | "heap", onLeak: (error: FrameAllocError) => void) {
    super();
    this.what = what;
    this.onLeak = onLeak;
    this.collected = new FinalizationRegistry((record) => this.tell(record));
  }

  override take(): OwnedBox<unknown> {
    return new OwnedBox(this);
  }

  /** The box is stale for good. */
  override put(box: OwnedBox<unknown>): void {
    this.collected.unregister(box);
    const record = this.records.get(box);
    if (record !== undefined) this.loose.delete(record);
    this.records.delete(box);
  }

  /** Watches a box until it is put back. `isLoose`: it holds a JavaScript value. */
  watch(box: OwnedBox<unknown>, site: AllocationSite, sizeBytes: number, isLoose: boolean): BoxRecord {
    const record = { site, sizeBytes, isFreed: false };
    this.records.set(box, record);
    this.collected.register(box, record, box);
    if (isLoose) this.loose.add(record);
    return record;
  }

  *leaks(): Generator<Leak> {
    for (const { site } of this.loose) yield { kind: `${this.what}Box`, site: site.text, count: 1, bytes: 0 };
  }

  /** From here on nothing is told: the memory is gone. */
  close(): void {
    this.isClosed = true;
  }

  private tell(record: BoxRecord): void {
    if (!this.isClosed && !record.isFreed) this.onLeak(leakedBox(this.what, record.sizeBytes, record.site.text));
  }
}
