/**
 * What every allocator of bytes keeps to, as one suite: `conformance(name, make)`. `free` is undefined for an arena, which frees all at once by `reset`.
 *
 * Longer than 60 lines: one function so that every test of the suite shares the allocator's name and maker.
 */
import type { Memory } from "@framealloc/runtime";
import { describe, expect, test } from "vitest";

export interface ByteAllocator {
  readonly memory: Memory;
  /** The offset of a block, or -1. */
  tryTake(sizeBytes: number): number;
  readonly free: ((ptr: number, sizeBytes: number) => void) | undefined;
  /** Frees everything. */
  reset(): void;
}

/** `sizeBytes` is what the allocator gets to share out; every size asked for is at most an eighth of it. */
export function conformance(name: string, make: (sizeBytes: number) => ByteAllocator): void {
  const TOTAL = 4096;
  const SIZES = [8, 16, 24, 100, 1, 64, 256, 7] as const;

  const fillUp = (allocator: ByteAllocator, size: number): number[] => {
    const blocks: number[] = [];
    for (let ptr = allocator.tryTake(size); ptr >= 0; ptr = allocator.tryTake(size)) {
      blocks.push(ptr);
      if (blocks.length > TOTAL * 8) throw new Error("more blocks than bytes");
    }
    return blocks;
  };

  describe(`${name} conforms`, () => {
    test("blocks lie inside the memory, at multiples of 8, and apart", () => {
      const allocator = make(TOTAL);
      const blocks = SIZES.map((size) => ({ ptr: allocator.tryTake(size), size })).sort((a, b) => a.ptr - b.ptr);
      for (const [i, { ptr, size }] of blocks.entries()) {
        expect(ptr % 8).toBe(0);
        expect(ptr).toBeGreaterThanOrEqual(allocator.memory.beginByte);
        expect(ptr + size).toBeLessThanOrEqual(blocks[i + 1]?.ptr ?? allocator.memory.endByte);
      }
    });

    test("what is written in a block stays, whatever happens to others", () => {
      const allocator = make(TOTAL);
      const blocks = SIZES.map((size, i) => {
        const ptr = allocator.tryTake(size);
        allocator.memory.u8.fill(i + 1, ptr, ptr + size);
        return { ptr, size, byte: i + 1 };
      });
      const survivors = allocator.free === undefined ? blocks : blocks.filter((_, i) => i % 2 === 0);
      for (const { ptr, size } of blocks) if (!survivors.some((each) => each.ptr === ptr)) allocator.free?.(ptr, size);
      for (const size of SIZES) {
        const ptr = allocator.tryTake(size);
        if (ptr >= 0) allocator.memory.u8.fill(0xff, ptr, ptr + size);
      }
      for (const { ptr, size, byte } of survivors) expect(allocator.memory.u8.subarray(ptr, ptr + size).every((each) => each === byte)).toBe(true);
    });

    test("says -1 when it is full, changes nothing then, and goes on", () => {
      const allocator = make(TOTAL);
      const blocks = fillUp(allocator, 64);
      expect(blocks.length).toBeGreaterThan(0);
      expect(new Set(blocks).size).toBe(blocks.length);
      for (let i = 0; i < 3; i += 1) expect(allocator.tryTake(64)).toBe(-1);
      allocator.reset();
      expect(fillUp(allocator, 64).length).toBe(blocks.length);
    });

    test("serves as much after a reset as before, with other sizes in between", () => {
      const allocator = make(TOTAL);
      const before = fillUp(allocator, 100).length;
      allocator.reset();
      for (const size of SIZES) allocator.tryTake(size);
      allocator.reset();
      expect(fillUp(allocator, 100).length).toBe(before);
    });

    test("a request larger than its memory is -1", () => {
      const allocator = make(TOTAL);
      for (const size of [TOTAL * 9, 2 ** 30, 2 ** 31, 2 ** 40]) expect(allocator.tryTake(size)).toBe(-1);
    });

    test("blocks freed one by one come back", () => {
      const allocator = make(TOTAL);
      if (allocator.free === undefined) return expect(allocator.tryTake(8)).toBeGreaterThan(0);
      const blocks = fillUp(allocator, 64);
      const all = new Set(blocks);
      for (let round = 0; round < 3; round += 1) {
        for (const [i, ptr] of blocks.entries()) if (i % 3 === round) allocator.free(ptr, 64);
        const again = fillUp(allocator, 64);
        const freed = blocks.filter((_, i) => i % 3 === round);
        expect([...again].sort((a, b) => a - b)).toEqual(freed.sort((a, b) => a - b));
        expect(again.every((ptr) => all.has(ptr))).toBe(true);
      }
    });
  });
}
