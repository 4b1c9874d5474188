export * from "./others";
import type { T1 } from "types";
import { type T2, v } from "mixed";
import fs = require("fs");
import type tfs = require("fs");
import typeof_ = N.Inner;
export import alias = N.Inner.deep;
export type { T1 } from "types";
export type Alias<T extends object = {}> = T1 | T2[] | { [K in keyof T]?: T[K] } | (T extends infer U ? U : never) | `a${string}` | [a: string, b?: number, ...rest: T2[]] | typeof v | typeof import("x") | import("y").Z<T> | T["k"] | unique symbol | readonly string[] | keyof T | ((this: T, x: number) => x is 1) | (abstract new () => T) | -1 | 1n | "s" | true | null | undefined | void | never | any | unknown | object | symbol | bigint | this;
export interface Shape<T> extends T1, N.Inner.I<T> { a: string; readonly b?: T; m<U>(x: U): asserts x is string; get g(): T; set g(v: T); [key: string]: unknown; (call: T): void; new (x: T): Shape<T>; [Symbol.iterator](): Iterator<T>; }
export enum Color { Red, Green = "g".length, Blue, "quoted" = 5, Next, Last = Red | Blue, Text = `t` }
export enum Color { More = 10 }
const enum Fixed { A = 1 << 2, B = A }
declare enum Ambient { X }
export namespace N { const hidden = 1; export const shown = hidden; export namespace Inner { export interface I<T> { t: T } export function deep(): I<number> { return { t: shown }; } } export class C { c = Inner.deep; } export let changing = 1; changing = 2; export enum E { A } type Local = I2; interface I2 {} export type Exposed = Local; }
namespace N { export const again = shown; }
namespace A.B.C { export const x = 1; }
namespace OnlyTypes { export interface Q {} }
declare namespace Declared { const x: number; function f(): void; class K { m(): void } }
declare module "augmented" { interface Extra { x: OnlyTypes.Q } export function added(): void; }
declare global { interface Window { y: number } var z: string; }
declare const ambient: T1, another: { x: T2 };
declare let ambientLet: number;
declare function declared(x: string): void;
declare function declared(x: number): void;
declare class DeclaredClass<T> extends Base<T> { constructor(x: T); m(): T; static s: number; get g(): T; }
function overloaded(x: string): string;
function overloaded(x: number): number;
function overloaded(x: unknown): unknown { return x; }
function dec(...args: unknown[]): any { return args; }
abstract class Base<T, U = T> { abstract a: T; abstract m(): U; abstract get g(): T; abstract accessor q: T; declare d: T; protected readonly p?: T; definite!: U; index: { [k: string]: T } = {}; [key: string]: unknown; static override = 1; }
@dec @dec("arg")
export class Derived<T> extends Base<T, string> implements Shape<T>, N.Inner.I<T> {
  constructor(public x: number, private readonly y = () => x, @dec protected override z?: T) { const before = 1; super(); dec(before, y, z); }
  @dec() field: T = <T>(null as unknown);
  @dec static accessor auto = 1;
  accessor plain: T | undefined;
  method(this: Derived<T>): void;
  method(this: Derived<T>, x?: number): void { dec(x!, x!.toFixed!(1), x satisfies number | undefined, x as const, (x as number)++, <number>x); }
  @dec get g(): T { return this.field; }
  set g(@dec v: T) { this.field = v; }
  a!: T;
  m(): string { return super.m?.() ?? ""; }
  @dec async *gen<V>(x: V): AsyncGenerator<V> { yield x; }
  override q!: T;
}
export abstract class Plain { constructor(protected a: string) {} }
const generic = <T,>(x: T): x is T & {} => x !== undefined;
const instantiated = generic<string>;
const made = new Map<string, T1>();
dec<string>`tagged`;
(v as any) = 1; (v!) += 2; [(v as any), v!] = [1, 2]; for ((v as any) of []) {} 
const { a, b: [c] }: { a: T1; b: T2[] } = v;
function assertsThis(this: Derived<any>, value: unknown): asserts value { if (!value) throw new Error(); }
export default interface Whole { x: typeof instantiated; y: typeof made }
let optional = v?.a!.b?.[0]!(c) as T1;
type Fn = typeof assertsThis<string>; let fn: Fn, u: typeof_;
export { a as renamed, type Fn, ambient, fs, tfs };
declare const as_: any;
export type * from "types";
export type * as Types from "types";
type Upper<S extends string> = intrinsic;
type Pair = [string, boolean?];
let pair: Pair, upper: Upper<"a">;
