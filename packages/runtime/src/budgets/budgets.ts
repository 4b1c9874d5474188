/**
 * Budgets: how many bytes may be in use under a tag, and in all. What is allocated is charged to the budgets of the tag in force, and taken off when it is freed, by
 * whichever code frees it; a hard limit denies the allocation, and nothing is changed.
 *
 *   pool, heap    charged one by one
 *   frame         charged when the tag changes, memory of another kind is charged, or the frame ends; in between the bump pointer's bound stands for what is left
 *
 * A budget covers every path of tags that has its tag in it: "ai" also "ai::pathfinding". Where memory is shared it covers all agents (shared-budgets.ts).
 * Nothing is charged for what was allocated before `budgets()` was first asked for.
 */
import { badArgument, overGlobalLimit, overTagBudget, type FrameAllocError } from "../errors.ts";
import { UNBOUNDED } from "../frame/bump-arena.ts";
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { Charge } from "../pool/charges.ts";
import type { SlotStock } from "../pool/slot-stock.ts";
import type { TransferRegion } from "../shared/transfer-region.ts";
import type { Tag, Tags } from "../tags/tags.ts";
import { Budget, checkBytes, type BudgetStats } from "./budget.ts";
import { BudgetEvents, type BudgetEvent, type BudgetEventName } from "./budget-events.ts";
import { Covering } from "./covering.ts";
import { PromotedFrameValues } from "./promoted-frame-values.ts";
import { allBudgets, budgetsVersion, forgetUse, roomFor } from "./shared-budgets.ts";
import { ThreadBudget, type ThreadBudgetConfig } from "./thread-budget.ts";

/** What is counted. `canPromote`: frame values may lie on the heap; debug mode, which has records of each, cannot have that. */
export interface BudgetedParts {
  readonly frames: RewindableArena;
  readonly tags: Tags;
  readonly pool: SlotStock;
  readonly heap: SlotStock;
  readonly canPromote: boolean;
}

// Without `implements`: what others ask of it is internal and left out of the declarations, which would say that it is there.
export class Budgets {
  /** @internal */ readonly thread: ThreadBudget;
  private readonly frames: RewindableArena;
  private readonly tags: Tags;
  private region: TransferRegion | undefined = undefined;
  private readonly all: Budget;
  private readonly byTag: Map<string, Budget> = new Map();
  /** With `all`, which comes first. Frames go through it by number: an iterator is garbage until it is compiled away. */
  private readonly budgets: Budget[] = [];
  private readonly covering: Map<Tag, Covering> = new Map();
  /** Of the tag that was asked for last, as most are asked for again. */
  private lastTag: Tag | undefined = undefined;
  private last: Covering = new Covering([]);
  private readonly promoted: PromotedFrameValues;
  private readonly events: BudgetEvents = new BudgetEvents();
  private seenVersion = -1;
  private chargedFrameBytes: number;
  private denial: FrameAllocError | undefined = undefined;

  /** @internal */
  constructor({ frames, tags, pool, heap, canPromote }: BudgetedParts, thread: ThreadBudgetConfig | undefined) {
    this.frames = frames;
    this.tags = tags;
    this.promoted = new PromotedFrameValues(frames, canPromote ? heap.store : undefined);
    this.all = this.newBudget("");
    this.thread = new ThreadBudget(frames, (event, usedBytes, limitBytes, requestedBytes) => this.events.emit({ event, tag: "", usedBytes, limitBytes, requestedBytes }), thread);
    this.chargedFrameBytes = frames.allocatedBytes();
    pool.countBy(this, heap);
    heap.countBy(this, undefined);
    tags.watch = this;
    frames.bounds = this;
    this.limitFrame();
  }

  /** @internal Counts for all agents of a region from here on; what does so already goes on as it is. FA301, and nothing changed, when there is no room for a budget. */
  share(region: TransferRegion): void {
    this.settle();
    const words = this.budgets.map(({ tag }) => roomFor(region, tag));
    this.region = region;
    for (const [i, each] of words.entries()) this.budgets[i]?.share(each);
    this.limitFrame();
  }

  /**
   * Limits what may be in use under a tag: above `softBytes` an event says so, above `hardBytes` allocations throw FA302. Replaces an earlier budget of the tag; what is
   * in use stays counted. `argument` for what is no name or no size; FA301, and nothing changed, when transfer memory that all share has no room for it.
   */
  registerTagBudget(tag: string, softBytes: number, hardBytes: number): void {
    if (typeof tag !== "string" || tag === "") throw badArgument("registerTagBudget", "tag", tag, "a name");
    checkBytes("registerTagBudget", "softBytes", softBytes);
    checkBytes("registerTagBudget", "hardBytes", hardBytes);
    if (softBytes > hardBytes) throw badArgument("registerTagBudget", "softBytes", softBytes, "at most `hardBytes`");
    this.budgetOf(tag).setLimits(softBytes, hardBytes);
    this.limitFrame();
  }

