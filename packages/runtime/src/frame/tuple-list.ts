/** The tuples of one type that an arena hands out: a few separate objects by one allocation. */
import type { MemoryType } from "../types/memory-type.ts";
import { moveView, View } from "../view.ts";
import type { BumpArena } from "./bump-arena.ts";
import { SizedList, type Slot } from "./slot-list.ts";

/** `frameAlloc2`, `frameAlloc4`, `frameAlloc8`: a tuple of separate objects. */
export class TupleList extends SizedList {
  private readonly type: MemoryType;

  constructor(arena: BumpArena, type: MemoryType) {
    super(arena);
    this.type = type;
  }

  protected override valueFor(slot: Slot, ptr: number, length: number): object {
    const { memory } = this.arena;
    const { type } = this;
    const before = slot.value as object[] | undefined;
    if (before === undefined || before.length !== length) return Array.from({ length }, (_, i) => type.make(memory, ptr + i * type.sizeBytes));
    for (let i = 0; i < length; i += 1) {
      const part = before[i];
      if (part instanceof View) moveView(part, ptr + i * type.sizeBytes);
      else before[i] = part === undefined ? type.make(memory, ptr + i * type.sizeBytes) : type.place(part, memory, ptr + i * type.sizeBytes);
    }
    return before;
  }
}

