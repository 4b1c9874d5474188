/** What values are: every construct of the language that the tracer follows, in TypeScript and in plain JavaScript. */
import { describe, expect, it } from "vitest";
import { type Files, TestProgram } from "./program-of.ts";

/** The type, in words, of the last place where `expression` stands: at the end of the text, or where the text itself says `expression; }`. */
function typeOf(text: string, expression = "x", file = "main.ts", more: Files = {}): string {
  const whole = text.includes(`${expression}; }`) ? text : `${text}\n${expression};`;
  return new TestProgram({ [file]: whole, ...more }).describe(file, expression, -1);
}

const AB = "class A { a = 1; self() { return this; } } class B extends A { b = new A(); }";

describe("values", () => {
  it("primitives, templates, operators", () => {
    expect(typeOf("const x = `a${1}`")).toBe("string");
    expect(typeOf("const x = 1 + 2")).toBe("number");
    expect(typeOf("const x = 'a' + 2")).toBe("string");
    expect(typeOf("const x = 1 < 2")).toBe("boolean");
    expect(typeOf("const x = 'ab'.split('')")).toBe("Array<string>");
    expect(typeOf("const x = /a/")).toBe("RegExp");
  });

  it("joins: conditionals, logic, reassignment; null and undefined vanish", () => {
    expect(typeOf(`${AB} const x = c ? new A() : null`)).toBe("A");
    expect(typeOf(`${AB} const x = c ? new A() : new B()`)).toBe("A | B");
    expect(typeOf(`${AB} const x = maybe() || new A(); function maybe(): A | undefined { return undefined; }`)).toBe("A");
    expect(typeOf(`${AB} let x = null; x = new A()`)).toBe("A");
    expect(typeOf(`${AB} let x = new A(); x = something()`, "x", "main.js")).toBe("A | unknown");
  });

  it("more than eight members are what they all extend, or unknown", () => {
    const typeOfMany = (count: number, heritage: string): string => {
      const classes = Array.from({ length: count }, (_, i) => `class C${i}${heritage} {}`).join(" ");
      const value = Array.from({ length: count }, (_, i) => `c === ${i} ? new C${i}() :`).join(" ");
      return typeOf(`class Thing {} class Part extends Thing {} ${classes} const x = ${value} null`);
    };
    expect(typeOfMany(8, " extends Part").split(" | ")).toHaveLength(8);
    expect(typeOfMany(9, " extends Part")).toBe("Part");
    expect(typeOfMany(9, "")).toBe("unknown");
  });

  it("casts and assertions", () => {
    expect(typeOf(`${AB} const x = y as A`)).toBe("A");
    expect(typeOf(`${AB} const x = new A() as any`)).toBe("A");
    expect(typeOf(`${AB} const x = (y as A | null)!`)).toBe("A");
    expect(typeOf(`${AB} const x = { a: new A() } satisfies { a: A }`, "x.a")).toBe("A");
    expect(typeOf(`${AB} const x = /** @type {A} */ (y)`, "x", "main.js")).toBe("A");
  });

  it("destructuring: objects, arrays, defaults, rest", () => {
    expect(typeOf(`${AB} const { b: x } = new B()`)).toBe("A");
    expect(typeOf(`${AB} const [, x] = [1, new A()]`)).toBe("A");
    expect(typeOf(`${AB} const [x] = pair(); function pair(): [A, number] { throw 0; }`)).toBe("A");
    expect(typeOf(`${AB} const { x = new A() } = {}`)).toBe("A");
    expect(typeOf(`${AB} const [...x] = [new A()]`)).toBe("Array<A>");
    expect(typeOf(`${AB} let x; ({ b: x } = new B())`)).toBe("A");
  });

  it("optional chains", () => {
    expect(typeOf(`${AB} const b: B | undefined = get(); const x = b?.b?.self()`)).toBe("A");
  });

  it("`instanceof` narrows its branch", () => {
    const text = `${AB} function f(v: A | string) { if (v instanceof B) { v.b; } v.self(); if (!(v instanceof A)) return; v.a; }`;
    const program = new TestProgram({ "main.ts": text });
    expect([1, 2, 4].map((nth) => program.describe("main.ts", "v", nth))).toEqual(["B", "A | string", "A"]);
  });
});

