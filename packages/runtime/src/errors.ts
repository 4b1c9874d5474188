/**
 * The one error class of the runtime and the one place that words its errors: a stable code, a message that says what happened with
 * its numbers, and a help that says what to do. Nothing is thrown half way: a function that throws has changed nothing.
 *
 * Longer than 300 lines: the wording of all errors is in one place, so that it is of one kind.
 */
import { textOf, type Diagnostic } from "./diagnostics/diagnostic.ts";
import type { RuntimeCode } from "./diagnostics/runtime-codes.ts";

/** `FAnnn` codes are those of the catalogue that the analyzer shares; `config` and `argument` are values out of their range; `timeout` and `closed` end a wait. */
export type FrameAllocCode =
  | RuntimeCode
  | "timeout" | "closed"
  | "config" | "argument";

/** What an error of memory that ran out says in numbers; all of them bytes, except for a pool, where `used` and `capacity` are slots. */
export interface ErrorNumbers {
  readonly requested?: number;
  readonly used?: number;
  readonly capacity?: number;
  readonly highWaterMark?: number;
}

/** Everything the runtime throws for a mistake of its caller or for memory that ran out. */
export class FrameAllocError extends Error {
  /** `FA003` */
  readonly code: FrameAllocCode;
  /** What happened, without the code and the help that the message also has. */
  readonly reason: string;
  /** What to do about it. */
  readonly help: string;
  readonly requested: number | undefined;
  readonly used: number | undefined;
  readonly capacity: number | undefined;
  readonly highWaterMark: number | undefined;

  constructor(code: FrameAllocCode, message: string, help: string, numbers: ErrorNumbers = {}) {
    super(textOf({ severity: "error", code, message, help }));
    this.name = "FrameAllocError";
    this.code = code;
    this.reason = message;
    this.help = help;
    this.requested = numbers.requested;
    this.used = numbers.used;
    this.capacity = numbers.capacity;
    this.highWaterMark = numbers.highWaterMark;
  }
}

/** A diagnostic that strict mode throws. */
export function strictError(diagnostic: Diagnostic): FrameAllocError {
  // A code of the caller's own is thrown as it is.
  const error = new FrameAllocError(diagnostic.code as FrameAllocCode, diagnostic.message, diagnostic.help ?? "");
  error.message = textOf(diagnostic);
  return error;
}

export function outsideFrame(call: string): FrameAllocError {
  return new FrameAllocError("FA001", `\`${call}\` outside a frame`, "call `beginFrame()` first, or allocate with `poolAlloc` what has to outlive a frame");
}

export function adapterMissing(call: string, engine: string): FrameAllocError {
  return new FrameAllocError("FA101", `\`${call}\` outside a frame: the adapter of ${engine} is imported, and registered nowhere`, "register it once, with the engine's object and the allocator, before the loop begins");
}

export function hooksNotRun(call: string, engine: string): FrameAllocError {
  return new FrameAllocError("FA102", `\`${call}\` outside a frame: ${engine} is between two of its own, or does not run`, "allocate in what the engine calls each frame, use a `poolBox` elsewhere, or ask `inFrame()` first");
}

export function arenaFull(requested: number, used: number, capacity: number, highWaterMark: number): FrameAllocError {
  return new FrameAllocError(
    "FA003",
    `the frame arena is full: ${requested} bytes requested, ${used} of ${capacity} used, high-water mark ${highWaterMark}`,
    "raise `frameArenaSize`, or end the frame more often",
    { requested, used, capacity, highWaterMark },
  );
}

export function overFrameBudget(requested: number, used: number, capacity: number, highWaterMark: number): FrameAllocError {
  return new FrameAllocError(
    "FA301",
    `the frame's budget is used up: ${requested} bytes requested, ${used} of ${capacity} used, high-water mark ${highWaterMark}`,
    "ask `frameRemaining()` first, end the frame more often, or raise `setFrameBudget`",
    { requested, used, capacity, highWaterMark },
  );
}

export function staleCheckpoint(what: string): FrameAllocError {
  return new FrameAllocError("FA008", `rollback to ${what}`, "roll back in the frame of the checkpoint, and before going to one that is older");
}

export function vecFull(capacity: number): FrameAllocError {
  return new FrameAllocError("FA003", `the frame vec is full: it holds ${capacity} of ${capacity} elements`, "give it a larger capacity, none at all so that it grows, or use `tryPush`", {
    requested: 1, used: capacity, capacity, highWaterMark: capacity,
  });
}

