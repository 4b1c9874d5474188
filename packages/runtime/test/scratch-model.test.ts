/**
 * Random programs over scratch pools, against a reference of bump pointers: what is allocated comes zeroed and keeps its contents until its pool is reset or removed, however
 * the others and the heap around come and go. fast-check shrinks a failing program and prints its seed.
 */
import { AllocConfig, array, f32, f64, FrameAllocError, SmartAlloc, struct, u8, type AllocOptions, type FrameRetained, type ScratchPool } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { errorOf } from "./error-of.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/scratch-model.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 120);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

const Vec3 = struct({ x: f32, y: f32, z: f32 }, { name: "Vec3" });
const Pair = struct({ a: f64, b: f64 }, { name: "Pair" });
const HEAP = 4096;
const NAMES = ["ai", "level", "search"] as const;

interface Op {
  readonly kind: "open" | "vec3" | "pair" | "byte" | "bytes" | "vec3s" | "floats" | "write" | "promote" | "endFrame" | "reset" | "resetAll" | "remove" | "dirt";
  readonly name: (typeof NAMES)[number];
  readonly pick: number;
}
const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom("vec3", "pair", "byte", "bytes", "vec3s", "floats") },
    { weight: 4, arbitrary: fc.constantFrom("write", "promote", "endFrame") },
    { weight: 2, arbitrary: fc.constantFrom("open", "reset", "remove", "dirt", "resetAll") },
  ),
  name: fc.constantFrom(...NAMES),
  pick: fc.nat({ max: 1000 }),
});

interface Value {
  read(): readonly number[];
  write(n: number): void;
  expected: number;
}

/** A pool as it should be: where its bump pointer stands, and what is in it. */
interface Model {
  readonly pool: ScratchPool;
  readonly capacity: number;
  top: number;
  peak: number;
  count: number;
  values: Value[];
  retained: FrameRetained<{ x: number }>[];
}

interface Waiting {
  readonly name: (typeof NAMES)[number];
  readonly handle: FrameRetained<{ x: number }>;
}

const met = { full: 0, promoted: 0, refused: 0, removed: 0 };

class Run {
  private readonly alloc: SmartAlloc;
  private readonly models: Map<string, Model> = new Map();
  private readonly gone: ScratchPool[] = [];
  private waiting: Waiting[] = [];

  constructor(options: AllocOptions) {
    this.alloc = new SmartAlloc({ ...AllocConfig.minimal(), debug: false, heapSize: HEAP, slabPagesPerClass: 0, ...options });
    this.alloc.beginFrame();
  }

  step({ kind, name, pick }: Op): void {
    const model = this.models.get(name);
    switch (kind) {
      case "open": return this.open(name, pick);
      case "endFrame": return this.endFrame();
      case "resetAll": {
        this.alloc.scratch().resetAll();
        for (const each of this.models.values()) empty(each);
        return;
      }
      case "dirt": {
        const dirt = this.alloc.tryHeapAlloc(array(u8, 1 + (pick % 700)));
        if (dirt !== undefined) this.alloc.heapFree(dirt.fill(0xee));
        return;
      }
      case "promote": {
        this.waiting.push({ name, handle: this.alloc.frameRetained(Vec3, { promoteToScratch: name }, { x: pick }) });
        return;
      }
      case "remove": {
        hold(this.alloc.scratch().remove(name) === (model !== undefined), "it says whether there was one");
        if (model === undefined) return;
        empty(model);
        this.models.delete(name);
        this.gone.push(model.pool);
        met.removed += 1;
        return;
      }
      case "reset": {
        hold(this.alloc.scratch().reset(name) === (model !== undefined), "it says whether there is one");
        if (model !== undefined) empty(model);
        return;
      }
      case "write": {
        const value = model?.values[pick % Math.max(1, model.values.length)];
        if (value === undefined) return;
        value.write(pick % 100);
        value.expected = pick % 100;
        return;
      }
      default: if (model !== undefined) this.allocate(model, kind, pick);
    }
  }

  check(): void {
    for (const model of this.models.values()) {
      const { usedBytes, count, highWaterMark, capacity } = model.pool.stats();
      hold(usedBytes === model.top && count === model.count && highWaterMark === Math.max(model.peak, model.top) && capacity === model.capacity, "figures");
      for (const { read, expected } of model.values) hold(read().every((n) => n === expected), "contents are kept");
      hold(model.retained.every(({ isAlive }) => isAlive), "promoted data lives as long as its pool");
    }
    for (const pool of this.gone) hold(pool.tryAlloc(Vec3) === undefined, "a removed pool gives nothing");
  }

