/** How a pool is made, and what it tells of itself: as in `@thi.ng/malloc`. */
import type { Buffer, GrowingMemory } from "../memory.ts";

export interface MemPoolOpts {
  /** Default: a new buffer of `size` bytes. */
  readonly buf: Buffer | GrowingMemory;
  /** Bytes of a new buffer. Default 4096. */
  readonly size: number;
  /** Where the pool's state begins in the buffer: a multiple of 4. Default 0. */
  readonly start: number;
  /** Where its memory ends. Default: at the end of the buffer. */
  readonly end: number;
  /** Of blocks: a power of two of at least 8. Default 8. */
  readonly align: number;
  /** Join free blocks that are neighbours. Default true. */
  readonly compact: boolean;
  /** Split free blocks that are larger than needed. Default true. */
  readonly split: boolean;
  /** Only when at least so many bytes are left over: more than 8. Default 16. */
  readonly minSplit: number;
  /** Take up the state that is in the buffer. Default false. */
  readonly skipInitialization: boolean;
}

/** Bytes, heads included. */
export interface MemPoolStats {
  readonly free: { readonly count: number; readonly size: number };
  readonly used: { readonly count: number; readonly size: number };
  /** Where blank memory begins. */
  readonly top: number;
  readonly available: number;
  readonly total: number;
}
