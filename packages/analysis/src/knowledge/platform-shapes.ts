/** JavaScript's and the browser's own objects, in the syntax of `parse-shapes.ts`. */

const COLLECTIONS = `
class Array<T> {
  new<T>(number);
  length: number;
  push(...T[]): number; pop(): T; shift(): T; unshift(...T[]): number; at(number): T;
  concat(...T[]): T[]; slice(number, number): T[]; splice(number, number, ...T[]): T[]; reverse(): T[]; sort((T, T) => number): T[];
  toReversed(): T[]; toSorted((T, T) => number): T[]; toSpliced(number, number, ...T[]): T[]; with(number, T): T[];
  fill(T): T[]; copyWithin(number, number, number): T[]; join(string): string; indexOf(T): number; lastIndexOf(T): number; includes(T): boolean;
  map<U>((T, number, T[]) => U): U[]; flatMap<U>((T, number, T[]) => U[]): U[]; flat(): unknown[];
  filter((T, number, T[]) => unknown): T[]; find((T, number, T[]) => unknown): T; findLast((T, number, T[]) => unknown): T;
  findIndex((T, number, T[]) => unknown): number; findLastIndex((T, number, T[]) => unknown): number;
  forEach((T, number, T[]) => void); some((T, number, T[]) => unknown): boolean; every((T, number, T[]) => unknown): boolean;
  reduce((T, T, number, T[]) => T): T; reduce<U>((U, T, number, T[]) => U, U): U; reduceRight((T, T, number, T[]) => T): T; reduceRight<U>((U, T, number, T[]) => U, U): U;
  keys(): Iterator<number>; values(): Iterator<T>; entries(): Iterator<[number, T]>;
  static isArray(unknown): boolean; static from<T>(Iterable<T>): T[]; static from<T, U>(Iterable<T>, (T, number) => U): U[]; static of<T>(...T[]): T[];
}
class Map<K, V> {
  new<K, V>(Iterable<[K, V]>);
  size: number; get(K): V; set(K, V): this; has(K): boolean; delete(K): boolean; clear(); forEach((V, K, Map<K, V>) => void);
  keys(): Iterator<K>; values(): Iterator<V>; entries(): Iterator<[K, V]>;
  static groupBy<T, G>(Iterable<T>, (T, number) => G): Map<G, T[]>;
}
class Set<T> {
  new<T>(Iterable<T>);
  size: number; add(T): this; has(T): boolean; delete(T): boolean; clear(); forEach((T, T, Set<T>) => void);
  keys(): Iterator<T>; values(): Iterator<T>; entries(): Iterator<[T, T]>;
}
class WeakMap<K, V> { new<K, V>(Iterable<[K, V]>); get(K): V; set(K, V): this; has(K): boolean; delete(K): boolean }
class WeakSet<T> { new<T>(Iterable<T>); add(T): this; has(T): boolean; delete(T): boolean }
class WeakRef<T> { new<T>(T); deref(): T }
class FinalizationRegistry<T> { new<T>((T) => void); register(object, T, object); unregister(object): boolean }
class Iterable<T> {}
class Iterator<T> {
  next(): IteratorResult<T>; return(): IteratorResult<T>; toArray(): T[]; take(number): Iterator<T>; drop(number): Iterator<T>;
  map<U>((T, number) => U): Iterator<U>; filter((T, number) => unknown): Iterator<T>; forEach((T, number) => void);
}
class Generator<T, R, N> extends Iterator<T> { next(N): IteratorResult<T>; return(R): IteratorResult<T>; throw(unknown): IteratorResult<T> }
class IteratorResult<T> { value: T; done: boolean }
class AsyncIterator<T> { next(): Promise<IteratorResult<T>>; return(): Promise<IteratorResult<T>> }
class AsyncGenerator<T, R, N> extends AsyncIterator<T> { next(N): Promise<IteratorResult<T>>; throw(unknown): Promise<IteratorResult<T>> }
class Promise<T> {
  new<T>(((T) => void, (unknown) => void) => void);
  then<U>((T) => U, (unknown) => unknown): Promise<Awaited<U>>; catch((unknown) => unknown): Promise<T>; finally(() => void): Promise<T>;
  static resolve<T>(T): Promise<Awaited<T>>; static reject(unknown): Promise<never>; static all<T>(Iterable<T>): Promise<Awaited<T>[]>;
  static race<T>(Iterable<T>): Promise<Awaited<T>>; static any<T>(Iterable<T>): Promise<Awaited<T>>; static allSettled<T>(Iterable<T>): Promise<unknown[]>;
}
`;

const TYPED_ARRAYS = ["Int8Array", "Uint8Array", "Uint8ClampedArray", "Int16Array", "Uint16Array", "Int32Array", "Uint32Array", "Float16Array", "Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"];

