/** What the values of a scratch pool count for: the tally of the heap, which tags, phases and statistics read, and the budgets. All end at once. */
import type { HeapTally } from "../heap/heap-tally.ts";
import type { Charge, Charges } from "../pool/charges.ts";

/** Of all pools of an allocator. */
export interface ScratchCounts {
  readonly tally: HeapTally;
  /** Undefined without budgets. */
  charges: Charges | undefined;
}

export class ScratchAccount {
  /** Of the values that there are; padding not included. */
  liveBytes = 0;
  liveCount = 0;
  private readonly counts: ScratchCounts;
  /** Of the value that was admitted last. */
  private admitted: Charge | undefined = undefined;
  /** In pairs, `[0, chargeCount)`; the arrays keep their length, so that resets make no garbage. */
  private readonly charges: Charge[] = [];
  private readonly chargedBytes: number[] = [];
  private chargeCount = 0;

  constructor(counts: ScratchCounts) {
    this.counts = counts;
  }

  /** Whether a value of so many bytes may be; `add` or `revoke` follows. */
  admit(sizeBytes: number): boolean {
    const { charges } = this.counts;
    if (charges === undefined || sizeBytes === 0) return true;
    this.admitted = charges.charge(sizeBytes, false);
    return this.admitted !== undefined;
  }

  /** It is there. */
  add(sizeBytes: number): void {
    const { admitted } = this;
    this.admitted = undefined;
    if (admitted !== undefined) this.note(admitted, sizeBytes);
    this.liveBytes += sizeBytes;
    this.liveCount += 1;
    this.counts.tally.addScratch(sizeBytes);
  }

  /** It is not. No effect once it is. */
  revoke(sizeBytes: number): void {
    const { admitted } = this;
    this.admitted = undefined;
    if (admitted !== undefined) this.counts.charges?.refund(admitted, sizeBytes);
  }

  /** All are over. */
  end(): void {
    const { liveBytes, liveCount, charges, chargedBytes, chargeCount } = this;
    this.liveBytes = 0;
    this.liveCount = 0;
    this.chargeCount = 0;
    for (let i = 0; i < chargeCount; i += 1) this.counts.charges?.refund(charges[i] as Charge, chargedBytes[i] as number);
    if (liveCount > 0) this.counts.tally.freeScratch(liveBytes);
  }

  /** One entry for all that was charged to the same. */
  private note(charge: Charge, sizeBytes: number): void {
    const { charges, chargedBytes, chargeCount } = this;
    for (let i = 0; i < chargeCount; i += 1) {
      if (charges[i] !== charge) continue;
      chargedBytes[i] = (chargedBytes[i] as number) + sizeBytes;
      return;
    }
    charges[chargeCount] = charge;
    chargedBytes[chargeCount] = sizeBytes;
    this.chargeCount = chargeCount + 1;
  }
}
