/** The heap's edges, which random programs seldom meet; model.test.ts has the rest. */
import { Heap } from "../src/heap/heap.ts";
import { Memory } from "../src/memory.ts";
import { expect, test } from "vitest";

/** A heap whose one free block has so many bytes. */
function heapOf(payloadBytes: number): Heap {
  const endByte = 64 + payloadBytes + 16;
  return new Heap({ memory: new Memory(new ArrayBuffer(endByte), 64, endByte), beginByte: 64, endByte });
}

test("a rest that holds the smallest block serves for one", () => {
  const heap = heapOf(8 + 8 + 8);
  const [first, second] = [heap.tryTake(8), heap.tryTake(8)];
  expect([first, second, heap.tryTake(1)]).toEqual([72, 88, -1]);
  heap.check();
});

test("a rest without room for a payload stays with its block, and comes back with it", () => {
  const heap = heapOf(24);
  const ptr = heap.tryTake(16);
  expect([heap.tryTake(1), heap.stats().usedBytes]).toEqual([-1, 24 + 8]);
  heap.give(ptr);
  expect([heap.tryTake(24), heap.check()]).toEqual([72, 0]);
});

test("sizes beyond 32 bits are refused, whatever is left of them in 32", () => {
  const heap = heapOf(1024);
  for (const size of [1025, 2 ** 31, 2 ** 32, 2 ** 32 + 8, 2 ** 33 + 64, Number.MAX_SAFE_INTEGER]) expect(heap.tryTake(size)).toBe(-1);
  expect([heap.check(), heap.stats().usedCount]).toEqual([1, 0]);
});

test("FA301: tells what is in use now, not what was once", () => {
  const heap = heapOf(1024);
  const [kept, freed] = [heap.tryTake(100), heap.tryTake(600)];
  heap.give(freed);
  const { requested, used, capacity } = heap.exhausted(2000);
  // 104 bytes and a head.
  expect([kept, requested, used, capacity, heap.stats().highWaterMark]).toEqual([72, 2000, 112, 1024, 112 + 608]);
});

test("what is left of a hole is joined with the block behind it when that is freed", () => {
  const heap = heapOf(1024);
  const [first, second, third] = [heap.tryTake(200), heap.tryTake(40), heap.tryTake(40)];
  heap.give(first);
  // Out of the hole of 200: 152 are left before the second block.
  expect(heap.tryTake(40)).toBe(first);
  heap.give(second);
  expect(heap.check()).toBe(2);
  expect(heap.tryTake(152 + 8 + 40)).toBe(first + 48);
  heap.give(first + 48);
  heap.give(third);
  heap.give(first);
  expect([heap.check(), heap.stats().usedBytes, heap.tryTake(1024)]).toEqual([1, 0, first]);
});
