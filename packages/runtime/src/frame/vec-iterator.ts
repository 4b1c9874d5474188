/**
 * The iterators of vecs: lanes themselves, that read the vec's elements. Engines collect what they learn of code by its place in the source: one iterator that asks whatever vec it
 * goes through is compiled for none once it has seen more than four kinds, and each of its steps is garbage then. Here they know by the iterator's class how an element is read,
 * and all vecs have their length in the same place.
 */
import { ENDED, iteratorPrototype } from "../element-iterator.ts";
import type { Memory } from "../memory.ts";
import type { ElementLane, ElementLaneClass, TakeObject, VecElement } from "./element-lane.ts";

/** @internal How far a vec goes: of one class for vecs of all kinds. */
export class Span {
  used = 0;
  alive = false;
}

/** What it goes through. */
interface Spanned extends ElementLane {
  /** Throws FA004 when the life of the elements is over. */
  readonly length: number;
}

/** @internal */
export interface VecIterator extends ElementLane, IterableIterator<unknown> {
  [Symbol.iterator](): IterableIterator<unknown>;
  /** To the first element, of elements that begin at `ptr`. */
  restart(ptr: number): this;
}

/** @internal */
export type VecIteratorClass = new (of: Spanned, span: Span, memory: Memory, element: VecElement, takeObject: TakeObject) => VecIterator;

/** @internal For vecs of a kind. */
export function vecIteratorClass(Lane: ElementLaneClass): VecIteratorClass {
  class Elements extends Lane {
    private readonly of: Spanned;
    private readonly span: Span;
    private index = 0;

    constructor(of: Spanned, span: Span, memory: Memory, element: VecElement, takeObject: TakeObject) {
      super(memory, element, takeObject);
      this.of = of;
      this.span = span;
      this.shareElements(of);
    }

    restart(ptr: number): this {
      this.$ptr = ptr;
      this.index = 0;
      return this;
    }

    // As the iterator of struct arrays gives its results, for the same reasons. The element first: behind a branch engines have forgotten of what class this is.
    next(): IteratorResult<unknown, unknown> {
      const { index, span } = this;
      const done = index >= span.used;
      const value = this.load(done ? 0 : index);
      if (!span.alive) this.refuse();
      this.index = done ? ENDED : index + 1;
      return { value, done };
    }

    /** Throws. */
    private refuse(): unknown {
      return this.of.length;
    }
  }
  // Their own prototype is a lane's.
  const { constructor: _, ...shared } = Object.getOwnPropertyDescriptors(iteratorPrototype()) as Record<PropertyKey, PropertyDescriptor>;
  Object.defineProperties(Elements.prototype, shared);
  return Elements as unknown as VecIteratorClass;
}
