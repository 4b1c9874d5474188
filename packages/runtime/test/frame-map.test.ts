/**
 * Maps of the frame: against `Map`, by random programs, and what `Map` has no counterpart for.
 *
 * Longer than 300 lines: the model beside the map, for four kinds of keys and every kind of values.
 */
import { inspect } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { array, bool, f32, f64, FrameAllocError, i32, i64, kilobytes, megabytes, SmartAlloc, struct, u32, u8, type FrameMap, type MapKeyKind } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { keyTable, ObjectNumbers } from "../src/frame/map-keys.ts";
import { Memory } from "../src/memory.ts";
import { errorOf } from "./error-of.ts";

/** `MODEL_RUNS=20000 npx vitest run packages/runtime/test/frame-map.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 60);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

const Vec2 = struct({ x: f32, y: f64 }, { name: "Vec2" });
const Deep = struct({ head: u8, inner: Vec2, tail: array(i32, 3) }, { name: "Deep" });
class Item {
  n = 0;
}

/** How the values of a type are made of a number, and read back for comparison. */
interface Values {
  readonly name: string;
  readonly type: typeof u32 | typeof f64 | typeof bool | typeof i64 | typeof Vec2 | typeof Deep | typeof Item;
  make(n: number): unknown;
  /** What the model keeps. */
  plain(n: number): unknown;
  read(value: never): unknown;
  readonly zero: unknown;
}

const items = Array.from({ length: 64 }, (_, n) => Object.assign(new Item(), { n }));
const values: readonly Values[] = [
  { name: "u32", type: u32, make: (n) => n, plain: (n) => n, read: (value: number) => value, zero: 0 },
  { name: "f64", type: f64, make: (n) => n / 3, plain: (n) => n / 3, read: (value: number) => value, zero: 0 },
  { name: "bool", type: bool, make: (n) => n % 2 === 0, plain: (n) => n % 2 === 0, read: (value: boolean) => value, zero: false },
  { name: "i64", type: i64, make: (n) => -BigInt(n), plain: (n) => -BigInt(n), read: (value: bigint) => value, zero: 0n },
  { name: "a struct", type: Vec2, make: (n) => ({ x: n, y: n / 3 }), plain: (n) => `${n} ${n / 3}`, read: (value: { x: number; y: number }) => `${value.x} ${value.y}`, zero: "0 0" },
  {
    name: "a nested struct", type: Deep, make: (n) => ({ head: n, inner: { y: n }, tail: [n, 2 * n, 3 * n] }), plain: (n) => `${n} 0 ${n} ${n},${2 * n},${3 * n}`,
    read: (value: { head: number; inner: { x: number; y: number }; tail: Int32Array }) => `${value.head} ${value.inner.x} ${value.inner.y} ${value.tail.join()}`, zero: "0 0 0 0,0,0",
  },
  { name: "class instances", type: Item, make: (n) => items[n], plain: (n) => items[n], read: (value: Item) => value, zero: undefined },
];

const objects: readonly object[] = Array.from({ length: 24 }, (_, i) => (i % 5 === 0 ? () => i : i % 5 === 1 ? [i] : { i }));
/** Few keys of each kind, so that programs meet them again; among them all that are not plain. */
const keys: { readonly [K in MapKeyKind]: readonly unknown[] } = {
  number: [0, -0, Number.NaN, 1, 2, 3, 4, 7, -1, -2, 0.5, 1.5, 1e300, -1e-300, Infinity, -Infinity, 2 ** 31, 2 ** 32 - 1, 2 ** 32, -(2 ** 31), 2 ** 53, 64, 128, 1 << 20, 2 << 20],
  bigint: [0n, 1n, -1n, 2n, 3n, 2n ** 64n, 2n ** 64n + 1n, -(2n ** 63n), 2n ** 63n, 2n ** 128n, 2n ** 200n + 5n, 5n, 6n, 7n],
  string: ["", "a", "b", "ab", "ba", "é", "\u0000", "\ud83d\ude00", "\ud83d", "constructor", "__proto__", "x".repeat(300), `${"x".repeat(299)}y`, "0", "1", "k7", "k8"],
  object: objects,
};

