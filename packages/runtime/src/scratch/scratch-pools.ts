/** The scratch pools of an allocator, by name. */
import { megabytes } from "../byte-units.ts";
import { badArgument } from "../errors.ts";
import { FrameArena } from "../frame/frame-arena.ts";
import type { HeapTally } from "../heap/heap-tally.ts";
import { alignUp } from "../memory.ts";
import type { ByteStore } from "../pool/byte-store.ts";
import type { Charges } from "../pool/charges.ts";
import type { Allocated } from "../tags/ledger.ts";
import type { ScratchCounts } from "./scratch-account.ts";
import { ScratchPool, type ScratchStats } from "./scratch-pool.ts";

export interface ScratchOptions {
  /** Bytes. Default 1 MB. Only heeded when the pool is made. */
  readonly capacity?: number;
}

interface Entry {
  readonly pool: ScratchPool;
  readonly ptr: number;
  readonly sizeBytes: number;
}

export class ScratchPools {
  private readonly store: ByteStore;
  private readonly entries: Map<string, Entry> = new Map();
  private readonly counts: ScratchCounts;

  /** `store` gives the pools their memory; what is allocated in them counts for the tally. */
  constructor(store: ByteStore, tally: HeapTally) {
    this.store = store;
    this.counts = { tally, charges: undefined };
  }

  /** @internal Budgets count what is allocated from here on. */
  countBy(charges: Charges): void {
    this.counts.charges = charges;
  }

  /** @internal The values in all pools. Allocates what it returns. */
  inUse(): Allocated {
    const accounts = [...this.entries.values()].map(({ pool }) => pool.account);
    return { bytes: accounts.reduce((sum, { liveBytes }) => sum + liveBytes, 0), count: accounts.reduce((sum, { liveCount }) => sum + liveCount, 0) };
  }

  /** The pool of the name; made, on the heap, when it is first asked for. FA301 when the heap has no room, `argument` for a bad name or capacity. */
  open(name: string, { capacity = megabytes(1) }: ScratchOptions = {}): ScratchPool {
    const known = this.entries.get(name);
    if (known !== undefined) return known.pool;
    if (typeof name !== "string" || name === "") throw badArgument("scratchPool", "name", name, "a name");
    if (!Number.isSafeInteger(capacity) || capacity < 0) throw badArgument("scratchPool", "capacity", capacity, "an integer of at least 0");
    const { memory } = this.store;
    memory.refresh();
    const sizeBytes = alignUp(capacity, 8);
    const ptr = this.store.tryTake(sizeBytes);
    if (ptr < 0) throw this.store.exhausted(sizeBytes);
    memory.zero(ptr, ptr + sizeBytes);
    const pool = new ScratchPool(name, new FrameArena({ memory, beginByte: ptr, endByte: ptr + sizeBytes }), this.counts);
    this.entries.set(name, { pool, ptr, sizeBytes });
    return pool;
  }

  /** The pool of the name; undefined when there is none. */
  get(name: string): ScratchPool | undefined {
    return this.entries.get(name)?.pool;
  }

  /** Resets the pool of the name; false when there is none. */
  reset(name: string): boolean {
    const pool = this.get(name);
    pool?.reset();
    return pool !== undefined;
  }

  resetAll(): void {
    for (const { pool } of this.entries.values()) pool.reset();
  }

  /** Frees the pool of the name with all that is in it, and gives its memory back; false when there is none. */
  remove(name: string): boolean {
    const entry = this.entries.get(name);
    if (entry === undefined) return false;
    entry.pool.close();
    this.store.give(entry.ptr, entry.sizeBytes);
    return this.entries.delete(name);
  }

  /** Figures of every pool, in the order in which they were made. Allocates. */
  stats(): ScratchStats[] {
    return [...this.entries.values()].map(({ pool }) => pool.stats());
  }
}
