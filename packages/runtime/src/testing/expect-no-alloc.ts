/**
 * Proves that a function makes no garbage: runs it under V8's sampling heap profiler set to see every allocation, objects that are collected at once
 * included, and adds up what was allocated under the call. Node only.
 *
 * What the engine allocates once (compiled code, feedback, a table that doubles) is not what a frame costs, so several windows are measured after
 * a warm-up, and the smallest counts: garbage made in every call is in all of them.
 *
 * A function that returns a fraction is boxed by the engine until its caller is compiled with it inside: too short a warm-up shows that.
 *
 * Known misses: an allocation that happens in fewer calls than one a window. A very small function may be named by its caller.
 */
/// <reference types="node" />
import { Session } from "node:inspector";
import { setFlagsFromString } from "node:v8";
import { sourceLine } from "./source-line.ts";

export interface NoAllocOptions {
  /** Calls before measuring, for the engine to compile. Default 2000. */
  readonly warmup?: number;
  /** Windows measured at most; the first that keeps to the budget ends it. Default 20. */
  readonly windows?: number;
  /** Calls in a window. Default 20. */
  readonly calls?: number;
  /** Bytes a window may allocate. Default 0. */
  readonly budgetBytes?: number;
}

/** A function that allocated, at its first line. */
export interface AllocationSite {
  readonly functionName: string;
  /** `game.ts:12` */
  readonly place: string;
  /** In the window. */
  readonly bytes: number;
}

/** Thrown when the function allocated more than its budget. */
export class AllocationError extends Error {
  /** Of the smallest window. */
  readonly bytes: number;
  /** Largest first. */
  readonly sites: readonly AllocationSite[];

  constructor(bytes: number, calls: number, budgetBytes: number, sites: readonly AllocationSite[]) {
    const list = sites.map((site) => `  ${site.place} ${site.functionName}: ${site.bytes} bytes`).join("\n");
    super(`${bytes} bytes allocated in ${calls} calls, ${budgetBytes} allowed; allocated in the functions that begin at\n${list}`);
    this.name = "AllocationError";
    this.bytes = bytes;
    this.sites = sites;
  }
}

/**
 * Calls `fn` many times, and throws `AllocationError` when it allocates more than `budgetBytes` on the heap of JavaScript. Gives the bytes of the
 * smallest window. `fn` is synchronous.
 */
export function expectNoAlloc(fn: () => unknown, options: NoAllocOptions = {}): number {
  const { warmup = 2000, windows = 20, calls = 20, budgetBytes = 0 } = options;
  for (const [name, value] of Object.entries({ warmup, windows, calls })) {
    if (!Number.isInteger(value) || value < (name === "warmup" ? 0 : 1)) throw new RangeError(`expectNoAlloc: \`${name}\` is ${value}; it must be an integer of at least ${name === "warmup" ? 0 : 1}`);
  }
  if (typeof budgetBytes !== "number" || !(budgetBytes >= 0)) throw new RangeError(`expectNoAlloc: \`budgetBytes\` is ${String(budgetBytes)}; it must be a number of at least 0`);
  if (typeof fn !== "function") throw new TypeError("expectNoAlloc: `fn` must be a function");
  for (const decoy of DECOYS) framealloc_driver(decoy, 1);
  const session = new Session();
  session.connect();
  try {
    // In pieces, as the windows will run: the driver is compiled for the same kind of call.
    warm(fn, warmup, calls);
    let smallest = measure(session, fn, calls);
    for (let i = 1; i < windows && smallest.bytes > budgetBytes; i += 1) {
      // Code that was thrown away by what came before this call is compiled again meanwhile.
      warm(fn, Math.ceil(warmup / 10), calls, COMPILING_MS / 5);
      const next = measure(session, fn, calls);
      if (next.bytes < smallest.bytes) smallest = next;
    }
    if (smallest.bytes <= budgetBytes) return smallest.bytes;
    const sites = (findSites(session, fn, warmup, calls) ?? smallest).sites;
    const shown = sites.filter((site) => site.bytes * 100 >= (sites[0]?.bytes ?? 0));
    throw new AllocationError(smallest.bytes, calls, budgetBytes, shown.map(({ functionName, bytes, scriptId, url, line, column }) => ({ functionName, bytes, place: sourceLine(session, scriptId, url, line, column) })));
  } finally {
    session.disconnect();
  }
}

/** `count` calls, and for `ms` at least: the engine compiles on another thread, which on a busy machine has to wait for its turn. */
function warm(fn: () => unknown, count: number, piece: number, ms = 0): void {
  const end = Date.now() + ms;
  do for (let done = 0; done < count; done += piece) framealloc_driver(fn, Math.min(piece, count - done));
  while (Date.now() < end);
}

