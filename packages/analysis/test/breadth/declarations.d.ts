import { Other } from "other";
/** @deprecated */
export function over(a: string): Other;
export function over(a: number, b?: Other): Other[];
export declare class Box<T> extends Other<T> implements Iterable<T> { private x; readonly y: T; constructor(); constructor(y: T); static make<U>(u: U): Box<U>; get z(): T; set z(v: T); [Symbol.iterator](): Iterator<T>; }
export interface Opts { a: Box<string>; }
export namespace Space { const inner: Opts; function g(): Opts; interface Deep { d: Deep } class K { m(): Deep; } namespace More { type X = Deep; } }
export const enum E { A = 1, B }
export default Box;
declare const _default: Box<number>;
declare module "other" { interface Other<T = any> { extra: T; } }
declare global { interface Array<T> { last(): T; } }
export type { Opts as Options };
export as namespace Lib;
