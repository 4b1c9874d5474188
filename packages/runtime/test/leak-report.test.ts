/** How leaks are added up, ordered and told; leaks.test.ts has what is found. */
import { LeakReport, type Leak } from "../src/debug/leak-report.ts";
import { expect, test } from "vitest";

const leak = (kind: Leak["kind"], site: string, count: number, bytes: number): Leak => ({ kind, site, count, bytes });

test("those of a kind and a place are one, with all that they count; the largest first, then the most", () => {
  const { leaks, totalBytes, totalCount } = new LeakReport([
    leak("pool", "at a", 1, 0), leak("heap", "at a", 2, 64), leak("pool", "at b", 3, 0), leak("heap", "at a", 4, 8), leak("pool", "at c", 2, 0), leak("pool", "at b", 1, 0),
  ]);
  expect(leaks).toEqual([leak("heap", "at a", 6, 72), leak("pool", "at b", 4, 0), leak("pool", "at c", 2, 0), leak("pool", "at a", 1, 0)]);
  expect([totalBytes, totalCount]).toEqual([72, 13]);
});

test("what is given is not changed", () => {
  const first = leak("pool", "at a", 1, 8);
  const report = new LeakReport([first, leak("pool", "at a", 1, 8)]);
  expect([first.count, report.totalCount]).toEqual([1, 2]);
});

test("each is told in words, one as one and more as more", () => {
  const { leaks } = new LeakReport([]);
  const text = String(new LeakReport([leak("pool", "at a", 1, 40), leak("heap", "at a", 2, 30), leak("poolBox", "at a", 1, 20), leak("heapBox", "at a", 2, 10)]));
  expect([leaks, text.split("\n")]).toEqual([[], ["6 not released, 100 B:", "  1 pool value, 40 B, at a", "  2 heap values, 30 B, at a", "  1 pool box, 20 B, at a", "  2 heap boxes, 10 B, at a"]]);
});