export function vecInScope(capacity: number): FrameAllocError {
  return new FrameAllocError("FA003", `the frame vec is full: it holds ${capacity} of ${capacity} elements, and cannot grow into a scope that ends before it`, "give it a capacity, or make it inside the scope", {
    requested: 1, used: capacity, capacity, highWaterMark: capacity,
  });
}

export function mapFull(capacity: number): FrameAllocError {
  return new FrameAllocError("FA003", `the frame map is full: it holds ${capacity} of ${capacity} keys`, "give it a larger capacity, delete keys first, or use `trySet`", {
    requested: 1, used: capacity, capacity, highWaterMark: capacity,
  });
}

/** `site`: where the value was allocated, known in debug mode. */
export function staleFrameValue(what: string, endedFrame: number, site?: string): FrameAllocError {
  return new FrameAllocError(
    "FA004",
    `a ${what} of frame ${endedFrame} used after that frame, or the scope it was made in, ended${site === undefined ? "" : `; allocated ${site}`}`,
    "use it before `endFrame()`, or keep it in a `poolBox`",
  );
}

/** `name`: of the property that holds it; empty when it is the value itself. `site`: where it was allocated. */
export function escapedFrameValue(what: string, name: string, where: string, site: string | undefined): FrameAllocError {
  return new FrameAllocError(
    "FA002",
    `a ${what} ${name === "" ? "" : `in \`${name}\` `}put into a ${where} box, which outlives its frame${site === undefined ? "" : `; allocated ${site}`}`,
    "box the type, so that the box has memory of its own, or retain the data with `frameRetained`",
  );
}

export function noFrameToEnd(): FrameAllocError {
  return new FrameAllocError("FA005", "`endFrame` with no frame open", "call `beginFrame()` and `endFrame()` in pairs, or use `withFrame`");
}

export function frameAlreadyOpen(frameNumber: number): FrameAllocError {
  return new FrameAllocError("FA006", `\`beginFrame\` while frame ${frameNumber} is open`, "end the frame first, or guard the call with `inFrame()`");
}

export function noPhaseToEnd(): FrameAllocError {
  return new FrameAllocError("argument", "`endPhase` with no phase open", "call `beginPhase` and `endPhase` in pairs, or use `withPhase`; a frame ends the phases that were begun in it");
}

export function notCloneable(what: string): FrameAllocError {
  return new FrameAllocError("FA201", `a ${what} cannot be cloned to another agent`, "send `alloc.frameBoxForTransfer(box)`, of a view `frameBoxForTransfer(type, view)`, or copy the numbers out");
}

export function foreignFree(call: string): FrameAllocError {
  return new FrameAllocError("FA206", `\`${call}\` of a value that this allocator did not hand out by its counterpart`, "free a value with the allocator, and the kind of call, that made it");
}

export function notAttached(): FrameAllocError {
  return new FrameAllocError("FA207", "a transfer token of shared memory received by an allocator that is not attached to it", "make the receiver's allocator with `SmartAlloc.attach(shared)`, `shared` being the sender's `alloc.share()`");
}

export function localInShared(): FrameAllocError {
  return new FrameAllocError("FA207", "a value of memory that is not shared sent through a channel of shared memory", "make the channel with `{ memory: \"local\" }`, or the sender's allocator with shared memory");
}

export function deferredOverflow(capacity: number): FrameAllocError {
  return new FrameAllocError("FA204", `the owner's queue of deferred frees is full: it holds ${capacity}`, "let the owner process them, raise `DeferredConfig.bounded(n)`, or use another full policy", { requested: 1, used: capacity, capacity });
}

export function overSignalled(message: string): FrameAllocError {
  return new FrameAllocError("FA205", message, "signal once a frame in each agent, and count every agent that signals: `new FrameBarrier(n)`, or `register()`");
}

/** `instead`: the call that does the same without blocking. */
export function cannotBlock(call: string, instead: string): FrameAllocError {
  return new FrameAllocError("FA209", `\`${call}\` would block an agent that must not: the main thread of a page, or one without shared memory`, `use \`${instead}\` here`);
}

export function timedOut(call: string, waitMs: number, what: string): FrameAllocError {
  return new FrameAllocError("timeout", `\`${call}\` waited ${waitMs} ms ${what}`, "check that the other agent runs and does its part, or allow more time");
}

export function channelClosed(call: string): FrameAllocError {
  return new FrameAllocError("closed", `\`${call}\` on a channel that is closed`, "`tryReceive` and `trySend` say so without throwing; `isClosed` tells");
}

