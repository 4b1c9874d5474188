/**
 * The reference model: programs of random operations, run on an allocator and on plain JavaScript values side by side. After every step, everything
 * alive must read as the model says, everything that died must say so, and fresh memory must be zero. fast-check makes the programs, shrinks a
 * failing one and prints its seed.
 *
 * Longer than 300 lines: every operation of an allocator beside what the model makes of it.
 */
import { array, f32, f64, FrameAllocError, i32, SmartAlloc, struct, u8, type AllocOptions, type Checkpoint, type FrameBox, type FrameRetained, type FrameVec, type OwnedBox, type RetentionPolicy } from "@framealloc/runtime";
import { expect } from "vitest";
import type { Backing } from "./backings.ts";
import type { Op } from "./model-program.ts";

const Small = struct({ a: u8, b: f32, c: i32 }, { name: "Small" });
const Large = struct({ head: f64, body: Small, tail: array(i32, 5) }, { name: "Large" });
const Bulk = array(u8, 700);

/** Something alive: how it reads now, how it should read, and how to change both. */
interface Live {
  home: "frame" | "pool" | "heap";
  readonly depth: number;
  /** In the order of allocation. */
  readonly serial: number;
  /** Retained data: what becomes of it when its frame ends. */
  readonly retained?: { readonly handle: FrameRetained<{ a: number; b: number; c: number }>; readonly policy: RetentionPolicy };
  expected: unknown;
  read(): unknown;
  write(n: number): unknown;
  free?: () => void;
  /** How its death shows; undefined when it does not, outside debug mode. */
  readonly use?: () => unknown;
  staleCode?: "FA004" | "FA401";
  readonly vec?: FrameVec<unknown, unknown>;
  readonly element?: "scalar" | "struct";
}

export interface Counts {
  ops: number;
  full: number;
}

// A program that fails to release a box has done so on purpose.
const OPTIONS: AllocOptions = { onLeak: () => {}, frameArenaSize: 4096, heapSize: 4096, slabPageSize: 512, slabPagesPerClass: 2, slabSizeClasses: [16, 32, 64, 128], largeThreshold: 128 };
const TOTAL = 4 * 2 * 512 + 4096 + 4096;
const SCRATCH = 64;

/** Runs one program. Throws on the first difference. */
export function runProgram(ops: readonly Op[], backing: Backing, debug: boolean, counts: Counts, prepare: (alloc: SmartAlloc) => void = () => {}): void {
  const opened = backing.open(TOTAL);
  const alloc = new SmartAlloc({ ...OPTIONS, memory: opened.memory, debug });
  prepare(alloc);
  const run = new Run(alloc, opened.wasm, counts);
  for (const op of ops) run.step(op);
  opened.checkOutside();
}

class Run {
  private readonly alloc: SmartAlloc;
  private readonly wasm: WebAssembly.Memory | undefined;
  private readonly counts: Counts;
  private live: Live[] = [];
  private dead: { readonly value: Live; readonly frame: number }[] = [];
  private scopes: { [Symbol.dispose](): void }[] = [];
  private points: { readonly checkpoint: Checkpoint; readonly depth: number; readonly serial: number }[] = [];
  private serial = 0;
  private turn = 0;
  /** Paths of tags in force, and what was allocated under each so far, in frames. */
  private readonly tags: { readonly path: string; readonly scope: { [Symbol.dispose](): void } }[] = [];
  private readonly tagBytes: Map<string, number> = new Map();
  private phases: { readonly name: string; bytes: number; readonly isOfFrame: boolean }[] = [];

  constructor(alloc: SmartAlloc, wasm: WebAssembly.Memory | undefined, counts: Counts) {
    this.alloc = alloc;
    this.wasm = wasm;
    this.counts = counts;
    alloc.scratchPool("level", { capacity: SCRATCH });
  }

  step(op: Op): void {
    this.counts.ops += 1;
    const before = this.alloc.frameUsage();
    try {
      this.apply(op);
      this.account(this.alloc.frameUsage() - before);
    } catch (error) {
      if (!(error instanceof FrameAllocError)) throw error;
      this.expectError(op, error, before);
    }
    this.check();
  }

  private expectError(op: Op, error: FrameAllocError, usageBefore: number): void {
    const isOpen = this.alloc.inFrame();
    const isFull = ["FA003", "FA304", "FA301"].includes(error.code);
    if (isFull) this.counts.full += 1;
    const allowed = op.kind === "phaseEnd" && this.phases.length === 0 ? "argument" : op.kind === "begin" ? "FA006" : op.kind === "end" ? "FA005" : isOpen ? "full" : "FA001";
    if (!(error.code === allowed || isFull)) throw error;
    if (error.code === "FA003") expect((error.requested ?? 0) + (error.used ?? 0)).toBeGreaterThan((error.capacity ?? 0) - 256);
    if (this.alloc.frameUsage() !== usageBefore) expect(this.alloc.frameUsage()).toBe(usageBefore);
  }

