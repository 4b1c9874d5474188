/**
 * Our runtime as the analysis knows it: what each public function does to frames and memory. The one place of the engine that holds
 * the runtime's names; a test compares them with what the runtime exports.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { modelled, modelRuntimeEffect } from "./model-api.ts";

/** The name under which the tables list the runtime, whatever package name a project's settings give it. */
export const RUNTIME = "@framealloc/runtime";

/** What the allocated memory looks like, given the call's arguments. */
export type Gives =
  /** An instance of the type in argument 0: a view of a struct, a Ref of a scalar, an object of a class. */
  | "type"
  /** Many of the type in argument 0. */
  | "array"
  /** A box of a value or of a type. */
  | "box"
  /** A growable or keyed collection; the type is argument 0 (vec) or 1 (map). */
  | "vec"
  | "map"
  /** An offset into the arena: a number, and yet a pointer. */
  | "bytes";

/** What the runtime hands to a callback: an element of the receiver, the receiver itself, a number, or a thing of which nothing is known. */
export type Supplied = "element" | "receiver" | "scalar" | "unknown";

export type RuntimeEffect =
  | { readonly kind: "begin" }
  | { readonly kind: "end" }
  | { readonly kind: "in-frame" }
  | { readonly kind: "alloc"; readonly memory: "frame" | "pool" | "heap" | "retained" | "transfer"; readonly gives: Gives }
  /** Begins a frame, calls argument `callback`, ends the frame also on throw, gives back what it returned. */
  | { readonly kind: "with-frame"; readonly callback: number }
  /** Gives a scope whose disposal ends the frame begun here. */
  | { readonly kind: "frame-scope" }
  /** Calls argument `callback` now, with what `supplies` says, and gives back what it returned, or what `gives` says. */
  | { readonly kind: "call-now"; readonly callback: number; readonly supplies?: readonly Supplied[]; readonly gives?: "receiver" | "scalar" | { readonly holder: string } }
  | { readonly kind: "allocator" }
  /** Gives a scope that gives back, when it is disposed, what was allocated in it. */
  | { readonly kind: "sub-frame" }
  /** Pairs of keys and what the receiver holds. */
  | { readonly kind: "pairs" }
  /** Gives a point of the open frame to go back to. */
  | { readonly kind: "checkpoint" }
  /** Frees what was allocated after the checkpoint that argument 0 is. */
  | { readonly kind: "rollback" }
  /** Keeps what was allocated since the guard that is the receiver. */
  | { readonly kind: "commit" }
  /** Hands argument `argument` to another agent as it is. */
  | { readonly kind: "send"; readonly argument: number }
  /** Waits for the agents of the frame: a suspension that belongs to the frame's end. */
  | { readonly kind: "frame-wait" }
  /** Keeps its arguments in the receiver. */
  | { readonly kind: "keep" }
  /** Gives what the receiver holds. */
  | { readonly kind: "element" }
  /** Gives a window on the receiver's memory, of the same shape. */
  | { readonly kind: "view" }
  /** Frees its argument. */
  | { readonly kind: "free" }
  /** Gives a thing of its own that other memory is made through. */
  | { readonly kind: "gives" }
  /** Reads or counts; neither keeps nor gives memory. */
  | { readonly kind: "plain" };

const alloc = (memory: "frame" | "pool" | "heap" | "retained" | "transfer", gives: Gives): RuntimeEffect => ({ kind: "alloc", memory, gives });
const plain: RuntimeEffect = { kind: "plain" };
const gives: RuntimeEffect = { kind: "gives" };
const keep: RuntimeEffect = { kind: "keep" };
const element: RuntimeEffect = { kind: "element" };

