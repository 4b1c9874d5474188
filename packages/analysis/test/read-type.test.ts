/** Types as written: annotations of TypeScript and doc comments of JavaScript give the same terms. */
import { describe, expect, test } from "vitest";
import type { TypeTerm } from "../src/source/type-term.ts";
import { classNamed, functionNamed, lower, variableNamed } from "./lower-text.ts";

const name = (text: string, args: TypeTerm[] = []): TypeTerm => ({ kind: "name", parts: text.split("."), variable: null, args });
const FOO = name("Foo");
const NUMBER: TypeTerm = { kind: "primitive", name: "number" };
const STRING: TypeTerm = { kind: "primitive", name: "string" };
const NULL: TypeTerm = { kind: "primitive", name: "null" };
const fn = (params: { name: string; type: TypeTerm | null }[], returns: TypeTerm | null, construct = false): TypeTerm => ({ kind: "function", params, returns, construct });

describe("TypeScript", () => {
  test.each<[string, TypeTerm]>([
    ["Foo", FOO],
    ["A.B<Foo>", name("A.B", [FOO])],
    ["Foo[]", { kind: "array", element: FOO }],
    ["readonly Foo[]", { kind: "array", element: FOO }],
    ["[a: Foo, b?: number, ...c: string[]]", { kind: "tuple", elements: [FOO, NUMBER, { kind: "array", element: STRING }] }],
    ["Foo | null", { kind: "union", members: [FOO, NULL] }],
    ["Foo & number", { kind: "intersection", members: [FOO, NUMBER] }],
    ["(a: Foo, ...b: number[]) => string", fn([{ name: "a", type: FOO }, { name: "...b", type: { kind: "array", element: NUMBER } }], STRING)],
    ["new (a) => Foo", fn([{ name: "a", type: null }], FOO, true)],
    ["<T>(x: T) => T", fn([{ name: "x", type: name("T") }], name("T"))],
    ["{ a: Foo; b?: number; m(x: Foo): void; readonly [k: string]: Foo }", { kind: "object", members: [{ name: "a", type: FOO, optional: false }, { name: "b", type: NUMBER, optional: true }, { name: "m", type: fn([{ name: "x", type: FOO }], { kind: "primitive", name: "void" }), optional: false }], index: FOO, call: null }],
    ["{ (x: Foo): number }", { kind: "object", members: [], index: null, call: fn([{ name: "x", type: FOO }], NUMBER) }],
    ["typeof v.w", { kind: "typeof", parts: ["v", "w"], variable: 0 }],
    ["import('x').Y<Foo>", { kind: "import", specifier: "x", parts: ["Y"], args: [FOO] }],
    ["Foo['key']", { kind: "indexed", object: FOO, key: "key" }],
    ["Foo[0]", { kind: "indexed", object: FOO, key: "0" }],
    ["'a' | -1 | true", { kind: "union", members: [{ kind: "literal", value: "a" }, { kind: "literal", value: -1 }, { kind: "literal", value: true }] }],
    ["`a${string}`", STRING],
    ["keyof Foo", { kind: "unsupported" }],
    ["Foo extends string ? 1 : 2", { kind: "unsupported" }],
    ["{ [K in Foo]: 1 }", { kind: "unsupported" }],
  ])("%s", (text, expected) => {
    expect(variableNamed(lower(`declare const v: ${text};`), "v").type).toEqual(expected);
  });

  test("predicates", () => {
    expect(functionNamed(lower("function f(x): x is Foo { return true; }"), "f").returnType).toEqual({ kind: "predicate", parameter: "x", asserts: false, type: FOO });
    expect(functionNamed(lower("function f(x): asserts x { }"), "f").returnType).toEqual({ kind: "predicate", parameter: "x", asserts: true, type: null });
  });

  test("a name points to the value that it names, unless it is a type", () => {
    const module = lower("class C {} import { I } from 'x'; interface J {} const J = 1; enum E { A } function f<C>(a: C, b: I, c: J, d: E.A, e: Missing) {} let g: C;");
    const terms = functionNamed(module, "f").params.map((param) => (param.type?.kind === "name" && param.type.variable !== null ? module.variables[param.type.variable]?.name : null));
    expect(terms).toEqual([null, "I", null, "E", null]);
    expect(variableNamed(module, "g").type).toMatchObject({ variable: variableNamed(module, "C").id });
  });

  test("a type of a namespace carries its namespace, inside and outside", () => {
    const module = lower("namespace N { export interface I {} export const v: I = 1; namespace M { type T = I; export let w: T; } } let x: N.I;");
    expect(variableNamed(module, "v").type).toMatchObject({ parts: ["N", "I"] });
    expect(variableNamed(module, "w").type).toMatchObject({ parts: ["N", "M", "T"] });
    expect(variableNamed(module, "x").type).toMatchObject({ parts: ["N", "I"] });
    expect(module.types.map((type) => type.name)).toEqual(["N.I", "N.M.T"]);
  });

  test("declarations: interfaces, aliases, enums, augmentations", () => {
    const module = lower("export interface I<T> extends J<T>, K.L { a: T } type A<U> = U[]; enum E { X, Y = 'y', Z = f() } declare module 'm' { interface Q {} } declare global { type R = 1 }");
    expect(module.types.map(({ kind, name: of, parameters, exported, augments }) => [kind, of, parameters, exported, augments])).toEqual([
      ["interface", "I", ["T"], true, null],
      ["alias", "A", ["U"], false, null],
      ["enum", "E", [], false, null],
      ["interface", "Q", [], true, "m"],
      ["alias", "R", [], true, "global"],
    ]);
    expect(module.types[0]?.extends).toEqual([name("J", [name("T")]), name("K.L")]);
    expect(module.types[2]?.term).toEqual({ kind: "object", members: [{ name: "X", type: { kind: "literal", value: 0 }, optional: false }, { name: "Y", type: { kind: "literal", value: "y" }, optional: false }, { name: "Z", type: NUMBER, optional: false }], index: null, call: null });
  });

  test("casts and pattern annotations are operations", () => {
    const casts = lower("const a = <Foo>x; const b = x as Foo; const c = x!; const { d }: Foo = x; const e = x as const; const g = x satisfies Foo;")
      .functions[0]?.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "cast" ? [[op.form, op.type]] : [])));
    expect(casts).toEqual([["as", FOO], ["as", FOO], ["non-null", null], ["as", FOO], ["as", null], ["satisfies", FOO]]);
  });
});

