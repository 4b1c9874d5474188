/**
 * Random programs over the pool and the heap, against plain JavaScript values: several types, boxes, the memory limit, and two allocators on one agent that
 * use the same types. And over the slabs alone, with pages that move between size classes. fast-check shrinks a failing program and prints its seed.
 *
 * Longer than 300 lines: two models beside what they model.
 */
import { array, f32, f64, FrameAllocError, i32, SmartAlloc, struct, u8, type AllocOptions, type OwnedBox } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Heap } from "../src/heap/heap.ts";
import { isFilled, Memory } from "../src/memory.ts";
import { OwnedValues } from "../src/pool/owned-values.ts";
import { PageRegistry } from "../src/pool/page-registry.ts";
import { PoolStore } from "../src/pool/pool-store.ts";
import { SlabPool } from "../src/pool/slab-pool.ts";
import type { Keeper } from "../src/pool/trimming-store.ts";
import { checkRegistry, checkSlabs, checkValues } from "./check-pool.ts";
import { LimitedStore } from "../src/pool/limited-store.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/pool-model.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 150);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

class Item {
  n = 0;
}

const Pair = struct({ a: f64, b: i32 }, { name: "Pair" });
const Nested = struct({ id: u8, pair: Pair, tail: array(i32, 3) }, { name: "Nested" });
const TYPES = { scalar: i32, pair: Pair, nested: Nested, structs: array(Pair, 5), bytes: array(u8, 21), large: array(f32, 60), item: Item } as const;
type TypeName = keyof typeof TYPES;
const SIZE: Readonly<Record<TypeName, number>> = { scalar: 4, pair: 16, nested: 40, structs: 80, bytes: 21, large: 240, item: 0 };

/** How a value of a type is written with a number, and what then reads back; `read` of a fresh one gives `read(0)`'s model. */
const ACCESS: { readonly [K in TypeName]: { write(value: never, n: number): void; read(value: never): readonly number[]; model(n: number): readonly number[] } } = {
  scalar: { write: (v: { value: number }, n) => { v.value = n; }, read: (v: { value: number }) => [v.value], model: (n) => [n] },
  pair: { write: (v: { a: number; b: number }, n) => Object.assign(v, { a: n / 3, b: -n }), read: (v: { a: number; b: number }) => [v.a, v.b], model: (n) => [n / 3, 0 - n] },
  nested: {
    write: (v: { id: number; readonly pair: { b: number }; readonly tail: Int32Array }, n) => {
      v.id = n & 255;
      v.pair.b = n;
      v.tail[2] = n + 0;
    },
    read: (v: { id: number; readonly pair: { b: number }; readonly tail: Int32Array }) => [v.id, v.pair.b, ...v.tail],
    model: (n) => [n & 255, n, 0, 0, n],
  },
  structs: {
    write: (v: { at(i: number): { a: number } }, n) => { v.at(4).a = n; },
    read: (v: { readonly length: number; at(i: number): { a: number; b: number } }) => [v.length, v.at(4).a, v.at(0).b],
    model: (n) => [5, n, 0],
  },
  bytes: { write: (v: Uint8Array, n) => { v[20] = n & 255; }, read: (v: Uint8Array) => [v.length, v[0] ?? -1, v[20] ?? -1], model: (n) => [21, 0, n & 255] },
  large: { write: (v: Float32Array, n) => { v[59] = n; }, read: (v: Float32Array) => [v.length, v[0] ?? -1, v[59] ?? -1], model: (n) => [60, 0, n] },
  item: { write: (v: Item, n) => { v.n = n; }, read: (v: Item) => [v.n], model: (n) => [n] },
};

