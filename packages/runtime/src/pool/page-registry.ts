/**
 * The pages of a region, handed out whole: slabs of all sizes take theirs here and give them back, so a page serves one size after another.
 *
 *   region   | page 0 | page 1 | page 2 | ... | rest, too small for a page
 *              taken    given    taken    never taken from here on
 *                       back     `^ untaken`
 *
 * Invariants:
 *   I1  a page is taken, or on the stack of those given back, or not below `untaken`; never two of these
 */
import { assert } from "../check.ts";
import { alignUp, type Region } from "../memory.ts";

export class PageRegistry {
  readonly pageBytes: number;
  readonly pageCount: number;
  private readonly beginByte: number;
  /** Pages that were given back; used before any that was never taken, as their memory is committed. */
  private readonly returned: number[] = [];
  private untaken = 0;

  constructor(region: Region, pageBytes: number) {
    this.beginByte = alignUp(region.beginByte, 8);
    this.pageBytes = pageBytes;
    this.pageCount = Math.max(0, Math.floor((region.endByte - this.beginByte) / pageBytes));
  }

  /** Pages that can be taken. */
  get freeCount(): number {
    return this.pageCount - this.untaken + this.returned.length;
  }

  /** The index of a page; -1 when there is none left. */
  tryTake(): number {
    const page = this.returned.pop();
    if (page !== undefined) return page;
    if (this.untaken === this.pageCount) return -1;
    this.untaken += 1;
    return this.untaken - 1;
  }

  /** Takes a page back. */
  give(page: number): void {
    assert(page >= 0 && page < this.untaken && this.returned.length < this.untaken, "page-registry.ts: I1, a page that was taken");
    this.returned.push(page);
  }

  /** Where a page begins. */
  byteOf(page: number): number {
    return this.beginByte + page * this.pageBytes;
  }

  /** The page that a byte lies in. */
  pageAt(ptr: number): number {
    return Math.floor((ptr - this.beginByte) / this.pageBytes);
  }
}
