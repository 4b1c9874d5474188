/**
 * JavaScript's own functions that V8's optimising compiler does not take into the caller: a call of one stays a call. The others that a hot callback may use
 * (`Math.*`, `push`, `indexOf`, `Map#get`, `charAt`, ...) become instructions. Measured on Node 20 by a closure that is handed to `forEach`: it costs its 96 bytes
 * as soon as its body makes one of these calls, and nothing else (`kept.closureThatCalls` in `garbage-costs.ts`).
 *
 * What a platform adds (the DOM, WebGL, Node's modules) is always a call.
 */
import type { ApiKey } from "../source/traced-type.ts";

const members = (owner: string, names: string): readonly ApiKey[] => names.split(" ").map((name) => `global:${owner}#${name}`);
const statics = (owner: string, names: string): readonly ApiKey[] => names.split(" ").map((name) => `global:${owner}.${name}`);
const ARRAY = "concat copyWithin fill join lastIndexOf reverse shift unshift slice sort splice";
const VIEWS = ["TypedArray", "Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float32Array", "Float64Array"];

const CALLED: ReadonlySet<ApiKey> = new Set([
  ...members("Array", ARRAY), ...VIEWS.flatMap((view) => members(view, "at copyWithin fill includes indexOf set")),
  ...members("Map", "clear delete set"), ...members("Set", "add clear delete"), ...members("WeakMap", "get has set"), ...members("WeakSet", "add has"),
  ...members("String", "padStart replace split"), ...members("RegExp", "test"), ...members("Number", "toFixed"),
  ...statics("Math", "hypot random"), ...statics("Object", "assign hasOwn keys"), ...statics("Reflect", "has"), ...statics("performance", "now"),
]);

/** Names of the language; a global that is none of them belongs to the platform. */
const LANGUAGE: ReadonlySet<string> = new Set([
  ...VIEWS, "BigInt64Array", "BigUint64Array", "Array", "ReadonlyArray", "ArrayBuffer", "SharedArrayBuffer", "DataView", "Map", "ReadonlyMap", "Set", "ReadonlySet", "WeakMap", "WeakSet", "WeakRef",
  "FinalizationRegistry", "String", "Number", "Boolean", "BigInt", "Symbol", "RegExp", "Date", "Error", "Function", "Object", "Promise", "Proxy", "Reflect", "Math", "JSON", "Intl", "Atomics", "Iterator",
  "Iterable", "Generator", "IteratorResult", "performance", "console", "parseInt", "parseFloat", "isNaN", "isFinite", "globalThis",
]);

/** Whether a call of this API stays a call in optimised code. */
export function isCalledBuiltin(api: ApiKey): boolean {
  if (CALLED.has(api)) return true;
  const platform = /^global:(\w+)[.#]/.exec(api);
  return platform !== null && !LANGUAGE.has(platform[1] ?? "");
}