const pick = fc.nat({ max: 1000 });
const n = fc.nat({ max: 63 });
type Op = { readonly kind: "set" | "trySet" | "get" | "has" | "delete" | "insert" | "insertBlank" | "clear" | "read" | "through" | "frame"; readonly pick: number; readonly n: number };
const program: fc.Arbitrary<readonly Op[]> = fc.array(
  fc.record({
    kind: fc.oneof(
      { weight: 20, arbitrary: fc.constantFrom("set", "set", "trySet", "delete", "delete", "insert", "insertBlank" as const) },
      { weight: 6, arbitrary: fc.constantFrom("get", "has", "read" as const) },
      { weight: 2, arbitrary: fc.constantFrom("through", "through", "clear", "frame" as const) },
    ),
    pick, n,
  }),
  { maxLength: 200, size: "max" },
);

const counts = { ops: 0, full: 0, deleted: 0 };

/** A map and the `Map` that says what it has to hold. */
class Pair {
  readonly model = new Map<unknown, unknown>();
  private readonly alloc: SmartAlloc;
  private readonly kind: MapKeyKind;
  private readonly values: Values;
  private readonly capacity: number;
  private map: FrameMap<unknown, never, unknown>;

  constructor(alloc: SmartAlloc, kind: MapKeyKind, values: Values, capacity: number) {
    this.alloc = alloc;
    this.kind = kind;
    this.values = values;
    this.capacity = capacity;
    this.map = this.open();
  }

  step(op: Op): void {
    counts.ops += 1;
    const { map, model, values } = this;
    const of = keys[this.kind];
    const key = of[op.pick % of.length];
    const isFull = !model.has(key) && model.size === this.capacity;
    switch (op.kind) {
      case "set":
        if (isFull) this.expectFull(() => map.set(key, values.make(op.n)));
        else expect(map.set(key, values.make(op.n))).toBe(map);
        break;
      case "trySet": expect(map.trySet(key, values.make(op.n))).toBe(!isFull); break;
      case "insert": case "insertBlank": {
        if (isFull) return this.expectFull(() => map.getOrInsert(key));
        const given = op.kind === "insertBlank" ? undefined : values.make(op.n);
        const value = map.getOrInsert(key, given);
        if (!model.has(key)) model.set(key, given !== undefined ? values.plain(op.n) : values.type === Item ? value : values.zero);
        expect(values.read(value)).toEqual(model.get(key));
        if (values.type === Item) expect(value).toBeInstanceOf(Item);
        break;
      }
      case "get": same(model.has(key) ? values.read(map.get(key) as never) : map.get(key), model.get(key)); break;
      case "has": same(map.has(key), model.has(key)); break;
      case "delete":
        if (model.has(key)) counts.deleted += 1;
        expect(map.delete(key)).toBe(model.delete(key));
        break;
      case "clear": map.clear(); model.clear(); break;
      case "read": this.readAll(); break;
      case "through": this.goThrough(op); break;
      case "frame":
        this.alloc.endFrame();
        errorOf("FA004", () => map.size);
        this.alloc.beginFrame();
        model.clear();
        this.map = this.open();
    }
    if ((op.kind === "set" || op.kind === "trySet") && !isFull) model.set(key, values.plain(op.n));
    same(this.map.size, model.size);
  }

  /** Every way of reading says the same, and in the same order. */
  readAll(): void {
    const { map, model, values } = this;
    const seen: unknown[] = [];
    map.forEach((value, key, of) => {
      if (of !== map) throw new Error("`forEach` gives the map");
      seen.push(key, values.read(value));
    });
    const entries = [...model].flat();
    expect(seen).toEqual(entries);
    expect([...map].flatMap(([key, value]) => [key, values.read(value)])).toEqual(entries);
    expect([...map.keys()]).toEqual([...model.keys()]);
    expect([...map.values()].map((value) => values.read(value))).toEqual([...model.values()]);
    for (const key of keys[this.kind]) same(map.has(key) ? values.read(map.get(key) as never) : "none", model.has(key) ? model.get(key) : "none");
  }