  private apply(op: Op): void {
    const { alloc } = this;
    switch (op.kind) {
      case "begin": return alloc.beginFrame();
      case "end":
        alloc.endFrame();
        return this.frameEnded();
      case "scopeOpen": return void this.scopes.push(alloc.frameScope());
      case "scopeClose": return this.closeScope();
      case "grow": return this.grow();
      case "checkpoint": return void this.points.push({ checkpoint: alloc.frameCheckpoint(), depth: this.scopes.length, serial: this.serial });
      case "rollback": return this.rollBack(op.pick);
      case "tagEnter": return void this.tags.push({ scope: alloc.tagScope(op.name), path: this.path() === "" ? op.name : `${this.path()}::${op.name}` });
      case "tagLeave": return this.tags.pop()?.scope[Symbol.dispose]();
      case "phaseBegin":
        alloc.beginPhase(op.name);
        return void this.phases.push({ name: op.name, bytes: 0, isOfFrame: alloc.inFrame() });
      case "phaseEnd": {
        const { name, bytes } = alloc.endPhase();
        const expected = this.phases.pop();
        expect([name, bytes >= (expected?.bytes ?? Infinity)]).toEqual([expected?.name, true]);
        return;
      }
      case "retain": return this.retain(alloc.frameRetained(Small, op.policy, { a: op.n, c: -op.n }), op.policy, op.n);
      case "push": case "pop": case "truncate": case "resize": case "setElement": return this.changeVec(op.kind, op.pick, op.n);
      case "write": {
        const value = this.live[op.pick % Math.max(1, this.live.length)];
        if (value !== undefined) value.expected = value.write(op.n);
        return;
      }
      case "free": {
        const owned = this.live.filter((value) => value.free !== undefined);
        const value = owned[op.pick % Math.max(1, owned.length)];
        if (value === undefined) return;
        value.free?.();
        return this.kill((other) => other === value);
      }
      default: return this.allocate(op);
    }
  }

  private allocate(op: Exclude<Extract<Op, { readonly n: number }>, { readonly pick: number } | { readonly kind: "retain" }>): void {
    const { alloc } = this;
    switch (op.kind) {
      case "small": return this.addSmall("frame", alloc.frameAlloc(Small));
      case "large": return this.addLarge("frame", alloc.frameAlloc(Large));
      case "poolSmall": return this.addSmall("pool", alloc.poolAlloc(Small));
      case "poolLarge": return this.addLarge("heap", alloc.heapAlloc(Large));
      case "heapBulk": {
        const bulk = alloc.poolAlloc(Bulk);
        return this.addNumbers(bulk, () => alloc.poolFree(bulk));
      }
      case "slice": return this.addNumbers(alloc.frameSlice(f32, op.n));
      case "bytes": {
        const ptr = alloc.frameAllocBytes(op.n, op.align);
        expect(ptr % op.align).toBe(0);
        // Read anew each time: a memory that grew has other views.
        return this.add("frame", () => alloc.memory.u8.slice(ptr, ptr + op.n), (value) => alloc.memory.u8.fill(value, ptr, ptr + op.n), new Uint8Array(op.n));
      }
      case "batch": {
        const batch = alloc.frameAllocBatch(Small, op.n);
        return this.add("frame", () => [batch.length, ...[...batch].map((each) => each.b)], (value) => void batch.set(value % op.n, { b: value }), [op.n, ...new Array<number>(op.n).fill(0)]);
      }
      case "vecFixed": return this.addVec(alloc.frameVec(i32, op.n), "scalar");
      case "vecGrowing": return this.addVec(alloc.frameVec(f64), "scalar");
      case "structVec": return this.addVec(alloc.frameVec(Small), "struct");
      case "boxValue": return this.addBox("frame", alloc.frameBox<unknown>({ n: op.n }), { n: op.n }, (value) => ({ n: value }));
      case "boxTyped": return this.addBox("frame", alloc.frameBox(i32, op.n), op.n, (value) => value);
      case "poolBox": return this.addBox("pool", alloc.poolBox(f64, op.n), op.n, (value) => value);
    }
  }

  private addSmall(home: "frame" | "pool", view: { a: number; b: number; c: number }): void {
    this.add(home, () => [view.a, view.b, view.c], (value) => Object.assign(view, { a: value & 255, c: -value }), [0, 0, 0], home === "pool" ? () => this.alloc.poolFree(view) : undefined);
  }

