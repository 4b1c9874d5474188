/** What all adapters do alike, and the loop without an engine. engines.test.ts has the engines themselves. */
import { AllocConfig, f32, frameLoop, SmartAlloc } from "@framealloc/runtime";
import { withFrames } from "@framealloc/runtime/adapters/bitecs";
import * as pixi from "@framealloc/runtime/adapters/pixi";
import * as three from "@framealloc/runtime/adapters/three";
import { afterEach, describe, expect, test, vi } from "vitest";
import { errorOf } from "./error-of.ts";

const newAlloc = (): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), debug: false });

/** Listeners in the order of their priorities, as tickers call them. */
class Ticker {
  private listeners: { readonly callback: () => void; readonly priority: number }[] = [];

  add(callback: () => void, _context?: undefined, priority = 0): void {
    this.listeners = [...this.listeners, { callback, priority }].sort((a, b) => b.priority - a.priority);
  }

  remove(callback: () => void): void {
    this.listeners = this.listeners.filter((each) => each.callback !== callback);
  }

  update(): void {
    for (const { callback } of this.listeners) callback();
  }
}

// Both are imported by this file. Before any other test registers one:
test("FA101: an adapter that is imported and registered nowhere, until it is", () => {
  const alloc = newAlloc();
  const calls = [() => alloc.frameAlloc(f32), () => alloc.frameSlice(f32, 2), () => alloc.frameAllocBytes(8), () => alloc.frameBox(1), () => alloc.frameVec(f32), () => alloc.frameCheckpoint(), () => alloc.frameScope(), () => alloc.frameRetained(1, "discard")];
  for (const call of calls) expect(errorOf("FA101", call).message).toMatch(/outside a frame: the adapter of (?:bitecs|pixi|three) is imported, and registered nowhere\n {2}help: register it once/);
  expect(alloc.tryFrameAlloc(f32)).toBeUndefined();
  // Whoever began frames by hand is told of frames.
  const byHand = newAlloc();
  byHand.withFrame(() => 0);
  errorOf("FA001", () => byHand.frameAlloc(f32));
  pixi.attachFrames(new Ticker(), newAlloc());
  withFrames(() => 0, newAlloc());
  expect(errorOf("FA101", calls[0] ?? expect.fail("a call")).message).toContain("the adapter of three");
  three.attachFrames({ setAnimationLoop: () => 0 }, newAlloc());
  errorOf("FA001", () => alloc.frameAlloc(f32));
});

test("FA102: an allocation through an adapter whose hooks did not run; not once it is detached", () => {
  const alloc = newAlloc();
  const ticker = new Ticker();
  const detach = pixi.attachFrames(ticker, alloc);
  for (const call of [() => alloc.frameAlloc(f32), () => alloc.frameBox(1)]) expect(errorOf("FA102", call).help).toContain("inFrame()");
  ticker.update();
  errorOf("FA102", () => alloc.frameAlloc(f32));
  detach();
  errorOf("FA001", () => alloc.frameAlloc(f32));
});

test("two adapters on one allocator: one that is detached leaves the other's name", () => {
  const alloc = newAlloc();
  const [ticker, other] = [new Ticker(), new Ticker()];
  const [first, second] = [pixi.attachFrames(ticker, alloc), three.attachFrames({ setAnimationLoop: () => 0 }, alloc)];
  expect(errorOf("FA102", () => alloc.frameAlloc(f32)).message).toContain("three is between");
  second();
  second();
  expect(errorOf("FA102", () => alloc.frameAlloc(f32)).message).toContain("pixi is between");
  const third = pixi.attachFrames(other, alloc);
  first();
  errorOf("FA102", () => alloc.frameAlloc(f32));
  other.update();
  ticker.update();
  expect(alloc.frameNumber()).toBe(1);
  third();
  errorOf("FA001", () => alloc.frameAlloc(f32));
});

test.each([false, true])("an allocator that is disposed in its own frame, debug %s", (debug) => {
  const open = (): SmartAlloc => new SmartAlloc({ ...AllocConfig.minimal(), memory: "local", debug });
  const alloc = open();
  expect(alloc.withFrame(() => { alloc.frameAlloc(f32); alloc.dispose(); return 7; })).toBe(7);
  errorOf("FA005", () => alloc.endFrame());
  const thrower = open();
  expect(() => thrower.withFrame(() => { thrower.dispose(); throw new Error("own"); })).toThrow("own");
  const looped = open();
  vi.useFakeTimers();
  const stop = frameLoop(looped, () => { looped.dispose(); stop(); });
  vi.advanceTimersByTime(100);
  vi.useRealTimers();
  const ticked = open();
  const ticker = new Ticker();
  pixi.attachFrames(ticker, ticked);
  ticker.add(() => ticked.dispose());
  ticker.update();
  const system = open();
  withFrames(() => system.dispose(), system)();
  const watched = open();
  watched.enableLifecycleTracking();
  watched.budgets();
  watched.withFrame(() => watched.withTag("t", () => watched.withPhase("p", () => watched.speculative(() => watched.dispose()))));
});