const BINARY = `
class ArrayBuffer { new(number); byteLength: number; slice(number, number): ArrayBuffer; resize(number); transfer(number): ArrayBuffer; static isView(unknown): boolean }
class SharedArrayBuffer { new(number); byteLength: number; slice(number, number): SharedArrayBuffer; grow(number) }
class DataView { new(ArrayBuffer); buffer: ArrayBuffer; byteLength: number; byteOffset: number }
class TypedArray {
  length: number; byteLength: number; byteOffset: number; buffer: ArrayBuffer; at(number): number;
  subarray(number, number): this; slice(number, number): this; fill(number): this; set(Iterable<number>, number); copyWithin(number, number, number): this;
  map((number, number) => number): this; filter((number, number) => unknown): this; sort((number, number) => number): this; reverse(): this;
  forEach((number, number) => void); reduce<U>((U, number, number) => U, U): U; find((number, number) => unknown): number; findIndex((number, number) => unknown): number;
  some((number, number) => unknown): boolean; every((number, number) => unknown): boolean; indexOf(number): number; includes(number): boolean; join(string): string;
  keys(): Iterator<number>; values(): Iterator<number>; entries(): Iterator<[number, number]>;
}
${TYPED_ARRAYS.map((name) => `class ${name} extends TypedArray { new(number); static from(Iterable<number>): ${name}; static of(...number[]): ${name}; }`).join("\n")}
`;

const LANGUAGE = `
class String {
  length: number; at(number): string; charAt(number): string; charCodeAt(number): number; codePointAt(number): number; concat(...string[]): string;
  indexOf(string): number; lastIndexOf(string): number; includes(string): boolean; startsWith(string): boolean; endsWith(string): boolean;
  slice(number, number): string; substring(number, number): string; substr(number, number): string; split(string): string[]; trim(): string; trimStart(): string; trimEnd(): string;
  toLowerCase(): string; toUpperCase(): string; padStart(number, string): string; padEnd(number, string): string; repeat(number): string; normalize(): string;
  replace(RegExp, (string) => string): string; replaceAll(RegExp, (string) => string): string; match(RegExp): string[]; matchAll(RegExp): Iterator<string[]>; search(RegExp): number;
  localeCompare(string): number; toString(): string; static fromCharCode(...number[]): string; static fromCodePoint(...number[]): string; static raw(object, ...unknown[]): string;
}
class Number { toFixed(number): string; toString(number): string; toPrecision(number): string; static isFinite(number): boolean; static isInteger(number): boolean; static isNaN(number): boolean; static parseFloat(string): number; static parseInt(string): number }
class Boolean { toString(): string }
class BigInt { toString(number): string }
class Symbol { toString(): string; static for(string): symbol }
class RegExp { test(string): boolean; exec(string): string[]; lastIndex: number; source: string; flags: string }
class Date { new(number); getTime(): number; toISOString(): string; static now(): number }
class Error { new(string); message: string; stack: string; name: string; cause: unknown }
class TypeError extends Error { new(string) }
class RangeError extends Error { new(string) }
class Function<F> { bind(unknown, ...unknown[]): F; call(unknown, ...unknown[]): ReturnType<F>; apply(unknown, unknown[]): ReturnType<F>; toString(): string; name: string; length: number }
class Object {
  hasOwnProperty(string): boolean; toString(): string; valueOf(): unknown; isPrototypeOf(object): boolean;
  static keys(object): string[]; static values<V>(Iterable<V>): V[]; static entries<V>(Iterable<V>): [string, V][]; static assign<T, U>(T, ...U[]): T | U; static freeze<T>(T): T; static seal<T>(T): T;
  static create<T>(T): T; static defineProperty<T>(T, string, object): T; static defineProperties<T>(T, object): T; static setPrototypeOf<T>(T, object): T; static fromEntries<V>(Iterable<[string, V]>): Record<string, V>;
  static getPrototypeOf(object): unknown; static is(unknown, unknown): boolean; static hasOwn(object, string): boolean;
}
object JSON { parse(string): unknown; stringify(unknown): string }
object Math {
  abs(number): number; acos(number): number; asin(number): number; atan(number): number; atan2(number, number): number; cbrt(number): number; ceil(number): number; cos(number): number; exp(number): number;
  floor(number): number; fround(number): number; hypot(...number[]): number; imul(number, number): number; log(number): number; log10(number): number; log2(number): number; max(...number[]): number; min(...number[]): number;
  pow(number, number): number; random(): number; round(number): number; sign(number): number; sin(number): number; sqrt(number): number; tan(number): number; tanh(number): number; trunc(number): number;
  PI: number; E: number; LN2: number; LN10: number; SQRT2: number; SQRT1_2: number;
}
object Reflect { get(object, string): unknown; set(object, string, unknown): boolean; ownKeys(object): string[] }
object Atomics { load(TypedArray, number): number; store(TypedArray, number, number): number; add(TypedArray, number, number): number; wait(TypedArray, number, number): string; notify(TypedArray, number): number }
function parseInt(string): number; function parseFloat(string): number; function isNaN(number): boolean; function isFinite(number): boolean;
function structuredClone<T>(T): T;
`;

