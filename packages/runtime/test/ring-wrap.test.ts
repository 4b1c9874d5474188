/** Positions of a queue have 32 bits: what runs for days passes their end, whatever the number of slots. */
import { expect, it } from "vitest";
import { countFrees, freeQueueWords, openFreeQueue, passFrees, putFree, readFrees, takeFree } from "../src/shared/free-queue.ts";
import { claimSlot, clear, countItems, itemAt, openRing, peek, publish, ringWords, slotsFor } from "../src/shared/ring.ts";

/** Words of the counters, as `ring.ts` lays them out: a queue that has been used for so long cannot be had by using it. */
const TAIL = 16;
const HEAD = 32;

it.each([4, 256, 512, 4096])("a queue of %i goes on past the last position", (capacity) => {
  const words = new Int32Array(new SharedArrayBuffer(ringWords(capacity, 1) * 4));
  const slots = slotsFor(capacity);
  const begin = (2 ** 32 - 2 * slots) | 0;
  const fresh = openRing(words, 0, capacity, 1);
  words[TAIL] = words[HEAD] = begin;
  // Every slot is full of the lap before the one that begins, and past.
  for (let i = 0; i < slots; i += 1) words[itemAt(fresh, i) - 1] = begin << fresh.shift;
  const sender = openRing(words, 0, capacity, 1);
  const receiver = openRing(words, 0, capacity, 1);
  const received: number[] = [];
  const takeAll = (): void => {
    for (let position = peek(receiver); position !== -1; position = peek(receiver)) {
      received.push(words[itemAt(receiver, position)] ?? -1);
      expect(clear(receiver, position)).toBe(true);
    }
  };
  let sent = 0;
  for (let lap = 0; lap < 5; lap += 1) {
    for (let i = 0; i < capacity; i += 1) {
      const item = claimSlot(sender, 1);
      expect(item, `item ${sent}`).toBeGreaterThan(0);
      words[item] = sent;
      publish(sender, item);
      sent += 1;
    }
    expect(claimSlot(sender, 1)).toBe(-1);
    expect(countItems(receiver)).toBe(capacity);
    takeAll();
    expect(countItems(sender)).toBe(0);
  }
  expect(received).toEqual(Array.from({ length: sent }, (_, i) => i));
});

it.each([1, 3, 4, 256])("a queue of %i frees goes on past the last position, and past the last lap", (capacity) => {
  // So few words that laps have many bits, and so many that they have few.
  for (const more of [0, 2 ** 22]) {
    const words = new Int32Array(new SharedArrayBuffer((freeQueueWords(capacity) + more) * 4));
    const slots = slotsFor(capacity);
    const begin = (2 ** 32 - 2 * slots) | 0;
    const fresh = openFreeQueue(words, 0, capacity);
    const [tail, head, firstEntry] = [0, 16, 32];
    words[tail] = words[head] = begin;
    // Every entry is of the lap before.
    for (let i = 0; i < slots; i += 1) words[firstEntry + i] = (begin >>> fresh.shift) << fresh.lapShift;
    const freeing = openFreeQueue(words, 0, capacity);
    const owner = openFreeQueue(words, 0, capacity);
    const taken: number[] = [];
    let put = 0;
    const placeOf = (index: number): number => (1 + (index % 15)) * 16;
    const laps = Math.min(300, 2 ** (32 - fresh.lapShift) + 5);
    for (let lap = 0; lap < laps; lap += 1) {
      while (putFree(freeing, placeOf(put))) put += 1;
      expect([put, countFrees(owner)]).toEqual([(lap + 1) * capacity, capacity]);
      taken.push(takeFree(owner));
      const run: number[] = [];
      for (let count = readFrees(owner, 50, run); count > 0; count = readFrees(owner, 50, run)) {
        taken.push(...run.slice(0, count));
        passFrees(owner, count);
      }
      expect(countFrees(freeing)).toBe(0);
    }
    expect(taken.length).toBe(put);
    expect(taken.findIndex((place, i) => place !== placeOf(i))).toBe(-1);
  }
});
