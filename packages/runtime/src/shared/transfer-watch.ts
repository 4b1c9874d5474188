/** Who is told of values that leave and arrive, and of frees across agents; absent without lifecycle tracking. Must not throw. */
export interface TransferWatch {
  transferred(isSent: boolean, sizeBytes: number, ptr: number, generation: number): void;
  freeQueued(toAgent: number, sizeBytes: number): void;
  freesProcessed(count: number): void;
}
