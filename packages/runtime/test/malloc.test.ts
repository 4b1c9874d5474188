/**
 * The adapter with the interface of `@thi.ng/malloc`: what that package documents, and random programs beside the package itself. malloc-wasm.test.ts has WebAssembly modules that
 * allocate by it.
 *
 * The random programs compare every address and every figure, and that blocks keep what was written. Where the package is known to be
 * wrong a program ends: a `realloc` that moves leaks the old block there, one that fits exactly at the end does not fit, and one that shrinks the topmost block by less
 * than `minSplit` leaves it as large as it was, though it moves `top`.
 */
import { MemPool, type MemPoolOpts, type PoolArray, type PoolType } from "@framealloc/runtime/malloc";
import { MemPool as Reference } from "@thi.ng/malloc";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

/** `MODEL_RUNS=10000 npx vitest run packages/runtime/test/malloc.test.ts` is the long way; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 1000);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

describe("what the package documents", () => {
  test("allocate, look, resize, free", () => {
    const pool = new MemPool({ size: 0x1000, start: 8 });
    const empty = pool.stats();
    expect(empty).toEqual({ free: { count: 0, size: 0 }, used: { count: 0, size: 0 }, top: 40, available: 4096 - 40, total: 4096 });
    const ptr = pool.malloc(16);
    const vec = pool.mallocAs("f64", 4);
    expect([ptr % 8, vec?.length, vec?.byteOffset, vec?.buffer === pool.buf]).toEqual([0, 4, ptr + 24, true]);
    expect(pool.stats()).toMatchObject({ used: { count: 2, size: 24 + 40 }, top: 40 + 64 });
    vec?.set([1, 2, 3, 4]);
    const larger = pool.reallocArray(vec as Float64Array, 5);
    expect([...(larger ?? [])]).toEqual([1, 2, 3, 4, 0]);
    const moved = pool.realloc(ptr, 32);
    expect(moved).not.toBe(ptr);
    expect([pool.free(moved), pool.free(moved), pool.free(larger as Float64Array), pool.free(larger as Float64Array)]).toEqual([true, false, true, false]);
    expect(pool.stats()).toEqual(empty);
  });

  test("no room is 0 or undefined, and so are no bytes", () => {
    const pool = new MemPool({ size: 128 });
    expect([pool.malloc(0), pool.malloc(-1), pool.malloc(NaN), pool.malloc(1000), pool.malloc(Infinity), pool.malloc(2 ** 32)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect([pool.mallocAs("f64", 100), pool.callocAs("u8", 0), pool.calloc(1000)]).toEqual([undefined, undefined, 0]);
    const ptr = pool.malloc(40);
    expect([pool.realloc(ptr, 0), pool.realloc(ptr, 1000), pool.realloc(ptr + 8, 16), pool.realloc(0, 16), pool.free(0), pool.free(ptr + 8)]).toEqual([0, 0, 0, 0, false, false]);
    expect(pool.stats().used).toEqual({ count: 1, size: 48 });
  });

  test("every kind of array, filled where that is asked for", () => {
    const pool = new MemPool({ size: 4096 });
    const kinds: readonly PoolType[] = ["u8", "u8c", "i8", "u16", "i16", "u32", "i32", "i64", "u64", "f32", "f64"];
    for (const kind of kinds) {
      const made = pool.callocAs(kind, 3, 7) as PoolArray;
      expect([made.constructor.name.toLowerCase().includes(kind.startsWith("f") ? "float" : "int"), [...made].map(Number)]).toEqual([true, [7, 7, 7]]);
      expect(pool.free(made)).toBe(true);
    }
    expect([pool.free(new Float32Array(4)), pool.reallocArray(new Float32Array(4), 5)]).toEqual([false, undefined]);
    errorOf("argument", () => pool.mallocAs("f16" as PoolType, 1));
    const ptr = pool.calloc(10, 0xee);
    expect([...new Uint8Array(pool.buf as ArrayBuffer, ptr - 1, 12)].slice(1, 11)).toEqual(new Array(10).fill(0xee));
  });

  test("freeAll begins anew, release ends it", () => {
    const pool = new MemPool({ size: 256, start: 16, align: 16 });
    const empty = pool.stats();
    const first = pool.malloc(20);
    pool.malloc(20);
    expect(first % 16).toBe(0);
    pool.freeAll();
    expect([pool.stats(), pool.malloc(20)]).toEqual([empty, first]);
    expect([pool.release(), pool.buf]).toEqual([true, undefined]);
    for (const call of [() => pool.malloc(1), () => pool.free(first), () => pool.stats(), () => pool.freeAll()]) errorOf("FA401", call);
  });

  test("options out of their range are refused", () => {
    for (const bad of [{ align: 4 }, { align: 12 }, { minSplit: 8 }, { minSplit: 9.5 }, { start: 5000 }, { start: NaN }, { end: 32 }, { size: 16 }]) errorOf("config", () => new MemPool(bad));
  });
});

describe("what it does better", () => {
  test("a realloc that moves gives the old block back", () => {
    const pool = new MemPool({ size: 1024 });
    const empty = pool.stats();
    let ptr = pool.malloc(8);
    const wall = pool.malloc(8);
    for (let bytes = 16; bytes <= 256; bytes += 16) {
      ptr = pool.realloc(ptr, bytes);
      expect(ptr).toBeGreaterThan(0);
    }
    expect([pool.stats().used.count, pool.free(ptr), pool.free(wall), pool.stats()]).toEqual([2, true, true, empty]);
  });

  test("the last byte serves, and a block that shrinks by a little is as large as it says", () => {
    const pool = new MemPool({ size: 128 });
    const ptr = pool.malloc(8);
    const room = pool.stats().available;
    expect([pool.realloc(ptr, 8 + room), pool.stats().available]).toEqual([ptr, 0]);
    expect([pool.realloc(ptr, room), pool.stats().available, pool.stats().used.size]).toEqual([ptr, 8, 16 + room - 8]);
  });
});

describe("random programs beside the package", () => {
  interface Op { readonly kind: "malloc" | "calloc" | "mallocAs" | "free" | "freeArray" | "realloc" | "freeAll" | "freeNone"; readonly pick: number; readonly bytes: number }
  const op: fc.Arbitrary<Op> = fc.record({
    kind: fc.oneof({ weight: 8, arbitrary: fc.constantFrom("malloc" as const, "calloc" as const, "mallocAs" as const) }, { weight: 7, arbitrary: fc.constantFrom("free" as const, "freeArray" as const) }, { weight: 3, arbitrary: fc.constant("realloc" as const) }, { weight: 1, arbitrary: fc.constantFrom("freeAll" as const, "freeNone" as const) }),
    pick: fc.nat({ max: 1000 }),
    bytes: fc.integer({ min: -1, max: 120 }),
  });
  const options: fc.Arbitrary<Partial<MemPoolOpts>> = fc.record({ start: fc.constantFrom(0, 4, 8, 100), align: fc.constantFrom(8, 16, 64), compact: fc.boolean(), split: fc.boolean(), minSplit: fc.constantFrom(9, 16, 48), end: fc.constantFrom(700, 1000, 2000) });
  const KINDS = ["u8", "i16", "f32", "f64"] as const;
  const SIZE = 1024;

  class Run {
    isOver = false;
    private readonly ours: MemPool;
    private readonly theirs: Reference;
    private readonly minSplit: number;
    private readonly isCompact: boolean;
    private readonly empty: unknown;
    private readonly room: number;
    private readonly blocks: number[] = [];
    /** What each block was filled with, and how much of it. */
    private readonly contents: Map<number, { readonly bytes: number; readonly fill: number }> = new Map();

    constructor(opts: Partial<MemPoolOpts>) {
      this.ours = new MemPool({ ...opts, buf: new ArrayBuffer(SIZE) });
      this.theirs = new Reference({ ...opts, buf: new ArrayBuffer(SIZE) } as never);
      this.minSplit = opts.minSplit ?? 16;
      this.isCompact = opts.compact ?? true;
      this.empty = this.ours.stats();
      this.room = this.ours.stats().available;
    }

    step({ kind, pick, bytes }: Op): void {
      const block = this.blocks[pick % Math.max(1, this.blocks.length)];
      const type = KINDS[pick % KINDS.length] as (typeof KINDS)[number];
      switch (kind) {
        case "malloc": return this.took(this.ours.malloc(bytes), this.theirs.malloc(bytes), bytes, pick & 255, true);
        case "calloc": return this.took(this.ours.calloc(bytes, pick & 255), this.theirs.calloc(bytes, pick & 255), bytes, pick & 255, false);
        case "mallocAs": {
          const [own, other] = [this.ours.mallocAs(type, bytes), this.theirs.mallocAs(type, bytes)];
          expect([own?.length, own?.constructor]).toEqual([other?.length, other?.constructor]);
          return this.took(own?.byteOffset ?? 0, other?.byteOffset ?? 0, own?.byteLength ?? 0, pick & 255, true);
        }
        // Odd, so never a block's.
        case "freeNone": return expect([this.ours.free(pick | 1), this.ours.free(0), this.ours.realloc(pick | 1, 8)]).toEqual([this.theirs.free(pick | 1), this.theirs.free(0), this.theirs.realloc(pick | 1, 8)]);
        case "freeAll": {
          this.blocks.length = 0;
          this.contents.clear();
          this.ours.freeAll();
          return this.theirs.freeAll();
        }
        default: if (block !== undefined) this.give(kind, block, bytes);
      }
    }

    check(): void {
      if (!this.isOver) expect(this.ours.stats()).toEqual(this.theirs.stats());
      const all = new Uint8Array(this.ours.buf as ArrayBuffer);
      for (const [ptr, { bytes, fill }] of this.contents) if (!all.subarray(ptr, ptr + bytes).every((byte) => byte === fill)) expect.fail(`the block at ${ptr} is not what was written`);
    }

    /** Ours leaks nothing, whatever it was asked: when all is given back, all bytes are there again, and with `compact` in one piece. */
    end(): void {
      expect(this.blocks.filter((block) => !this.ours.free(block))).toEqual([]);
      const { used, available } = this.ours.stats();
      expect({ used, available }).toEqual({ used: { count: 0, size: 0 }, available: this.room });
      if (this.isCompact) expect(this.ours.stats()).toEqual(this.empty);
    }

    private give(kind: "free" | "freeArray" | "realloc", block: number, bytes: number): void {
      if (kind === "realloc") return this.resize(block, bytes);
      const argument = (buf: unknown): number => (kind === "free" ? block : (new Uint8Array(buf as ArrayBuffer, block, 1) as unknown as number));
      expect([this.ours.free(argument(this.ours.buf)), this.theirs.free(argument(this.theirs.buf))]).toEqual([true, true]);
      expect([this.ours.free(block), this.theirs.free(block)]).toEqual([false, false]);
      this.blocks.splice(this.blocks.indexOf(block), 1);
      this.contents.delete(block);
    }

    private resize(block: number, bytes: number): void {
      const { top } = this.theirs.stats();
      const before = this.theirs["blockSize"](block - 8);
      const wanted = Math.ceil((bytes + 8) / this.theirs["align"]) * this.theirs["align"];
      const isTop = block - 8 + before >= top;
      const isKnownToBeWrong = bytes > 0 && (isTop ? (wanted < before && before - wanted < this.minSplit) || block - 8 + wanted === this.theirs["end"] : wanted > before);
      if (isTop && bytes > 0 && wanted < before && !this.theirs["doSplit"]) return this.last(block, bytes);
      if (isKnownToBeWrong || (isTop && wanted > before)) return this.last(block, bytes);
      expect(this.ours.realloc(block, bytes)).toBe(this.theirs.realloc(block, bytes));
      this.keep(block, bytes);
    }

    /** Ours alone: the contents are kept, or nothing is changed. */
    private last(block: number, bytes: number): void {
      const stats = this.ours.stats();
      const ptr = this.ours.realloc(block, bytes);
      if (ptr === 0) expect(this.ours.stats()).toEqual(stats);
      else {
        const content = this.contents.get(block);
        this.contents.delete(block);
        if (content !== undefined) this.contents.set(ptr, content);
        this.blocks[this.blocks.indexOf(block)] = ptr;
        this.keep(ptr, bytes);
        expect(this.ours.stats().used.count).toBe(this.blocks.length);
      }
      this.isOver = true;
    }

    /** No more of the block than so many bytes is its owner's any more. */
    private keep(ptr: number, bytes: number): void {
      const content = this.contents.get(ptr);
      if (content !== undefined && bytes > 0) this.contents.set(ptr, { ...content, bytes: Math.min(content.bytes, bytes) });
    }

    private took(own: number, other: number, bytes: number, fill: number, isFilled: boolean): void {
      expect(own).toBe(other);
      if (own === 0) return;
      this.blocks.push(own);
      this.contents.set(own, { bytes, fill });
      if (isFilled) for (const { buf } of [this.ours, this.theirs]) new Uint8Array(buf as ArrayBuffer, own, bytes).fill(fill);
    }
  }

  test("give the same addresses and figures, and keep what was written", () => {
    let steps = 0;
    fc.assert(fc.property(options, fc.array(op, { maxLength: 80, size: "max" }), (opts, ops) => {
      const run = new Run(opts);
      for (const each of ops) {
        run.step(each);
        run.check();
        steps += 1;
        if (run.isOver) break;
      }
      run.end();
    }), { numRuns, ...seed });
    expect(steps).toBeGreaterThan(numRuns * 5);
  });

  test("either goes on with what the other wrote", () => {
    const buf = new ArrayBuffer(1024);
    const theirs = new Reference({ buf, start: 8 });
    const [a, b] = [theirs.malloc(24), theirs.malloc(100)];
    const ours = new MemPool({ buf, start: 8, skipInitialization: true });
    expect(ours.stats()).toEqual(theirs.stats());
    expect([ours.free(a), ours.malloc(200) > b]).toEqual([true, true]);
    const again = new Reference({ buf, start: 8, skipInitialization: true });
    expect(again.stats()).toEqual(ours.stats());
    expect([again.free(b), again.free(a)]).toEqual([true, false]);
    expect(ours.stats()).toEqual(again.stats());
  });
});