  /** Both are changed in the same way while they are gone through. */
  private goThrough(op: Op): void {
    const { values } = this;
    const of = keys[this.kind];
    const change = (map: { set(key: unknown, value: unknown): unknown; delete(key: unknown): boolean; clear(): void; has(key: unknown): boolean; readonly size: number }, key: unknown, step: number, make: (n: number) => unknown): void => {
      const other = of[(op.pick + step * 7) % of.length];
      if ((op.n + step) % 3 === 0) map.delete(key);
      if ((op.n + step) % 4 === 0) map.delete(other);
      if ((op.n + step) % 5 === 0 && (map.has(other) || map.size < this.capacity)) map.set(other, make(step % 64));
      if (op.n === 9 && step === 3) map.clear();
    };
    const expected: unknown[] = [];
    for (const [key] of this.model) {
      change(this.model, key, expected.push(key), values.plain);
      if (expected.length === 40) break;
    }
    const seen: unknown[] = [];
    if (op.n % 2 === 0) {
      for (const key of this.map.keys()) {
        change(this.map, key, seen.push(key), values.make);
        if (seen.length === 40) break;
      }
    } else {
      this.map.iterate((_value, key) => {
        if (seen.length < 40) change(this.map, key, seen.push(key), values.make);
      });
    }
    expect(seen).toEqual(expected);
  }

  private expectFull(call: () => unknown): void {
    const error = errorOf("FA003", call);
    expect([error.used, error.capacity]).toEqual([this.capacity, this.capacity]);
    counts.full += 1;
  }

  private open(): FrameMap<unknown, never, unknown> {
    const map = this.alloc.frameMap(this.kind, this.values.type, this.capacity);
    expect([map.size, map.capacity, map.isAlive, [...map]]).toEqual([0, this.capacity, true, []]);
    return map as unknown as FrameMap<unknown, never, unknown>;
  }
}

/** `expect` makes the message; asking it every time would take most of the run. */
function same(actual: unknown, expected: unknown): void {
  if (!Object.is(actual, expected)) expect(actual).toEqual(expected);
}

describe.each(["number", "bigint", "string", "object"] as const)("a map with %s keys", (kind) => {
  test.each(values)("and values of $name does as `Map`", (type) => {
    const capacity = fc.constantFrom(0, 1, 2, 5, 8, 11, 32);
    const options = fc.record({ capacity, debug: fc.boolean(), zeroFrameMemory: fc.boolean() });
    fc.assert(fc.property(program, options, (ops, { capacity: slots, debug, zeroFrameMemory }) => {
      const alloc = new SmartAlloc({ frameArenaSize: kilobytes(8), heapSize: 0, slabPagesPerClass: 0, debug, zeroFrameMemory });
      alloc.beginFrame();
      const pair = new Pair(alloc, kind, type, slots);
      for (const op of ops) pair.step(op);
      pair.readAll();
    }), { numRuns, ...seed });
  });
});

test("the programs reach what they are for", () => {
  expect(counts.ops).toBeGreaterThan(20_000);
  expect(counts.full).toBeGreaterThan(100);
  expect(counts.deleted).toBeGreaterThan(1000);
});

const small = { frameArenaSize: kilobytes(64), heapSize: 0, slabPagesPerClass: 0, debug: false };
const opened = (options = {}): SmartAlloc => {
  const alloc = new SmartAlloc({ ...small, ...options });
  alloc.beginFrame();
  return alloc;
};

