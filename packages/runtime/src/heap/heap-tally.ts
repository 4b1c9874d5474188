/** What was allocated on a heap besides heap values: by handles, groups and scratch pools. Only grows. */
import type { ValueWatch } from "../pool/value-watch.ts";

export class HeapTally {
  /** Told of handles and scratch pools; absent unless something watches. */
  watch: ValueWatch | undefined = undefined;
  /** Rounding not included. */
  bytes = 0;
  count = 0;

  add(sizeBytes: number): void {
    this.bytes += sizeBytes;
    this.count += 1;
  }

  addHandle(sizeBytes: number): void {
    this.add(sizeBytes);
    this.watch?.allocated("handle", sizeBytes, undefined);
  }

  freeHandle(sizeBytes: number): void {
    this.watch?.freed("handle", sizeBytes, undefined);
  }

  addScratch(sizeBytes: number): void {
    this.add(sizeBytes);
    this.watch?.allocated("scratch", sizeBytes, undefined);
  }

  freeScratch(sizeBytes: number): void {
    this.watch?.freed("scratch", sizeBytes, undefined);
  }
}