export function transferMisuse(message: string): FrameAllocError {
  return new FrameAllocError("FA208", message, "make a handle of its own for each receiver, send it once and receive it once");
}

export function memoryExhausted(part: string, option: string, requested: number, used: number, capacity: number): FrameAllocError {
  return new FrameAllocError("FA301", `${part} is exhausted: ${requested} bytes requested, ${used} of ${capacity} used`, `raise \`${option}\`, or free what is no longer needed`, { requested, used, capacity });
}

export function overGlobalLimit(requested: number, used: number, capacity: number): FrameAllocError {
  return new FrameAllocError("FA301", `the global limit is reached: ${requested} bytes requested, ${used} of ${capacity} in use`, "free what is no longer needed, or raise `setGlobalLimit`", { requested, used, capacity });
}

export function overTagBudget(tag: string, requested: number, used: number, capacity: number): FrameAllocError {
  return new FrameAllocError("FA302", `the hard limit of the tag ${JSON.stringify(tag)} is reached: ${requested} bytes requested, ${used} of ${capacity} in use`, "free what the tag no longer needs, or raise its hard limit", { requested, used, capacity });
}

export function overThreadBudget(kind: "frame" | "pool", requested: number, used: number, capacity: number): FrameAllocError {
  return new FrameAllocError("FA303", `this agent's ${kind} budget is used up: ${requested} bytes requested, ${used} of ${capacity} in use`, `raise \`${kind}Budget\`, or choose another \`${kind}ExceededPolicy\``, { requested, used, capacity });
}

export function poolExhausted(requested: number, classBytes: number, usedSlots: number, capacitySlots: number): FrameAllocError {
  return new FrameAllocError(
    "FA304",
    `the pool is exhausted: ${requested} bytes requested, all ${capacitySlots} slots of the ${classBytes}-byte class are in use`,
    "release what is no longer needed, or raise `slabPagesPerClass`",
    { requested, used: usedSlots, capacity: capacitySlots },
  );
}

export function noSizeClass(requested: number, largest: number): FrameAllocError {
  return new FrameAllocError("FA304", `no size class holds ${requested} bytes: the largest is ${largest}`, "add a class to `slabSizeClasses`, or use `heapAlloc`", { requested, capacity: 0, used: 0 });
}

export function objectsExhausted(made: number, max: number): FrameAllocError {
  return new FrameAllocError("FA304", `the object pool is exhausted: all ${made} of ${max} objects are in use`, "release what is no longer needed, or raise `max`", { requested: 1, used: made, capacity: max });
}

export function handlesExhausted(used: number): FrameAllocError {
  return new FrameAllocError("FA304", `the handles are exhausted: all ${used} are in use`, "free what is no longer needed, or hold many values by one handle, as an array", { requested: 1, used, capacity: used });
}

export function staleHandle(call: string, handle: unknown): FrameAllocError {
  return new FrameAllocError("FA401", `\`${call}\` of the handle ${show(handle)}, which was freed, or is none of this allocator`, "ask `isValid(handle)`, and free a handle once");
}

export function streamBudget(requested: number, used: number, capacity: number, evictable: number): FrameAllocError {
  return new FrameAllocError(
    "FA402",
    `the streaming budget is exhausted: ${requested} bytes requested, ${used} of ${capacity} reserved, ${evictable} of them evictable`,
    "free what is no longer needed, raise the budget, or reserve with a higher priority",
    { requested, used, capacity },
  );
}

export function streamProtocol(call: string, id: number, state: string, help: string): FrameAllocError {
  return new FrameAllocError("FA404", `\`${call}\` of the asset ${id}, which is ${state}`, help);
}

export function staleStream(call: string, id: unknown): FrameAllocError {
  return new FrameAllocError("FA401", `\`${call}\` of the asset ${show(id)}, which was freed or evicted, or is none of this allocator`, "ask `state(id)`, or use `tryAccess`; `setEvictionCallback` tells what goes");
}

export function staleGroup(call: string, group: unknown): FrameAllocError {
  return new FrameAllocError("FA401", `\`${call}\` of the group ${show(group)}, which was freed, or is none of this allocator`, "ask `groupExists(group)`, and free a group once, after the last use of what is in it");
}

export function staleTask(call: string): FrameAllocError {
  return new FrameAllocError("FA401", `\`${call}\` of a task that was disposed`, "dispose a task after its last allocation, as `using` does at the end of a block");
}

