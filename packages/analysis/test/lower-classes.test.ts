/** Classes: members, heritage, fields, signatures, parameter properties. */
import { describe, expect, test } from "vitest";
import { printFunction } from "../src/cfg/print.ts";
import type { MemberIR, ModuleIR } from "../src/source/ir.ts";
import { classNamed, functionNamed, lower } from "./lower-text.ts";

function member(module: ModuleIR, name: string, class_ = "A"): MemberIR {
  const found = classNamed(module, class_).members.find((entry) => entry.name === name);
  if (found === undefined) throw new Error(`no member ${name}`);
  return found;
}

test("members by kind", () => {
  const module = lower("class A { a = 1; static b; c() {} get d() { return 1; } set d(v) {} static { } #e; [k()]() {} accessor f = 2; constructor() {} }");
  expect(classNamed(module, "A").members.map(({ name, kind, static: isStatic, function: fn }) => [name, kind, isStatic, fn !== null])).toEqual([
    ["a", "field", false, true],
    ["b", "field", true, false],
    ["c", "method", false, true],
    ["d", "getter", false, true],
    ["d", "setter", false, true],
    [null, "static-block", true, true],
    ["#e", "field", false, false],
    [null, "method", false, true],
    ["f", "field", false, true],
  ]);
  expect(classNamed(module, "A").constructor_).toBe(functionNamed(module, "constructor").id);
});

test("a field's initialiser is a function that returns its value", () => {
  const module = lower("class A { static a = this.b; }");
  const fn = functionNamed(module, "a");
  expect(fn).toMatchObject({ kind: "field", static: true, class: 0, usesThis: true });
  expect(printFunction(module, fn)).toBe("static field a()\nb0:\n  %0 = this\n  %1 = %0.b\n  return %1\nb1:\n  exit");
});

test("heritage as a value and as a term", () => {
  const module = lower("import { B } from 'x'; class A<T> extends B<T, string> implements I<T>, N.J {}");
  const class_ = classNamed(module, "A");
  expect(class_.superTemp).not.toBeNull();
  expect(class_.superTerm).toMatchObject({ kind: "name", parts: ["B"], variable: 0, args: [{ kind: "name", parts: ["T"], variable: null }, { kind: "primitive", name: "string" }] });
  expect(class_.implements).toMatchObject([{ parts: ["I"] }, { parts: ["N", "J"] }]);
  expect(class_.typeParameters).toEqual(["T"]);
  expect(classNamed(lower("class A extends mixin(B) {}"), "A").superTerm).toBeNull();
});

test("the implementation wins over its signatures; a signature alone is an opaque function", () => {
  const module = lower("abstract class A { f(x: string): string; f(x: number): number; f(x: any) { return x; } abstract g(): A; constructor(); constructor(x?: number) {} }");
  expect(classNamed(module, "A").members.map(({ name, function: fn }) => [name, module.functions[fn ?? -1]?.opaque])).toEqual([
    ["f", false],
    ["g", true],
  ]);
  expect(functionNamed(module, "g").returnType).toMatchObject({ kind: "name", parts: ["A"] });
  expect(module.functions.filter((fn) => fn.kind === "constructor")).toHaveLength(1);
});

test("a parameter property is a field, set at the start or after `super()`", () => {
  const module = lower("class A { constructor(public x: Foo, y) { y(); } } class B extends A { constructor(private z: Foo) { before(); super(z); after(); } }");
  expect(member(module, "x")).toMatchObject({ kind: "field", function: null, type: { kind: "name", parts: ["Foo"] } });
  const [first, second] = module.functions.filter((fn) => fn.kind === "constructor").map((fn) => fn.blocks.flatMap((block) => block.ops.filter((op) => op.op === "set" || op.op === "call" || op.op === "super-call").map((op) => op.op)));
  expect(first).toEqual(["set", "call"]);
  expect(second).toEqual(["call", "super-call", "set", "call"]);
});

test("decorators are evaluated before the class and called after it", () => {
  const module = lower("@one class A { @two(1) m() {} }");
  expect(printFunction(module, module.functions[0] as never).split("\n").slice(2, -2)).toEqual([
    "  %0 = global one",
    "  %1 = global two",
    "  %2 = number 1",
    "  %3 = call %1(%2)",
    "  %4 = class A",
    "  %5 = call %3(%4)",
    "  %6 = call %0(%4)",
    "  A := %4",
    "  return implicitly",
  ]);
});

describe("a declaration file", () => {
  const module = lower("export declare class A<T> extends B { private x: T; static s: number; constructor(x: T); m(a: string): this; m(a: number): A<T>; get g(): T; }", "a.d.ts");

  test("has opaque functions with types", () => {
    expect(module.functions.slice(1).map((fn) => [fn.name, fn.opaque, fn.class])).toEqual([
      ["constructor", true, 0],
      ["m", true, 0],
      ["m", true, 0],
      ["g", true, 0],
    ]);
    expect(functionNamed(module, "m").params).toMatchObject([{ name: "a", type: { kind: "primitive", name: "string" } }]);
  });

  test("has the members of its namespaces on their objects", () => {
    const space = lower("export namespace N { const a: Foo; function f(): Foo; namespace M { class K {} } interface I {} }", "a.d.ts");
    const sets = space.functions[0]?.blocks.flatMap((block) => block.ops.flatMap((op) => (op.op === "set" ? [op.key] : [])));
    expect(sets).toEqual(["f", "a", "M", "K"]);
  });

  test("exports what it declares when it says nothing of exports", () => {
    const implicit = lower("import { X } from 'x'; declare function f(): X; interface I {} export declare const c: I;", "a.d.ts");
    expect(implicit.exports.map((entry) => ("name" in entry ? `${entry.kind} ${entry.name}` : entry.kind))).toEqual(["local f", "type I", "local c"]);
    const explicit = lower("import { X } from 'x'; declare function f(): X; export {};", "a.d.ts");
    expect(explicit.exports).toEqual([]);
  });
});