/** Members of a class of the runtime, by name. */
const SMART_ALLOC: Readonly<Record<string, RuntimeEffect>> = {
  beginFrame: { kind: "begin" },
  endFrame: { kind: "end" },
  endFrameWithSummary: { kind: "end" },
  endFrameWithPromotions: { kind: "end" },
  inFrame: { kind: "in-frame" },
  withFrame: { kind: "with-frame", callback: 0 },
  frame: { kind: "frame-scope" },
  frameAlloc: alloc("frame", "type"),
  tryFrameAlloc: alloc("frame", "type"),
  frameAllocBytes: alloc("frame", "bytes"),
  frameAllocBatch: alloc("frame", "array"),
  frameAlloc2: alloc("frame", "array"),
  frameAlloc4: alloc("frame", "array"),
  frameAlloc8: alloc("frame", "array"),
  frameSlice: alloc("frame", "array"),
  frameBox: alloc("frame", "box"),
  frameVec: alloc("frame", "vec"),
  frameMap: alloc("frame", "map"),
  frameRetained: alloc("retained", "box"),
  frameWithImportance: alloc("retained", "box"),
  poolAlloc: alloc("pool", "type"),
  tryPoolAlloc: alloc("pool", "type"),
  poolBox: alloc("pool", "box"),
  tryPoolBox: alloc("pool", "box"),
  heapAlloc: alloc("heap", "type"),
  tryHeapAlloc: alloc("heap", "type"),
  heapBox: alloc("heap", "box"),
  tryHeapBox: alloc("heap", "box"),
  frameBoxForTransfer: alloc("transfer", "box"),
  poolFree: { kind: "free" },
  heapFree: { kind: "free" },
  withTag: { kind: "call-now", callback: 1 },
  withPhase: { kind: "call-now", callback: 1 },
  speculative: { kind: "call-now", callback: 0, gives: { holder: "value" } },
  withDefaults: { kind: "allocator" },
  attach: { kind: "allocator" },
  share: plain, receive: plain, memory: plain, dispose: plain,
  frameNumber: plain, frameUsage: plain, frameRemaining: plain, setFrameBudget: plain, frameStats: plain, frameScope: { kind: "sub-frame" },
  frameCheckpoint: { kind: "checkpoint" }, rollbackTo: { kind: "rollback" }, checkpointGuard: { kind: "checkpoint" }, retainedCount: plain, clearRetained: plain,
  tagScope: plain, currentTag: plain, tagPath: plain, tagStats: plain, beginPhase: plain, endPhase: plain, phaseScope: plain, phaseStats: plain,
  scratchPool: plain, scratch: plain, handles: gives, groups: gives, streaming: gives, objectPool: plain, leakReport: plain,
  agentId: plain, transferStats: plain, setDeferredProcessing: plain, processDeferredFrees: plain, deferredStats: plain, reclaimAgent: plain, budgets: plain, setThreadBudgetConfig: plain,
  stats: plain, enableStatistics: plain, enableBehaviorFilter: plain, behaviorReport: plain, enableLifecycleTracking: plain, onFrameEvent: plain, threadFrameStats: plain,
};

/** The arena alone, without pools and heap. */
const FRAME_ARENA: Readonly<Record<string, RuntimeEffect>> = {
  begin: { kind: "begin" },
  end: { kind: "end" },
  inFrame: { kind: "in-frame" },
  withFrame: { kind: "with-frame", callback: 0 },
  frame: { kind: "frame-scope" },
  alloc: alloc("frame", "type"),
  tryAlloc: alloc("frame", "type"),
  allocBytes: alloc("frame", "bytes"),
  slice: alloc("frame", "array"),
  reset: plain, frameNumber: plain, usage: plain, remaining: plain, stats: plain,
};