describe("JSDoc", () => {
  test.each<[string, TypeTerm]>([
    ["Foo", FOO],
    ["!Foo", FOO],
    ["?Foo", { kind: "union", members: [FOO, NULL] }],
    ["Foo|null", { kind: "union", members: [FOO, NULL] }],
    ["(Foo|number)", { kind: "union", members: [FOO, NUMBER] }],
    ["Foo[]", { kind: "array", element: FOO }],
    ["(?Foo)[]", { kind: "array", element: { kind: "union", members: [FOO, NULL] } }],
    ["Array<Foo>", name("Array", [FOO])],
    ["Array.<Foo>", name("Array", [FOO])],
    ["Map<string, A.B>", name("Map", [STRING, name("A.B")])],
    ["Object<string,Foo>", { kind: "object", members: [], index: FOO, call: null }],
    ["Object", { kind: "primitive", name: "object" }],
    ["*", { kind: "primitive", name: "any" }],
    ["String", STRING],
    ["function(Foo, string): number", fn([{ name: "", type: FOO }, { name: "", type: STRING }], NUMBER)],
    ["function(new:Foo)", fn([], FOO, true)],
    ["(a: Foo, b?: number) => string", fn([{ name: "a", type: FOO }, { name: "b", type: NUMBER }], STRING)],
    ["(...a: Foo[]) => void", fn([{ name: "...a", type: { kind: "array", element: FOO } }], { kind: "primitive", name: "void" })],
    ["function(...Foo)", fn([{ name: "...", type: { kind: "array", element: FOO } }], null)],
    ["() => void", fn([], { kind: "primitive", name: "void" })],
    ["{a: Foo, b?: number}", { kind: "object", members: [{ name: "a", type: FOO, optional: false }, { name: "b", type: NUMBER, optional: true }], index: null, call: null }],
    ["import('x').Y<Foo>", { kind: "import", specifier: "x", parts: ["Y"], args: [FOO] }],
    ["typeof v", { kind: "typeof", parts: ["v"], variable: 0 }],
    ["[Foo, number]", { kind: "tuple", elements: [FOO, NUMBER] }],
    ["'a'|1", { kind: "union", members: [{ kind: "literal", value: "a" }, { kind: "literal", value: 1 }] }],
    ["Foo['key']", { kind: "indexed", object: FOO, key: "key" }],
    ["Foo & {a: number}", { kind: "intersection", members: [FOO, { kind: "object", members: [{ name: "a", type: NUMBER, optional: false }], index: null, call: null }] }],
    ["keyof Foo", { kind: "unsupported" }],
    ["Foo bar", { kind: "unsupported" }],
    ["((((", { kind: "unsupported" }],
    ["", { kind: "unsupported" }],
  ])("{%s}", (text, expected) => {
    expect(variableNamed(lower(`/** @type {${text}} */ let v;`, "a.js"), "v").type ?? { kind: "unsupported" }).toEqual(expected);
  });

  test("parameters, returns and templates", () => {
    const module = lower("/**\n * @template T\n * @param {Foo} a - text {not} a type\n * @param {T} [b=1]\n * @param {...number} c\n * @param {Object} d\n * @param {Foo} d.x\n * @param {number} [d.y]\n * @returns {Promise<Foo>} text\n */\nexport const f = (a, b, d, ...c) => {};", "a.js");
    const f = functionNamed(module, "f");
    expect(f.typeParameters).toEqual(["T"]);
    expect(f.returnType).toEqual(name("Promise", [FOO]));
    expect(f.params.map(({ name: of, type, optional }) => [of, type, optional])).toEqual([
      ["a", FOO, false],
      ["b", name("T"), true],
      ["d", { kind: "object", members: [{ name: "x", type: FOO, optional: false }, { name: "y", type: NUMBER, optional: true }], index: null, call: null }, false],
      ["c", { kind: "array", element: NUMBER }, false],
    ]);
    expect(variableNamed(module, "a").type).toEqual(FOO);
  });

  test("a function's `@type`, an accessor's and a field's", () => {
    expect(functionNamed(lower("/** @type {function(Foo): number} */ const f = function (a) {};", "a.js"), "f")).toMatchObject({ params: [{ type: FOO }], returnType: NUMBER });
    const members = classNamed(lower("class A { /** @type {Foo} */ a = null; /** @returns {Foo} */ get b() { return 1; } /** @param {Foo} v */ set b(v) {} }", "a.js"), "A").members;
    expect(members.map((entry) => entry.type)).toEqual([FOO, FOO, FOO]);
  });

  test("an assignment's `@type` and a cast in front of parentheses are casts", () => {
    const module = lower("class A { constructor() { /** @type {?Foo} */ this.x = null; const y = /** @type {Foo} */ (this.z).w; const v = /** @type {number} */ (a + b); } }", "a.js");
    const casts = functionNamed(module, "constructor").blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "cast" ? [op.type] : [])));
    expect(casts).toEqual([{ kind: "union", members: [FOO, NULL] }, FOO, NUMBER]);
  });

  test("typedefs and callbacks", () => {
    const module = lower("/** @typedef {{ a: Foo }} One */\n/**\n * @typedef {Object} Two\n * @property {Foo} a\n * @property {number} [b]\n */\n/**\n * @callback Three\n * @param {Foo} a\n * @returns {number}\n */\n", "a.js");
    expect(module.types.map(({ name: of, term }) => [of, term])).toEqual([
      ["One", { kind: "object", members: [{ name: "a", type: FOO, optional: false }], index: null, call: null }],
      ["Two", { kind: "object", members: [{ name: "a", type: FOO, optional: false }, { name: "b", type: NUMBER, optional: true }], index: null, call: null }],
      ["Three", fn([{ name: "a", type: FOO }], NUMBER)],
    ]);
  });

  test("`@extends` adds type arguments", () => {
    expect(classNamed(lower("/** @extends {Base<Foo>} */ class A extends Base {}", "a.js"), "A").superTerm).toEqual(name("Base", [FOO]));
  });

  test("TypeScript files take their types from annotations alone", () => {
    expect(variableNamed(lower("/** @type {Foo} */ let v;", "a.ts"), "v").type).toBeNull();
  });
});
