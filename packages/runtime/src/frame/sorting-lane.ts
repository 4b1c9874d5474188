/**
 * Sorting in place for vecs of every kind of elements: quicksort by swaps, which turns to heapsort where its parts come out too uneven, and to
 * insertion for short parts. Nothing is allocated, and O(n log n) comparisons are enough for every input.
 *
 * As elements only change places, none is lost when the order is inconsistent or the comparison throws.
 *
 * Longer than 60 lines: the one long function is a class, made anew for each kind of elements so that engines compile its code for that kind.
 */
import { badArgument } from "../errors.ts";
import type { ElementLane, ElementLaneClass } from "./element-lane.ts";

type Compare = (a: unknown, b: unknown) => number;

/** @internal */
export interface SortingLane extends ElementLane {
  /** Sorts elements `[0, length)`. Throws `argument` for elements without an order of their own when there is no `compare`. */
  sortElements(length: number, compare: Compare | undefined): void;
}

/** @internal */
export type SortingLaneClass = abstract new (...args: ConstructorParameters<ElementLaneClass>) => SortingLane;

/** Parts of at most so many are sorted by insertion. */
const SHORT = 12;
/** In parts of at least so many the pivot is chosen with more care. */
const LONG = 64;

/** @internal A class of its own for each class of vecs, so that engines compile it for that one's elements. */
export function sortingLane(Elements: ElementLaneClass): SortingLaneClass {
  abstract class Sorting extends Elements implements SortingLane {
    private sortedLength = 0;
    private compare: Compare | undefined = undefined;

    /** Throws FA004 when the life of the elements is over. */
    abstract readonly length: number;

    sortElements(length: number, compare: Compare | undefined): void {
      if (compare !== undefined && typeof compare !== "function") throw badArgument("sort", "compare", compare, "a function of two elements");
      if (length < 2) return;
      if (compare === undefined && !this.isOrdered) throw badArgument("sort", "compare", compare, "a function of two elements, for elements that are no numbers");
      const before = this.compare;
      const lengthBefore = this.sortedLength;
      this.compare = compare;
      this.sortedLength = length;
      try {
        // Twice as deep as the halves of halves go.
        this.sortPart(0, length, 2 * (32 - Math.clz32(length)));
      } finally {
        this.compare = before;
        this.sortedLength = lengthBefore;
      }
    }

    /** Sorts `[from, to)`; `depth`: how often a part may be parted still. */
    private sortPart(from: number, to: number, depth: number): void {
      let begin = from;
      let end = to;
      for (let left = depth; end - begin > SHORT; left -= 1) {
        if (left === 0) return this.heapSort(begin, end);
        const middle = this.partition(begin, end);
        // The shorter one first, so that calls do not go deeper than log n.
        if (middle - begin < end - middle) {
          this.sortPart(begin, middle, left - 1);
          begin = middle + 1;
        } else {
          this.sortPart(middle + 1, end, left - 1);
          end = middle;
        }
      }
      for (let i = begin + 1; i < end; i += 1) {
        for (let at = i; at > begin && this.isBefore(at, at - 1); at -= 1) this.swapElements(at, at - 1);
      }
    }

    /** Puts one element to its place, with none behind it that goes before it, nor the other way round. Gives the place. */
    private partition(begin: number, end: number): number {
      this.swapElements(begin, this.pivotOf(begin, end));
      let low = begin;
      let high = end;
      for (;;) {
        // The bounds are for comparisons that contradict themselves.
        do low += 1; while (low < end && this.isBefore(low, begin));
        do high -= 1; while (high > begin && this.isBefore(begin, high));
        if (low >= high) break;
        this.swapElements(low, high);
      }
      this.swapElements(begin, high);
      return high;
    }

    /** A guess at the median: one that is good where most is in order. */
    private pivotOf(begin: number, end: number): number {
      // Not the first one: the exchange below puts one there that is out of order also where all others are in order.
      const first = begin + 1;
      const middle = begin + ((end - begin) >> 1);
      const last = end - 1;
      if (end - begin < LONG) return this.medianOf(first, middle, last);
      const step = (end - begin) >> 3;
      return this.medianOf(this.medianOf(first, first + step, first + 2 * step), this.medianOf(middle - step, middle, middle + step), this.medianOf(last - 2 * step, last - step, last));
    }

    /** Which one of three elements lies between the others. */
    private medianOf(a: number, b: number, c: number): number {
      if (this.isBefore(a, b)) return this.isBefore(b, c) ? b : this.isBefore(a, c) ? c : a;
      return this.isBefore(a, c) ? a : this.isBefore(b, c) ? c : b;
    }

    private heapSort(begin: number, end: number): void {
      const count = end - begin;
      for (let root = (count >> 1) - 1; root >= 0; root -= 1) this.siftDown(begin, root, count);
      for (let last = count - 1; last > 0; last -= 1) {
        this.swapElements(begin, begin + last);
        this.siftDown(begin, 0, last);
      }
    }

    private siftDown(begin: number, from: number, count: number): void {
      for (let root = from; ; ) {
        let child = 2 * root + 1;
        if (child >= count) return;
        if (child + 1 < count && this.isBefore(begin + child, begin + child + 1)) child += 1;
        if (!this.isBefore(begin + root, begin + child)) return;
        this.swapElements(begin + root, begin + child);
        root = child;
      }
    }

    private isBefore(a: number, b: number): boolean {
      const { compare } = this;
      if (compare === undefined) return this.isLess(a, b);
      const order = compare(this.load(a), this.load(b));
      if (this.length !== this.sortedLength) throw badArgument("sort", "compare", compare, "a function that leaves the vec's length alone");
      return order < 0;
    }
  }
  return Sorting;
}
