/** Random programs against the reference model, on every kind of memory, in both modes; and on the heap's own structure. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap } from "../src/heap/heap.ts";
import { Memory } from "../src/memory.ts";
import { backings } from "./backings.ts";
import { runProgram, type Counts } from "./model.ts";
import { program } from "./model-program.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/model.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 360);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

let allOps = 0;

describe.each(backings)("on $name", (backing) => {
  test.each([{ debug: false }, { debug: true }])("an allocator does as the model does (debug: $debug)", ({ debug }) => {
    const counts: Counts = { ops: 0, full: 0 };
    fc.assert(fc.property(program, (ops) => runProgram(ops, backing, debug, counts)), { numRuns, ...seed });
    expect(counts.full).toBeGreaterThan(0);
    allOps += counts.ops;
  });
});

test("these were programs of 69 operations on average, 200,000 in all", () => {
  // Four kinds of memory, two modes.
  expect(allOps).toBeGreaterThan(numRuns * 8 * 69.5);
});

test.each([{ debug: false }, { debug: true }])("whoever watches changes nothing (debug: $debug)", ({ debug }) => {
  const [backing] = backings;
  const counts: Counts = { ops: 0, full: 0 };
  const told: Record<string, number> = {};
  fc.assert(fc.property(program, (ops) => runProgram(ops, backing ?? expect.fail("a kind of memory"), debug, counts, (alloc) => {
    alloc.enableStatistics();
    alloc.enableBehaviorFilter({ loopAllocationLimit: 5 });
    alloc.enableLifecycleTracking();
    alloc.onFrameEvent(({ type }) => { told[type] = (told[type] ?? 0) + 1; });
  })), { numRuns: Math.ceil(numRuns / 3), ...seed });
  for (const type of ["alloc", "free", "frameEnd"]) expect(told[type], type).toBeGreaterThan(20);
});

test("the heap stays whole: blocks tile it, neighbours are joined, bins hold the free ones", () => {
  const op = fc.record({ isFree: fc.boolean(), size: fc.integer({ min: 1, max: 600 }), pick: fc.nat() });
  fc.assert(fc.property(fc.array(op, { maxLength: 200, size: "max" }), (ops) => {
    const memory = new Memory(new ArrayBuffer(8256), 64, 8256);
    const heap = new Heap({ memory, beginByte: 64, endByte: 8256 });
    const live: { ptr: number; size: number; byte: number }[] = [];
    for (const [i, { isFree, size, pick }] of ops.entries()) {
      const ptr = isFree ? -1 : heap.tryTake(size);
      if (ptr >= 0) {
        memory.fill(ptr, ptr + size, i & 255);
        live.push({ ptr, size, byte: i & 255 });
      } else if (live.length > 0) {
        heap.give(live.splice(pick % live.length, 1)[0]?.ptr ?? 0);
      }
      heap.check();
      for (const { ptr: at, size: bytes, byte } of live) expect(memory.u8[at] === byte && memory.u8[at + bytes - 1] === byte).toBe(true);
    }
    for (const { ptr } of live) heap.give(ptr);
    expect([heap.check(), heap.stats().usedBytes, heap.stats().usedCount]).toEqual([1, 0, 0]);
  }), { numRuns, ...seed });
});
