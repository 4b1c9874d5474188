/**
 * What debug mode knows of a frame's allocations, in their order: where each lies, and where in the code it was made.
 *
 *   beginByte                                                        top
 *   | guard | allocation 0 | guard | allocation 1 | guard | ... | guard |
 *
 * The guards are bytes 0xFD, at least eight of them before the first allocation and after every one; padding for alignment is guard too. They are looked at
 * when what they guard is freed.
 *
 * The records of the frame before stay until they are overwritten: an allocation that has the place and the size of the one before it, frame after frame,
 * is taken to be made by the same code, and its site is only looked at now and then.
 *
 * Invariants:
 *   I1  record i ends, with its guard, where the part of record i + 1 begins, and the last one at the bump pointer
 *   I2  values that may be freed without those before them have a life that those do not have: an era ends at every mark and every rewind, and a life
 *       serves one site in one era
 */
import { guardOverwritten, type FrameAllocError } from "../errors.ts";
import { staleUse } from "../frame/stale-use.ts";
import type { RecycledList } from "../frame/bump-arena.ts";
import type { Memory } from "../memory.ts";
import { StructArray } from "../types/struct-array.ts";
import { rebindView, View } from "../view.ts";
import type { AllocationSite, AllocationSites, KnownSite } from "./allocation-site.ts";
import { FREED_BYTE, GUARD_BYTE, GUARD_BYTES } from "./debug-bytes.ts";
import { Life } from "./guarded-types.ts";

/** So often in a row the same allocation is looked at before it is believed to stay the same. */
const STREAK_MIN = 2;
/** Then one of so many is looked at. */
const SAMPLED = 16_384;

/** A record's numbers: the bump pointer before it, where it begins, where its bytes end, and its guard; how often in a row its site was the same. */
const FROM = 0;
const PTR = 1;
const END = 2;
const GUARD_END = 3;
const STREAK = 4;
const CELLS = 5;

/** How many records there are, and how many of them have values. */
interface Position {
  readonly used: number;
  readonly count: number;
}

/** The life of values of a frame. */
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
    // The site may be kept longer than the memory.
    if (this.site.life === this) this.site.life = undefined;
  }

  /** @internal 2: suspended. What is allocated from then on has another life. */
  suspend(isSuspended: boolean): void {
    this.over = isSuspended ? 2 : 0;
    if (isSuspended && this.site.life === this) this.site.life = undefined;
  }

  override check(): void {
    if (this.over > 0 && this.memory.staleWatch?.resume(this) !== true) throw this.stale();
  }

  protected override stale(): FrameAllocError {
    return staleUse(this.memory, "frame value", this.frameNumber, this.site.text);
  }
}

export class FrameRecords implements RecycledList<Position> {
  touched = false;
  /** Records with a value: raw bytes, vecs and maps are counted elsewhere. */
  count = 0;
  private readonly memory: Memory;
  private readonly sites: AllocationSites;
  private cells: Int32Array = new Int32Array(64 * CELLS);
  private readonly known: (KnownSite | undefined)[] = [];
  private used = 0;
  /** Allocations since the last one whose site was looked at. */
  private guesses = 0;
  private frameNumber = 0;
  private era = 0;
  /** Those that are not over, in the order in which they were begun. */
  private readonly lives: FrameLife[] = [];
  /** Only over memory that may grow: values of the frame, to be led over then. */
  private readonly values: unknown[] = [];
  /** The first guard that was found overwritten and not told yet. */
  private fault: FrameAllocError | undefined = undefined;

  constructor(memory: Memory, sites: AllocationSites) {
    this.memory = memory;
    this.sites = sites;
    memory.onRefresh(() => {
      for (const value of this.values) rebindValue(value);
    });
  }

  /**
   * Where the next record lies if it is like the one of the frame before, whose guards are there still, and whose site need not be looked at: of `sizeBytes`,
   * at a multiple of `alignBytes`, after the bump pointer `from`, with its guard below `limit`. It is noted then; -1, and nothing noted, if not.
   */
  tryRepeat(from: number, sizeBytes: number, alignBytes: number, limit: number): number {
    const { cells } = this;
    const at = this.used * CELLS;
    if (at >= cells.length || cells[at + FROM] !== from || !this.touched) return -1;
    const ptr = cells[at + PTR] as number;
    if (cells[at + END] !== ptr + sizeBytes || (ptr & (alignBytes - 1)) !== 0 || (cells[at + GUARD_END] as number) > limit) return -1;
    if ((cells[at + STREAK] as number) <= STREAK_MIN || this.guesses >= SAMPLED) return -1;
    this.guesses += 1;
    this.used += 1;
    return ptr;
  }