test("a frame that was opened by hand is left alone", () => {
  const alloc = newAlloc();
  const ticker = new Ticker();
  pixi.attachFrames(ticker, alloc);
  alloc.beginFrame();
  ticker.update();
  expect([alloc.inFrame(), alloc.frameNumber()]).toEqual([true, 1]);
  alloc.endFrame();
  // Also one that was opened between the engine's two hooks.
  ticker.add(() => { alloc.endFrame(); alloc.beginFrame(); });
  ticker.update();
  expect([alloc.inFrame(), alloc.frameNumber()]).toEqual([true, 3]);
});

test("a frame that the engine never ended, as the program threw, ends when the next one begins", () => {
  const alloc = newAlloc();
  const ticker = new Ticker();
  const detach = pixi.attachFrames(ticker, alloc);
  const throwing = (): void => { throw new Error("of the program"); };
  ticker.add(throwing);
  expect(() => ticker.update()).toThrow("of the program");
  expect(alloc.inFrame()).toBe(true);
  ticker.remove(throwing);
  ticker.update();
  expect([alloc.inFrame(), alloc.frameNumber()]).toEqual([false, 2]);
  ticker.add(throwing);
  expect(() => ticker.update()).toThrow("of the program");
  detach();
  detach();
  expect(alloc.inFrame()).toBe(false);
});

test("what an engine was given before it was detached runs without a frame from then on", () => {
  const alloc = newAlloc();
  const renderer = { loop: undefined as ((timeMs: number) => void) | null | undefined, setAnimationLoop(callback: ((timeMs: number) => void) | null): void { renderer.loop = callback; } };
  const { setAnimationLoop } = renderer;
  const detach = three.attachFrames(renderer, alloc);
  const log: string[] = [];
  renderer.setAnimationLoop((timeMs) => { log.push(`${timeMs} ${alloc.inFrame()}`); });
  renderer.loop?.(1);
  detach();
  renderer.loop?.(2);
  renderer.setAnimationLoop(null);
  expect([log, renderer.loop, renderer.setAnimationLoop]).toEqual([["1 true", "2 false"], null, setAnimationLoop]);
});

test("the allocator is found by the engine's object; what is none is refused", () => {
  const [alloc, ticker] = [newAlloc(), new Ticker()];
  expect(pixi.allocOf(ticker)).toBeUndefined();
  pixi.attachFrames(ticker, alloc);
  expect(pixi.allocOf(ticker)).toBe(alloc);
  expect(() => pixi.attachFrames(ticker, {} as SmartAlloc)).toThrow(TypeError);
});

test("a system gives what it gave, with its `this` and arguments, also within itself", () => {
  const alloc = newAlloc();
  const world = { factor: 2, run: withFrames(function (this: { factor: number }, depth: number): number { return alloc.frameAlloc(f32).value + (depth === 0 ? this.factor : world.run(depth - 1)); }, alloc) };
  expect([world.run(3), alloc.frameNumber(), alloc.inFrame()]).toEqual([2, 1, false]);
});

describe("a loop without an engine", () => {
  afterEach(() => { vi.useRealTimers(); vi.unstubAllGlobals(); });

  test("by `requestAnimationFrame`: a frame each, with the time since the last one, until it is stopped", () => {
    let asked: ((timeMs: number) => void)[] = [];
    vi.stubGlobal("requestAnimationFrame", (step: (timeMs: number) => void) => asked.push(step));
    vi.stubGlobal("cancelAnimationFrame", () => { asked = []; });
    const next = (timeMs: number): void => { for (const step of asked.splice(0)) step(timeMs); };
    const alloc = newAlloc();
    const deltas: number[] = [];
    const stop = frameLoop(alloc, (deltaMs) => { deltas.push(deltaMs + alloc.frameAlloc(f32).value); });
    for (const timeMs of [100, 116, 150]) next(timeMs);
    expect([deltas, alloc.frameNumber(), alloc.inFrame(), asked.length]).toEqual([[0, 16, 34], 3, false, 1]);
    stop();
    next(166);
    expect(deltas.length).toBe(3);
    const stopInside = frameLoop(alloc, () => stopInside());
    next(200);
    expect(asked.length).toBe(0);
    frameLoop(alloc, () => { throw new Error("of the program"); });
    expect(() => next(216)).toThrow("of the program");
    expect([asked.length, alloc.inFrame()]).toEqual([0, false]);
    frameLoop(alloc, (): unknown => Promise.resolve());
    errorOf("FA607", () => next(232));
    errorOf("argument", () => frameLoop(alloc, 5 as never));
    for (const none of [undefined, null, {}]) errorOf("argument", () => frameLoop(none as never, () => 0));
  });

  test("by a timer where there is no screen", () => {
    vi.useFakeTimers();
    const alloc = newAlloc();
    let count = 0;
    const stop = frameLoop(alloc, () => { count += 1; });
    vi.advanceTimersByTime(1000);
    expect(count).toBeGreaterThan(50);
    expect(count).toBeLessThan(70);
    stop();
    const before = count;
    vi.advanceTimersByTime(1000);
    expect(count).toBe(before);
  });
});