describe("a long life", () => {
  test.each(["number", "string"] as const)("of deletions and insertions at full capacity does as `Map` (%s keys)", (kind) => {
    const capacity = 300;
    const map = opened({ frameArenaSize: megabytes(1) }).frameMap(kind, u32, capacity) as FrameMap<unknown, number>;
    const model = new Map<unknown, number>();
    const nameOf = (n: number): unknown => (kind === "number" ? n * 0.5 : `key ${n}`);
    let state = 12345;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    for (let step = 0; step < 60_000; step += 1) {
      if (model.size === capacity) {
        // The oldest, as a cache would, or any.
        const key = step % 3 === 0 ? nameOf(random() % 2000) : model.keys().next().value;
        same(map.delete(key), model.delete(key));
      }
      const key = nameOf(random() % 2000);
      if (model.size < capacity || model.has(key)) {
        map.set(key, step);
        model.set(key, step);
      } else same(map.trySet(key, step), false);
      same(map.size, model.size);
      const asked = nameOf(random() % 2000);
      same(map.get(asked), model.get(asked));
    }
    expect([...map]).toEqual([...model]);
  });

  test("leaves the table as good as new: no key is further from its place than if only those there had been put in", () => {
    const memory = new Memory(new ArrayBuffer(100_064), 64, 100_064);
    const numbers = new ObjectNumbers();
    const open = (): ReturnType<typeof keyTable> => {
      const table = keyTable("number", memory, numbers);
      table.open(1, 64, 1000, false);
      return table;
    };
    /** Words of the table that are read to find all keys. */
    const stepsOf = (table: ReturnType<typeof keyTable>, keys: Iterable<number>): number => {
      let steps = 0;
      const counted = table as unknown as { wordAt(index: number): number };
      const { wordAt } = counted;
      counted.wordAt = function (this: unknown, index) {
        steps += 1;
        return wordAt.call(this as never, index);
      };
      for (const key of keys) expect(table.find(key)).toBeGreaterThan(0);
      counted.wordAt = wordAt;
      return steps;
    };
    const used = open();
    const live = new Set<number>();
    let state = 99;
    const random = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
    for (let i = 0; i < 100_000; i += 1) {
      if (live.size === 1000) {
        const oldest = live.values().next().value ?? 0;
        expect(used.remove(oldest)).toBeGreaterThan(0);
        live.delete(oldest);
      }
      const key = random();
      live.add(key);
      used.take(key);
    }
    const steps = stepsOf(used, live);
    // On the same bytes: the old table is not asked any more.
    const fresh = open();
    for (const key of live) fresh.take(key);
    // Linear probing puts the same keys to the same distance in all, in whatever order they come and go.
    expect(steps).toBe(stepsOf(fresh, live));
    expect(steps).toBeLessThan(1000 * 2.5);
  });
});

describe("values", () => {
  test("of structs are views that stay the key's, whatever else comes and goes", () => {
    const map = opened().frameMap("string", Vec2, 3);
    map.set("a", { x: 1, y: 2 }).set("b", { x: 3 });
    const a = map.get("a");
    map.delete("b");
    map.set("c", { y: 5 });
    expect([a === map.get("a"), a?.x, map.get("c")?.x, map.get("c")?.y]).toEqual([true, 1, 0, 5]);
    map.set("a", { y: 7 });
    expect([a?.x, a?.y]).toEqual([1, 7]);
    const d = map.getOrInsert("d");
    d.x = 4;
    expect([map.getOrInsert("d", { x: 9 }) === d, map.get("d")?.x, map.size]).toEqual([true, 4, 3]);
  });

  test("of a deleted key can be read, and put in again", () => {
    const map = opened().frameMap("number", Vec2, 2);
    map.set(1, { x: 1, y: 2 });
    const view = map.get(1);
    map.delete(1);
    if (view !== undefined) map.set(2, view);
    expect([map.get(2)?.x, map.get(2)?.y]).toEqual([1, 2]);
    map.delete(2);
    map.set(3, { x: 5 });
    expect([map.get(3)?.x, map.get(3)?.y]).toEqual([5, 0]);
  });

  test("that cannot be leave the map as it was", () => {
    const map = opened().frameMap("number", Deep, 2);
    map.set(1, { head: 1 });
    errorOf("argument", () => map.set(2, 5 as never));
    expect(() => map.set(2, { head: 1n as never })).toThrow(TypeError);
    expect(() => map.getOrInsert(2, { inner: 3 as never })).toThrow(FrameAllocError);
    expect([map.size, map.has(2), [...map.keys()]]).toEqual([1, false, [1]]);
    map.set(2, { inner: { x: 2 } });
    expect([map.get(2)?.head, map.get(2)?.inner.x]).toEqual([0, 2]);
    const flags = opened().frameMap("number", i64, 2);
    expect(() => flags.set(1, 1 as never)).toThrow(TypeError);
    expect(flags.size).toBe(0);
  });

  test("of classes are references, or recycled instances", () => {
    const map = opened().frameMap("object", Item, 2);
    const item = new Item();
    map.set(item, item);
    const made = map.getOrInsert(map);
    expect([map.get(item) === item, made instanceof Item, made === item, map.get(map) === made]).toEqual([true, true, false, true]);
  });

  test("may be changed by the value that is being set, and the map still holds", () => {
    const map = opened().frameMap("number", Vec2, 4);
    map.set(1, { get x() { map.set(2, { x: 2 }); map.delete(3); return 1; } });
    map.set(3, { get x() { map.delete(3); return 3; } });
    expect([...map].map(([key, { x }]) => [key, x])).toEqual([[1, 1], [2, 2]]);
    map.set(4, { x: 4 }).set(5, {});
    expect([...map].map(([key, { x }]) => [key, x])).toEqual([[1, 1], [2, 2], [4, 4], [5, 0]]);
  });
});

