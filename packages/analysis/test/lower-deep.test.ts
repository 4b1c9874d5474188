/** Deep and large sources: no stack overflow, time in proportion. */
import type { Program } from "@oxc-project/types";
import { describe, expect, test } from "vitest";
import { checkModule } from "../src/cfg/check.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { lower } from "./lower-text.ts";

const LEVELS = 10_000;
const repeat = (text: string): string => text.repeat(LEVELS);

describe("chains are lowered whole at ten thousand links", () => {
  test.each([
    ["binary", `x = ${repeat("a + ")}b;`],
    ["and", `x = ${repeat("a && ")}b;`],
    ["coalesce", `x = ${repeat("a ?? ")}b;`],
    ["condition", `if (${repeat("a || ")}b) c();`],
    ["member", `x = a${repeat(".b")};`],
    ["call", `a${repeat("()")};`],
    ["optional", `x = a${repeat("?.b()")};`],
    ["non-null", `x = a${repeat("!.b")};`],
    ["else if", `if (a) b();${repeat(" else if (a) c();")}`],
    ["conditional", `x = ${repeat("a ? b : ")}c;`],
    ["sequence", `x = (${repeat("a, ")}b);`],
    ["arrows", `x = ${repeat("a => ")}b;`],
    ["statements", repeat("a(); ")],
    ["labels", `${Array.from({ length: LEVELS }, (_, index) => `l${index}:`).join("")} a();`],
    ["array type", `let a: A${repeat("[]")};`],
  ])("%s", (_name, text) => {
    expect(lower(text).notes).toEqual([]);
  });
});

describe("other nesting is noted", () => {
  test.each([
    ["blocks", `${repeat("{")}${repeat("}")}`],
    ["not", `x = ${repeat("!")}a;`],
    ["loops", `${repeat("for (;;) ")};`],
    ["tries", `${repeat("try {")}${repeat("} finally {}")}`],
    ["finallies", `${repeat("try {} finally {")}${repeat("}")}`],
    ["power", `x = ${repeat("a ** ")}b;`],
    ["assignments", `${repeat("a = ")}b;`],
    ["pattern", `let ${repeat("[")}a${repeat("]")} = x;`],
    ["switches", `${repeat("switch (a) { case 1:")}${repeat("}")}`],
    ["casts", `x = a${repeat(" as A")};`],
  ])("%s", (_name, text) => {
    const module = lower(text);
    expect(module.notes.length).toBeGreaterThan(0);
    expect(module.functions[0]?.opaque).toBe(false);
  });

  test("a function that nests too deep is opaque, what surrounds it is not", () => {
    const module = lower(`function deep() { ${repeat("{")}${repeat("}")} } function shallow() { return 1; }`);
    expect(module.functions.map((fn) => [fn.name, fn.opaque])).toEqual([
      ["", false],
      ["deep", true],
      ["shallow", false],
    ]);
    expect(module.notes.map((note) => note.message)).toEqual(["function nests deeper than 300 levels and was not lowered"]);
  });
});

/** Trees deeper than parsers can make them from text. */
describe("a tree built by hand", () => {
  const at = { start: 0, end: 1 };
  const nest = (make: (inner: object) => object): ModuleIR => {
    let expression: object = { type: "Identifier", name: "a", ...at };
    for (let level = 0; level < LEVELS; level++) expression = make(expression);
    const program = { type: "Program", sourceType: "module", hashbang: null, body: [{ type: "ExpressionStatement", expression, ...at }], ...at };
    // A hand-made tree has the fields that the lowering reads.
    const module = lowerModule({ file: "a.ts", role: "project", language: "ts", text: "a", program: program as unknown as Program, comments: [] });
    expect(checkModule(module, 1)).toEqual([]);
    return module;
  };

  test.each<[string, (inner: object) => object]>([
    ["arrays", (inner) => ({ type: "ArrayExpression", elements: [inner], ...at })],
    ["arguments", (inner) => ({ type: "CallExpression", callee: { type: "Identifier", name: "f", ...at }, arguments: [inner], optional: false, ...at })],
    ["objects", (inner) => ({ type: "ObjectExpression", properties: [{ type: "Property", kind: "init", key: { type: "Identifier", name: "k", ...at }, value: inner, computed: false, method: false, shorthand: false, ...at }], ...at })],
    ["templates", (inner) => ({ type: "TemplateLiteral", quasis: [], expressions: [inner], ...at })],
    ["awaits", (inner) => ({ type: "AwaitExpression", argument: inner, ...at })],
  ])("%s", (_name, make) => {
    expect(nest(make).notes).toHaveLength(1);
  });

  test("functions in functions cost no stack", () => {
    const module = nest((inner) => ({ type: "FunctionExpression", id: null, async: false, generator: false, params: [], body: { type: "BlockStatement", body: [{ type: "ReturnStatement", argument: inner, ...at }], ...at }, expression: false, ...at }));
    expect(module.functions).toHaveLength(LEVELS + 1);
    expect(module.notes).toEqual([]);
  });
});

test("little stack left is a note, not an exception", () => {
  const text = `function f() { return ${"[".repeat(250)}1${"]".repeat(250)}; }`;
  const atDepth = (): ModuleIR => {
    try {
      return atDepth();
    } catch {
      // The deepest frame that still has room to report.
      return lower(text);
    }
  };
  expect(atDepth().functions).toHaveLength(2);
});

test("five megabytes take seconds", () => {
  const unit = (index: number): string => `export function f${index}(a, b) { let sum = 0; for (const x of a) { if (x.y && x.z > b) sum += x.w(a[${index}], { k: b, m() { return sum; } }); } return sum ?? b?.c; }\n`;
  let text = "";
  for (let index = 0; text.length < 5_000_000; index++) text += unit(index);
  const start = performance.now();
  const module = lower(text, "big.js");
  expect(module.functions.length).toBeGreaterThan(50_000);
  // Parsing and checking included, on a machine that may be busy.
  expect(performance.now() - start).toBeLessThan(40_000);
});

test("an unknown node is an opaque operation and a note", () => {
  const program = { type: "Program", sourceType: "module", hashbang: null, start: 0, end: 1, body: [{ type: "ExpressionStatement", start: 0, end: 1, expression: { type: "FutureExpression", start: 0, end: 1 } }, { type: "FutureStatement", start: 0, end: 1 }] };
  const module = lowerModule({ file: "a.ts", role: "project", language: "ts", text: "a", program: program as unknown as Program, comments: [] });
  expect(module.notes.map((note) => note.message)).toEqual(["`FutureExpression` is not understood", "`FutureStatement` is not understood"]);
  expect(module.functions[0]?.blocks[0]?.ops.map((op) => op.op)).toEqual(["opaque", "opaque"]);
});
