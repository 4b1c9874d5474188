/** Typed arrays and struct arrays over parts of a vec, kept for the next time that the same part is asked for. */
import type { Memory } from "../memory.ts";
import { makeMany } from "../types/array-type.ts";
import type { ElementType } from "../types/memory-type.ts";
import { StructArray } from "../types/struct-array.ts";

/** Beyond so many the oldest is given up. */
const MAX_SLICES = 16;

export class SliceCache {
  private readonly element: ElementType;
  private readonly memory: Memory;
  // Plain arrays beside each other: comparing places asks no object of whatever class.
  private readonly ptrs: number[] = [];
  private readonly lengths: number[] = [];
  private readonly made: object[] = [];
  private oldest = 0;

  constructor(element: ElementType, memory: Memory) {
    this.element = element;
    this.memory = memory;
  }

  /** `length` elements at `ptr`: the same object as long as it is kept, else a new one. */
  at(ptr: number, length: number): object {
    for (let i = 0; i < this.made.length; i += 1) {
      const value = this.made[i];
      if (value !== undefined && this.ptrs[i] === ptr && this.lengths[i] === length) return value;
    }
    const value = makeMany(this.element, this.memory, ptr, length);
    const index = this.made.length < MAX_SLICES ? this.made.length : this.oldest;
    this.oldest = (index + 1) % MAX_SLICES;
    this.ptrs[index] = ptr;
    this.lengths[index] = length;
    this.made[index] = value;
    return value;
  }
  /** After the memory got another buffer: struct arrays are led over, typed arrays cannot be. */
  rebind(): void {
    for (const [i, value] of this.made.entries()) {
      if (value instanceof StructArray) value.rebind();
      else this.ptrs[i] = -1;
    }
  }
}
