/**
 * The process that `fa measure` runs the project's code in. It loads the module, calls its frame functions until they are compiled, and then runs windows of
 * frames under V8's sampling heap profiler, set to see every allocation, objects that are collected at once included. The answer goes back as one message.
 *
 * The smallest window counts: garbage of every frame is in all of them, what the engine allocates once (compiled code, a table that doubles) is not. A second
 * pass, with next to nothing compiled into its callers, tells the functions apart that the profiler names by the stack (`sized-sites.ts`). A function that returns a
 * promise is no frame function.
 *
 * Known misses: garbage of fewer frames than one a window; memory outside of JavaScript's heap.
 */
import { Session } from "node:inspector";
import { register } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import type { MeasureAnswer, MeasuredPlace, MeasuredSite, MeasureRequest, ThrownAt } from "./measure-protocol.ts";
import { bytesOf, type CallFrame, type HeapProfile, type SizedSite, sizedSites } from "./sized-sites.ts";
import { SourcePlaces } from "./source-place.ts";

/** Frames of 60 a second, as `requestAnimationFrame` and the loops of engines hand them on. */
const FRAME_MS = 1000 / 60;
const WINDOWS = 10;
/** So long the engine's other threads may take for what they have begun to compile. */
const COMPILING_MS = 100;
const WARMUP_MOST_MS = 8_000;
const WARMUP_LEAST = 600;
/** Beside other work the engine's threads take longer: so often, and so long each time, they are waited for while windows still hold anything. */
const SETTLING = 4;
const SETTLING_MS = 25;
/** With functions kept apart, which only tells them apart, and takes many times as long. */
const APART_MOST_MS = 4_000;
const APART_LEAST = 60;

type Frame = (timeMs: number, deltaMs: number, frame: number) => unknown;

/** Bytes are those of one frame. */
interface Window {
  readonly bytes: number;
  readonly sites: readonly SizedSite<CallFrame>[];
}

/** What is called every frame, with what it is given: made before a window begins, so that the driver allocates nothing in it. */
class Driver {
  readonly names: readonly string[];
  readonly frames: readonly Frame[];
  /** Text in front keeps numbers as objects, which are handed on as they are; numbers alone would be boxed at each call. */
  readonly times: unknown[] = ["times"];
  frame = 0;
  readonly #delta: readonly unknown[] = ["delta", FRAME_MS];

  constructor(names: readonly string[], frames: readonly Frame[]) {
    this.names = names;
    this.frames = frames;
  }

  prepare(count: number): void {
    this.times.length = 1;
    for (let i = 0; i < count; i += 1) this.times.push((this.frame + i) * FRAME_MS);
  }

  runOne(index: number): void {
    for (let k = 0; k < this.frames.length; k += 1) {
      const frame = this.frames[k] as Frame;
      const given = frame(this.times[index + 1] as number, this.#delta[1] as number, this.frame);
      if (given instanceof Promise) throw new AsyncFrame(this.names[k] ?? "");
    }
    this.frame += 1;
  }
}

class AsyncFrame extends Error {}

/** A driver that has seen many functions compiles none of them into itself, so that each keeps a frame of its own. */
const DECOYS: readonly Frame[] = [() => 0, () => 1, () => 2, () => 3, () => 4, () => 5, () => 6, () => 7];

process.once("message", (request: MeasureRequest) => { void answer(request); });

async function answer(request: MeasureRequest): Promise<void> {
  const result = await measured(request);
  process.send?.(result, () => { process.exit(0); });
}

async function measured(request: MeasureRequest): Promise<MeasureAnswer> {
  register(new URL("./measure-hooks.js", import.meta.url));
  let module: Readonly<Record<string, unknown>>;
  // Kept for what may be thrown; no frame runs with it.
  process.setSourceMapsEnabled(true);
  try {
    module = (await import(request.url)) as Readonly<Record<string, unknown>>;
  } catch (error) {
    return { ok: false, reason: "load", message: textOf(error), at: thrownAt(error) };
  }
  process.setSourceMapsEnabled(false);
  const names = request.names.length > 0 ? request.names : defaultNames(module);
  const missing = names.find((name) => typeof module[name] !== "function");
  if (missing !== undefined) return { ok: false, reason: "no-function", message: missing, exported: functionNames(module) };
  if (names.length === 0) return { ok: false, reason: "no-function", message: null, exported: [] };
  for (const decoy of DECOYS) runFrames(new Driver(["decoy"], [decoy]), 1);
  const driver = new Driver(names, names.map((name) => module[name] as Frame));
  const session = new Session();
  session.connect();
  try {
    return { ok: true, names, ...(await run(session, driver, request.frames, request.warmup)) };
  } catch (error) {
    if (error instanceof AsyncFrame) return { ok: false, reason: "async", message: error.message };
    return { ok: false, reason: "throws", message: textOf(error), at: thrownAt(error), frame: driver.frame };
  } finally {
    session.disconnect();
  }
}

/** The default export, else every exported function that is no class. */
function defaultNames(module: Readonly<Record<string, unknown>>): readonly string[] {
  const names = functionNames(module);
  return names.includes("default") ? ["default"] : names;
}

function functionNames(module: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(module).filter((name) => { const value = module[name]; return typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value)); }).sort();
}

