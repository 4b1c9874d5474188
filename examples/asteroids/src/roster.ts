/** A dense list of at most `capacity` entities; its array is filled once and never grows, so that adding makes no garbage. */
export class Roster<T extends object> {
  readonly capacity: number;
  readonly #items: (T | null)[];
  #count = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
    this.#items = new Array<T | null>(capacity).fill(null);
  }

  get count(): number {
    return this.#count;
  }

  get isFull(): boolean {
    return this.#count === this.capacity;
  }

  /** The entity at an index below `count`; throws `RangeError` for any other. */
  at(index: number): T {
    const item = this.#items[index] ?? null;
    if (item === null) throw new RangeError(`no entity at ${index}, there are ${this.#count}`);
    return item;
  }

  /** Throws `RangeError` when full. */
  add(item: T): void {
    if (this.isFull) throw new RangeError(`more than ${this.capacity} entities`);
    this.#items[this.#count] = item;
    this.#count += 1;
  }

  /** Takes an entity out and gives it back; the last one moves to its index. */
  removeAt(index: number): T {
    const item = this.at(index);
    this.#count -= 1;
    this.#items[index] = this.#items[this.#count] ?? null;
    this.#items[this.#count] = null;
    return item;
  }
}