describe("classes", () => {
  it("fields: initialised, annotated, set in methods, inherited", () => {
    expect(typeOf(`${AB} const x = new B()`, "x.a")).toBe("number");
    expect(typeOf(`${AB} class C { constructor() { this.f = new A(); } } const x = new C()`, "x.f", "main.js")).toBe("A");
    expect(typeOf(`${AB} class C { constructor() { /** @type {A} */ this.f = null; } } const x = new C()`, "x.f", "main.js")).toBe("A");
    expect(typeOf(`${AB} class C { f; start() { const self = this; self.f = new A(); } } const x = new C()`, "x.f", "main.js")).toBe("A");
    expect(typeOf(`${AB} class C { f: A; } const x = new C()`, "x.f")).toBe("A");
  });

  it("`this` of a subclass comes back from a method of the base", () => {
    expect(typeOf(`${AB} const x = new B().self()`)).toBe("B");
    expect(typeOf(`class A { set(): this { return this; } } class B extends A {} const x = new B().set()`)).toBe("B");
  });

  it("accessors, statics, private names", () => {
    expect(typeOf(`${AB} class C { get g() { return new A(); } } const x = new C().g`)).toBe("A");
    expect(typeOf(`${AB} class C { static make() { return new C(); } } class D extends C {} const x = D.make()`)).toBe("C");
    expect(typeOf(`${AB} class C { #a = new A(); get() { return this.#a; } } const x = new C().get()`)).toBe("A");
    expect(typeOf(`${AB} class C { static instance = null; static get() { return C.instance ??= new C(); } } const x = C.get()`)).toBe("C");
  });

  it("generic classes: given, inferred, inherited arguments", () => {
    const list = "class List<T> { items: T[] = []; add(t: T): this { return this; } first(): T { return this.items[0]; } map<U>(f: (t: T) => U): List<U> { throw 0; } }";
    expect(typeOf(`${AB} ${list} const x = new List<A>().first()`)).toBe("A");
    expect(typeOf(`${AB} ${list} const x = new List<A>().add(y).first()`)).toBe("A");
    expect(typeOf(`${AB} ${list} const x = new List<A>().map((a) => a.self()).first()`)).toBe("A");
    expect(typeOf(`${AB} ${list} class As extends List<A> {} const x = new As().first()`)).toBe("A");
    expect(typeOf(`${AB} ${list} class Sub<K> extends List<K[]> {} const x = new Sub<A>().first()`)).toBe("Array<A>");
    expect(typeOf(`${AB} class Box<T> { constructor(public v: T) {} get() { return this.v; } } const x = new Box(new A()).get()`)).toBe("A");
  });

  it("mixins and classes as values", () => {
    expect(typeOf(`${AB} const Mixin = (Base) => class extends Base { extra = new A(); }; class C extends Mixin(A) {} const x = new C()`, "x.extra")).toBe("A");
    expect(typeOf(`${AB} const Mixin = (Base) => class extends Base {}; class C extends Mixin(A) {} const x = new C().self()`)).toBe("C");
    const made = "type Made<T = {}> = new (...args: any[]) => T; interface HasA { a: A }";
    expect(typeOf(`${AB} ${made} function Mixin<M extends Made<HasA>>(Base: M) { return class extends Base { own() { return this.a; } }; } class C extends Mixin(B) {} const x = new C().own()`)).toBe("A");
    expect(typeOf(`${AB} function make<T>(C: new () => T): T { return new C(); } const x = make(A)`)).toBe("A");
    expect(typeOf(`${AB} const table = { a: A, b: B }; const x = new table.b()`)).toBe("B");
  });

  it("functions as constructors and prototypes", () => {
    const old = "function P(v) { this.v = v; } P.prototype.get = function () { return this.v; }; P.make = function () { return new P(new A()); };";
    expect(typeOf(`${AB} ${old} const x = new P(new A()).get()`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} ${old} const x = P.make()`, "x.v", "main.js")).toBe("A");
    expect(typeOf(`${AB} ${old} function Q() { P.call(this, new A()); } Q.prototype = Object.create(P.prototype); const x = new Q().get()`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} function R() {} R.prototype = { make() { return new A(); } }; const x = new R().make()`, "x", "main.js")).toBe("A");
  });
});

