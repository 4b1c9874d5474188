/**
 * Moving the values of handles: one pass of compaction, within limits, and those who want to know.
 *
 * Listeners are called after the last move, so that everything is in its place whatever they do; what they free is not told any more.
 */
import { badArgument } from "../errors.ts";
import { Compaction, holeBytes, type BlockOwner } from "../heap/compaction.ts";
import type { Heap } from "../heap/heap.ts";
import { makeClock, type Clock } from "../tags/clock.ts";
import type { Handle } from "./handle.ts";

/** How much `defragment` may do; all that can be done by default. */
export interface DefragmentOptions {
  readonly maxMoves?: number;
  /** No move begins after so many milliseconds. */
  readonly maxMs?: number;
}

export interface Defragmented {
  /** Values that were moved. */
  readonly moves: number;
  /** Bytes of holes that are gone: free memory that lay between what is in use. */
  readonly bytesWonBack: number;
}

/** Told of each value that was moved, and from where to where. */
export type RelocationListener = (handle: Handle<unknown>, fromPtr: number, toPtr: number) => void;

/** Whose the values are. Blocks are those of the heap. */
export interface Relocated {
  bytesOf(block: number): number;
  /** The block's value lies at `to` now. Gives its handle. */
  follow(to: number, vacatedFrom: number, vacatedTo: number): number;
  isValid(handle: Handle<unknown>): boolean;
  /** Where the value of a block begins. */
  ptrIn(block: number): number;
}

/** @internal One object, so that calls without options make no garbage. */
export const UNLIMITED: DefragmentOptions = /* @__PURE__ */ Object.freeze({});

const NOTHING: Defragmented = /* @__PURE__ */ Object.freeze({ moves: 0, bytesWonBack: 0 });

export class Relocation implements BlockOwner {
  /** Moves so far. */
  total = 0;
  private readonly heap: Heap;
  private readonly values: Relocated;
  private readonly compaction: Compaction;
  private readonly listeners: RelocationListener[] = [];
  private clock: Clock | undefined = undefined;
  private readonly times: Float64Array = new Float64Array(2);
  /** Of the pass that runs, or of the last one: handle, from, to. Kept, so that passes make no garbage. */
  private readonly record: number[] = [];
  private moves = 0;
  private maxMoves = 0;
  private maxMs = 0;
  private isTelling = false;

  constructor(heap: Heap, values: Relocated) {
    this.heap = heap;
    this.values = values;
    this.compaction = new Compaction(heap);
  }

  run({ maxMoves = Infinity, maxMs = Infinity }: DefragmentOptions): Defragmented {
    if (typeof maxMoves !== "number" || !(maxMoves >= 0)) throw badArgument("defragment", "maxMoves", maxMoves, "a number of at least 0");
    if (typeof maxMs !== "number" || !(maxMs >= 0)) throw badArgument("defragment", "maxMs", maxMs, "a number of at least 0");
    if (this.isTelling) throw badArgument("defragment", "caller", "a relocation listener", "code that runs when all listeners were told");
    const holes = maxMoves < 1 || maxMs === 0 ? 0 : holeBytes(this.heap);
    if (holes === 0) return NOTHING;
    this.maxMoves = maxMoves;
    this.maxMs = maxMs;
    this.moves = 0;
    if (maxMs < Infinity) (this.clock ??= makeClock())(this.times, 0);
    this.compaction.run(this);
    const { moves } = this;
    if (moves === 0) return NOTHING;
    this.total += moves;
    const bytesWonBack = holes - holeBytes(this.heap);
    if (this.listeners.length > 0) this.tell(moves);
    return { moves, bytesWonBack };
  }

  listen(listener: RelocationListener): () => void {
    if (typeof listener !== "function") throw badArgument("onRelocate", "listener", listener, "a function");
    this.listeners.push(listener);
    return () => {
      const index = this.listeners.indexOf(listener);
      if (index >= 0) this.listeners.splice(index, 1);
    };
  }

  bytesOf(block: number): number {
    return this.values.bytesOf(block);
  }

  /** A block was moved. False when enough was done. */
  moved(from: number, to: number, vacatedFrom: number, vacatedTo: number): boolean {
    const { values, record, moves } = this;
    record[moves * 3] = values.follow(to, vacatedFrom, vacatedTo);
    record[moves * 3 + 1] = values.ptrIn(from);
    record[moves * 3 + 2] = values.ptrIn(to);
    this.moves = moves + 1;
    if (this.moves >= this.maxMoves) return false;
    if (this.maxMs === Infinity) return true;
    this.clock?.(this.times, 1);
    return (this.times[1] as number) - (this.times[0] as number) < this.maxMs;
  }

  private tell(moves: number): void {
    const { record } = this;
    const listeners = [...this.listeners];
    this.isTelling = true;
    try {
      for (let i = 0; i < moves * 3; i += 3) {
        const handle = record[i] as Handle<unknown>;
        for (const listener of listeners) if (this.values.isValid(handle)) listener(handle, record[i + 1] as number, record[i + 2] as number);
      }
    } finally {
      this.isTelling = false;
    }
  }
}
