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
 *   I3  where record i is in use, and record i + 1 is not and may be repeated, the guards of record i + 1 stand: one that takes other bytes than the one that it replaces may have
 *       destroyed those of the records behind it, so the next one has to be made anew, and with it, one by one, all that follow
 *   I4  while nothing is allocated, `next` is `head`, which no allocation is like
 */
import { guardOverwritten, type FrameAllocError } from "../errors.ts";
import type { RecycledList } from "../frame/bump-arena.ts";
import { isFilled, type Memory } from "../memory.ts";
import type { ByteType } from "../types/memory-type.ts";
import { rebindValue } from "../types/rebind-value.ts";
import type { AllocationSite, AllocationSites } from "./allocation-site.ts";
import { FREED_BYTE, GUARD_BYTE, GUARD_BYTES } from "./debug-bytes.ts";
import { FrameLife } from "./frame-life.ts";
import { FrameRecord, STREAK_MIN } from "./frame-record.ts";
import { flatClassOf, type Life } from "./guarded-types.ts";

/** Then one of about so many is looked at, one after the other. */
const SAMPLED = 16_384;

const GUARD_WORD = (GUARD_BYTE * 0x0101_0101) | 0;
const FREED_WORD = (FREED_BYTE * 0x0101_0101) | 0;

/** How many records there are, and how many of them have values. */
interface Position {
  readonly used: number;
  readonly count: number;
}

export class FrameRecords implements RecycledList<Position> {
  touched = false;
  /** Records with a value: raw bytes, vecs and maps are counted elsewhere. */
  count = 0;
  /** The record of the next allocation. */
  next: FrameRecord;
  private readonly memory: Memory;
  private readonly sites: AllocationSites;
  private readonly freshWord: number;
  private readonly head: FrameRecord = new FrameRecord(0);
  private readonly records: FrameRecord[] = [new FrameRecord(0)];
  /** Allocations of frames that ended, since one was doubted. */
  private guesses = 0;
  /** The record that is doubted next, of as many as the last frame had. */
  private doubted = 0;
  private lastCount = 0;
  private readonly holds: boolean;
  /** Values may be suspended, which flat views cannot be. */
  private isSuspending = false;
  private frameNumber = 0;
  private era = 0;
  /** Those that are not over, in the order in which they were begun. */
  private readonly lives: FrameLife[] = [];
  /** Only over memory that may grow: values of the frame, to be led over then. */
  private readonly values: unknown[] = [];
  /** The first guard that was found overwritten and not told yet. */
  private fault: FrameAllocError | undefined = undefined;

  constructor(memory: Memory, sites: AllocationSites, freshByte: number) {
    this.memory = memory;
    this.sites = sites;
    this.freshWord = (freshByte * 0x0101_0101) | 0;
    this.next = this.head;
    this.holds = memory.canGrow;
    memory.onRefresh(() => {
      for (const value of this.values) rebindValue(value);
    });
  }

  /**
   * Notes the next allocation, and makes its value: it is of the record's type, lies behind the same bump pointer as in the frame before, and ends, with its guard, where it may. Its site is not looked
   * at, and its guards are there still.
   */
  repeat(record: FrameRecord): object {
    this.count += 1;
    this.next = record.next as FrameRecord;
    const { ptr, site } = record;
    const { freshWord } = this;
    const words = this.memory.i32;
    for (let word = ptr >> 2, end = record.end >> 2; word < end; word += 1) words[word] = freshWord;
    const life = site.era === this.era ? (site.life as Life) : this.newLife(site, record.index);
    const { flatClass } = record;
    return flatClass === undefined ? (record.twin as ByteType).make(life.asMemory(), ptr) : new flatClass(this.memory, ptr, life);
  }

  /** The value of a type and its twin that stands for the last allocation. */
  make(type: ByteType, twin: ByteType): object {
    const life = this.lifeOfLast();
    const record = this.last() as FrameRecord;
    const flatClass = this.isSuspending ? undefined : flatClassOf(twin);
    // Values that have to be held take the long way.
    if (record.streak > STREAK_MIN && record.isPlain && !this.holds) {
      // Nothing else is to be believed of the next one here.
      record.type = type;
      record.twin = twin;
      record.flatClass = flatClass;
    }
    return this.hold(flatClass === undefined ? twin.make(life.asMemory(), record.ptr) : new flatClass(this.memory, record.ptr, life));
  }

  /**
   * Where the next record lies if it is like the one of the frame before: of `sizeBytes`, at a multiple of `alignBytes`, after the bump pointer `from`, with its guard below `limit`. It is noted then;
   * -1, and nothing noted, if not.
   */
  tryRepeat(from: number, sizeBytes: number, alignBytes: number, limit: number): number {
    const { next } = this;
    if (next.from !== from || next.end !== next.ptr + sizeBytes || (next.ptr & (alignBytes - 1)) !== 0 || next.guardEnd > limit || next.streak <= STREAK_MIN) return -1;
    this.next = next.next as FrameRecord;
    return next.ptr;
  }

