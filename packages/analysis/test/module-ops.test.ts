/** The lists and names of one pass over a module, beside what a plain walk over its operations finds. */
import { openTexts } from "@framealloc/fa-cli";
import { expect, test } from "vitest";
import { linkProgram } from "../src/index.ts";
import type { FunctionIR, ModuleIR, Op } from "../src/source/ir.ts";
import { moduleOps, namesMember } from "../src/source/module-ops.ts";

const TEXT = `
import { make } from "./make.js";
class Box {
  items = [];
  "two words" = make(() => 1);
  put(item) { this.items[this.items.length] = item; this.last = item; total = total + 1; return window.devicePixelRatio; }
}
class Small extends Box { constructor() { super(); this.size = { width: 1, height: new Box() }; } }
for (const each of [new Small()]) { each.put(import("./later.js")); shared = each; } /** @type {Box} */ (shared).put(1);
`;

const LISTED: ReadonlySet<Op["op"]> = new Set(["call", "new", "super-call", "set", "store", "store-global", "object", "function", "import", "cast"]);

function opsIn({ functions }: ModuleIR): { readonly fn: FunctionIR; readonly block: number; readonly op: Op }[] {
  return functions.flatMap((fn) => fn.blocks.flatMap((block) => block.ops.map((op) => ({ fn, block: block.id, op }))));
}

function moduleOf(text: string): ModuleIR {
  const [module] = linkProgram(openTexts(new Map([["box.js", text]])).input).modules;
  if (module === undefined) throw new Error("the text was not lowered");
  return module;
}

test("all operations of the listed kinds stand in their order", () => {
  const module = moduleOf(TEXT);
  const all = opsIn(module);
  const { listed, calls, sets } = moduleOps(module);
  expect(listed).toEqual(all.filter(({ op }) => LISTED.has(op.op)));
  expect(calls).toEqual(all.filter(({ op }) => op.op === "call"));
  expect(sets).toEqual(all.filter(({ op }) => op.op === "set"));
  expect(new Set(listed.map(({ op }) => op.op))).toEqual(LISTED);
});

test("the names are those that are read and set", () => {
  const module = moduleOf(TEXT);
  const { readKeys, setKeys, globals } = moduleOps(module);
  const all = opsIn(module).map(({ op }) => op);
  expect(readKeys).toEqual(new Set(all.flatMap((op) => (op.op === "get" && op.key !== null ? [op.key] : []))));
  expect(setKeys).toEqual(new Set(["last", "size"]));
  expect(globals).toEqual(new Set(all.flatMap((op) => (op.op === "global" ? [op.name] : []))));
  expect(["items", "last", "width"].map((key) => namesMember(module, key))).toEqual([true, true, false]);
});

test("fields are given what their initialisers return", () => {
  expect(moduleOps(moduleOf(TEXT)).fieldValues.map(({ fn }) => fn.name)).toEqual(["items", "two words"]);
});
