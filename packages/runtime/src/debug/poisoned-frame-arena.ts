/**
 * A frame arena for debug mode. What is freed is filled with 0xCD at once; no view, box or vec is handed out twice, so that a stale one always throws FA004 and
 * says where it was allocated; guard bytes around every allocation tell of writes past its end. Costs time and memory in proportion to what a frame
 * allocates: the guards, 8 to 15 bytes each, count as used.
 *
 * A guard that was overwritten is told by FA004 when the frame ends, after it has ended.
 *
 * In place of I3 of bump-arena.ts: freed bytes are poison, and an allocation clears its own (or fills them with 0xAB when zeroing is off).
 */
import { badArgument } from "../errors.ts";
import { CLOSED } from "../frame/bump-arena.ts";
import type { FrameValue } from "../frame/frame-arena.ts";
import { RewindableArena } from "../frame/rewindable-arena.ts";
import type { Suspendable } from "../frame/stale-use.ts";
import { alignUp } from "../memory.ts";
import { isMemoryType, type AllocType, type ClassType, type ElementType, type ByteType, type Infer, type InferMany } from "../types/memory-type.ts";
import { AllocationSites } from "./allocation-site.ts";
import { FRESH_BYTE, GUARD_BYTES } from "./debug-bytes.ts";
import { FrameRecords, guardEndOf } from "./frame-records.ts";
import { guardedType, makeGuarded } from "./guarded-types.ts";

export class PoisonedFrameArena extends RewindableArena {
  private readonly freshByte: number;
  private readonly records: FrameRecords;
  /** The type that was allocated last, and its guarded twin. */
  private lastType: ByteType | undefined = undefined;
  private lastTwin: ByteType | undefined = undefined;

  constructor(source: ConstructorParameters<typeof RewindableArena>[0], zeroing = true, sites: AllocationSites = new AllocationSites()) {
    super(source, zeroing);
    this.freshByte = zeroing ? 0 : FRESH_BYTE;
    this.records = new FrameRecords(this.memory, sites, this.freshByte);
  }

  override alloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> {
    const { records } = this;
    const record = records.next;
    if (record.type === undefined || record.type !== type || record.from !== this.top || record.guardEnd > this.limit) return this.allocAnew(type) as FrameValue<Infer<T>>;
    this.top = record.guardEnd;
    return records.repeat(record) as FrameValue<Infer<T>>;
  }

  override tryAlloc<const T extends AllocType>(type: T): FrameValue<Infer<T>> | undefined {
    if (typeof type === "function" || !this.inFrame()) return super.tryAlloc(type);
    const twin = this.twinOf(type, "tryFrameAlloc");
    if (this.tryPlaceBounded(twin.sizeBytes, twin.alignBytes) >= 0) return this.records.make(type, twin) as FrameValue<Infer<T>>;
    if (this.bounds !== undefined) this.denied(twin.sizeBytes, twin.alignBytes, "tryFrameAlloc");
    return undefined;
  }

  override slice<const T extends ElementType | ClassType>(type: T, count: number): FrameValue<InferMany<T>> {
    if (typeof type === "function" || !Number.isSafeInteger(count) || count < 0) return super.slice(type, count);
    this.checkElement(type);
    const twin = this.twinOf(type, "frameSlice") as ElementType;
    const ptr = this.place(twin.sizeBytes * count, twin.alignBytes, "frameSlice");
    return this.records.hold(makeGuarded(twin, this.records.lifeOfLast().asMemory(), ptr, count)) as FrameValue<InferMany<T>>;
  }

  override tuple(type: AllocType, length: number): unknown {
    if (typeof type === "function") return super.tuple(type, length);
    const twin = this.twinOf(type, "frameAlloc");
    const ptr = this.place(twin.sizeBytes * length, twin.alignBytes, "frameAlloc");
    const life = this.records.lifeOfLast().asMemory();
    return this.records.hold(Array.from({ length }, (_, i) => twin.make(life, ptr + i * twin.sizeBytes)));
  }