/** What a run found. */
interface Found {
  readonly bytesPerFrame: number;
  readonly windowFrames: number;
  readonly whole: readonly MeasuredSite[];
  readonly apart: readonly MeasuredSite[];
}

async function run(session: Session, driver: Driver, frames: number, warmup: number): Promise<Found> {
  const piece = Math.max(1, Math.floor(frames / WINDOWS));
  warm(driver, warmup, piece, WARMUP_LEAST, WARMUP_MOST_MS);
  const total = await smallestWindow(session, driver, frames, piece, Infinity);
  const apart = total.bytes === 0 ? [] : await apartFrom(session, driver, frames, piece, warmup);
  const places = new SourcePlaces(session);
  const place = ({ functionName, scriptId, url, lineNumber, columnNumber }: CallFrame): MeasuredPlace => ({ name: functionName === "" ? "(anonymous)" : functionName, ...places.of(scriptId, url, lineNumber, columnNumber) });
  const placed = (sites: readonly SizedSite<CallFrame>[]): readonly MeasuredSite[] => sites.map(({ frames, sizes }) => ({ frames: frames.map(place), sizes }));
  return { bytesPerFrame: total.bytes, windowFrames: piece, whole: placed(total.sites), apart: placed(apart) };
}

/** In pieces, as the windows will run. Long frames are compiled sooner: what takes long is cut short. */
function warm(driver: Driver, warmup: number, piece: number, least: number, mostMs: number): void {
  const end = Date.now() + mostMs;
  for (let done = 0; done < warmup && (done < least || Date.now() < end); done += piece) runFrames(driver, Math.min(piece, warmup - done));
}

async function smallestWindow(session: Session, driver: Driver, frames: number, piece: number, mostMs: number): Promise<Window> {
  const end = Date.now() + mostMs;
  let best = measureWindow(session, driver, Math.min(piece, frames));
  // What is compiled but not yet taken up would fall into every window.
  for (let waits = 0; best.bytes > 0 && waits < SETTLING && Date.now() < end; waits += 1) {
    await setTimeout(SETTLING_MS);
    runFrames(driver, piece);
  }
  for (let done = piece; done < frames && Date.now() < end; done += piece) {
    const window = measureWindow(session, driver, Math.min(piece, frames - done));
    if (window.bytes < best.bytes) best = window;
  }
  return best;
}

/** Measures once more with functions of any size kept apart. */
async function apartFrom(session: Session, driver: Driver, frames: number, piece: number, warmup: number): Promise<readonly SizedSite<CallFrame>[]> {
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=0");
  // Tiny functions have a limit of their own.
  setFlagsFromString("--max-inlined-bytecode-size-small=0");
  discardCompiled(session);
  for (const end = Date.now() + COMPILING_MS; Date.now() < end; ) runFrames(driver, 1);
  discardCompiled(session);
  warm(driver, warmup, piece, APART_LEAST, APART_MOST_MS);
  return (await smallestWindow(session, driver, frames, piece, APART_MOST_MS)).sites;
}

/** Counting calls exactly throws compiled code away; that is all it is wanted for. */
function discardCompiled(session: Session): void {
  post(session, "Profiler.enable");
  post(session, "Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  post(session, "Profiler.stopPreciseCoverage");
  post(session, "Profiler.disable");
}

/** The frame that allocations are looked for under; found by its name. */
function fa_measured_frames(driver: Driver, count: number): void {
  for (let i = 0; i < count; i += 1) driver.runOne(i);
}

function runFrames(driver: Driver, count: number): void {
  driver.prepare(count);
  fa_measured_frames(driver, count);
}

function measureWindow(session: Session, driver: Driver, frames: number): Window {
  driver.prepare(frames);
  post(session, "HeapProfiler.startSampling", { samplingInterval: 1, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
  try {
    fa_measured_frames(driver, frames);
  } catch (error) {
    post(session, "HeapProfiler.stopSampling");
    throw error;
  }
  const { profile } = post(session, "HeapProfiler.stopSampling") as { readonly profile: HeapProfile };
  const sites = sizedSites(profile, fa_measured_frames.name, frames);
  return { bytes: bytesOf(sites), sites };
}

/** The inspector answers its own process before `post` returns. */
function post(session: Session, method: string, params: object = {}): unknown {
  let given: unknown;
  let failure: Error | null = null;
  session.post(method, params, (error: Error | null, result?: object) => {
    failure = error;
    given = result;
  });
  if (failure !== null) throw new Error(`the inspector refused ${method}: ${(failure as Error).message}`);
  return given;
}

const OWN_FOLDER = dirname(fileURLToPath(import.meta.url));

/** The first place of the stack that is the project's. */
function thrownAt(error: unknown): ThrownAt | null {
  process.setSourceMapsEnabled(true);
  for (const line of error instanceof Error ? (error.stack ?? "").split("\n") : []) {
    const [, place = "", at = ""] = /[\s(]((?:file:\/\/)?(?:\/|[A-Z]:[\\/])[^()]*?):(\d+):\d+\)?$/.exec(line) ?? [];
    if (place === "") continue;
    const file = place.startsWith("file:") ? fileURLToPath(place) : place;
    // What is thrown here is said in the message.
    return dirname(file) === OWN_FOLDER ? null : { file, line: Number(at) };
  }
  return null;
}

function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