interface Op {
  readonly kind: "alloc" | "tryAlloc" | "box" | "free" | "write" | "freeAgain" | "freeWrong" | "freeAll";
  readonly who: 0 | 1;
  readonly where: "pool" | "heap";
  readonly type: TypeName;
  readonly pick: number;
}

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.oneof({ weight: 8, arbitrary: fc.constantFrom("alloc" as const, "tryAlloc" as const) }, { weight: 2, arbitrary: fc.constant("box" as const) }, { weight: 7, arbitrary: fc.constantFrom("free" as const, "write" as const) }, { weight: 2, arbitrary: fc.constantFrom("freeAgain" as const, "freeWrong" as const) }, { weight: 1, arbitrary: fc.constant("freeAll" as const) }),
  who: fc.constantFrom(0 as const, 1 as const),
  where: fc.constantFrom("pool" as const, "heap" as const),
  type: fc.constantFrom(...(Object.keys(TYPES) as TypeName[])),
  pick: fc.nat({ max: 10_000 }),
});
const program = fc.array(op, { maxLength: 250, size: "max" });

interface Live {
  readonly who: 0 | 1;
  readonly where: "pool" | "heap";
  readonly type: TypeName;
  readonly value: object;
  readonly box: OwnedBox<unknown> | undefined;
  expected: readonly number[];
}

interface Counts {
  full: number;
  overLimit: number;
}

class Run {
  private readonly allocs: readonly [SmartAlloc, SmartAlloc];
  private readonly limit: number;
  private readonly counts: Counts;
  private readonly live: Live[] = [];
  /** Freed values whose object cannot be in use again: nothing of their type was allocated since. */
  private readonly dead: Live[] = [];
  private readonly isRecycling: boolean;

  constructor(options: AllocOptions, counts: Counts) {
    this.allocs = [new SmartAlloc(options), new SmartAlloc(options)];
    this.limit = options.memoryLimit ?? 0;
    this.counts = counts;
    this.isRecycling = options.debug !== true;
  }

  step(op: Op): void {
    switch (op.kind) {
      case "alloc": case "tryAlloc": case "box": this.allocate(op); break;
      case "free": this.free(this.pickOf(op)); break;
      case "freeAll": for (const each of this.live.filter(({ who, where }) => who === op.who && where === op.where)) this.free(each); break;
      case "write": {
        const each = this.pickOf(op);
        if (each === undefined) break;
        ACCESS[each.type].write(each.value as never, op.pick);
        each.expected = ACCESS[each.type].model(op.pick);
        break;
      }
      case "freeAgain": {
        const each = this.dead[op.pick % Math.max(1, this.dead.length)];
        if (each !== undefined) expectCode("FA401", () => freeOf(this.allocs[each.who], each.where, each.value));
        break;
      }
      case "freeWrong": this.freeWrong(this.pickOf(op)); break;
    }
    this.check();
  }

  /** Frees all that is left; nothing may be live then. */
  end(): void {
    for (const each of [...this.live]) this.free(each);
    for (const alloc of this.allocs) expect(alloc.leakReport().totalCount).toBe(0);
  }

  private allocate({ kind, who, where, type, pick }: Op): void {
    const alloc = this.allocs[who];
    const held = this.bytesOf(who);
    let value: object | undefined;
    let box: OwnedBox<unknown> | undefined;
    try {
      if (kind === "box") box = where === "pool" ? alloc.poolBox(TYPES[type]) : alloc.heapBox(TYPES[type]);
      else if (kind === "alloc") value = where === "pool" ? alloc.poolAlloc(TYPES[type]) : alloc.heapAlloc(TYPES[type]);
      else value = where === "pool" ? alloc.tryPoolAlloc(TYPES[type]) : alloc.tryHeapAlloc(TYPES[type]);
    } catch (error) {
      if (!(error instanceof FrameAllocError) || !["FA304", "FA301"].includes(error.code)) throw error;
    }
    if (box !== undefined) value = type === "scalar" ? undefined : (box.value as object);
    if (value === undefined && box === undefined) {
      this.counts.full += 1;
      if (this.limit > 0 && held + SIZE[type] > this.limit) this.counts.overLimit += 1;
      return;
    }
    expect(this.limit === 0 || held + SIZE[type] <= this.limit).toBe(true);
    // Only its type's objects can be in use again.
    for (let i = this.dead.length - 1; i >= 0; i -= 1) if (this.isRecycling && this.dead[i]?.type === type) this.dead.splice(i, 1);
    const readable = value ?? scalarOf(box as OwnedBox<unknown>);
    if (type !== "item") expect(ACCESS[type].read(readable as never)).toEqual(ACCESS[type].model(0));
    ACCESS[type].write(readable as never, pick);
    this.live.push({ who, where, type, value: readable, box, expected: ACCESS[type].model(pick) });
  }

