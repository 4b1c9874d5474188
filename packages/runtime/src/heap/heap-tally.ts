/** What was allocated on a heap besides heap values: by handles, groups, streams and scratch pools. Only grows. */
export class HeapTally {
  /** Rounding not included. */
  bytes = 0;
  count = 0;

  add(sizeBytes: number): void {
    this.bytes += sizeBytes;
    this.count += 1;
  }
}