export function releasedPool(): FrameAllocError {
  return new FrameAllocError("FA401", "a memory pool used after `release`", "make another one over the same buffer, with `skipInitialization`");
}

export function notPinned(): FrameAllocError {
  return new FrameAllocError("argument", "`unpin` of a handle that is not pinned", "call `pin` and `unpin` in pairs, or use `pinScope`");
}

/** `site`: where the value was allocated, known in debug mode. */
export function doubleFree(call: string, site?: string): FrameAllocError {
  return new FrameAllocError("FA401", `\`${call}\` of a value that was freed before${site === undefined ? "" : `; allocated ${site}`}`, "free a value once; a box says `isAlive`");
}

export function isDoubleFree(error: unknown): boolean {
  return error instanceof FrameAllocError && error.code === "FA401";
}

/** `site`: where it was allocated. */
export function staleOwnedValue(what: string, site: string): FrameAllocError {
  return new FrameAllocError("FA401", `a ${what} value used after it was freed; allocated ${site}`, "free it after its last use, or allocate another one");
}

/** A write past the end, or before the beginning, of what was allocated at `site`. The nearest code is that of use after the end of a life: FA004 for frame memory, FA401 for pool and heap: most writes out of bounds are those of a value that is dead. */
export function guardOverwritten(what: "frame" | "pool" | "heap" | "group" | "handle", sizeBytes: number, site: string): FrameAllocError {
  return new FrameAllocError(
    what === "frame" ? "FA004" : "FA401",
    `the guard bytes around ${sizeBytes} bytes of ${what} memory were overwritten; allocated ${site}`,
    "look for a raw offset that is out of bounds, or a typed array that was kept after its memory was freed",
  );
}

export function headOverwritten(ptr: number): FrameAllocError {
  return new FrameAllocError("FA401", `the bytes before the value of a handle, at offset ${ptr}, were overwritten`, "look for a raw offset that is out of bounds, or a typed array that was kept over `free` or `defragment`; debug mode tells more");
}

export function leakedBox(what: string, sizeBytes: number, site: string): FrameAllocError {
  return new FrameAllocError("FA403", `a ${what} box${sizeBytes > 0 ? ` of ${sizeBytes} bytes` : ""} was garbage-collected without being released; made ${site}`, "call `release()`, or make it with `using`");
}

export function staleBox(what: string): FrameAllocError {
  return new FrameAllocError("FA401", `a ${what} used after it was released`, "use the box before its release; `isAlive` tells");
}

export function discardedValue(endedFrame: number, reason: string | undefined, cause: unknown): FrameAllocError {
  const error = new FrameAllocError(
    "FA004",
    `a retained value of frame ${endedFrame} used after ${reason === undefined ? "it was discarded with that frame" : `that frame ended and its promotion failed: ${reason}`}`,
    "ask `isAlive` after the frame, or retain it with a policy that promotes, and a target that has room",
  );
  if (cause !== undefined) error.cause = cause;
  return error;
}

export function removedScratch(pool: string): FrameAllocError {
  return new FrameAllocError("FA401", `the scratch pool ${JSON.stringify(pool)} used after it was removed`, "ask `alloc.scratchPool(name)` for a new one");
}

export function scratchExhausted(pool: string, requested: number, used: number, capacity: number): FrameAllocError {
  return new FrameAllocError("FA301", `the scratch pool ${JSON.stringify(pool)} is full: ${requested} bytes requested, ${used} of ${capacity} used`, "reset it, or make it with a larger `capacity`", { requested, used, capacity });
}

export function promiseFromFrame(): FrameAllocError {
  return new FrameAllocError("FA607", "the function given to `withFrame` returned a promise: its frame ended before the promise settled", "await outside the frame, or use a `poolBox` across the await");
}

export function badOption(option: string, value: unknown, range: string): FrameAllocError {
  return new FrameAllocError("config", `\`${option}\` is ${show(value)}`, `\`${option}\` must be ${range}`);
}

export function badArgument(call: string, name: string, value: unknown, range: string): FrameAllocError {
  return new FrameAllocError("argument", `\`${call}\`: \`${name}\` is ${show(value)}`, `\`${name}\` must be ${range}`);
}

/** `at`: where in an array it is, which may hold itself: so of an array in an array no more is said than that it is one. */
function show(value: unknown, at?: number): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "function") return `function ${value.name}`;
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  return at === undefined && Array.isArray(value) ? `[${value.map(show).join(", ")}]` : `a ${value.constructor?.name || "object"}`;
}