describe("functions", () => {
  it("declared and inferred results, recursion", () => {
    expect(typeOf(`${AB} function f(n) { return n > 0 ? f(n - 1) : new A(); } const x = f(3)`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} function even(n) { return n ? odd(n - 1) : new A(); } function odd(n) { return n ? even(n - 1) : new B(); } const x = even(3)`, "x", "main.js")).toBe("A | B");
    expect(typeOf(`${AB} /** @returns {A} */ function f() {} const x = f()`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} async function f() { return new A(); } const x = f()`)).toBe("Promise<A>");
    expect(typeOf(`${AB} function* f() { yield new A(); } const [x] = [...f()]`)).toBe("A");
  });

  it("generics inferred from arguments and callbacks", () => {
    expect(typeOf(`${AB} function id<T>(t: T) { return t; } const x = id(new A())`)).toBe("A");
    expect(typeOf(`${AB} function both<T, U>(t: T, f: (t: T) => U): U { return f(t); } const x = both(new B(), (v) => v.b)`)).toBe("A");
    expect(typeOf(`${AB} declare function last<T>(items: readonly T[]): T; const x = last([new A()])`)).toBe("A");
    expect(typeOf(`${AB} declare function wrap<T>(t: T): { value: T }; const x = wrap(new A()).value`)).toBe("A");
  });

  it("of several signatures those that the arguments fit", () => {
    const overloaded = { "b.d.ts": "export declare class A {} export declare class B {} export declare function f(n: number): A; export declare function f(s: string): B; export declare function f(s: string, n: number): A[];" };
    expect(typeOf(`import { f } from "./b"; const x = f("a")`, "x", "main.ts", overloaded)).toBe("B");
    expect(typeOf(`import { f } from "./b"; const x = f("a", 1)`, "x", "main.ts", overloaded)).toBe("Array<A>");
    expect(typeOf(`import { f } from "./b"; const x = f(unheardOf())`, "x", "main.ts", overloaded)).toBe("A | B");
  });

  it("a type parameter means nothing outside its function", () => {
    expect(typeOf(`function outer<T>(t: T) { inner(t); } function inner(x) { x; }`)).toBe("unknown");
    expect(typeOf(`${AB} function outer<T>(t: T) { held = t; } let held; class C<U> { take(u: U) { outer(u); } } new C<A>().take(new A()); held;`, "held")).toBe("unknown");
  });

  it("what a type parameter extends", () => {
    expect(typeOf(`${AB} function f<T extends A>(x: T) { x; }`)).toBe("A");
    expect(typeOf(`${AB} function f<T extends B>(t: T) { const x = t.b; x; }`)).toBe("A");
    expect(typeOf(`${AB} class C<T extends B> { constructor(readonly t: T) {} get() { const x = this.t.b; x; } }`)).toBe("A");
    expect(typeOf(`${AB} function f<T extends A>(t: T): T { return t; } function g(u) { const x = f(u); x; }`)).toBe("A");
    expect(typeOf(`function f<T extends T>(x: T) { x; }`)).toBe("unknown");
  });

  it("parameters of callbacks", () => {
    expect(typeOf(`${AB} const list: A[] = []; list.forEach((x) => { x; })`)).toBe("A");
    expect(typeOf(`${AB} new Map<string, A>().forEach((x) => { x; })`)).toBe("A");
    expect(typeOf(`${AB} function each(f: (a: A) => void) {} each((x) => { x; })`)).toBe("A");
    expect(typeOf(`${AB} type F = (a: A) => void; const f: F = (x) => { x; }`)).toBe("A");
    expect(typeOf(`${AB} type F = (...all: A[]) => void; const f: F = (x) => { x; }`)).toBe("A");
    expect(typeOf(`${AB} interface O { run: (a: A) => void } const o: O = { run(x) { x; } }`)).toBe("A");
    expect(typeOf(`${AB} function each(f) { f(new A()); } each((x) => { x; })`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} const made = [1].map(() => new A()); for (const x of made) { x; }`)).toBe("A");
  });

  it("an unannotated method takes its parameters from the method that it overrides", () => {
    expect(typeOf(`${AB} class C { run(a: A) {} } class D extends C { run(x) { x; } }`)).toBe("A");
    expect(typeOf(`${AB} interface I { run(a: A): void } class D implements I { run(x) { x; } }`)).toBe("A");
  });

  it("what is passed at the calls that are found", () => {
    expect(typeOf(`${AB} class C { take(x) { x; } } new C().take(new A())`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} const api = { take(x) { x; } }; api.take(new A())`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} function f(x) { x; } f(new A()); f(new B()); f(null)`, "x", "main.js")).toBe("A | B");
    expect(typeOf(`${AB} function f(x) { x; } f.call(null, new A())`, "x", "main.js")).toBe("unknown");
  });
});

describe("types", () => {
  const types = (type: string, member: string): string => typeOf(`${AB} interface I { a: A } declare const x: ${type};`, `x${member}`);

  it("interfaces, shapes, unions, intersections", () => {
    expect(types("I", ".a")).toBe("A");
    expect(types("{ deep: { a: A } }", ".deep.a")).toBe("A");
    expect(types("I & { other: B }", ".other")).toBe("B");
    expect(types("I | null", ".a")).toBe("A");
    expect(types("{ [key: string]: A }", ".anything")).toBe("A");
    expect(types("Record<string, A>", ".anything")).toBe("A");
  });

  it("utility types, `typeof`, indexed access", () => {
    expect(types("Partial<I>", ".a")).toBe("A");
    expect(types("Readonly<Omit<Required<I>, 'b'>>", ".a")).toBe("A");
    expect(types("NonNullable<I | null>", ".a")).toBe("A");
    expect(types("ReturnType<typeof make>; function make() { return new A(); }", "")).toBe("A");
    expect(types("InstanceType<typeof A>", "")).toBe("A");
    expect(types("typeof value; const value = { a: new A() }", ".a")).toBe("A");
    expect(types("I['a']", "")).toBe("A");
    expect(types("Awaited<Promise<A>>", "")).toBe("A");
  });

  it("generic aliases and interfaces, recursion in types", () => {
    expect(typeOf(`${AB} type Maybe<T> = { value: T } | null; declare const x: Maybe<A>;`, "x.value")).toBe("A");
    expect(typeOf(`${AB} interface Node<T> { value: T; next: Node<T> } declare const x: Node<A>;`, "x.next.next.value")).toBe("A");
    expect(typeOf(`type Json = string | Json[] | { [k: string]: Json }; declare const x: Json;`, "x.y.z")).toMatch(/string|unknown/);
    expect(typeOf(`type Loop = Loop; declare const x: Loop;`)).toBe("unknown");
    expect(typeOf(`class Grow<T> { more(): Grow<Grow<T>> { throw 0; } } const x = new Grow<number>().more().more().more().more().more().more().more().more()`)).toMatch(/Grow|unknown/);
  });

  it("conditional and mapped types are not guessed at", () => {
    expect(types("A extends B ? A : B", "")).toBe("unknown");
    expect(types("{ [K in keyof I]: I[K] }", ".a")).toBe("unknown");
  });

  it("enums, namespaces, augmentation, globals", () => {
    expect(typeOf("enum E { P, Q } const x = E.P")).toBe("number");
    expect(typeOf(`namespace N { export class C { c = 1 } } declare const x: N.C;`)).toBe("C");
    const augmented = { "vec.ts": "export class Vec { x = 1 }", "aug.ts": `import { Vec } from "./vec"; declare module "./vec" { interface Vec { added(): Vec } }` };
    expect(typeOf(`import { Vec } from "./vec"; const x = new Vec().added()`, "x", "main.ts", augmented)).toBe("Vec");
    expect(typeOf("const x = window.setTimeout", "x")).toBe("typeof setTimeout");
    expect(typeOf("const x = self.performance.now()")).toBe("number");
    expect(typeOf("declare global { interface Mine { a: number } } declare const x: Mine;", "x.a")).toBe("number");
  });

  it("JSDoc in JavaScript: typedefs, templates, names that are not imported", () => {
    expect(typeOf(`${AB} /** @typedef {{ a: A }} Opts */ /** @param {Opts} x */ function f(x) { x; }`, "x", "main.js")).toBe("{ a }");
    expect(typeOf(`/** @param {Elsewhere} x */ function f(x) { x; }`, "x", "main.js", { "other.js": "export class Elsewhere {}" })).toBe("Elsewhere");
    const twice = new TestProgram({ "main.js": "/** @param {Twice} x */ function f(x) { x; }", "a.js": "export class Twice {}", "b.js": "export class Twice {}" });
    expect(twice.type("main.js", "x")).toMatchObject({ kind: "external", package: "global" });
    expect(typeOf(`/** @param {import("./other.js").Elsewhere[]} x */ function f(x) { x[0]; }`, "x[0]", "main.js", { "other.js": "export class Elsewhere {}" })).toBe("Elsewhere");
    expect(typeOf(`${AB} /** @template T @param {T} t @returns {T} */ function id(t) { return t; } const x = id(new A())`, "x", "main.js")).toBe("A");
  });
});

describe("containers", () => {
  it("arrays, maps, sets, iterators", () => {
    expect(typeOf(`${AB} const x = [new A()].filter(Boolean).at(0)`)).toBe("A");
    expect(typeOf(`${AB} const x = new Set([new A()])`)).toBe("Set<A>");
    expect(typeOf(`${AB} for (const [, x] of new Map<string, A>()) { x; }`)).toBe("A");
    expect(typeOf(`${AB} const x = [...new Set<A>()][0]`)).toBe("A");
    expect(typeOf(`${AB} const x = Array.from(new Set<A>(), (a) => a.self())`)).toBe("Array<A>");
    expect(typeOf(`${AB} const x = [new B()].reduce((sum, b) => b.b, new A())`)).toBe("A");
    expect(typeOf(`${AB} class Bag { *[Symbol.iterator]() { yield new A(); } } for (const x of new Bag()) { x; }`)).toBe("A");
    expect(typeOf(`${AB} class Walk { [Symbol.iterator]() { return this; } next() { return { done: false, value: new A() }; } } for (const x of new Walk()) { x; }`)).toBe("A");
    expect(typeOf(`${AB} class Odd { [Symbol.iterator]() { return this; } } for (const x of new Odd()) { x; }`)).toBe("unknown");
    expect(typeOf(`${AB} class To<T> { [Symbol.iterator](): To<To<T>> { return new To(); } } for (const x of new To<A>()) { x; }`)).toBe("unknown");
    expect(typeOf("for (const x in {}) { x; }")).toBe("string");
    expect(typeOf("const x = new Float32Array(4).subarray(1)")).toBe("Float32Array");
  });

  it("what is put into an empty one", () => {
    expect(typeOf(`${AB} class C { list = []; add() { this.list.push(new A()); } first() { return this.list[0]; } } const x = new C().first()`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} const list = new Array(3); list[0] = new A(); const x = list[1]`, "x", "main.js")).toBe("A");
    expect(typeOf(`${AB} const table = {}; table[key] = new A(); const x = table[other]`, "x", "main.js")).toBe("A");
    expect(typeOf("const list = []; const x = list[0]", "x", "main.js")).toBe("unknown");
  });

  it("promises", () => {
    expect(typeOf(`${AB} async function f() { const x = await Promise.all([new A()]); x; }`, "x")).toBe("Array<A>");
    expect(typeOf(`${AB} Promise.resolve(new A()).then((x) => { x; })`)).toBe("A");
  });
});