const PLATFORM = `
object console { log(...unknown[]); warn(...unknown[]); error(...unknown[]); info(...unknown[]); debug(...unknown[]); assert(boolean); time(string); timeEnd(string) }
object performance { now(): number; mark(string); measure(string) }
object process { nextTick(() => void); hrtime(): number[]; on(string, () => void); cwd(): string; env: Record<string, string> }
object crypto { randomUUID(): string; getRandomValues<T>(T): T }
object navigator { xr: XRSystem }
object document {
  createElement(string): HTMLElement; createElementNS(string, string): HTMLElement; getElementById(string): HTMLElement; querySelector(string): HTMLElement; querySelectorAll(string): HTMLElement[];
  body: HTMLElement; head: HTMLElement; documentElement: HTMLElement; addEventListener(string, (Event) => void); removeEventListener(string, (Event) => void);
}
function setTimeout(() => void, number): number; function setInterval(() => void, number): number; function setImmediate(() => void): number; function queueMicrotask(() => void);
function clearTimeout(number); function clearInterval(number);
function requestAnimationFrame((number) => void): number; function cancelAnimationFrame(number); function requestIdleCallback((IdleDeadline) => void): number;
function addEventListener(string, (Event) => void); function removeEventListener(string, (Event) => void); function postMessage(unknown, object[]); function fetch(string): Promise<Response>;
function createImageBitmap(object): Promise<ImageBitmap>;
class EventTarget { new(); addEventListener(string, (Event) => void); removeEventListener(string, (Event) => void); dispatchEvent(Event): boolean }
class Event { new(string); type: string; target: EventTarget; currentTarget: EventTarget; preventDefault(); stopPropagation() }
class CustomEvent<T> extends Event { new(string); detail: T }
class MessageEvent extends Event { data: unknown; ports: MessagePort[] }
class UIEvent extends Event {}
class MouseEvent extends UIEvent { clientX: number; clientY: number; button: number }
class PointerEvent extends MouseEvent { pointerId: number }
class WheelEvent extends MouseEvent { deltaY: number }
class TouchEvent extends UIEvent {}
class KeyboardEvent extends UIEvent { key: string; code: string }
class Worker extends EventTarget { new(string); postMessage(unknown, object[]); terminate() }
class SharedWorker extends EventTarget { new(string); port: MessagePort }
class MessagePort extends EventTarget { postMessage(unknown, object[]); start(); close() }
class MessageChannel { new(); port1: MessagePort; port2: MessagePort }
class BroadcastChannel extends EventTarget { new(string); postMessage(unknown); close() }
class Window extends EventTarget { requestAnimationFrame((number) => void): number; setTimeout(() => void, number): number; setInterval(() => void, number): number; postMessage(unknown, string, object[]) }
class Node extends EventTarget { parentNode: Node; appendChild<T>(T): T; removeChild<T>(T): T }
class Element extends Node { getAttribute(string): string; setAttribute(string, string); querySelector(string): HTMLElement; getBoundingClientRect(): DOMRect; remove() }
class HTMLElement extends Element { style: CSSStyleDeclaration; parentElement: HTMLElement; clientWidth: number; clientHeight: number; focus(); click() }
class HTMLCanvasElement extends HTMLElement { width: number; height: number; transferControlToOffscreen(): OffscreenCanvas; toDataURL(): string }
class OffscreenCanvas extends EventTarget { new(number, number); width: number; height: number }
class HTMLVideoElement extends HTMLElement { requestVideoFrameCallback((number, object) => void): number }
class Document extends Node { createElement(string): HTMLElement; getElementById(string): HTMLElement; querySelector(string): HTMLElement; body: HTMLElement }
class Response { json(): Promise<unknown>; text(): Promise<string>; arrayBuffer(): Promise<ArrayBuffer>; blob(): Promise<Blob>; body: ReadableStream; ok: boolean }
class Blob { new(object[]); arrayBuffer(): Promise<ArrayBuffer>; text(): Promise<string>; size: number }
class ReadableStream { getReader(): ReadableStreamDefaultReader; cancel(): Promise<void> }
class ReadableStreamDefaultReader { read(): Promise<IteratorResult<Uint8Array>>; releaseLock() }
class AbortController { new(); signal: AbortSignal; abort() }
class AbortSignal extends EventTarget { aborted: boolean }
class AudioWorkletNode extends EventTarget { port: MessagePort }
class AudioWorkletProcessor { port: MessagePort }
class XRSystem extends EventTarget { requestSession(string): Promise<XRSession>; isSessionSupported(string): Promise<boolean> }
class XRSession extends EventTarget { requestAnimationFrame((number, XRFrame) => void): number; end(): Promise<void>; requestReferenceSpace(string): Promise<XRReferenceSpace>; inputSources: object }
class XRFrame { session: XRSession; getViewerPose(XRReferenceSpace): XRViewerPose }
class ResizeObserver { new((object[]) => void); observe(Element); disconnect() }
class MutationObserver { new((object[]) => void); observe(Node); disconnect() }
class IntersectionObserver { new((object[]) => void); observe(Element); disconnect() }
class URL { new(string, string); href: string; static createObjectURL(object): string; static revokeObjectURL(string) }
class TextEncoder { new(); encode(string): Uint8Array }
class TextDecoder { new(string); decode(object): string }
`;

export const PLATFORM_SHAPES = COLLECTIONS + BINARY + LANGUAGE + PLATFORM;
