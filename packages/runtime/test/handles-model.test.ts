/**
 * Random programs over handles, against plain arrays: whatever is allocated, freed, pinned and moved, each handle that lives keeps its contents and its object, and
 * each that was freed stays stale. A defragmentation without limits leaves no hole that a value above it could fill. fast-check shrinks a failing program and
 * prints its seed.
 */
import { array, f64, FrameAllocError, i32, SmartAlloc, struct, u8, type AllocOptions, type Handle, type HandleAllocator } from "@framealloc/runtime";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { HEAD_BYTES, type Heap } from "../src/heap/heap.ts";

/** `MODEL_RUNS=100000 npx vitest run packages/runtime/test/handles-model.test.ts` soaks; `MODEL_SEED` repeats a run. */
const numRuns = Number(process.env["MODEL_RUNS"] ?? 150);
const seed = process.env["MODEL_SEED"] === undefined ? {} : { seed: Number(process.env["MODEL_SEED"]) };

const Pair = struct({ a: f64, b: i32 }, { name: "Pair" });
/** Sizes that fill a hole exactly, leave eight bytes of it, or leave a block. */
const TYPES = [i32, Pair, array(u8, 21), array(u8, 40), array(Pair, 5), array(i32, 60)] as const;

interface Op {
  readonly kind: "alloc" | "free" | "freeAgain" | "write" | "pin" | "unpin" | "defragment" | "defragmentSome" | "wall" | "fell" | "grow";
  readonly pick: number;
}

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.oneof(
    { weight: 10, arbitrary: fc.constant("alloc" as const) },
    { weight: 6, arbitrary: fc.constantFrom("free" as const, "write" as const) },
    { weight: 3, arbitrary: fc.constantFrom("pin" as const, "unpin" as const, "defragment" as const) },
    { weight: 2, arbitrary: fc.constantFrom("defragmentSome" as const, "wall" as const, "fell" as const, "freeAgain" as const, "grow" as const) },
  ),
  pick: fc.nat({ max: 10_000 }),
});
const program = fc.array(op, { maxLength: 200, size: "max" });

interface Live {
  readonly handle: Handle<object>;
  readonly type: (typeof TYPES)[number];
  view: object;
  pins: number;
  written: number;
}

const counts = { full: 0, moves: 0, won: 0, pinnedMoves: 0 };

class Run {
  private readonly alloc: SmartAlloc;
  private readonly wasm: WebAssembly.Memory | undefined;
  private readonly handles: HandleAllocator;
  private readonly live: Live[] = [];
  private readonly dead: Handle<object>[] = [];
  /** Blocks of the heap that nobody may move. */
  private readonly walls: Uint8Array[] = [];

  constructor(options: AllocOptions, wasm?: WebAssembly.Memory) {
    this.alloc = new SmartAlloc({ frameArenaSize: 0, slabPagesPerClass: 0, heapSize: 4096, ...options });
    this.handles = this.alloc.handles();
    this.wasm = wasm;
  }

  step({ kind, pick }: Op): void {
    const each = this.live[pick % Math.max(1, this.live.length)];
    switch (kind) {
      case "alloc": return this.allocate(TYPES[pick % TYPES.length] as (typeof TYPES)[number]);
      case "free": return each === undefined ? undefined : this.free(each);
      case "freeAgain": {
        const handle = this.dead[pick % Math.max(1, this.dead.length)];
        if (handle !== undefined) for (const call of [() => this.handles.free(handle), () => this.handles.resolve(handle), () => this.handles.pin(handle)]) expectCode("FA401", call);
        return;
      }
      case "write": {
        if (each === undefined) return;
        each.written = pick;
        bytesOf(this.handles, each).fill(pick & 255);
        return;
      }
      case "pin": {
        if (each === undefined) return;
        this.handles.pin(each.handle);
        each.pins += 1;
        return;
      }
      case "unpin": return each === undefined ? undefined : this.unpin(each);
      case "defragment": return this.defragment(Infinity);
      case "defragmentSome": return this.defragment(pick % 4);
      case "wall": {
        const wall = this.walls.length < 4 ? this.alloc.tryHeapAlloc(array(u8, 8 + (pick % 5000))) : undefined;
        if (wall !== undefined) this.walls.push(wall.fill(0x77));
        return;
      }
      case "fell": {
        const [wall] = this.walls.splice(pick % Math.max(1, this.walls.length), 1);
        if (wall !== undefined) this.alloc.heapFree(wall);
        return;
      }
      case "grow": {
        // A typed array does not live over it.
        if (this.wasm === undefined || this.walls.length > 0) return;
        this.wasm.grow(1);
        this.alloc.memory.refresh();
        for (const one of this.live) if (ArrayBuffer.isView(one.view)) one.view = this.handles.resolve(one.handle);
      }
    }
  }

  check(): void {
    hold(this.handles.stats().activeHandles === this.live.length && this.handles.stats().pinnedCount === this.live.filter(({ pins }) => pins > 0).length, "counts");
    const places: (readonly [number, number])[] = [];
    for (const each of this.live) {
      hold(this.handles.isValid(each.handle) && this.handles.resolve(each.handle) === each.view, "a live handle gives its object");
      hold(bytesOf(this.handles, each).every((byte) => byte === (each.written & 255)), "a live value keeps its contents");
      places.push([this.handles.ptrOf(each.handle), each.type.sizeBytes]);
    }
    for (const wall of this.walls) {
      hold(wall.every((byte) => byte === 0x77), "what is not a handle's keeps its contents");
      places.push([wall.byteOffset, wall.length]);
    }
    places.sort((a, b) => a[0] - b[0]);
    for (const [i, [ptr, size]] of places.entries()) hold(ptr + size <= (places[i + 1]?.[0] ?? Infinity), "values are apart");
    hold(this.dead.every((handle) => !this.handles.isValid(handle)), "a freed handle stays stale");
    heapOf(this.handles).check();
  }