  /** Notes the allocation `[ptr, end)`, made after the bump pointer `from`, and sets its guards, the one behind it up to `guardEnd`. */
  add(from: number, ptr: number, end: number, guardEnd: number): void {
    const { next: record, memory } = this;
    const known = this.sites.look();
    record.streak = record.ptr === ptr && record.end === end && record.known === known ? record.streak + 1 : 0;
    record.known = known;
    record.site = record.streak > STREAK_MIN ? known.guessed : known.seen;
    this.next = record.next ??= this.newRecord();
    if (record.from !== from || record.guardEnd !== guardEnd) this.next.from = -1;
    else if (record.ptr !== ptr || record.end !== end) this.next.beginRun();
    record.set(from, ptr, end, guardEnd, this.records[record.index - 1]);
    if (from < ptr) memory.fill(from, ptr, GUARD_BYTE);
    memory.fill(end, guardEnd, GUARD_BYTE);
  }

  /** The life of the value that will stand for the last allocation. */
  lifeOfLast(): Life {
    this.count += 1;
    const { site, index } = this.last() as FrameRecord;
    return site.era === this.era ? (site.life as Life) : this.newLife(site, index);
  }

  /** Over memory that may grow, `value` has to be known. Gives it back. */
  hold<T extends object>(value: T): T {
    if (this.holds) this.values.push(value);
    return value;
  }

  /** Makes the last allocation, which ends at `end`, end at `newEnd`. */
  extend(end: number, newEnd: number, freshByte: number): void {
    const record = this.last() as FrameRecord;
    const { memory } = this;
    this.check(record);
    record.set(record.from, record.ptr, newEnd, guardEndOf(newEnd), this.records[record.index - 1]);
    this.next.from = -1;
    memory.fill(end, newEnd, freshByte);
    memory.fill(newEnd, guardEndOf(newEnd), GUARD_BYTE);
  }

  /** Where the last allocation ends; -1 when there is none. */
  lastEnd(): number {
    return this.last()?.end ?? -1;
  }

  position(): Position {
    this.era += 1;
    return { used: this.next.index, count: this.count };
  }

  beginFrame(frameNumber: number): void {
    this.frameNumber = frameNumber;
    const isSuspending = this.memory.staleWatch !== undefined;
    if (isSuspending !== this.isSuspending) for (const record of this.records) record.type = undefined;
    this.isSuspending = isSuspending;
    if (this.guesses >= SAMPLED) this.doubt();
    this.next = this.records[0] as FrameRecord;
    this.count = 0;
  }

  rewind(position: Position | undefined): void {
    const to = position?.used ?? 0;
    const { records } = this;
    for (let i = this.next.index - 1; i >= to; ) {
      const record = records[i] as FrameRecord;
      const first = Math.max(record.run, to);
      if (record.isPlain) this.freeRun(first, record);
      else this.free(record);
      i = first - 1;
    }
    if (to === 0) {
      this.lastCount = this.next.index;
      this.guesses += this.lastCount;
    }
    this.next = position === undefined ? this.head : (records[to] as FrameRecord);
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

  /** Has the site of one record looked at. */
  private doubt(): void {
    const record = this.records[this.doubted];
    this.doubted = this.doubted + 1 < this.lastCount ? this.doubted + 1 : 0;
    this.guesses = 0;
    if (record === undefined || record.streak <= STREAK_MIN) return;
    record.streak = STREAK_MIN;
    record.type = undefined;
  }

  private last(): FrameRecord | undefined {
    return this.records[this.next.index - 1];
  }

  private newRecord(): FrameRecord {
    const record = new FrameRecord(this.records.length);
    this.records.push(record);
    return record;
  }

  /** Looks at the guards of a record, and fills its bytes. */
  private free(record: FrameRecord): void {
    this.check(record);
    this.memory.fill(record.ptr, record.end, FREED_BYTE);
  }

  /** The same for those of a run from the one with the index `first` to `last`: what lies side by side is gone through without a look at the records. */
  private freeRun(first: number, last: FrameRecord): void {
    const words = this.memory.i32;
    const stride = (last.guardEnd - last.ptr) >> 2;
    const size = (last.end - last.ptr) >> 2;
    const end = last.guardEnd >> 2;
    let differs = 0;
    for (let word = end - (last.index - first + 1) * stride; word < end; ) {
      const guard = word + size;
      const next = word + stride;
      for (; word < guard; word += 1) words[word] = FREED_WORD;
      do {
        differs |= (words[word] as number) ^ GUARD_WORD;
        word += 1;
      } while (word < next);
    }
    // The first one is told.
    if (differs !== 0) for (let i = last.index; i >= first; i -= 1) this.check(this.records[i] as FrameRecord);
  }

  /** Looks at the guards of a record. */
  private check(record: FrameRecord): void {
    const { from, ptr, end, guardEnd } = record;
    const { memory } = this;
    if ((from === ptr || isFilled(memory, from, ptr, GUARD_BYTE)) && isFilled(memory, end, guardEnd, GUARD_BYTE)) return;
    // The guards are set anew by the next allocation here.
    record.from = -1;
    this.fault = guardOverwritten("frame", end - ptr, record.site.text);
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
}

/** Where the guard ends behind an allocation that ends at `end`. */
export function guardEndOf(end: number): number {
  return ((end + 7) & ~7) + GUARD_BYTES;
}
