/**
 * Who watches the values of an allocator: statistics, and whatever else asks to be told of each value. Made when the first of them is turned on; nothing of it
 * is there before.
 */
import { BehaviorFilter } from "./behavior/behavior-filter.ts";
import type { BehaviorThresholds } from "./behavior/thresholds.ts";
import type { FrameContainers } from "./frame/frame-containers.ts";
import { FrameTaps, type FrameTap } from "./frame-taps.ts";
import type { FrameWatchers } from "./frame-watchers.ts";
import type { GroupAllocator } from "./groups/group-allocator.ts";
import type { FrameListener } from "./lifecycle/frame-event.ts";
import { Lifecycle } from "./lifecycle/lifecycle.ts";
import type { Parts } from "./open-parts.ts";
import type { OwnedSlot } from "./pool/owned-slot.ts";
import type { OwnedValues } from "./pool/owned-values.ts";
import type { ValueWatch, WatchedKind } from "./pool/value-watch.ts";
import { countShortWays, Usage } from "./statistics/usage.ts";

export class Observation implements ValueWatch {
  private readonly parts: Parts;
  private readonly watchers: FrameWatchers;
  private groups: OwnedValues | undefined;
  private readonly watches: ValueWatch[] = [];
  private wantsAll = false;
  private readonly containers: FrameContainers;
  private taps: FrameTaps | undefined = undefined;

  constructor(parts: Parts, containers: FrameContainers, watchers: FrameWatchers, groups: GroupAllocator | undefined) {
    this.parts = parts;
    this.watchers = watchers;
    this.containers = containers;
    this.groups = groups?.owned;
    parts.tally.watch = this;
  }

  /** The allocator's groups, which are made when they are first asked for. */
  addGroups(groups: GroupAllocator): void {
    this.groups = groups.owned;
    this.attach(this.groups);
    const { usage } = this.watchers;
    if (usage !== undefined) countShortWays(this.groups, usage, usage.heap);
  }

  /** Turns statistics on. No effect the second time. */
  countUsage(besidesHeapValues: number): void {
    if (this.watchers.usage !== undefined) return;
    const { frames, pool, heap } = this.parts;
    const usage = new Usage(frames, pool.liveBytes, this.heapBytes(besidesHeapValues));
    this.watchers.usage = usage;
    this.add(usage, false);
    countShortWays(pool, usage, usage.pool);
    countShortWays(heap, usage, usage.heap);
    if (this.groups !== undefined) countShortWays(this.groups, usage, usage.heap);
  }

  /** Turns the behaviour filter on; one that was on before is forgotten with its counts. */
  filterBehavior(thresholds: Required<BehaviorThresholds>): void {
    const { watchers, parts, containers } = this;
    const before = watchers.behavior;
    before?.resumeAll();
    const filter = new BehaviorFilter(parts.frames, containers, watchers.tags, thresholds);
    watchers.behavior = filter;
    watchers.retention.watch = filter;
    parts.frames.memory.staleWatch = filter;
    if (before === undefined) {
      this.add(filter, true);
      this.tap(filter);
    } else {
      this.watches[this.watches.indexOf(before)] = filter;
      this.taps?.exchange(before, filter);
    }
  }

  /** Turns lifecycle tracking on, and gives it. No effect the second time. */
  track(listeners: readonly FrameListener[], besidesHeapValues: number): Lifecycle {
    const { watchers, parts } = this;
    if (watchers.lifecycle !== undefined) return watchers.lifecycle;
    const lifecycle = new Lifecycle({ ...parts, poolBytes: parts.pool.liveBytes, heapBytes: this.heapBytes(besidesHeapValues) }, watchers.tags, listeners);
    watchers.lifecycle = lifecycle;
    this.add(lifecycle, true);
    this.tap(lifecycle);
    return lifecycle;
  }

  /** Tells `tap` of every frame allocation from here on. */
  tap(tap: FrameTap): void {
    (this.taps ??= new FrameTaps(this.parts.frames, this.containers)).add(tap);
  }

  /** Tells `watch` from here on. `all`: nothing goes the short ways any more, which tell nobody. */
  add(watch: ValueWatch, all: boolean): void {
    this.watches.push(watch);
    this.wantsAll ||= all;
    for (const values of [this.parts.pool, this.parts.heap, this.groups]) if (values !== undefined) this.attach(values);
  }

  allocated(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void {
    const { watches } = this;
    for (let i = 0; i < watches.length; i += 1) watches[i]?.allocated(kind, sizeBytes, slot);
  }

  freed(kind: WatchedKind, sizeBytes: number, slot: OwnedSlot | undefined): void {
    const { watches } = this;
    for (let i = 0; i < watches.length; i += 1) watches[i]?.freed(kind, sizeBytes, slot);
  }

  /** In use on the heap. `besidesHeapValues`: by handles and scratch pools. */
  private heapBytes(besidesHeapValues: number): number {
    return this.parts.heap.liveBytes + besidesHeapValues + (this.groups?.liveBytes ?? 0);
  }

  private attach(values: OwnedValues): void {
    values.watchBy(this, this.wantsAll);
  }
}
