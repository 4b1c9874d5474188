/** What counts as having to do with a package: a filter that may let too much through, and nothing too little. */
import { expect, test } from "vitest";
import { usesPackage } from "../src/facts/package-use.ts";
import { type Files, TestProgram } from "./program-of.ts";

const PIXI = new Set(["pixi.js"]);

test.each<[string, Files]>([
  ["an import", { "a.ts": `import { Ticker } from "pixi.js";\nTicker.shared.add(() => {});` }],
  ["an import of a type alone", { "a.ts": `import type { Ticker } from "@pixi/ticker";\nexport const tick = (ticker: Ticker) => ticker.add(() => {});` }],
  ["an export from it", { "a.ts": `export { Ticker } from "pixi.js";`, "b.ts": `import { Ticker } from "./a";\nTicker.shared.add(() => {});` }],
  ["a dynamic import", { "a.ts": `export const make = async () => (await import("pixi.js")).Ticker.shared;` }],
  ["a call of require", { "a.cjs": `const { Ticker } = require("pixi.js");\nTicker.shared.add(() => {});` }],
  ["the global of its script", { "a.js": `PIXI.Ticker.shared.add(() => {});` }],
  ["a module of its own", { "node_modules/pixi.js/lib/ticker.js": `export class Ticker { add() {} }` }],
])("%s", (_name, files) => {
  expect(usesPackage(new TestProgram(files).program, PIXI)).toBe(true);
});

test("neither a name nor another package", () => {
  expect(usesPackage(new TestProgram({ "a.ts": `import { Ticker } from "./ticker";\nimport { Scene } from "three";\nexport const scene = new Scene();\nnew Ticker().add(() => {});`, "ticker.ts": `export class Ticker { add(run: () => void) { run(); } }` }).program, PIXI)).toBe(false);
});