/**
 * Measures once more with next to nothing compiled into its callers: the profiler knows only the functions that are on the stack, and would name the
 * caller for an allocation that was compiled into it. Functions of up to 27 bytes of V8's code stay inlined, as fields read apart would be boxed.
 *
 * By the budget of a whole function, which V8 reads once for each that it compiles. The limit for one callee it reads twice, on another thread, and ends the
 * process when it changed between.
 */
function findSites(session: Session, fn: () => unknown, warmup: number, calls: number): Measurement | undefined {
  setFlagsFromString("--max-inlined-bytecode-size-cumulative=0");
  try {
    discardCompiled(session);
    // What another thread was compiling at that moment, by the flag of before, is put in as soon as it is ready, also on a machine that is busy: it is thrown
    // away too.
    warm(fn, calls, calls, COMPILING_MS);
    discardCompiled(session);
    warm(fn, warmup, calls, COMPILING_MS);
    const found = measure(session, fn, calls);
    return found.bytes === 0 ? undefined : found;
  } finally {
    // What V8 starts with.
    setFlagsFromString("--max-inlined-bytecode-size-cumulative=920");
  }
}

/** So long the engine's other threads may take for what they have begun. */
const COMPILING_MS = 100;

/** Counting calls exactly throws compiled code away; that is all it is wanted for. */
function discardCompiled(session: Session): void {
  post(session, "Profiler.enable");
  post(session, "Profiler.startPreciseCoverage", { callCount: true, detailed: false });
  post(session, "Profiler.stopPreciseCoverage");
  post(session, "Profiler.disable");
}

/** The frame that allocations are looked for under; found by its name. */
function framealloc_driver(fn: () => unknown, calls: number): void {
  for (let i = 0; i < calls; i += 1) fn();
}

/** Called by the driver too: one that has seen many functions compiles none of them into itself, so that `fn` keeps a frame of its own. */
const DECOYS: readonly (() => unknown)[] = [() => 0, () => 1, () => 2, () => 3, () => 4, () => 5, () => 6, () => 7];

interface RawSite {
  readonly functionName: string;
  readonly scriptId: string;
  readonly url: string;
  readonly line: number;
  readonly column: number;
  readonly bytes: number;
}

interface ProfileNode {
  readonly callFrame: { readonly functionName: string; readonly scriptId: string; readonly url: string; readonly lineNumber: number; readonly columnNumber: number };
  readonly selfSize: number;
  readonly children: readonly ProfileNode[];
}

interface Measurement {
  readonly bytes: number;
  /** Largest first. */
  readonly sites: readonly RawSite[];
}

function measure(session: Session, fn: () => unknown, calls: number): Measurement {
  post(session, "HeapProfiler.startSampling", { samplingInterval: 1, includeObjectsCollectedByMajorGC: true, includeObjectsCollectedByMinorGC: true });
  framealloc_driver(fn, calls);
  const { profile } = post(session, "HeapProfiler.stopSampling") as { readonly profile: { readonly head: ProfileNode } };
  const byPlace = new Map<string, RawSite>();
  collect(profile.head, false, byPlace);
  const sites = [...byPlace.values()].sort((a, b) => b.bytes - a.bytes);
  return { bytes: sites.reduce((sum, site) => sum + site.bytes, 0), sites };
}

function collect(node: ProfileNode, isUnderDriver: boolean, into: Map<string, RawSite>): void {
  const { functionName, scriptId, url, lineNumber, columnNumber } = node.callFrame;
  const isDriver = functionName === framealloc_driver.name;
  if ((isUnderDriver || isDriver) && node.selfSize > 0) {
    const key = `${scriptId}:${lineNumber}:${columnNumber}`;
    const bytes = (into.get(key)?.bytes ?? 0) + node.selfSize;
    into.set(key, { functionName: functionName === "" ? "(anonymous)" : functionName, scriptId, url, line: lineNumber, column: columnNumber, bytes });
  }
  for (const child of node.children) collect(child, isUnderDriver || isDriver, into);
}

/** The inspector answers its own process before `post` returns. */
function post(session: Session, method: string, params: object = {}): unknown {
  let answer: unknown;
  let failure: Error | null = null;
  session.post(method, params, (error: Error | null, result?: object) => {
    failure = error;
    answer = result;
  });
  if (failure !== null) throw new Error(`the inspector refused ${method}: ${(failure as Error).message}`);
  return answer;
}