  /** Notes the allocation `[ptr, end)`, made after the bump pointer `from`, and sets its guards, the one behind it up to `guardEnd`. */
  add(from: number, ptr: number, end: number, guardEnd: number): void {
    const at = this.used * CELLS;
    if (at >= this.cells.length) this.grow();
    const { cells, memory } = this;
    const isRepeated = cells[at + PTR] === ptr && cells[at + END] === end;
    const known = this.sites.look();
    cells[at + FROM] = from;
    cells[at + PTR] = ptr;
    cells[at + END] = end;
    cells[at + GUARD_END] = guardEnd;
    cells[at + STREAK] = isRepeated && this.known[this.used] === known ? (cells[at + STREAK] as number) + 1 : 0;
    this.known[this.used] = known;
    this.guesses = 0;
    this.used += 1;
    if (from < ptr) memory.fill(from, ptr, GUARD_BYTE);
    memory.fill(end, guardEnd, GUARD_BYTE);
  }

  /** The life of the value that will stand for the last allocation. */
  lifeOfLast(): Life {
    const index = this.used - 1;
    const site = this.siteOf(index);
    this.count += 1;
    return site.era === this.era && site.life !== undefined ? site.life : this.newLife(site, index);
  }

  /** Over memory that may grow, `value` has to be known. */
  hold(value: unknown): void {
    if (this.memory.canGrow) this.values.push(value);
  }

  /** Makes the last allocation, which ends at `end`, end at `newEnd`. */
  extend(end: number, newEnd: number, freshByte: number): void {
    const at = (this.used - 1) * CELLS;
    const { cells, memory } = this;
    this.check(at);
    cells[at + END] = newEnd;
    cells[at + GUARD_END] = guardEndOf(newEnd);
    memory.fill(end, newEnd, freshByte);
    memory.fill(newEnd, guardEndOf(newEnd), GUARD_BYTE);
  }

  /** Where the last allocation ends; -1 when there is none. */
  lastEnd(): number {
    return this.used === 0 ? -1 : (this.cells[(this.used - 1) * CELLS + END] ?? -1);
  }

  position(): Position {
    this.era += 1;
    return { used: this.used, count: this.count };
  }

  beginFrame(frameNumber: number): void {
    this.frameNumber = frameNumber;
    this.used = 0;
    this.count = 0;
  }

  rewind(position: Position | undefined): void {
    const to = position?.used ?? 0;
    for (let at = (this.used - 1) * CELLS; at >= to * CELLS; at -= CELLS) {
      this.check(at);
      this.memory.fill(this.cells[at + PTR] as number, this.cells[at + END] as number, FREED_BYTE);
    }
    this.used = to;
    this.count = position?.count ?? 0;
    this.era += 1;
    for (let life = this.lives.at(-1); life !== undefined && life.firstRecord >= to; life = this.lives.at(-1)) {
      life.end();
      this.lives.pop();
    }
    if (to === 0) this.values.length = 0;
  }

  /** What `rewind` found since the last call. */
  takeFault(): FrameAllocError | undefined {
    const { fault } = this;
    this.fault = undefined;
    return fault;
  }

  /** Looks at the guards of the record whose cells begin at `at`. */
  private check(at: number): void {
    const { cells, memory } = this;
    const from = cells[at + FROM] as number;
    const ptr = cells[at + PTR] as number;
    const end = cells[at + END] as number;
    if ((from === ptr || memory.isFilled(from, ptr, GUARD_BYTE)) && memory.isFilled(end, cells[at + GUARD_END] as number, GUARD_BYTE)) return;
    // The guards are set anew by the next allocation here.
    cells[at + FROM] = -1;
    this.fault = guardOverwritten("frame", end - ptr, this.siteOf(at / CELLS).text);
  }

  /** The place that a record was seen, or is believed, to be made at. */
  private siteOf(index: number): AllocationSite {
    const known = this.known[index] as KnownSite;
    return (this.cells[index * CELLS + STREAK] ?? 0) > STREAK_MIN ? known.guessed : known.seen;
  }

  /** Of what lives now. Allocates. */
  openLives(): readonly FrameLife[] {
    return this.touched ? this.lives.filter(({ over }) => over === 0) : [];
  }

  private newLife(site: AllocationSite, index: number): Life {
    const life = new FrameLife(this.memory, index, this.frameNumber, site);
    this.lives.push(life);
    site.life = life;
    site.era = this.era;
    return life;
  }

  private grow(): void {
    const cells = new Int32Array(this.cells.length * 2);
    cells.set(this.cells);
    this.cells = cells;
  }
}

/** Where the guard ends behind an allocation that ends at `end`. */
export function guardEndOf(end: number): number {
  return ((end + 7) & ~7) + GUARD_BYTES;
}

function rebindValue(value: unknown): void {
  if (value instanceof View) rebindView(value);
  else if (value instanceof StructArray) value.rebind();
  else if (Array.isArray(value)) for (const part of value) rebindValue(part);
}
