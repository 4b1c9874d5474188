/**
 * Ledger: how much has been allocated, of which kind, read off the allocators' own counters.
 *
 * Nothing is written when something is allocated. Whoever wants to know what was allocated between two points, a tag or a phase, has the ledger
 * charged at both: what the counters grew by in between was allocated there. So tags and phases cost what changing them costs, and nothing
 * when there are none.
 *
 * Invariants:
 *   I1  the ledger's own counts are what the counters said at the last charge; those of the frame begin at 0 with each frame, which `frameEnded` follows
 *   I2  what has been charged to an account is never charged to another: each charge moves the counts up to the counters
 */
import type { RewindableArena } from "../frame/rewindable-arena.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import type { OwnedValues } from "../pool/owned-values.ts";

/** Bytes and number of allocations. */
export interface Allocated {
  readonly bytes: number;
  readonly count: number;
}

/** By kind of memory, in pairs: bytes, count. */
export const FRAME = 0;
export const POOL = 2;
export const HEAP = 4;
const CELLS = 6;

/** What was allocated while something was in force. Typed, so that adding to it makes no garbage. */
export class Account {
  private readonly cells: Float64Array = new Float64Array(CELLS);

  /** Of one kind: `FRAME`, `POOL` or `HEAP`. Allocates the object it returns. */
  of(kind: number): Allocated {
    return { bytes: this.cells[kind] ?? 0, count: this.cells[kind + 1] ?? 0 };
  }

  get bytes(): number {
    return (this.cells[FRAME] ?? 0) + (this.cells[POOL] ?? 0) + (this.cells[HEAP] ?? 0);
  }

  get count(): number {
    return (this.cells[FRAME + 1] ?? 0) + (this.cells[POOL + 1] ?? 0) + (this.cells[HEAP + 1] ?? 0);
  }

  /** @internal */
  add(kind: number, bytes: number, count: number): void {
    this.cells[kind] = (this.cells[kind] ?? 0) + bytes;
    this.cells[kind + 1] = (this.cells[kind + 1] ?? 0) + count;
  }
}

export class Ledger {
  /** Everything since the ledger began. */
  readonly total: Account = new Account();
  private readonly frames: RewindableArena;
  private readonly pool: OwnedValues;
  private readonly heap: OwnedValues;
  /** What else is allocated on the heap: counted with heap values. */
  private readonly tally: HeapTally;
  private frameBytes: number;
  private frameCount: number;
  private poolBytes: number;
  private poolCount: number;
  private heapBytes: number;
  private heapCount: number;

  constructor(frames: RewindableArena, pool: OwnedValues, heap: OwnedValues, tally: HeapTally) {
    this.frames = frames;
    this.pool = pool;
    this.heap = heap;
    this.tally = tally;
    // What was there before belongs to nobody.
    this.frameBytes = frames.allocatedBytes();
    this.frameCount = frames.allocatedCount();
    this.poolBytes = pool.allocatedBytes;
    this.poolCount = pool.allocatedCount;
    this.heapBytes = heap.allocatedBytes + tally.bytes;
    this.heapCount = heap.allocatedCount + tally.count;
  }

  /** Charges `account` with what was allocated since the last charge. O(types in use). */
  charge(account: Account): void {
    const { frames, pool, heap, tally } = this;
    const frameCount = frames.allocatedCount();
    const frameBytes = frames.allocatedBytes();
    // Each of these goes through all types in use.
    const poolCount = pool.allocatedCount;
    const heapCount = heap.allocatedCount + tally.count;
    if (frameCount !== this.frameCount || frameBytes !== this.frameBytes) this.chargeFrame(account, frameBytes, frameCount);
    if (poolCount !== this.poolCount) this.chargePool(account, pool.allocatedBytes, poolCount);
    if (heapCount !== this.heapCount) this.chargeHeap(account, heap.allocatedBytes + tally.bytes, heapCount);
  }

  /** To be called after the last charge of a frame: the frame's counters begin again. */
  frameEnded(): void {
    this.frameBytes = 0;
    this.frameCount = 0;
  }

  private chargeFrame(account: Account, bytes: number, count: number): void {
    this.add(account, FRAME, bytes - this.frameBytes, count - this.frameCount);
    this.frameBytes = bytes;
    this.frameCount = count;
  }

  private chargePool(account: Account, bytes: number, count: number): void {
    this.add(account, POOL, bytes - this.poolBytes, count - this.poolCount);
    this.poolBytes = bytes;
    this.poolCount = count;
  }

  private chargeHeap(account: Account, bytes: number, count: number): void {
    this.add(account, HEAP, bytes - this.heapBytes, count - this.heapCount);
    this.heapBytes = bytes;
    this.heapCount = count;
  }

  private add(account: Account, kind: number, bytes: number, count: number): void {
    account.add(kind, bytes, count);
    this.total.add(kind, bytes, count);
  }
}