  private addLarge(home: "frame" | "heap", view: { head: number; readonly body: { b: number }; readonly tail: Int32Array }): void {
    const write = (value: number): void => {
      view.head = value / 3;
      view.body.b = value;
      view.tail[value % 5] = value;
    };
    this.add(home, () => [view.head, view.body.b, ...view.tail], write, [0, 0, 0, 0, 0, 0, 0], home === "heap" ? () => this.alloc.heapFree(view) : undefined);
  }

  private addNumbers(numbers: Uint8Array | Float32Array, free?: () => void): void {
    this.add(free === undefined ? "frame" : "pool", () => numbers.slice(), (value) => void (numbers[value % numbers.length] = value), numbers.slice().fill(0), free);
  }

  private add(home: Live["home"], read: () => unknown, write: (value: number) => unknown, fresh: unknown, free?: () => void): void {
    if (!isSame(read(), fresh)) expect(read()).toEqual(fresh);
    const writeAndRead = (value: number): unknown => {
      write(value);
      return read();
    };
    this.live.push({ home, depth: this.scopes.length, serial: this.next(), expected: read(), read, write: writeAndRead, ...(free === undefined ? {} : { free, use: free, staleCode: "FA401" as const }) });
  }

  private addBox<T>(home: "frame" | "pool", box: FrameBox<T> | OwnedBox<T>, initial: unknown, make: (value: number) => unknown): void {
    const write = (value: number): unknown => {
      box.value = make(value) as T;
      return make(value);
    };
    expect(box.value).toEqual(initial);
    const free = "release" in box && home === "pool" ? () => (box as OwnedBox<T>).release() : undefined;
    this.live.push({ home, depth: this.scopes.length, serial: this.next(), expected: initial, read: () => box.value, write, use: () => box.value, staleCode: home === "frame" ? "FA004" : "FA401", ...(free === undefined ? {} : { free }) });
  }

  private addVec(vec: FrameVec<unknown, never>, element: "scalar" | "struct"): void {
    const read = (): unknown => [...vec].map((each) => (element === "scalar" ? each : (each as { c: number }).c));
    expect(read()).toEqual([]);
    this.live.push({ home: "frame", depth: this.scopes.length, serial: this.next(), expected: [], read, write: read, use: () => vec.length, staleCode: "FA004", vec, element });
  }

  private changeVec(kind: "push" | "pop" | "truncate" | "resize" | "setElement", which: number, value: number): void {
    const vecs = this.live.filter((each) => each.vec !== undefined);
    const target = vecs[which % Math.max(1, vecs.length)];
    if (target?.vec === undefined) return;
    const { vec } = target;
    const expected = target.expected as number[];
    const element = target.element === "scalar" ? value : { c: value };
    switch (kind) {
      case "push": vec.push(element); target.expected = [...expected, value]; return;
      case "pop": {
        const popped = vec.pop();
        expect(target.element === "scalar" ? popped : (popped as { c: number } | undefined)?.c).toBe(expected.at(-1));
        target.expected = expected.slice(0, -1);
        return;
      }
      case "truncate": vec.truncate(value % 8); target.expected = expected.slice(0, value % 8); return;
      case "resize": vec.resize(value); target.expected = [...expected.slice(0, value), ...new Array<number>(Math.max(0, value - expected.length)).fill(0)]; return;
      case "setElement":
        if (expected.length > 0) {
          vec.set(which % expected.length, element);
          target.expected = expected.with(which % expected.length, value);
        }
    }
  }

  private closeScope(): void {
    const scope = this.scopes.pop();
    if (scope === undefined) return;
    scope[Symbol.dispose]();
    this.points = this.points.filter(({ depth }) => depth <= this.scopes.length);
    this.kill((value) => value.home === "frame" && value.depth > this.scopes.length, false);
  }

  /** To any point that was taken in the frame, or to one that is stale. */
  private rollBack(which: number): void {
    const point = this.points[which % Math.max(1, this.points.length)];
    if (point === undefined) return;
    this.alloc.rollbackTo(point.checkpoint);
    const gone = this.points.splice(this.points.indexOf(point) + 1);
    for (const { checkpoint } of gone) expectStale(() => this.alloc.rollbackTo(checkpoint), "FA008");
    this.scopes = this.scopes.slice(0, point.depth);
    this.kill((value) => value.home === "frame" && value.serial > point.serial, false);
  }

  private retain(handle: FrameRetained<{ a: number; b: number; c: number }>, policy: RetentionPolicy, n: number): void {
    const read = (): unknown => [handle.value.a, handle.value.b, handle.value.c];
    const write = (value: number): unknown => {
      handle.value = { a: value & 255, b: value, c: value };
      return read();
    };
    expect(read()).toEqual([n, 0, -n]);
    const use = (): unknown => handle.value;
    this.live.push({ home: "frame", depth: this.scopes.length, serial: this.next(), expected: read(), read, write, use, staleCode: "FA004", retained: { handle, policy } });
  }

