/**
 * What boxes of received memory hold. A box, its view and what it frees belong together and are used again together, in the order of their release.
 */
import { OwnedBox } from "../pool/owned-box.ts";
import type { ByteType } from "../types/memory-type.ts";
import type { TransferRegion } from "./transfer-region.ts";

/** Values that rest at least: so long a stale box throws, and a stale view lies where it lay, instead of coming alive as another. */
const RESTING = 32;

export class Held {
  readonly box: OwnedBox<unknown> = new OwnedBox<unknown>();
  ptr = 0;
  /** The block's word since it was received. */
  word = 0;
  type: ByteType | undefined = undefined;
  /** What stands for the memory, or the value without one. */
  content: unknown = undefined;
  next: Held | undefined = undefined;

  /** Holds another block from here on, and gives what stands for it. */
  bind(region: TransferRegion, ptr: number, word: number, type: ByteType | undefined, value: unknown): unknown {
    this.ptr = ptr;
    this.word = word;
    if (type === undefined) this.content = value;
    else this.content = this.type === type ? type.place(this.content as object, region.memory, ptr) : type.make(region.memory, ptr);
    this.type = type;
    return this.content;
  }
}

/** Released ones. */
export class HeldShelf {
  private first: Held | undefined = undefined;
  private last: Held | undefined = undefined;
  private count = 0;

  take(): Held {
    const held = this.first;
    if (held === undefined || this.count <= RESTING) return new Held();
    this.first = held.next;
    held.next = undefined;
    this.count -= 1;
    return held;
  }

  put(held: Held): void {
    if (held.type === undefined) held.content = undefined;
    if (this.last === undefined || this.first === undefined) this.first = held;
    else this.last.next = held;
    this.last = held;
    this.count += 1;
  }
}
