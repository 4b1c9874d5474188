/** Every kind of statement and expression is understood: lowered without a note, each function-like node exactly once. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { checkModule } from "../src/cfg/check.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { functionSpans } from "./function-nodes.ts";
import { lower } from "./lower-text.ts";

const FILES = ["statements.js", "expressions.js", "operators.js", "classes.js", "typescript.ts", "elements.tsx", "script.cjs", "declarations.d.ts"];

describe.each(FILES)("%s", (name) => {
  const text = readFileSync(new URL(`breadth/${name}`, import.meta.url), "utf8");
  const { module, faults } = parseModule(name, text, "project");

  test("is valid source", () => {
    expect(faults).toEqual([]);
  });

  test("is lowered without a note and keeps the invariants", () => {
    if (module === null) throw new Error("not parsed");
    const lowered = lowerModule(module);
    expect(lowered.notes).toEqual([]);
    expect(checkModule(lowered, text.length)).toEqual([]);
    for (const fn of lowered.functions) for (const block of fn.blocks) expect(block.ops.filter((op) => op.op === "opaque")).toEqual([]);
  });

  test("has every function-like node once", () => {
    if (module === null) throw new Error("not parsed");
    const lowered = lowerModule(module);
    const found = lowered.functions.slice(1).map((fn) => `${fn.span.start}..${fn.span.end}`);
    expect(found.sort()).toEqual(functionSpans(module.program).sort());
  });
});

test("`with` is lowered, and noted for its names", () => {
  const text = readFileSync(new URL("breadth/with.cjs", import.meta.url), "utf8");
  const lowered = lower(text, "with.cjs");
  expect(lowered.notes.map((note) => note.message)).toEqual(["names inside `with` are taken for those of the scope around it"]);
  expect(lowered.functions.map((fn) => fn.opaque)).toEqual([false, false]);
});

// Each statement and expression on its own, so that a fault names its kind.
const STATEMENTS: Readonly<Record<string, string>> = {
  block: "{ let a = 1; }",
  empty: ";",
  debugger: "debugger;",
  "do-while": "do { if (x) continue; } while (x);",
  for: "for (let i = 0, j = 1; i < j; i++) {}",
  "for without parts": "for (;;) { break; }",
  "for-in": "for (const k in x) {}",
  "for-in over a member": "for (x.k in x) {}",
  "for-in over a pattern": "for (const [k] in x) {}",
  "for-of": "for (const v of x) {}",
  "for-of over a pattern": "for (const { a, b: [c = 1] } of x) {}",
  "for-of assigning": "for ([x.a, y] of x) {}",
  "for-of using": "for (using v of x) { g(v); }",
  "for using": "for (using v = x; ;) { if (v) break; }",
  "for await": "async () => { for await (const v of x) if (v) break; };",
  "if else": "if (x) y(); else if (z) w(); else { v(); }",
  "if with a function": "if (x) function q() {}",
  labelled: "a: { b: for (;;) { if (x) break a; continue b; } }",
  "labelled statement": "a: x();",
  return: "() => { return; };",
  switch: "switch (x) { case 1: case 2: let q = 1; break; default: y(); case 3: }",
  throw: "() => { throw x; };",
  "try catch": "try { x(); } catch (e) { y(e); }",
  "try catch without a name": "try { x(); } catch { y(); }",
  "try catch pattern": "try { x(); } catch ({ message }) { y(message); }",
  "try finally": "try { x(); } finally { y(); }",
  "try catch finally": "try { x(); } catch (e) { throw e; } finally { y(); }",
  while: "while (x) { if (y) break; }",
  var: "var a = 1, b, { c } = x, [d, , ...e] = y;",
  let: "let a = 1, b;",
  const: "const a = 1;",
  using: "{ using a = x(); y(a); }",
  "await using": "async () => { await using a = x(); return a; };",
  function: "function a() {}",
  "async function": "async function a() { await x; }",
  generator: "function* a() { const r = yield; yield* r; }",
  "async generator": "async function* a() { yield await x; }",
  class: "class A {}",
};

describe("statement", () => {
  test.each(Object.entries(STATEMENTS))("%s", (_kind, text) => {
    // As sloppy script, so that Annex B syntax is there too.
    expect(lower(text, "test.cjs").notes).toEqual([]);
  });
});

const EXPRESSIONS: Readonly<Record<string, string>> = {
  number: "1", string: "'a'", bigint: "1n", regexp: "/a/giu", boolean: "true", null: "null", undefined: "undefined", template: "`a${x}b${y}`", "plain template": "`a`",
  identifier: "x", this: "this", array: "[1, , ...x]", object: "{ a, b: 1, 'c': 2, 3: 4, [x]: 5, ...y, m() {}, get g() { return 1; }, set g(v) {}, async n() {}, *o() {}, async *p() {} }",
  "function expression": "function a() { return a; }", arrow: "(a, { b }, ...c) => a", "async arrow": "async (a) => await a", "class expression": "class A extends x { }",
  member: "x.a", computed: "x[y]", "computed constant": "x['a']", "optional member": "x?.a", "optional computed": "x?.[y]", "optional call": "x?.()", "optional chain": "x.a?.b.c?.(1).d", "parenthesized chain": "(x?.a).b", "call of a chain": "(x?.a)()",
  call: "x(1, ...y)", "method call": "x.a(1)", new: "new x(1, ...y)", "new without arguments": "new x.y", tagged: "x`a${y}b`", "tagged method": "x.a`b`", "dynamic import": "import('a')", "dynamic import with attributes": "import('a', { with: { type: 'json' } })",
  "new.target": "function () { return new.target; }", "typeof": "typeof x", void: "void x", not: "!x", minus: "-x", plus: "+x", tilde: "~x", delete: "delete x.a", "delete computed": "delete x[y]", "delete chain": "delete x?.a", "delete value": "delete x()",
  "prefix update": "++x.a", "postfix update": "x--", binary: "x + y * z ** 2 - (x / y % z) << 1 >> 2 >>> 3 & 4 | 5 ^ 6", comparison: "x < y !== x >= y", in: "'a' in x", instanceof: "x instanceof y",
  and: "x && y", or: "x || y", coalesce: "x ?? y", conditional: "x ? y : z", sequence: "(x, y, z)", assignment: "x = y = z", "compound assignment": "x.a += y", "exponent assignment": "x **= 2",
  "logical assignment": "(x &&= y, x.a ||= z, x[y] ??= w)", "array pattern": "[x, y.a, , ...z] = w", "object pattern": "({ a: x, b: y.c = 1, [z]: w, ...v } = u)", yield: "function* () { const a = yield x; yield* a; }", await: "async () => await x",
};

describe("expression", () => {
  test.each(Object.entries(EXPRESSIONS))("%s", (_kind, text) => {
    expect(lower(`let x, y, z, w, v, u; (${text});`, "test.js").notes).toEqual([]);
  });
});
