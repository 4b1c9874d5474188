/** Pool and heap values for debug mode: freed memory is filled with 0xCD, and no object is handed out twice, so that a stale one cannot come alive. */
import { OwnedValues, type OwnedSlot } from "../pool/owned-values.ts";
import { FREED_BYTE } from "./poisoned-frame-arena.ts";

export class PoisonedValues extends OwnedValues {
  protected override release(slot: OwnedSlot): void {
    const { type } = slot.list;
    if (typeof type !== "function") this.store.memory.fill(slot.ptr, slot.ptr + type.sizeBytes, FREED_BYTE);
    super.release(slot);
  }

  /** The slot is left to whoever still holds its value: a second free of it is told for good. */
  protected override recycle(_slot: OwnedSlot): void {}
}