  private free(each: Live | undefined): void {
    if (each === undefined) return;
    this.live.splice(this.live.indexOf(each), 1);
    if (each.box !== undefined) {
      const { box } = each;
      box.release();
      expect(box.isAlive).toBe(false);
      return;
    }
    freeOf(this.allocs[each.who], each.where, each.value);
    this.dead.push(each);
  }

  private freeWrong(each: Live | undefined): void {
    if (each === undefined || each.box !== undefined) return;
    expectCode("FA206", () => freeOf(this.allocs[each.who === 0 ? 1 : 0], each.where, each.value));
    expectCode("FA206", () => freeOf(this.allocs[each.who], each.where === "pool" ? "heap" : "pool", each.value));
    expectCode("FA206", () => freeOf(this.allocs[each.who], each.where, { ...each.value }));
  }

  private pickOf({ pick }: Op): Live | undefined {
    return this.live[pick % Math.max(1, this.live.length)];
  }

  private bytesOf(who: 0 | 1): number {
    return this.live.reduce((sum, each) => sum + (each.who === who ? SIZE[each.type] : 0), 0);
  }

  private check(): void {
    for (const { type, value, expected } of this.live) {
      const read = ACCESS[type].read(value as never);
      // `expect` makes the message; asking it every time would take most of the run.
      if (read.length !== expected.length || read.some((each, i) => !Object.is(each + 0, (expected[i] ?? Number.NaN) + 0))) expect(read).toEqual(expected);
    }
    for (const who of [0, 1] as const) {
      const report = this.allocs[who].leakReport();
      const own = this.live.filter((each) => each.who === who);
      expect([report.totalCount, report.totalBytes]).toEqual([own.length, this.bytesOf(who)]);
    }
  }
}

function freeOf(alloc: SmartAlloc, where: "pool" | "heap", value: object): void {
  if (where === "pool") alloc.poolFree(value);
  else alloc.heapFree(value);
}

/** A box of a scalar, read and written as the scalar alone. */
function scalarOf(box: OwnedBox<unknown>): object {
  return { get value() { return box.value; }, set value(n: unknown) { box.value = n; } };
}

function expectCode(code: string, call: () => unknown): void {
  let thrown: unknown;
  try {
    call();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof FrameAllocError) || thrown.code !== code) expect(thrown).toBe(code);
}

const OPTIONS: AllocOptions = { frameArenaSize: 64, heapSize: 1500, slabSizeClasses: [16, 32, 64, 128], slabPageSize: 256, slabPagesPerClass: 2, largeThreshold: 128, memory: "local" };

describe.each([
  { name: "without a limit", more: {} },
  { name: "with a memory limit", more: { memoryLimit: 700 } },
  { name: "in debug mode", more: { debug: true, onLeak: () => {} } },
  { name: "in debug mode with a memory limit", more: { debug: true, onLeak: () => {}, memoryLimit: 400 } },
])("two allocators $name", ({ more }) => {
  test("do as the model does, and never touch each other", () => {
    const counts: Counts = { full: 0, overLimit: 0 };
    fc.assert(fc.property(program, (ops) => {
      const run = new Run({ debug: false, ...OPTIONS, ...more }, counts);
      for (const each of ops) run.step(each);
      run.end();
    }), { numRuns: Math.ceil(numRuns / (more.debug === true ? 4 : 1)), ...seed });
    // The programs have to reach what they are for.
    expect(counts.full).toBeGreaterThan(0);
    expect(counts.overLimit > 0).toBe("memoryLimit" in more);
  });
});

