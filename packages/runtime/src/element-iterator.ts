/**
 * The iterator of vecs and struct arrays. Not a generator: this one's code is compiled into the loop that uses it, and then what it gives at each step is not made at
 * all. For the same reason the last result, which says that there is nothing more, carries what any other one would, and not `undefined`: a
 * variable that is either a number or not has its numbers boxed.
 */

/** What it needs of what it goes through. */
interface Indexed {
  readonly length: number;
  /** Element `index`. Also asked for element 0 when there is none. */
  load(index: number): unknown;
}

/** @internal */
export interface ElementIterator extends IterableIterator<unknown> {
  restart(): this;
}

/** Beyond any length: an iterator that has come to the end stays there. */
const ENDED = 2 ** 30 - 1;

/** @internal A class for each class of vecs and the like. */
export function elementIteratorClass(): new (of: Indexed) => ElementIterator {
  class Elements {
    private readonly of: Indexed;
    private index = 0;

    constructor(of: Indexed) {
      this.of = of;
    }

    restart(): this {
      this.index = 0;
      return this;
    }

    next(): IteratorResult<unknown, unknown> {
      const { of, index } = this;
      const done = index >= of.length;
      this.index = done ? ENDED : index + 1;
      return { value: of.load(done ? 0 : index), done };
    }
  }
  // Where the iterators of the language have theirs: they are iterable, and have what else this engine's iterators have.
  Object.setPrototypeOf(Elements.prototype, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())) as object);
  return Elements as unknown as new (of: Indexed) => ElementIterator;
}