const FRAME_VEC: Readonly<Record<string, RuntimeEffect>> = {
  push: keep, tryPush: keep, set: keep, extend: keep, resize: plain, clear: plain, truncate: plain,
  pop: element, get: element, at: element, slice: { kind: "view" }, iterate: { kind: "call-now", callback: 0, supplies: ["element", "scalar"] },
  retain: { kind: "call-now", callback: 0, supplies: ["element", "scalar"], gives: "scalar" }, sort: { kind: "call-now", callback: 0, supplies: ["element", "element"], gives: "receiver" },
};
const FRAME_MAP: Readonly<Record<string, RuntimeEffect>> = {
  set: keep, trySet: keep, get: element, getOrInsert: element, has: plain, delete: plain, clear: plain, values: { kind: "view" }, entries: { kind: "pairs" },
  forEach: { kind: "call-now", callback: 0, supplies: ["element", "unknown", "receiver"] }, iterate: { kind: "call-now", callback: 0, supplies: ["element", "unknown", "receiver"] },
};
const STRUCT_ARRAY: Readonly<Record<string, RuntimeEffect>> = { at: element, cursor: element, set: plain, fill: plain, copyWithin: { kind: "view" } };

const CLASSES: Readonly<Record<string, Readonly<Record<string, RuntimeEffect>>>> = {
  SmartAlloc: SMART_ALLOC,
  FrameArena: FRAME_ARENA,
  TaskAlloc: { alloc: alloc("pool", "type"), box: alloc("pool", "box"), slice: alloc("pool", "array") },
  FrameVec: FRAME_VEC,
  FrameMap: FRAME_MAP,
  StructArray: STRUCT_ARRAY,
  CheckpointGuard: { commit: { kind: "commit" } },
  TransferHandle: { send: plain, detach: { kind: "view" }, receive: plain, receiveTimeout: plain, drop: plain },
  TransferChannel: { send: { kind: "send", argument: 0 }, trySend: { kind: "send", argument: 0 } },
  FrameBarrier: { waitAllAsync: { kind: "frame-wait" }, waitAll: plain, waitTimeout: plain, waitAndReset: plain, signalFrameComplete: plain, share: { kind: "view" }, reset: plain },
};

/** Reading these members of a box, handle or view never touches its memory. */
export const LIVENESS_MEMBERS: ReadonlySet<string> = new Set(["isAlive", "isValid"]);

/** What a call of this API does; undefined when it is neither the runtime's nor modelled, or does nothing that matters. */
export function runtimeEffect(api: ApiKey): RuntimeEffect | undefined {
  const model = modelled(api);
  if (model !== undefined) return modelRuntimeEffect(model);
  if (!api.startsWith(`${RUNTIME}:`)) return undefined;
  const path = api.slice(RUNTIME.length + 1);
  if (path === "SmartAlloc" || path === "FrameArena") return { kind: "allocator" };
  const [owner, member] = path.split(/[#.]/);
  if (owner === undefined || member === undefined) return undefined;
  const members = Object.hasOwn(CLASSES, owner) ? CLASSES[owner] : undefined;
  // Own members only: `toString` is not the runtime's.
  return members !== undefined && Object.hasOwn(members, member) ? members[member] : undefined;
}

/** Whether the runtime calls the functions handed to this: it opens the frame that they run in. */
export function isRuntimeApi(api: ApiKey): boolean {
  return api.startsWith(`${RUNTIME}:`);
}

/** Whether an import is of an adapter, which opens and closes frames at an engine's own boundary. */
export function isAdapterImport(specifier: string, runtimePackages: readonly string[]): boolean {
  return runtimePackages.some((name) => specifier.startsWith(`${name}/adapters/`));
}

/** The effect of a member called on memory of the runtime whose class the tracer could not name, by what the memory is. */
export function memoryEffect(gives: "array" | "vec" | "map" | "other", member: string): RuntimeEffect | undefined {
  const table = gives === "vec" ? FRAME_VEC : gives === "map" ? FRAME_MAP : gives === "array" ? STRUCT_ARRAY : undefined;
  return table !== undefined && Object.hasOwn(table, member) ? table[member] : undefined;
}

/** Every name that the tables hold, for the test that compares them with the runtime: `SmartAlloc#frameAlloc`, `SmartAlloc.attach`. */
export function runtimeNames(): readonly { readonly owner: string; readonly member: string }[] {
  return Object.entries(CLASSES).flatMap(([owner, members]) => Object.keys(members).map((member) => ({ owner, member })));
}