  override allocWith(type: ByteType, init: unknown): object {
    const from = this.top;
    const before = this.records.position();
    const value: object = this.alloc(type);
    if (init === undefined) return value;
    try {
      type.assign(value, init);
    } catch (error) {
      this.records.rewind(before);
      this.top = from;
      throw error;
    }
    return value;
  }

  // The short way fills nothing.
  override allocBytes(sizeBytes: number, alignBytes = 8): number {
    return this.allocBytesSlow(sizeBytes, alignBytes);
  }

  override tryPlace(sizeBytes: number, alignBytes: number): number {
    if (this.top === CLOSED) return -1;
    this.memory.refresh();
    this.touch(this.records);
    const repeated = this.tryRepeat(sizeBytes, alignBytes);
    if (repeated >= 0) return repeated;
    const { top, records } = this;
    const ptr = this.placeFor(alignBytes);
    const end = ptr + sizeBytes;
    // First without the guard, whose end is computed in 32 bits: they would wrap.
    if (end > this.limit || guardEndOf(end) > this.limit) return -1;
    const guardEnd = guardEndOf(end);
    this.top = guardEnd;
    records.add(top, ptr, end, guardEnd);
    this.memory.fill(ptr, end, this.freshByte);
    return ptr;
  }

  protected override takenBy(sizeBytes: number, alignBytes: number): number {
    return guardEndOf(this.placeFor(alignBytes) + sizeBytes) - this.top;
  }

  private placeFor(alignBytes: number): number {
    return alignUp(this.top === this.beginByte ? this.top + GUARD_BYTES : this.top, alignBytes);
  }

  override tryExtend(end: number, moreBytes: number): boolean {
    const newEnd = end + moreBytes;
    if (end !== this.records.lastEnd() || newEnd > this.limit || !super.tryExtend(this.top, guardEndOf(newEnd) - this.top)) return false;
    this.records.extend(end, newEnd, this.freshByte);
    return true;
  }

  override openLives(): readonly Suspendable[] {
    return this.records.openLives();
  }

  override end(): void {
    super.end();
    // Now that all is done: a frame that a stray write ends by an error has ended.
    const fault = this.records.takeFault();
    if (fault !== undefined) throw fault;
  }

  /** What is freed is filled record by record, so that the guards stay for the next frame. */
  protected override wipe(): void {}

  protected override release(toTop: number, keptCount: number, positions: readonly unknown[] | undefined): void {
    const lists = this.touched.slice(0, this.touchedCount);
    super.release(toTop, keptCount, positions);
    for (const list of lists) if ("forget" in list) (list as { forget(): void }).forget();
  }

  /** Places an allocation where, in the frame before, one like it was; -1 when that cannot be. */
  private tryRepeat(sizeBytes: number, alignBytes: number): number {
    const ptr = this.records.tryRepeat(this.top, sizeBytes, alignBytes, this.limit);
    if (ptr < 0) return -1;
    this.top = guardEndOf(ptr + sizeBytes);
    this.memory.fill(ptr, ptr + sizeBytes, this.freshByte);
    return ptr;
  }

  private allocAnew(type: AllocType): object {
    if (typeof type === "function") return super.alloc(type);
    const twin = this.twinOf(type, "frameAlloc");
    this.place(twin.sizeBytes, twin.alignBytes, "frameAlloc");
    return this.records.make(type, twin);
  }

  private twinOf(type: ByteType, call: string): ByteType {
    if (this.top === CLOSED) throw this.outside(call);
    if (type === this.lastType && this.lastTwin !== undefined) return this.lastTwin;
    if (!isMemoryType(type)) throw badArgument(call, "type", type, "a scalar, a struct, an array or a class");
    this.lastType = type;
    this.lastTwin = guardedType(type);
    return this.lastTwin;
  }
}