test("slots, stores and the limit are whole at every step, and all memory comes back", () => {
  const step = fc.record({ isFree: fc.boolean(), isHeap: fc.boolean(), type: fc.constantFrom(...(Object.keys(TYPES) as TypeName[])), pick: fc.nat() });
  fc.assert(fc.property(fc.array(step, { maxLength: 200, size: "max" }), (steps) => {
    const memory = new Memory(new ArrayBuffer(6000), 64, 6000);
    const slabs = new SlabPool({ memory, beginByte: 64, endByte: 3000 }, { sizeClasses: [16, 32, 64, 128], pageBytes: 256, pagesPerClass: 3 });
    const heap = new Heap({ memory, beginByte: 3000, endByte: 6000 });
    const limit = { maxBytes: 2000, usedBytes: 0 };
    const keepers: Keeper[] = [];
    const stocks = [new OwnedValues(new LimitedStore(new PoolStore(slabs, heap, 128), limit), "pool", keepers), new OwnedValues(new LimitedStore(heap, limit), "heap", keepers)] as const;
    const live = [new Map<object, TypeName>(), new Map<object, TypeName>()] as const;
    for (const { isFree, isHeap, type, pick } of steps) {
      const who = isHeap ? 1 : 0;
      const value = isFree ? [...live[who].keys()][pick % Math.max(1, live[who].size)] : stocks[who].tryAlloc(TYPES[type]);
      if (value !== undefined && isFree) {
        stocks[who].free(value);
        live[who].delete(value);
      } else if (value !== undefined) {
        expect(live[who].has(value)).toBe(false);
        live[who].set(value, type);
      }
      checkSlabs(slabs);
      heap.check();
      for (const [i, stock] of stocks.entries()) {
        const own = live[i] as Map<object, TypeName>;
        checkValues(stock, new Set(own.keys()));
        expect(stock.liveBytes).toBe([...own.values()].reduce((sum, name) => sum + SIZE[name], 0));
      }
    }
    for (const [i, stock] of stocks.entries()) for (const value of (live[i] as Map<object, TypeName>).keys()) stock.free(value);
    for (const stock of stocks) stock.trim();
    expect([limit.usedBytes, slabs.stats().usedCount, slabs.stats().usedBytes, heap.stats().usedBytes, heap.check()]).toEqual([0, 0, 0, 0, 1]);
  }), { numRuns, ...seed });
});

