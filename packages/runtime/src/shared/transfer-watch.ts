/** Who is told of values that leave and arrive, and of frees across agents; absent without lifecycle tracking. Must not throw. */
export interface TransferWatch {
  transferred(isSent: boolean, sizeBytes: number, ptr: number, generation: number): void;
  freeQueued(toAgent: number, sizeBytes: number): void;
  freesProcessed(count: number): void;
}

/** Transfers of one allocator so far. */
export interface TransferStats {
  readonly made: number;
  readonly sent: number;
  readonly received: number;
  /** By `drop` or disposal. */
  readonly dropped: number;
  /** Neither sent nor dropped, and won back when the handle was garbage-collected. */
  readonly reclaimed: number;
  /** Of those sent, rounding not included. */
  readonly bytesSent: number;
}
