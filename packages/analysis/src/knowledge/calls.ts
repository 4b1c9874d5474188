/**
 * What JavaScript's and the platforms' own functions do with what they are given: run a callback now, later or on another agent; keep a
 * value; give it back; copy it. A function that is in no table is assumed to do nothing with its arguments.
 *
 * `keep*`: an argument is stored in the receiver or in another argument. `element`: gives what the receiver holds. `copy-container`: gives a new
 * container with the same elements. `copy`: gives fresh memory. A `defer` callback runs in a later turn; its frame is over by then.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { modelCallEffect, modelled } from "./model-api.ts";
import { canonicalApi } from "./package-aliases.ts";

export type CallEffect =
  /** Calls the callback before it returns; `element` says that elements of the receiver are its first argument. */
  | { readonly kind: "now"; readonly callback: number; /** `"twice"`: also its second one, as two that are compared. */ readonly element?: boolean | "twice"; readonly gives?: "callback" | "array-of-callback" | "copy-container" | "element" }
  /**
   * `turn`: when the stack is empty (`always`), or when an event comes, which a program may also send itself (`event`); without, whoever emits
   * calls, at any time.
   */
  | { readonly kind: "defer"; readonly callbacks: readonly number[]; readonly turn?: Turn; /** Arguments from here on are handed to the callback then. */ readonly hands?: number }
  /** Methods of the first argument run in a later turn; `start` before the call returns. */
  | { readonly kind: "defer-members"; readonly members: readonly string[] }
  /** The argument goes to another agent by structured clone or transfer. */
  | { readonly kind: "send"; readonly arguments: readonly number[] }
  | { readonly kind: "keep"; readonly from: number; /** Gives the receiver back. */ readonly chain?: boolean; /** Takes out, and gives, so many from one on; without a number all. */ readonly cuts?: boolean; /** With one argument alone: in the place of all. */ readonly replaces?: boolean }
  /** Object.assign: the fields of later arguments go to the first, which is given back. */
  | { readonly kind: "assign" }
  | { readonly kind: "element"; /** Takes it out. */ readonly removes?: boolean }
  | { readonly kind: "clear"; /** Not what one key names alone. */ readonly all?: boolean }
  | { readonly kind: "copy-container" }
  /** Gives a container or promise of the arguments. */
  | { readonly kind: "wrap" }
  /** A new container with the elements of an argument: `Array.from(x)`, `new Set(x)`; with pairs of keys and them; with what is second in them. */
  | { readonly kind: "from"; readonly argument: number; readonly callback?: number; readonly pairs?: "given" | "taken" }
  /** Gives pairs of keys and what the receiver holds. */
  | { readonly kind: "pairs" }
  | { readonly kind: "same"; /** The argument that is given back; the receiver when -1. */ readonly argument: number }
  /** A window on a typed array's own memory. */
  | { readonly kind: "view" }
  | { readonly kind: "bind" }
  | { readonly kind: "invoke"; readonly form: "call" | "apply" };

export type Turn = "always" | "event";

const now = (callback = 0, more: { element?: boolean | "twice"; gives?: "callback" | "array-of-callback" | "copy-container" | "element" } = {}): CallEffect => ({ kind: "now", callback, ...more });
const defer = (...callbacks: number[]): CallEffect => ({ kind: "defer", callbacks });
const turn = (...callbacks: number[]): CallEffect => ({ kind: "defer", callbacks, turn: "always" });
const handing = (hands: number): CallEffect => ({ kind: "defer", callbacks: [0], turn: "always", hands });
const event = (...callbacks: number[]): CallEffect => ({ kind: "defer", callbacks, turn: "event" });
const keep = (from = 0, chain = false): CallEffect => ({ kind: "keep", from, chain });
const send = (...args: number[]): CallEffect => ({ kind: "send", arguments: args });
const element: CallEffect = { kind: "element" };
const takes: CallEffect = { kind: "element", removes: true };
const clear: CallEffect = { kind: "clear", all: true };
const removes: CallEffect = { kind: "clear" };
const copyContainer: CallEffect = { kind: "copy-container" };
const pairs: CallEffect = { kind: "pairs" };
const each = now(0, { element: true });
/** What the callback returned is its next first argument. */
const folds = now(0, { element: "twice", gives: "callback" });