describe("slabs", () => {
  const sizes = [8, 24, 64, 256] as const;
  const config = { sizeClasses: sizes, pageBytes: 256, pagesPerClass: 6 };
  const step = fc.record({ isFree: fc.boolean(), size: fc.integer({ min: 1, max: 256 }), pick: fc.nat(), count: fc.integer({ min: 1, max: 12 }) });

  test("do as the model does while pages move between size classes", () => {
    let refused = 0;
    let moved = 0;
    fc.assert(fc.property(fc.array(step, { maxLength: 150, size: "max" }), fc.integer({ min: 0, max: 14 }), (steps, pageCount) => {
      // Fewer pages than the classes may have together: they have to share.
      const memory = new Memory(new ArrayBuffer(64 + 16 * 256), 64, 64 + 16 * 256);
      const slabs = new SlabPool({ memory, beginByte: 64, endByte: 64 + pageCount * 256 + 17 }, config);
      const live: { ptr: number; size: number; byte: number }[] = [];
      const owner = new Map<number, number>();
      for (const [i, { isFree, size, pick, count }] of steps.entries()) {
        for (let k = 0; k < count; k += 1) {
          if (isFree) {
            const [each] = live.splice((pick + k) % Math.max(1, live.length), 1);
            if (each !== undefined) slabs.give(each.ptr, each.size);
            continue;
          }
          const ptr = slabs.tryTake(size);
          const slot = sizes.find((each) => each >= size) ?? 0;
          const pagesOf = (of: number): Set<number> => new Set(live.filter((each) => sizes.find((s) => s >= each.size) === of).map((each) => Math.floor((each.ptr - 64) / 256)));
          if (ptr < 0) {
            refused += 1;
            // Nothing is refused while the class has a free slot, or a page that it may take.
            const inUse = sizes.reduce((sum, of) => sum + pagesOf(of).size, 0);
            const used = live.filter((each) => sizes.find((s) => s >= each.size) === slot).length;
            expect(used).toBe(pagesOf(slot).size * Math.floor(256 / slot));
            expect(pagesOf(slot).size === config.pagesPerClass || inUse === pageCount).toBe(true);
            const error = slabs.exhausted(size);
            expect([error.code, error.requested, error.used, error.capacity]).toEqual(["FA304", size, used, used]);
            continue;
          }
          const page = Math.floor((ptr - 64) / 256);
          if (owner.has(page) && owner.get(page) !== slot) moved += 1;
          owner.set(page, slot);
          memory.fill(ptr, ptr + size, i & 255);
          live.push({ ptr, size, byte: i & 255 });
        }
        checkSlabs(slabs);
        expect([slabs.stats().usedCount, slabs.stats().usedBytes]).toEqual([live.length, live.reduce((sum, each) => sum + (sizes.find((s) => s >= each.size) ?? 0), 0)]);
        for (const { ptr, size: bytes, byte } of live) expect(isFilled(memory, ptr, ptr + bytes, byte)).toBe(true);
      }
    }), { numRuns, ...seed });
    expect(refused).toBeGreaterThan(0);
    expect(moved).toBeGreaterThan(0);
  });

  test("a page goes back when its class has enough without it, not before", () => {
    const memory = new Memory(new ArrayBuffer(64 + 1024), 64, 64 + 1024);
    const slabs = new SlabPool({ memory, beginByte: 64, endByte: 64 + 1024 }, { sizeClasses: [32, 64], pageBytes: 256, pagesPerClass: 4 });
    const blocks = Array.from({ length: 24 }, () => slabs.tryTake(32));
    expect(checkSlabs(slabs)).toBe(3);
    // The third page is free; the two others are full.
    for (const ptr of blocks.slice(16)) slabs.give(ptr, 32);
    expect(checkSlabs(slabs)).toBe(3);
    // Half a page free in the second: the third goes back with its last slot.
    for (const ptr of blocks.slice(8, 12)) slabs.give(ptr, 32);
    const last = slabs.tryTake(32);
    slabs.give(last, 32);
    expect(checkSlabs(slabs)).toBe(2);
    // A class in need gets what another keeps without use.
    for (const ptr of blocks.slice(12, 16)) slabs.give(ptr, 32);
    expect(Array.from({ length: 12 }, () => slabs.tryTake(64)).every((ptr) => ptr > 0)).toBe(true);
    expect(slabs.tryTake(64)).toBe(-1);
    expect(checkSlabs(slabs)).toBe(4);
  });
});

test("pages are taken once, and given back to be taken again", () => {
  fc.assert(fc.property(fc.array(fc.record({ isFree: fc.boolean(), pick: fc.nat() }), { maxLength: 60 }), fc.integer({ min: 0, max: 9 }), (steps, count) => {
    const memory = new Memory(new ArrayBuffer(8192), 64, 8192);
    const registry = new PageRegistry({ memory, beginByte: 61, endByte: 64 + count * 128 + 100 }, 128);
    const taken = new Set<number>();
    for (const { isFree, pick } of steps) {
      const page = isFree ? [...taken][pick % Math.max(1, taken.size)] : registry.tryTake();
      if (isFree && page !== undefined) {
        registry.give(page);
        taken.delete(page);
      } else if (!isFree && page !== undefined) {
        expect(page < 0).toBe(taken.size === count);
        if (page < 0) continue;
        expect([taken.has(page), registry.byteOf(page), registry.pageAt(registry.byteOf(page) + 127)]).toEqual([false, 64 + page * 128, page]);
        taken.add(page);
      }
      checkRegistry(registry, taken);
      expect(registry.freeCount).toBe(count - taken.size);
    }
  }), { numRuns, ...seed });
});