  /** What was retained lives on where its policy says, unless there was no room for it; the rest is dead. */
  private frameEnded(): void {
    this.scopes = [];
    const points = this.points.splice(0);
    for (const { checkpoint } of points) expectStale(() => this.alloc.rollbackTo(checkpoint), "FA008");
    this.phases = this.phases.filter(({ isOfFrame }) => !isOfFrame);
    for (const value of this.live) {
      const { handle, policy } = value.retained ?? {};
      if (value.home !== "frame" || handle === undefined || policy === "discard") continue;
      const place = policy === "promoteToPool" ? "pool" : policy === "promoteToHeap" ? "heap" : "scratch";
      if (handle.isAlive) expect(handle.place).toBe(place);
      else expect(["budgetExceeded", "scratchPoolFull"]).toContain(handle.failure);
      if (!handle.isAlive) continue;
      value.home = "heap";
      value.staleCode = "FA401";
      value.free = () => { handle.release(); };
    }
    this.kill((value) => value.home === "frame");
    // Scratch memory is not given back one by one.
    if (!this.live.some(({ retained }) => retained?.handle.place === "scratch")) this.alloc.scratchPool("level").reset();
  }

  private next(): number {
    this.serial += 1;
    return this.serial;
  }

  private path(): string {
    return this.tags.at(-1)?.path ?? "";
  }

  /** What a step made the frame larger by, it allocated under the tag and the phases in force. */
  private account(bytes: number): void {
    if (bytes <= 0) return;
    this.tagBytes.set(this.path(), (this.tagBytes.get(this.path()) ?? 0) + bytes);
    for (const phase of this.phases) phase.bytes += bytes;
  }

  /** Live typed arrays are dead after a growth, as the manual says, so it is tried where none is held. */
  private grow(): void {
    if (this.wasm === undefined || this.alloc.inFrame()) return;
    for (const value of this.live.filter((each) => each.free !== undefined)) {
      value.free?.();
      this.kill((other) => other === value);
    }
    this.wasm.grow(1);
  }

  /** `isForGood`: their handles are not handed out again in this frame. */
  private kill(isDead: (value: Live) => boolean, isForGood = true): void {
    const frame = this.alloc.frameNumber();
    for (const value of this.live.filter(isDead)) if (isForGood || this.alloc.config.debug) this.dead.push({ value, frame });
    this.live = this.live.filter((value) => !isDead(value));
  }

  private check(): void {
    for (const value of this.live) {
      const read = value.read();
      // `expect` makes the message; asking it every time would take most of the run.
      if (!isSame(read, value.expected)) expect(read).toEqual(value.expected);
    }
    // Handles are recycled: a stale one is told for so many frames, and pool values until their object is used again.
    this.dead = this.dead.filter(({ value, frame }) => this.alloc.config.debug || (value.staleCode === "FA004" && frame + 2 >= this.alloc.frameNumber() && value.depth === 0 && (value.retained === undefined || value.home === "frame")));
    this.dead.splice(0, this.dead.length - 12);
    // A refusal costs as much as a hundred reads: those that died last are tried, and one of the others in turn.
    this.turn += 1;
    for (const { value } of [...this.dead.slice(-2), ...this.dead.slice(0, -2).splice(this.turn % 10, 1)]) if (value.use !== undefined) expectStale(value.use, value.staleCode);
    if (!this.alloc.inFrame() && this.alloc.frameUsage() !== 0) expect(this.alloc.frameUsage()).toBe(0);
    for (const { path, frame } of this.alloc.tagStats()) if (frame.bytes !== (this.tagBytes.get(path) ?? 0)) expect({ path, bytes: frame.bytes }).toEqual({ path, bytes: this.tagBytes.get(path) });
    if (this.alloc.tagPath() !== this.path()) expect(this.alloc.tagPath()).toBe(this.path());
    if (this.alloc.frameUsage() + this.alloc.frameRemaining() !== 4096) expect(this.alloc.frameStats()).toBe("4096 bytes in all");
  }
}

function expectStale(use: () => unknown, code: string | undefined): void {
  let thrown: unknown;
  try {
    use();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof FrameAllocError) || thrown.code !== code) expect(thrown).toBe(code);
}

function isSame(a: unknown, b: unknown): boolean {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    for (let i = 0; i < a.length; i += 1) if (!isSame(a[i], b[i])) return false;
    return true;
  }
  return Object.is(a, b) || (typeof a === "object" && JSON.stringify(a) === JSON.stringify(b));
}