/** Own methods of arrays: the holders of other values. A typed array's `slice` and `map` copy scalars and are in no table. */
const ARRAY: Readonly<Record<string, CallEffect>> = {
  push: keep(), unshift: keep(), splice: { kind: "keep", from: 2, cuts: true }, fill: { kind: "keep", from: 0, chain: true, replaces: true }, with: copyContainer,
  pop: takes, shift: takes, at: element, find: now(0, { element: true, gives: "element" }), findLast: now(0, { element: true, gives: "element" }),
  slice: copyContainer, concat: copyContainer, flat: copyContainer, reverse: { kind: "same", argument: -1 }, toReversed: copyContainer, toSpliced: copyContainer,
  sort: now(0, { element: "twice", gives: "copy-container" }), toSorted: now(0, { element: "twice", gives: "copy-container" }),
  filter: now(0, { element: true, gives: "copy-container" }), map: now(0, { element: true, gives: "array-of-callback" }), flatMap: now(0, { element: true, gives: "array-of-callback" }),
  forEach: each, some: each, every: each, findIndex: each, findLastIndex: each, reduce: folds, reduceRight: folds,
  values: copyContainer, entries: pairs, [Symbol.iterator.toString()]: copyContainer,
};
const TYPED_ARRAY: Readonly<Record<string, CallEffect>> = {
  subarray: { kind: "view" }, fill: { kind: "same", argument: -1 }, sort: { kind: "same", argument: -1 }, reverse: { kind: "same", argument: -1 }, copyWithin: { kind: "same", argument: -1 },
  forEach: now(), map: now(), filter: now(), some: now(), every: now(), find: now(), findIndex: now(), reduce: now(),
};
const MAP: Readonly<Record<string, CallEffect>> = { set: keep(0, true), get: element, delete: removes, clear, forEach: each, values: copyContainer, keys: copyContainer, entries: pairs };
const SET: Readonly<Record<string, CallEffect>> = { add: keep(0, true), delete: removes, clear, forEach: each, values: copyContainer, keys: copyContainer, entries: pairs };
const PROMISE: Readonly<Record<string, CallEffect>> = { then: turn(0, 1), catch: turn(0), finally: turn(0) };
const EVENT_TARGET: Readonly<Record<string, CallEffect>> = { addEventListener: event(1), on: defer(1), once: defer(1), addListener: defer(1), prependListener: defer(1) };
const PORT: Readonly<Record<string, CallEffect>> = { postMessage: send(0, 1), ...EVENT_TARGET };

const MEMBERS: Readonly<Record<string, Readonly<Record<string, CallEffect>>>> = {
  Array: ARRAY, ReadonlyArray: ARRAY,
  Map: MAP, ReadonlyMap: MAP, WeakMap: MAP, Set: SET, ReadonlySet: SET, WeakSet: SET,
  WeakRef: { deref: element },
  Promise: PROMISE, PromiseLike: PROMISE,
  Iterator: { forEach: each, map: now(0, { element: true, gives: "array-of-callback" }), filter: now(0, { element: true, gives: "copy-container" }), toArray: copyContainer, next: element, some: each, every: each, find: now(0, { element: true, gives: "element" }), reduce: folds, take: copyContainer, drop: copyContainer, flatMap: now(0, { element: true, gives: "array-of-callback" }) },
  String: { replace: now(1), replaceAll: now(1) },
  Function: { bind: { kind: "bind" }, call: { kind: "invoke", form: "call" }, apply: { kind: "invoke", form: "apply" } },
  EventTarget: EVENT_TARGET, EventEmitter: EVENT_TARGET, Window: { ...EVENT_TARGET, postMessage: send(0), requestAnimationFrame: turn(0) }, Document: EVENT_TARGET, HTMLElement: EVENT_TARGET,
  Worker: PORT, MessagePort: PORT, ServiceWorker: PORT, SharedWorker: EVENT_TARGET, BroadcastChannel: PORT, DedicatedWorkerGlobalScope: PORT,
  XRSession: { requestAnimationFrame: turn(0), ...EVENT_TARGET },
};
for (const name of ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"]) {
  (MEMBERS as Record<string, Readonly<Record<string, CallEffect>>>)[name] = TYPED_ARRAY;
}

