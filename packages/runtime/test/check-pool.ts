/** Asserts the invariants that the headers of the pool's files state, by looking at what is private to them. */
import { expect } from "vitest";
import type { OwnedSlot } from "../src/pool/owned-slot.ts";
import type { OwnedValues } from "../src/pool/owned-values.ts";
import type { PageRegistry } from "../src/pool/page-registry.ts";
import type { SizeClass, SlabPage, SlabPool } from "../src/pool/slab-pool.ts";

/** Fails with `what` unless it holds: `expect` is too slow to be asked every time. */
function hold(condition: boolean, what: string): void {
  if (!condition) expect.fail(what);
}

/** I1 of page-registry.ts, given the pages that are taken. */
export function checkRegistry(registry: PageRegistry, taken: ReadonlySet<number>): void {
  const returned = new Set(registry["returned"]);
  hold(returned.size === registry["returned"].length, "I1: a page was given back twice");
  for (let page = 0; page < registry.pageCount; page += 1) {
    const places = Number(taken.has(page)) + Number(returned.has(page)) + Number(page >= registry["untaken"]);
    hold(places === 1, `I1: page ${page} is in ${places} places`);
  }
}

/** I1 to I4 of slab-pool.ts. Gives the number of pages that classes hold. */
export function checkSlabs(slabs: SlabPool): number {
  const taken = new Set<number>();
  for (const size of slabs["classes"]) for (const index of checkClass(size, slabs["pages"])) taken.add(index);
  checkRegistry(slabs["registry"], taken);
  for (const [index, page] of slabs["pages"].entries()) hold((page !== undefined) === taken.has(index), `I4: page ${index} is a class's or the registry's`);
  return taken.size;
}

/** The indices of the pages of a class. */
function checkClass(size: SizeClass, pages: readonly (SlabPage | undefined)[]): number[] {
  const own = pages.filter((page) => page !== undefined && page.size === size) as SlabPage[];
  const open = new Set<SlabPage>();
  for (let page = size.open; page !== undefined; page = page.after) {
    hold(!open.has(page) && (page.after === undefined || page.after.before === page), "I4: the list of open pages is a list");
    open.add(page);
  }
  for (const page of own) checkPage(page, open.has(page));
  const used = own.reduce((sum, page) => sum + page.usedCount, 0);
  hold(used === size.usedCount && size.freeCount === own.length * size.slotsPerPage - used && size.pageCount === own.length, "I3: counts of a class");
  hold([...open].every((page) => own.includes(page)), "I4: only the class's pages are on its list");
  return own.map(({ index }) => index);
}

function checkPage(page: SlabPage, isOpen: boolean): void {
  const { size } = page;
  const free = new Set(page.free.subarray(0, page.freeCount));
  hold(free.size === page.freeCount && page.freeCount + page.usedCount === page.cutCount && page.cutCount <= size.slotsPerPage, "I1: every slot is used, free or not cut yet");
  for (const ptr of free) hold((ptr - page.beginByte) % size.slotBytes === 0 && ptr >= page.beginByte && ptr < page.beginByte + page.cutCount * size.slotBytes, "I1: a free slot is one of its page");
  hold(isOpen === (page.usedCount < size.slotsPerPage && page.usedCount > 0), "I4: a page with both free and used slots is open");
  hold((page === size.empty) === (page.usedCount === 0), "I4: a page without a slot in use is the empty one");
}

/** I1 and I2 of owned-slot.ts, and the counts, given the live values. */
export function checkValues(values: OwnedValues, live: ReadonlySet<object>): void {
  const places = new Set<number>();
  const seen = new Set<OwnedSlot>();
  for (const value of live) {
    const slot = values["slotOf"](value);
    hold(slot !== undefined && slot.holder === values.id && slot.list.owner === values, "I1: a live value has a slot with a holder");
    if (slot === undefined || slot.ptr < 0) continue;
    hold(!places.has(slot.ptr), "I2: a live value's bytes are its own");
    places.add(slot.ptr);
  }
  for (const list of values["lists"].values()) {
    for (const [stack, hasBytes] of [[list.spare, list.sizeBytes > 0], [list.bare, false]] as const) {
      for (let slot = stack; slot !== undefined; slot = slot.next) {
        hold(!seen.has(slot) && slot.holder === 0 && slot.list === list && slot.value !== undefined, "I1: a slot at rest");
        seen.add(slot);
        if (!hasBytes) continue;
        hold(slot.ptr > 0 && !places.has(slot.ptr), "I2: a spare slot's bytes are its own");
        places.add(slot.ptr);
      }
    }
  }
  hold(values.liveCount === live.size, "as many live values as are counted");
}