describe("keys", () => {
  test("of another kind are refused by what puts them in, and not found by what looks them up", () => {
    const alloc = opened();
    const wrong: { readonly [K in MapKeyKind]: readonly unknown[] } = {
      number: ["1", 1n, undefined, null, {}], bigint: [1, "1", undefined, null, {}], string: [1, 1n, undefined, null, {}], object: [1, "a", 1n, undefined, null],
    };
    for (const [kind, others] of Object.entries(wrong) as [MapKeyKind, readonly unknown[]][]) {
      const map = alloc.frameMap(kind, u8, 1);
      for (const key of others as never[]) {
        for (const put of [() => map.set(key, 1), () => map.trySet(key, 1), () => map.getOrInsert(key)]) if (!(kind === "number" && typeof key === "bigint")) errorOf("argument", put);
        if (!(kind === "number" && typeof key === "bigint")) expect([map.get(key), map.has(key), map.delete(key), map.size]).toEqual([undefined, false, false, 0]);
      }
    }
  });

  test("of 10,000 strings and numbers that differ little are told apart", () => {
    const alloc = opened({ frameArenaSize: megabytes(2) });
    const strings = alloc.frameMap("string", u32, 10_000);
    const numbers = alloc.frameMap("number", u32, 10_000);
    for (let i = 0; i < 10_000; i += 1) {
      strings.set(`level/props/item-${i}.mesh`, i);
      numbers.set(i * 2 ** 18 + 0.25, i);
    }
    let sum = 0;
    for (let i = 0; i < 10_000; i += 1) sum += (strings.get(`level/props/item-${i}.mesh`) ?? -1) - (numbers.get(i * 2 ** 18 + 0.25) ?? -1);
    expect([sum, strings.size, numbers.size]).toEqual([0, 10_000, 10_000]);
  });
});

describe("what was in a map is let go of", () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const isCollected = async (watched: WeakRef<object>): Promise<boolean> => {
    for (let i = 0; i < 20 && watched.deref() !== undefined; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      collect();
    }
    return watched.deref() === undefined;
  };
  const ways: Record<string, (alloc: SmartAlloc, map: FrameMap<unknown, unknown>, key: unknown) => unknown> = {
    "when it is deleted": (_alloc, map, key) => map.delete(key), "when the map is cleared": (_alloc, map) => map.clear(), "when the frame ends": (alloc) => alloc.endFrame(),
  };

  test.each(Object.entries(ways))("%s", async (_name, remove) => {
    const alloc = opened();
    const keyed = alloc.frameMap("object", u8, 4);
    const valued = alloc.frameMap("number", Item, 4);
    // In a function, so that nothing here holds them.
    const watched = ((): readonly WeakRef<object>[] => {
      const key = { big: new Array<number>(1000).fill(1) };
      const value = new Item();
      keyed.set(keyed, 0).set(key, 1);
      valued.set(0, new Item()).set(7, value);
      remove(alloc, valued, 7);
      if (alloc.inFrame()) remove(alloc, keyed, key);
      return [new WeakRef(key), new WeakRef(value)];
    })();
    expect(await Promise.all(watched.map(isCollected))).toEqual([true, true]);
  });
});

test("FA004: every use after the frame, or the scope, ended", () => {
  for (const kind of ["number", "string"] as const) {
    const alloc = opened();
    const map = alloc.frameMap(kind, f32, 4) as FrameMap<unknown, number>;
    const key: unknown = kind === "number" ? 1.5 : "a";
    map.set(key, 1);
    const iterator = map.entries();
    iterator.next();
    let scoped;
    {
      using _scope = alloc.frameScope();
      scoped = alloc.frameMap(kind, f32, 4) as FrameMap<unknown, number>;
      scoped.set(key, 1);
    }
    alloc.frameAllocBytes(64);
    alloc.endFrame();
    // What is written after its end would show in fresh memory.
    for (const stale of [map, scoped]) {
      expect(stale.isAlive).toBe(false);
      for (const use of [
        () => stale.size, () => stale.capacity, () => stale.set(key, 1), () => stale.trySet(key, 1), () => stale.get(key), () => stale.getOrInsert(key), () => stale.has(key), () => stale.delete(key), () => stale.clear(),
        () => stale.forEach(() => {}), () => stale.iterate(() => {}), () => [...stale], () => [...stale.keys()], () => [...stale.values()], () => [...stale.entries()],
      ]) expect(errorOf("FA004", use).message).toContain("frame map");
    }
    errorOf("FA004", () => iterator.next());
    alloc.beginFrame();
    expect(alloc.frameSlice(u8, 4096).every((byte) => byte === 0)).toBe(true);
  }
});

