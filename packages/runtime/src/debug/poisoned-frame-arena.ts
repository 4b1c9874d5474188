/**
 * A frame arena for debug mode: what is freed is filled with 0xCD at once, and no view, box or vec is handed out twice, so that a stale one always
 * throws FA004, naming where it was allocated. Costs memory and time in proportion to what a frame allocates.
 *
 * In place of I3 of bump-arena.ts: freed bytes are poison, and an allocation clears its own (or fills them with 0xAB when zeroing is off).
 */
import { FrameArena } from "../frame/frame-arena.ts";
import { SlotList } from "../frame/slot-list.ts";
import { allocationSite, retire } from "./retired-value.ts";

export const FREED_BYTE = 0xcd;
export const FRESH_BYTE = 0xab;

export class PoisonedFrameArena extends FrameArena {
  private readonly freshByte: number;
  /** Where the allocation was made that ends at a place. */
  private readonly sites: Map<number, string | undefined> = new Map();

  constructor(source: ConstructorParameters<typeof FrameArena>[0], zeroing = true) {
    super(source, zeroing);
    this.freshByte = zeroing ? 0 : FRESH_BYTE;
  }

  override tryPlace(sizeBytes: number, alignBytes: number): number {
    const ptr = super.tryPlace(sizeBytes, alignBytes);
    if (ptr < 0) return ptr;
    this.memory.fill(ptr, ptr + sizeBytes, this.freshByte);
    this.sites.set(this.top, allocationSite());
    return ptr;
  }

  protected override wipe(fromByte: number, toByte: number): void {
    this.memory.fill(fromByte, toByte, FREED_BYTE);
  }

  protected override release(toTop: number, keptCount: number, positions: readonly unknown[] | undefined): void {
    const lists = this.touched.slice(0, this.touchedCount);
    for (const [i, list] of lists.entries()) {
      if (!(list instanceof SlotList)) continue;
      const slots = list as SlotList;
      for (const slot of slots.inUseAfter(i < keptCount ? (positions?.[i] as SlotList["next"]) : undefined)) {
        retire(slot.value, this.frameNumber(), this.sites.get(slot.end));
        slot.value = undefined;
        slot.from = -1;
      }
    }
    super.release(toTop, keptCount, positions);
    for (const list of lists) if ("forget" in list && !(list instanceof SlotList)) (list as { forget(): void }).forget();
    if (toTop === this.beginByte) this.sites.clear();
  }
}
