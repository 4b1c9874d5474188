/**
 * The iterator of struct arrays, and of vecs that have given out many. Not a generator: this one's code is compiled into the loop that uses it, and then what
 * it gives at each step is not made at all. For the same reason the last result, which says that there is nothing more, carries what any other one would, and not `undefined`: a
 * variable that is either a number or not has its numbers boxed.
 */

/** What it needs of what it goes through. */
interface Indexed {
  readonly length: number;
  /** Element `index`. Also asked for element 0 when there is none. */
  load(index: number): unknown;
}

/** @internal Beyond any length: an iterator that has come to the end stays there. */
export const ENDED: number = 2 ** 30 - 1;

/** @internal Where the iterators of the language have what makes them iterable, and what else this engine's iterators have. */
export function iteratorPrototype(): object {
  return Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object;
}

let Elements: (new (of: Indexed) => IterableIterator<unknown>) | undefined;

/** @internal An iterator over whatever has elements. */
export function elementIterator(of: Indexed): IterableIterator<unknown> {
  return new (Elements ??= elementsClass())(of);
}

function elementsClass(): new (of: Indexed) => IterableIterator<unknown> {
  class ElementIterator {
    private readonly of: Indexed;
    private index = 0;

    constructor(of: Indexed) {
      this.of = of;
    }

    next(): IteratorResult<unknown, unknown> {
      const { of, index } = this;
      const done = index >= of.length;
      this.index = done ? ENDED : index + 1;
      return { value: of.load(done ? 0 : index), done };
    }
  }
  Object.setPrototypeOf(ElementIterator.prototype, iteratorPrototype());
  return ElementIterator as unknown as new (of: Indexed) => IterableIterator<unknown>;
}
