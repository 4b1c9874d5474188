/** Places of free blocks, of one agent and one size: a stack, as the block that was freed last is in the cache. Counted, as an array that is popped and pushed gives its memory up and takes it again. */
export class FreeBlocks {
  private readonly places: number[] = [];
  private count = 0;

  get isEmpty(): boolean { return this.count === 0; }

  push(ptr: number): void {
    this.places[this.count] = ptr;
    this.count += 1;
  }

  /** 0 when there is none. */
  pop(): number {
    if (this.count === 0) return 0;
    this.count -= 1;
    return this.places[this.count] as number;
  }

  /** Forgets those from `begin` to `end`. */
  forget(begin: number, end: number): void {
    const left = this.places.slice(0, this.count).filter((ptr) => ptr < begin || ptr >= end);
    this.places.length = this.count = 0;
    for (const ptr of left) this.push(ptr);
  }
}
