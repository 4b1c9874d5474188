/** Deep and large sources: no stack overflow. That the time is in proportion is counted in `growth.test.ts`. */
import type { Program } from "@oxc-project/types";
import { describe, expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { checkModule } from "../src/cfg/check.ts";
import type { ModuleIR } from "../src/source/ir.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import { lower, lowerUnchecked } from "./lower-text.ts";

const LEVELS = 10_000;
const repeat = (text: string): string => text.repeat(LEVELS);

/** Past where nesting is noted. */
const CHECKED_LEVELS = 400;

/** The text at ten thousand levels; what it becomes at fewer is held to the invariants of the IR. */
function lowerDeep(make: (repeat: (text: string) => string) => string): ModuleIR {
  lower(make((text) => text.repeat(CHECKED_LEVELS)));
  return lowerUnchecked(make(repeat));
}

type Make = (repeat: (text: string) => string) => string;

describe("chains are lowered whole at ten thousand links", () => {
  test.each<[string, Make]>([
    ["binary", (repeat) => `x = ${repeat("a + ")}b;`],
    ["and", (repeat) => `x = ${repeat("a && ")}b;`],
    ["coalesce", (repeat) => `x = ${repeat("a ?? ")}b;`],
    ["condition", (repeat) => `if (${repeat("a || ")}b) c();`],
    ["member", (repeat) => `x = a${repeat(".b")};`],
    ["call", (repeat) => `a${repeat("()")};`],
    ["optional", (repeat) => `x = a${repeat("?.b()")};`],
    ["non-null", (repeat) => `x = a${repeat("!.b")};`],
    ["else if", (repeat) => `if (a) b();${repeat(" else if (a) c();")}`],
    ["conditional", (repeat) => `x = ${repeat("a ? b : ")}c;`],
    ["sequence", (repeat) => `x = (${repeat("a, ")}b);`],
    ["arrows", (repeat) => `x = ${repeat("a => ")}b;`],
    ["statements", (repeat) => repeat("a(); ")],
    ["labels", (repeat) => `${repeat("l").replace(/l/g, (_, index: number) => `l${index}:`)} a();`],
    ["array type", (repeat) => `let a: A${repeat("[]")};`],
  ])("%s", (_name, make) => {
    expect(lowerDeep(make).notes).toEqual([]);
  });
});

describe("other nesting is noted", () => {
  test.each<[string, Make]>([
    ["blocks", (repeat) => `${repeat("{")}${repeat("}")}`],
    ["not", (repeat) => `x = ${repeat("!")}a;`],
    ["loops", (repeat) => `${repeat("for (;;) ")};`],
    ["tries", (repeat) => `${repeat("try {")}${repeat("} finally {}")}`],
    ["finallies", (repeat) => `${repeat("try {} finally {")}${repeat("}")}`],
    ["power", (repeat) => `x = ${repeat("a ** ")}b;`],
    ["assignments", (repeat) => `${repeat("a = ")}b;`],
    ["pattern", (repeat) => `let ${repeat("[")}a${repeat("]")} = x;`],
    ["switches", (repeat) => `${repeat("switch (a) { case 1:")}${repeat("}")}`],
    ["casts", (repeat) => `x = a${repeat(" as A")};`],
  ])("%s", (_name, make) => {
    const module = lowerDeep(make);
    expect(module.notes.length).toBeGreaterThan(0);
    expect(module.functions[0]?.opaque).toBe(false);
  });

  test("a function that nests too deep is opaque, what surrounds it is not", () => {
    const module = lowerUnchecked(`function deep() { ${repeat("{")}${repeat("}")} } function shallow() { return 1; }`);
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

test("five megabytes are lowered whole", () => {
  const unit = (index: number): string => `export function f${index}(a, b) { let sum = 0; for (const x of a) { if (x.y && x.z > b) sum += x.w(a[${index}], { k: b, m() { return sum; } }); } return sum ?? b?.c; }\n`;
  let text = "";
  for (let index = 0; text.length < 5_000_000; index++) text += unit(index);
  const { module: parsed } = parseModule("big.js", text, "project");
  if (parsed === null) throw new Error("not parsed");
  const module = lowerModule(parsed);
  // Two each, and the module itself.
  expect(module.functions).toHaveLength(1 + 2 * (text.match(/^export function /gm)?.length ?? NaN));
  expect(module.notes).toEqual([]);
});

test("an unknown node is an opaque operation and a note", () => {
  const program = { type: "Program", sourceType: "module", hashbang: null, start: 0, end: 1, body: [{ type: "ExpressionStatement", start: 0, end: 1, expression: { type: "FutureExpression", start: 0, end: 1 } }, { type: "FutureStatement", start: 0, end: 1 }] };
  const module = lowerModule({ file: "a.ts", role: "project", language: "ts", text: "a", program: program as unknown as Program, comments: [] });
  expect(module.notes.map((note) => note.message)).toEqual(["`FutureExpression` is not understood", "`FutureStatement` is not understood"]);
  expect(module.functions[0]?.blocks[0]?.ops.map((op) => op.op)).toEqual(["opaque", "opaque"]);
});
