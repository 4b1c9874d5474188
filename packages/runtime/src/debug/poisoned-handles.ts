/**
 * Handles for debug mode: their views know when they are over (watched-views.ts), what is freed or left by a move is 0xCD, and the guard bytes around a value
 * (guarded-store.ts) are looked at when it is freed.
 */
import { guardOverwritten } from "../errors.ts";
import { HandleAllocator } from "../handles/handle-allocator.ts";
import { FREED_BYTE } from "./debug-bytes.ts";
import { guardsAreWhole } from "./guarded-store.ts";

export class PoisonedHandles extends HandleAllocator {
  protected override giveBytes(ptr: number, sizeBytes: number, value: object): void {
    const head = this.headOf(ptr);
    const isWhole = this.memory.word(head) === ~this.memory.word(head + 4) && guardsAreWhole(this.memory, head, ptr - head + sizeBytes);
    super.giveBytes(ptr, sizeBytes, value);
    // Now that it is freed: nothing is left half done.
    if (!isWhole) throw guardOverwritten("handle", sizeBytes, this.views.siteOf(value) ?? "at an unknown place");
  }

  protected override vacate(fromByte: number, toByte: number): void {
    if (fromByte < toByte) this.memory.fill(fromByte, toByte, FREED_BYTE);
  }
}