const FUNCTIONS: Readonly<Record<string, CallEffect>> = {
  "global:setTimeout": handing(2), "global:setInterval": handing(2), "global:setImmediate": handing(1), "global:queueMicrotask": turn(0),
  "global:requestAnimationFrame": turn(0), "global:requestIdleCallback": turn(0), "global:addEventListener": event(1), "global:postMessage": send(0, 1),
  "global:process.nextTick": handing(1), "global:scheduler.postTask": turn(0),
  "global:MutationObserver": turn(0), "global:ResizeObserver": turn(0), "global:IntersectionObserver": turn(0), "global:PerformanceObserver": turn(0), "global:FinalizationRegistry": turn(0),
  "global:Promise": now(0), "global:Promise.resolve": { kind: "wrap" }, "global:Promise.all": { kind: "from", argument: 0 }, "global:Promise.race": { kind: "from", argument: 0 },
  "global:Array": { kind: "wrap" }, "global:Array.of": { kind: "wrap" }, "global:Array.from": { kind: "from", argument: 0, callback: 1 },
  "global:Map": { kind: "from", argument: 0, pairs: "taken" }, "global:Set": { kind: "from", argument: 0 }, "global:WeakRef": { kind: "wrap" }, "global:WeakMap": { kind: "from", argument: 0, pairs: "taken" }, "global:WeakSet": { kind: "from", argument: 0 },
  "global:Object.assign": { kind: "assign" }, "global:Object.freeze": { kind: "same", argument: 0 }, "global:Object.seal": { kind: "same", argument: 0 },
  "global:Object.values": { kind: "from", argument: 0 }, "global:Object.entries": { kind: "from", argument: 0, pairs: "given" }, "global:Object.fromEntries": { kind: "from", argument: 0, pairs: "taken" },
  "global:Reflect.set": { kind: "assign" }, "global:JSON.parse": now(1), "global:JSON.stringify": now(1),
  "global:ReadableStream": { kind: "defer-members", members: ["pull", "cancel"] }, "global:WritableStream": { kind: "defer-members", members: ["write", "close", "abort"] },
  "global:TransformStream": { kind: "defer-members", members: ["transform", "flush", "cancel"] },
  "global:Worker": send(1), "worker_threads:Worker": send(1), "node:worker_threads:Worker": send(1),
};

const THREADS_MEMBERS: Readonly<Record<string, Readonly<Record<string, CallEffect>>>> = { Worker: PORT, MessagePort: PORT, parentPort: PORT, BroadcastChannel: PORT };

/** Functions that a package gives, whose arguments go to another agent or run later. */
const PACKAGES: Readonly<Record<string, Readonly<Record<string, CallEffect>>>> = {
  comlink: { transfer: { kind: "same", argument: 0 } },
  workerpool: { "Pool#exec": send(1) },
  piscina: { "Piscina#run": send(0) },
  tinypool: { "Tinypool#run": send(0), "default#run": send(0) },
  events: { "EventEmitter#on": defer(1), "EventEmitter#once": defer(1), "EventEmitter#addListener": defer(1) },
};

/** What a call of this API does with its arguments; undefined when no table knows it. */
export function callEffect(api: ApiKey): CallEffect | undefined {
  const model = modelled(api);
  if (model !== undefined) return modelCallEffect(model);
  if (Object.hasOwn(FUNCTIONS, api)) return FUNCTIONS[api];
  const split = api.lastIndexOf(":");
  const owner = api.slice(0, split).replace(/^node:/, "");
  const path = api.slice(split + 1);
  if (owner === "timers") return own(FUNCTIONS, canonicalApi(api));
  const [class_, member] = path.split(/[#.]/);
  if (class_ === undefined || member === undefined) return undefined;
  // Every class of the platform that has these is an EventTarget.
  if (owner === "global") return own(own(MEMBERS, class_), member) ?? (member === "addEventListener" ? event(1) : undefined);
  if (owner === "worker_threads") return own(own(THREADS_MEMBERS, class_), member);
  return own(own(PACKAGES, owner), path);
}

/** Objects whose calls cross to another agent, by the API that made them: every member of a proxy, some of a pool. */
const MADE_BY: Readonly<Record<string, (member: string, argumentCount: number) => CallEffect | undefined>> = {
  "comlink:wrap": (_member, count) => send(...Array.from({ length: count }, (_, index) => index)),
  "workerpool:pool": (member) => (member === "exec" ? send(0, 1) : undefined),
  "workerpool:default.pool": (member) => (member === "exec" ? send(0, 1) : undefined),
};

/** The effect of a member called on something that one of these APIs made. */
export function effectOfMade(apis: readonly ApiKey[], member: string, argumentCount: number): CallEffect | undefined {
  for (const api of apis) if (Object.hasOwn(MADE_BY, api)) return MADE_BY[api]?.(member, argumentCount);
  return undefined;
}

/** Members by which a program sends an event itself, and runs its listeners at once. */
export const SENDS_EVENTS: ReadonlySet<string> = new Set(["dispatchEvent", "click", "focus", "blur", "submit", "requestSubmit"]);

/** Thenables are a protocol of the language: `then`, `catch` and `finally` with a function defer it whatever they are called on. */
export function thenableEffect(member: string): CallEffect | undefined {
  return own(PROMISE, member);
}

/** The effect of a member called on scalars in a row, whose class the tracer could not name. */
export function typedArrayEffect(member: string): CallEffect | undefined {
  return own(TYPED_ARRAY, member);
}

/** What a table lists itself: programs have names like `constructor`, too. */
function own<V>(table: Readonly<Record<string, V>> | undefined, member: string): V | undefined {
  return table !== undefined && Object.hasOwn(table, member) ? table[member] : undefined;
}