describe("external packages", () => {
  it("are known by name, also under another one", () => {
    expect(typeOf(`import { Mesh as M } from "three"; const x = new M()`)).toBe("three:Mesh");
    expect(typeOf(`import * as THREE from "three"; function f(x: THREE.Mesh) { x; }`)).toBe("three:Mesh");
    expect(typeOf(`import * as T from "three"; const x = T.MathUtils.clamp`, "x")).toBe("typeof three:MathUtils.clamp");
    expect(typeOf(`import { OrbitControls } from "three/addons/controls/OrbitControls.js"; const x = new OrbitControls()`)).toBe("three:OrbitControls");
    expect(typeOf(`import { make } from "three"; const x = make()`)).toBe("unknown");
  });

  it("pass values through hooks", () => {
    expect(typeOf(`import { useRef } from "react"; class A {} const x = useRef<A>(null).current`, "x", "main.tsx")).toBe("A");
    expect(typeOf(`import React from "react"; class A {} const x = React.useMemo(() => new A(), [])`, "x", "main.tsx")).toBe("A");
    expect(typeOf(`import { useState } from "react"; class A {} const [x] = useState(() => new A())`, "x", "main.tsx")).toBe("A");
  });

  it("are traced into when they are loaded, in JavaScript and by declarations", () => {
    const three = { "node_modules/three/index.js": `export class Vector3 { clone() { return new this.constructor().copy(this); } /** @returns {Vector3} */ add(v) { return this; } }` };
    expect(typeOf(`import { Vector3 } from "three"; const x = new Vector3().add(y)`, "x", "main.ts", three)).toBe("Vector3");
    const cannon = { "node_modules/cannon/index.d.ts": `declare namespace CANNON { class Vec { dot(v: Vec): number; copy(): Vec } } export = CANNON;` };
    expect(typeOf(`import * as CANNON from "cannon"; const x = new CANNON.Vec().copy()`, "x", "main.ts", cannon)).toBe("Vec");
    expect(typeOf(`import CANNON from "cannon"; function f(x: CANNON.Vec) { x; }`, "x", "main.ts", cannon)).toBe("Vec");
  });
});