  /** Limits what may be in use in all: above it allocations throw FA301. `Infinity` for no limit. */
  setGlobalLimit(bytes: number): void {
    checkBytes("setGlobalLimit", "bytes", bytes);
    this.all.setLimits(bytes, bytes);
    this.limitFrame();
  }

  /** Bytes in use under a tag that has a budget, or in all. */
  usage(tag = ""): number {
    this.settle();
    this.learn();
    return (tag === "" ? this.all : this.byTag.get(tag))?.used() ?? 0;
  }

  /** Calls `listener` on each event of a kind; gives the function that ends it. A limit that stays exceeded is told once. What a listener throws is thrown by itself, outside of the allocator. `argument` for an event that there is not, and for what is no function. */
  on(event: BudgetEventName, listener: (event: BudgetEvent) => void): () => void {
    return this.events.on(event, listener);
  }

  /** Allocates what it returns. */
  stats(): BudgetStats[] {
    this.settle();
    this.learn();
    return this.budgets.map((budget) => ({ tag: budget.tag, usedBytes: budget.used(), peakBytes: budget.peak(), softLimit: budget.soft, hardLimit: budget.hard }));
  }

  /** @internal What this agent uses is not counted for others any more. */
  leave(): void {
    const { region } = this;
    if (region === undefined) return;
    this.settle();
    this.region = undefined;
    for (const budget of this.budgets) budget.leave();
    forgetUse(region, region.agent);
  }

  /** @internal */
  setThreadBudget(config: ThreadBudgetConfig): void {
    this.thread.configure(config);
    this.limitFrame();
  }

  /** @internal Undefined when a limit denies it; `denied` then says which. */
  charge(bytes: number, isPool: boolean): Charge | undefined {
    this.settle();
    this.denial = undefined;
    const verdict = isPool ? this.thread.admitPool(bytes) : "fits";
    if (verdict === "deny") {
      this.denial = this.thread.poolError(bytes);
      return undefined;
    }
    const covering = this.coveredBy(this.tags.inForce());
    const added = covering.addQuietly(bytes);
    if (added < covering.budgets.length && !this.addRest(covering.budgets, added, bytes)) return undefined;
    if (isPool && verdict === "fits") this.thread.poolBytes += bytes;
    this.limitFrame();
    return verdict === "promote" ? covering.promoted : isPool ? covering.inPool : covering.elsewhere;
  }

  /** Adds to the budgets from `first` on, and says what is to be said; false, and nothing is added to any, when a limit denies it. */
  private addRest(budgets: readonly Budget[], first: number, bytes: number): boolean {
    for (let i = first; i < budgets.length; i += 1) {
      const budget = budgets[i] as Budget;
      if (budget.tryAdd(bytes)) continue;
      for (let done = 0; done < i; done += 1) (budgets[done] as Budget).add(-bytes);
      this.denial = this.deny(budget, bytes);
      return false;
    }
    for (let i = first; i < budgets.length; i += 1) this.look(budgets[i] as Budget, bytes);
    return true;
  }

  /** @internal */
  refund(charge: Charge, bytes: number): void {
    const budgets = charge.budgets as readonly Budget[];
    for (let i = 0; i < budgets.length; i += 1) (budgets[i] as Budget).takeOff(bytes);
    if (charge.isPool) this.thread.poolBytes -= bytes;
    this.limitFrame();
  }

  /** @internal Why the last charge was denied. */
  denied(): FrameAllocError | undefined {
    const { denial } = this;
    this.denial = undefined;
    return denial;
  }

  /** @internal What to throw when frame memory is denied by the bound that was set here; undefined when it was not. */
  frameDenied(bytes: number, takenBytes: number): FrameAllocError | undefined {
    this.settle();
    const budget = this.coveredBy(this.tags.inForce()).budgets.find((each) => each.used() + takenBytes > each.hard);
    return budget === undefined ? this.thread.frameError(bytes, takenBytes) : this.deny(budget, bytes);
  }