test("FA004 also inside an iteration whose frame is ended by its callback", () => {
  const alloc = opened();
  const map = alloc.frameMap("number", u8, 2);
  map.set(1, 1).set(2, 2);
  errorOf("FA004", () => map.forEach(() => alloc.endFrame()));
  alloc.beginFrame();
  expect([...alloc.frameMap("number", u8, 2)]).toEqual([]);
});

test("iterations inside each other, and given up half way, do not disturb each other", () => {
  const map = opened().frameMap("string", u8, 8);
  for (const key of "abcdef") map.set(key, 1);
  const abandoned = map.keys();
  abandoned.next();
  const seen: string[] = [];
  map.forEach((_value, outer) => {
    for (const inner of map.keys()) {
      if (inner === "c") break;
      map.forEach((_, third) => { if (third === "f") seen.push(`${outer}${inner}${third}`); });
    }
    if (outer === "b") map.delete("b");
    if (outer === "e") map.set("z", 1);
  });
  expect(seen).toEqual(["aaf", "abf", "baf", "bbf", "caf", "daf", "eaf", "faf", "zaf"]);
  expect([...abandoned]).toEqual(["c", "d", "e", "f", "z"]);
});

test("a thrown error ends an iteration, and the next one is whole", () => {
  const map = opened().frameMap("number", u8, 4);
  map.set(1, 1).set(2, 2);
  expect(() => map.forEach(() => { throw new RangeError("enough"); })).toThrow("enough");
  const seen: number[] = [];
  map.forEach((value, key) => seen.push(value, key));
  expect(seen).toEqual([1, 1, 2, 2]);
});

test("what is asked for has to be right", () => {
  const alloc = opened();
  for (const capacity of [-1, 0.5, Number.NaN, undefined as never]) errorOf("argument", () => alloc.frameMap("number", u8, capacity));
  errorOf("argument", () => alloc.frameMap("symbol" as never, u8, 1));
  errorOf("argument", () => alloc.frameMap("number", array(u8, 2) as never, 1));
  errorOf("FA003", () => alloc.frameMap("number", u8, 2 ** 40));
  errorOf("FA003", () => alloc.frameMap("number", u8, 10_000));
  expect(alloc.frameUsage()).toBe(0);
  alloc.endFrame();
  errorOf("FA001", () => alloc.frameMap("number", u8, 1));
});

test("prints and turns to JSON as its entries, not as the memory below", () => {
  const map = opened().frameMap("string", Vec2, 2);
  map.set("a", { x: 1, y: 2 });
  expect(JSON.stringify(map)).toBe('[["a",{"x":1,"y":2}]]');
  expect(inspect(map)).toBe("[ [ 'a', { x: 1, y: 2 } ] ]");
});

test("a map follows a `WebAssembly.Memory` that grows in the middle of a frame", () => {
  const wasm = new WebAssembly.Memory({ initial: 4, maximum: 16 });
  const alloc = new SmartAlloc({ ...small, memory: wasm });
  alloc.beginFrame();
  const numbers = alloc.frameMap("number", Vec2, 8);
  const strings = alloc.frameMap("string", f32, 8);
  numbers.set(1, { x: 1 });
  strings.set("1", 1);
  wasm.grow(1);
  alloc.frameAllocBytes(8);
  numbers.set(2, { x: 2 });
  strings.set("2", 2);
  numbers.delete(1);
  strings.delete("1");
  numbers.set(3, { x: 3 });
  strings.set("3", 3);
  expect([[...numbers.values()].map(({ x }) => x), [...strings.values()]]).toEqual([[2, 3], [2, 3]]);
  expect([alloc.memory.buffer === wasm.buffer, numbers.get(3)?.x]).toEqual([true, 3]);
});