  /** Frees everything: all memory is there again. */
  end(): void {
    for (const each of [...this.live]) this.free(each);
    for (const wall of this.walls) this.alloc.heapFree(wall);
    // What heap values keep for the next ones.
    this.alloc["heap"].trim();
    hold(heapOf(this.handles).check() === 1 && heapOf(this.handles).stats().usedBytes === 0, "the heap is one free block again");
    hold(this.handles.stats().totalAllocated === 0 && this.alloc.leakReport().totalCount === 0, "nothing is left");
  }

  private allocate(type: (typeof TYPES)[number]): void {
    const handle = this.handles.tryAlloc(type as typeof Pair) as Handle<object> | undefined;
    if (handle === undefined) {
      counts.full += 1;
      expectCode("FA301", () => this.handles.alloc(type));
      return;
    }
    const each = { handle, type, view: this.handles.resolve(handle), pins: 0, written: 0 };
    hold(bytesOf(this.handles, each).every((byte) => byte === 0), "a new value is zero");
    hold(this.live.every((other) => other.handle !== handle && other.view !== each.view) && !this.dead.includes(handle), "a new handle and its object are nobody else's");
    this.live.push(each);
  }

  private free(each: Live): void {
    this.handles.free(each.handle);
    this.live.splice(this.live.indexOf(each), 1);
    this.dead.push(each.handle);
  }

  private unpin(each: Live): void {
    if (each.pins === 0) return expectCode("argument", () => this.handles.unpin(each.handle));
    this.handles.unpin(each.handle);
    each.pins -= 1;
  }

  private defragment(maxMoves: number): void {
    const before = this.live.map(({ handle }) => this.handles.ptrOf(handle));
    const holes = this.handles.stats().holeBytes;
    const { moves, bytesWonBack } = this.handles.defragment({ maxMoves });
    let moved = 0;
    for (const [i, each] of this.live.entries()) {
      const ptr = this.handles.ptrOf(each.handle);
      if (ptr === before[i]) continue;
      hold(each.pins === 0 && ptr < (before[i] ?? 0), "only what is not pinned is moved, and down");
      moved += 1;
      if (ArrayBuffer.isView(each.view)) each.view = this.handles.resolve(each.handle);
    }
    hold(moves === moved && moves <= maxMoves, "as many moves as it says");
    hold(bytesWonBack === holes - this.handles.stats().holeBytes && (moves > 0 || bytesWonBack === 0), "as many bytes as it says");
    if (maxMoves === Infinity) checkHoles(this.handles);
    counts.moves += moves;
    counts.won += bytesWonBack;
    if (this.live.some(({ pins }) => pins > 0)) counts.pinnedMoves += moves;
  }
}

function bytesOf(handles: HandleAllocator, { handle, type }: Live): Uint8Array {
  const ptr = handles.ptrOf(handle);
  return handles["memory"].u8.subarray(ptr, ptr + type.sizeBytes);
}

function heapOf(handles: HandleAllocator): Heap {
  return handles["heap"];
}

/** No free block has room for a block above it that may be moved. */
function checkHoles(handles: HandleAllocator): void {
  const heap = heapOf(handles);
  let largest = 0;
  let isBehindHole = false;
  for (let block = heap.firstBlock, size = heap.sizeOf(block); size > 0; block += size + HEAD_BYTES, size = heap.sizeOf(block)) {
    if (!heap.isUsed(block)) largest = Math.max(largest, size);
    else if (heap.isMovable(block)) hold(handles.bytesOf(block) > largest && !isBehindHole, "no hole could be filled");
    isBehindHole = !heap.isUsed(block);
  }
}

/** Fails with `what` unless it holds: `expect` is too slow to be asked every time. */
function hold(condition: boolean, what: string): void {
  if (!condition) expect.fail(what);
}

function expectCode(code: string, call: () => unknown): void {
  try {
    call();
  } catch (error) {
    return hold(error instanceof FrameAllocError && error.code === code, `${code}, but it threw ${String(error)}`);
  }
  expect.fail(`${code}, but it returned`);
}

describe("random programs", () => {
  const cases: readonly (readonly [string, () => Run])[] = [
    ["by default", () => new Run({})],
    ["in debug mode", () => new Run({ debug: true })],
    ["with a limit", () => new Run({ memoryLimit: 1000 })],
    ["over a WebAssembly.Memory that grows", () => { const wasm = new WebAssembly.Memory({ initial: 1, maximum: 300 }); return new Run({ memory: wasm }, wasm); }],
  ];
  test.each(cases)("%s", (_, make) => {
    fc.assert(fc.property(program, (ops) => {
      const run = make();
      for (const each of ops) {
        run.step(each);
        run.check();
      }
      run.end();
    }), { numRuns, ...seed });
  });

  test("met what they are for", () => {
    expect([counts.full > 50, counts.moves > 200, counts.won > 5000, counts.pinnedMoves > 50]).toEqual([true, true, true, true]);
  });
});