  /** @internal Room for a frame value that exceeds the agent's budget, if its policy gives it any. */
  placeElsewhere(sizeBytes: number, alignBytes: number, takenBytes: number): number {
    const policy = this.thread.frameExceeded(sizeBytes, takenBytes) ?? "fail";
    if (policy === "fail") return -1;
    this.limitFrame();
    if (policy !== "promote") return this.frames.tryPlace(sizeBytes, alignBytes);
    const before = this.frames.allocatedBytes();
    const ptr = this.promoted.tryPlace(sizeBytes, alignBytes, this.coveredBy(this.tags.inForce()).room(UNBOUNDED));
    this.thread.promotedBytes += this.frames.allocatedBytes() - before;
    this.limitFrame();
    return ptr;
  }

  /** @internal Charges the tag in force with frame memory that was allocated since the last time. */
  settle(): void {
    const allocated = this.frames.allocatedBytes();
    const bytes = allocated - this.chargedFrameBytes;
    if (bytes === 0) return;
    this.chargedFrameBytes = allocated;
    const { budgets } = this.coveredBy(this.tags.inForce());
    for (let i = 0; i < budgets.length; i += 1) {
      const budget = budgets[i] as Budget;
      budget.add(bytes);
      budget.frameBytes += bytes;
      this.look(budget, bytes);
    }
  }

  /** @internal */ tagChanged(): void { this.limitFrame(); }

  /** @internal All that the frame holds is there still. */
  frameEnding(): void { this.settle(); this.thread.frameEnding(); }

  /** @internal The frame's memory is free again, with what listeners allocated meanwhile. */
  frameOver(): void {
    this.settle();
    this.chargedFrameBytes = 0;
    this.promoted.end();
    const { budgets } = this;
    for (let i = 0; i < budgets.length; i += 1) (budgets[i] as Budget).endFrame();
  }

  /** @internal */ frameBegan(): void {
    this.chargedFrameBytes = 0;
    this.thread.frameBegan();
    this.limitFrame();
  }

  /** Sets the arena's bound to what is left for the tag in force, when all that was allocated so far is charged. */
  private limitFrame(): void {
    if (!this.frames.inFrame()) return;
    this.settle();
    this.frames.setRoom(this.coveredBy(this.tags.inForce()).room(this.thread.frameLeft()));
  }

  private look(budget: Budget, requestedBytes: number): void {
    const { tag } = budget;
    const usedBytes = budget.used();
    if (budget.raisePeak()) this.events.emit({ event: "newPeak", tag, usedBytes, limitBytes: budget.soft, requestedBytes });
    if (budget !== this.all && budget.passesSoft()) this.events.emit({ event: "softLimitExceeded", tag, usedBytes, limitBytes: budget.soft, requestedBytes });
  }

  private deny(budget: Budget, requestedBytes: number): FrameAllocError {
    const { tag, hard } = budget;
    const usedBytes = budget.used();
    this.events.emit({ event: budget === this.all ? "globalLimitExceeded" : "hardLimitExceeded", tag, usedBytes, limitBytes: hard, requestedBytes });
    return budget === this.all ? overGlobalLimit(requestedBytes, usedBytes, hard) : overTagBudget(tag, requestedBytes, usedBytes, hard);
  }

  /** The budgets that a tag's memory is charged to; that of everything comes first. */
  private coveredBy(tag: Tag): Covering {
    if (this.region !== undefined && budgetsVersion(this.region) !== this.seenVersion) this.learn();
    if (tag !== this.lastTag) {
      this.last = this.covering.get(tag) ?? this.cover(tag);
      this.lastTag = tag;
    }
    return this.last;
  }

  /** By itself: a function with a closure over `this` in it makes what the closure holds at every call. */
  private cover(tag: Tag): Covering {
    const path = `::${tag.path}::`;
    const covering = new Covering(this.budgets.filter((budget) => budget === this.all || path.includes(`::${budget.tag}::`)));
    this.covering.set(tag, covering);
    return covering;
  }

  /** Takes over budgets that other agents registered. */
  private learn(): void {
    if (this.region === undefined) return;
    this.seenVersion = budgetsVersion(this.region);
    for (const { tag } of allBudgets(this.region)) if (tag !== "") this.budgetOf(tag);
  }

  private budgetOf(tag: string): Budget {
    let budget = this.byTag.get(tag);
    if (budget === undefined) {
      // What the open frame holds so far is charged to those that are there.
      this.settle();
      budget = this.newBudget(tag);
      this.byTag.set(tag, budget);
      this.covering.clear();
      this.lastTag = undefined;
    }
    return budget;
  }

  private newBudget(tag: string): Budget {
    const budget = new Budget(tag);
    if (this.region !== undefined) budget.share(roomFor(this.region, tag));
    this.budgets.push(budget);
    return budget;
  }
}