  /** All memory is there again. */
  end(): void {
    this.endFrame();
    for (const name of NAMES) this.alloc.scratch().remove(name);
    for (const pool of this.gone) errorOf("FA401", () => { pool.reset(); });
    this.alloc["heap"].trim();
    const room = Math.min(HEAP, this.alloc.config.memoryLimit > 0 ? this.alloc.config.memoryLimit : Infinity) - 64;
    expect([this.alloc.tryHeapAlloc(array(u8, room))?.length, this.alloc.scratch().stats()]).toEqual([room, []]);
  }

  private open(name: string, pick: number): void {
    const known = this.models.get(name);
    const capacity = [13, 64, 200, 1000, 5000][pick % 5] as number;
    try {
      const pool = this.alloc.scratchPool(name, { capacity });
      if (known !== undefined) return hold(pool === known.pool, "a name is one pool");
      this.models.set(name, { pool, capacity: Math.ceil(capacity / 8) * 8, top: 0, peak: 0, count: 0, values: [], retained: [] });
    } catch (error) {
      hold(known === undefined && error instanceof FrameAllocError && error.code === "FA301", `FA301, not ${String(error)}`);
      met.full += 1;
    }
  }

  private allocate(model: Model, kind: Op["kind"], pick: number): void {
    const n = pick % 30;
    const { pool } = model;
    const [size, align, make]: readonly [number, number, () => Value] = {
      vec3: [12, 4, () => structValue([pool.alloc(Vec3)])] as const,
      pair: [16, 8, () => { const pair = pool.alloc(Pair); return { read: () => [pair.a, pair.b], write: (to: number) => { pair.a = to; pair.b = to; }, expected: 0 }; }] as const,
      byte: [1, 1, () => { const byte = pool.alloc(u8); return { read: () => [byte.value], write: (to: number) => { byte.value = to; }, expected: 0 }; }] as const,
      bytes: [n, 1, () => arrayValue(pool.slice(u8, n))] as const,
      floats: [n * 4, 4, () => arrayValue(pool.slice(f32, n))] as const,
      vec3s: [n * 12, 4, () => structValue([...pool.slice(Vec3, n)])] as const,
    }[kind as "vec3"];
    const from = Math.ceil(model.top / align) * align;
    if (from + size > model.capacity) {
      met.full += 1;
      errorOf("FA301", make);
      return;
    }
    model.values.push(make());
    model.top = from + size;
    model.count += 1;
  }

  /** Retained data moves into its pool in the order in which it was retained, as far as there is room. */
  private endFrame(): void {
    this.alloc.endFrame();
    for (const { name, handle } of this.waiting) {
      const model = this.models.get(name);
      const from = Math.ceil((model?.top ?? 0) / 4) * 4;
      if (model === undefined || from + 12 > model.capacity) {
        met.refused += 1;
        hold(!handle.isAlive && handle.failure === (model === undefined ? "scratchPoolNotFound" : "scratchPoolFull"), `refused, not ${String(handle.failure)}`);
        continue;
      }
      met.promoted += 1;
      model.top = from + 12;
      model.count += 1;
      model.retained.push(handle);
      const { x } = handle.value;
      model.values.push({ read: () => [handle.value.x], write: (to) => { handle.value.x = to; }, expected: x });
    }
    this.waiting = [];
    this.alloc.beginFrame();
  }
}

function empty(model: Model): void {
  model.peak = Math.max(model.peak, model.top);
  model.top = 0;
  model.count = 0;
  model.values = [];
  hold(model.retained.every(({ isAlive }) => !isAlive), "promoted data goes with its pool");
  model.retained = [];
}

const structValue = (all: readonly { x: number; y: number; z: number }[]): Value => ({
  read: () => all.flatMap(({ x, y, z }) => [x, y, z]),
  write: (to) => { for (const each of all) Object.assign(each, { x: to, y: to, z: to }); },
  expected: 0,
});
const arrayValue = (values: Uint8Array | Float32Array): Value => ({ read: () => [...values], write: (to) => { values.fill(to); }, expected: 0 });

/** Fails with `what` unless it holds: `expect` is too slow to be asked every time. */
function hold(condition: boolean, what: string): void {
  if (!condition) expect.fail(what);
}

describe("random programs", () => {
  test.each<readonly [string, AllocOptions]>([["by default", {}], ["with a limit", { memoryLimit: 1500 }], ["in debug mode", { debug: true }]])("%s", (_, options) => {
    fc.assert(fc.property(fc.array(op, { maxLength: 120, size: "max" }), (ops) => {
      const run = new Run(options);
      for (const each of ops) {
        run.step(each);
        run.check();
      }
      run.end();
    }), { numRuns, ...seed });
  });

  test("met what they are for", () => {
    expect([met.full > 20, met.promoted > 20, met.refused > 20, met.removed > 20]).toEqual([true, true, true, true]);
  });
});
