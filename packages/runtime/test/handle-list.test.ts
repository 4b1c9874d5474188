/** Which handle is handed out again, and which is not; frame.test.ts and checkpoints.test.ts have their lives. */
import { AllocConfig, f32, i32, SmartAlloc, struct } from "@framealloc/runtime";
import { expect, test } from "vitest";

const small = (more: object = {}): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), ...more });

test("guards that end before the next one opens are one object, however many there are", () => {
  const alloc = small();
  alloc.withFrame(() => {
    const first = alloc.checkpointGuard();
    first[Symbol.dispose]();
    for (let i = 0; i < 3; i += 1) {
      const next = alloc.checkpointGuard();
      expect(next === first).toBe(true);
      next.commit();
      next[Symbol.dispose]();
    }
  });
});

test("a guard that ends before a younger one leaves the younger one alone", () => {
  const alloc = small();
  alloc.withFrame(() => {
    const older = alloc.checkpointGuard();
    const younger = alloc.checkpointGuard();
    alloc.frameAllocBytes(16);
    older.commit();
    older[Symbol.dispose]();
    const next = alloc.checkpointGuard();
    expect([next === younger, younger.isAlive]).toEqual([false, true]);
    next.commit();
    next[Symbol.dispose]();
    younger[Symbol.dispose]();
    expect(alloc.frameUsage()).toBe(0);
  });
});

test("handles of every set are led over when the memory grew", () => {
  const wasm = new WebAssembly.Memory({ initial: 2, maximum: 8 });
  const alloc = small({ memory: wasm, frameArenaSize: 4096, heapSize: 0, slabPagesPerClass: 0 });
  const Vec = struct({ x: f32 });
  const frame = (): number[] => alloc.withFrame(() => {
    const [numbers, structs, box, map] = [alloc.frameVec(i32, 4), alloc.frameVec(Vec, 4), alloc.frameBox(i32, 3), alloc.frameMap("number", i32, 4)];
    numbers.push(1);
    structs.push({ x: 2 });
    map.set(7, 4);
    return [numbers.get(0), structs.get(0).x, box.value, map.get(7) ?? 0];
  });
  for (let i = 0; i < 6; i += 1) expect(frame()).toEqual([1, 2, 3, 4]);
  wasm.grow(1);
  for (let i = 0; i < 6; i += 1) expect(frame()).toEqual([1, 2, 3, 4]);
});
