/**
 * The classes of one type's views: one for each memory, made when first asked for, so that engines compile the memory into the code of the fields. A memory that is
 * gone takes its classes with it. Memories of one value each share a class.
 */
import type { Memory } from "./memory.ts";

export class ViewClasses<C> {
  private readonly made: WeakMap<object, C> = new WeakMap();
  private readonly make: (memory: Memory) => C;

  constructor(make: (memory: Memory) => C) {
    this.make = make;
  }

  /** `memory` may be what stands in for one. */
  of({ memory }: Pick<Memory, "memory">): C {
    let made = this.made.get(memory.kin);
    if (made === undefined) {
      made = this.make(memory);
      this.made.set(memory.kin, made);
    }
    return made;
  }
}
