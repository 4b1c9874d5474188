/** Who is asked for bytes when there are none left, and how often; pool.test.ts has what comes of it. */
import { memoryExhausted } from "../src/errors.ts";
import { Memory } from "../src/memory.ts";
import type { ByteStore } from "../src/pool/byte-store.ts";
import { TrimmingStore, type Keeper } from "../src/pool/trimming-store.ts";
import { expect, test } from "vitest";

/** A store of so many bytes, which are counted and nothing else. */
class Counter implements ByteStore {
  readonly memory: Memory = new Memory(new ArrayBuffer(128), 64, 128);
  left: number;
  tries = 0;

  constructor(left: number) {
    this.left = left;
  }

  tryTake(sizeBytes: number): number {
    this.tries += 1;
    if (sizeBytes > this.left) return -1;
    this.left -= sizeBytes;
    return 64;
  }

  give(_ptr: number, sizeBytes: number): void {
    this.left += sizeBytes;
  }

  exhausted(sizeBytes: number): ReturnType<ByteStore["exhausted"]> {
    return memoryExhausted("a counter", "heapSize", sizeBytes, 0, this.left);
  }
}

function keeperOf(store: Counter, kept: number): Keeper & { asked: number } {
  let left = kept;
  return {
    asked: 0,
    trim(): boolean {
      this.asked += 1;
      const gives = left;
      store.left += gives;
      left = 0;
      return gives > 0;
    },
  };
}

test("every keeper gives up what it keeps, and one that has nothing undoes no other's answer", () => {
  const inner = new Counter(10);
  const keepers = [keeperOf(inner, 20), keeperOf(inner, 30), keeperOf(inner, 0)];
  const store = new TrimmingStore(inner, keepers);
  expect(store.tryTake(60)).toBe(64);
  expect([inner.left, ...keepers.map(({ asked }) => asked)]).toEqual([0, 1, 1, 1]);
});

test("nobody is asked while there is room, nor the store twice when nobody had anything", () => {
  const inner = new Counter(10);
  const keeper = keeperOf(inner, 0);
  const store = new TrimmingStore(inner, [keeper]);
  expect([store.tryTake(10), keeper.asked]).toEqual([64, 0]);
  expect([store.tryTake(1), keeper.asked, inner.tries]).toEqual([-1, 1, 2]);
  store.give(64, 10);
  expect([inner.left, store.exhausted(11).requested]).toEqual([10, 11]);
});
