/**
 * The object that stands for a piece of memory: where it lies, and whose it is. Struct classes and scalar refs extend it, and what reads by index (lane-view.ts).
 *
 * It holds little: frames have many views, and what does not fit the cache is slow. The typed arrays are found by its class (scalar-fields.ts). Names begin with
 * `$`; `struct` refuses fields that do.
 */
import type { Memory } from "./memory.ts";

/**
 * A value that structured clone refuses, naming it in its error. It is the first thing it meets in a view or a memory, so that posting one to
 * another agent fails and says why, instead of copying the whole buffer below.
 */
export const NOT_CLONEABLE = Symbol("FA201: a view of framealloc memory cannot be cloned to another agent; send `alloc.frameBoxForTransfer(value)`");

/** What a view's fields that are not scalars hold; moved together with the view. */
export interface Kid {
  /** Bytes from the start of the view. */
  readonly offset: number;
  moveTo(ptr: number): void;
}

/** Whose a view is: the memory itself, or the slot of the pool or heap value that the view stands for. */
export interface ViewHome {
  /** First, so that posting a view to another agent fails at once, and says why. */
  readonly $notCloneable: symbol;
  readonly memory: Memory;
}

export class View {
  declare $home: ViewHome;
  /** Byte offset in the buffer. */
  declare $ptr: number;
  /** Absent without nested values. */
  declare readonly $kids?: readonly Kid[];

  constructor(memory: Memory, ptr: number) {
    // First: structured clone goes through own properties in their order, and stops here.
    this.$home = memory;
    this.$ptr = ptr;
  }
}

/** Puts a view somewhere else in its memory, with all that is nested in it. */
export function moveView(view: View, ptr: number): void {
  view.$ptr = ptr;
  const kids = view.$kids;
  if (kids === undefined) return;
  for (let i = 0; i < kids.length; i += 1) {
    const kid = kids[i];
    kid?.moveTo(ptr + kid.offset);
  }
}
