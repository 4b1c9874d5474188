/**
 * Memoised questions about a cyclic program: each is a cell, computed on first demand; a question that comes back to a cell that is
 * being computed reads its value so far.
 *
 * Theory: least fixed point over the lattice of `type-table.ts` (bottom `NEVER`). Cells that depend on one another form a strongly
 * connected component whose first asked cell is its head; the head is computed again until no cell that was read early changes, at most
 * `MAX_ROUNDS` times, and only then are the component's values kept. A cell inside the component is computed once a round.
 * Every operation on types is strict: of what is not seen yet it says `NEVER`, not `UNKNOWN`, or a value would depend on which cell was asked first.
 * Known misses: after `MAX_ROUNDS` the values so far are kept; below `MAX_DEPTH` nested questions the answer is `UNKNOWN` for the question
 * at the top and nothing computed on the way is kept.
 */
import { Answer, begin, end, note } from "./reads.ts";
import { NEVER } from "./type-table.ts";
import { type TracedType, UNKNOWN } from "./traced-type.ts";

const MAX_ROUNDS = 8;
const MAX_DEPTH = 150;

/** One question's answer. `state` 0 not asked, 1 being computed, 2 answered, 3 answered, but for a component whose head still runs. */
export class Cell extends Answer {
  state: 0 | 1 | 2 | 3 = 0;
  value: TracedType = NEVER;
  /** Position on the stack of running cells. */
  depth = 0;
  /** The deepest-reaching dependency: the lowest running cell that it read. */
  low = Infinity;
  /** It was read while it was being computed. */
  readEarly = false;

  /** Of a cell that is answered: read without a question. */
  get settled(): TracedType {
    note(this);
    return this.value;
  }
}

export function createCell(): Cell {
  return new Cell();
}

export class MemoCells {
  #depth = 0;
  #low = Infinity;
  #changed = false;
  readonly #pending: Cell[] = [];

  /** Runs a computation inside a question; `settled` says whether everything that it read is final. */
  observe<T>(compute: () => T): { readonly value: T; readonly settled: boolean } {
    const outer = this.#low;
    this.#low = Infinity;
    const value = compute();
    const settled = this.#low === Infinity;
    this.#low = Math.min(outer, this.#low);
    return { value, settled };
  }

  evaluate(cell: Cell, compute: () => TracedType): TracedType {
    // What was computed meanwhile is read by who asks.
    if (cell.state !== 0) note(cell);
    if (cell.state === 2) return cell.value;
    if (cell.state === 1) {
      cell.readEarly = true;
      this.#low = Math.min(this.#low, cell.depth);
      return cell.value;
    }
    if (cell.state === 3) {
      this.#low = Math.min(this.#low, cell.low);
      return cell.value;
    }
    if (this.#depth >= MAX_DEPTH) {
      this.#low = -1;
      return UNKNOWN;
    }
    return this.#compute(cell, compute);
  }

  #compute(cell: Cell, compute: () => TracedType): TracedType {
    const outerLow = this.#low;
    const outerChanged = this.#changed;
    const mark = this.#pending.length;
    cell.depth = this.#depth++;
    cell.state = 1;
    cell.readEarly = false;
    const outerReads = begin(cell);
    try {
      for (let rounds = 1; ; rounds++) {
        this.#low = Infinity;
        this.#changed = false;
        const value = compute();
        if (cell.readEarly && value !== cell.value) this.#changed = true;
        cell.value = value;
        if (this.#low < cell.depth) return this.#leave(cell, outerLow, outerChanged);
        if (!this.#changed || rounds >= MAX_ROUNDS) break;
        this.#forget(mark);
      }
    } catch (error) {
      cell.state = 0;
      this.#forget(mark);
      throw error;
    } finally {
      this.#depth--;
      end(cell, outerReads);
    }
    this.#keep(cell, mark);
    this.#low = outerLow;
    this.#changed = outerChanged;
    return cell.value;
  }

  /** Inside a component whose head runs further up, or above a question that was too deep. */
  #leave(cell: Cell, outerLow: number, outerChanged: boolean): TracedType {
    cell.low = this.#low;
    cell.state = 3;
    this.#pending.push(cell);
    this.#changed ||= outerChanged;
    this.#low = Math.min(this.#low, outerLow);
    if (cell.depth === 0) {
      const { value } = cell;
      for (const each of this.#pending) each.value = NEVER;
      this.#forget(0);
      this.#low = Infinity;
      this.#changed = false;
      cell.value = value;
      cell.state = 2;
    }
    return cell.value;
  }

  /** Cells of a component that is computed again: their values stay, as what an early read sees. */
  #forget(mark: number): void {
    for (let i = mark; i < this.#pending.length; i++) {
      const each = this.#pending[i];
      if (each !== undefined) each.state = 0;
    }
    this.#pending.length = mark;
  }

  #keep(cell: Cell, mark: number): void {
    for (let i = mark; i < this.#pending.length; i++) {
      const each = this.#pending[i];
      if (each === undefined) continue;
      each.state = 2;
    }
    this.#pending.length = mark;
    cell.state = 2;
  }
}
