/** What counts as having to do with a package: a filter that may let too much through, and nothing too little. */
import { expect, test } from "vitest";
import { packagesInSight } from "../src/facts/package-use.ts";
import type { TypeOracle } from "../src/source/type-oracle.ts";
import { type Files, TestProgram } from "./program-of.ts";

function sees(files: Files, oracle?: TypeOracle): boolean {
  return packagesInSight(new TestProgram(files, oracle).program)?.has("pixi.js") ?? true;
}

test.each<[string, Files]>([
  ["an import", { "a.ts": `import { Ticker } from "pixi.js";\nTicker.shared.add(() => {});` }],
  ["an import of a type alone", { "a.ts": `import type { Ticker } from "@pixi/ticker";\nexport const tick = (ticker: Ticker) => ticker.add(() => {});` }],
  ["an export from it", { "a.ts": `export { Ticker } from "pixi.js";`, "b.ts": `import { Ticker } from "./a";\nTicker.shared.add(() => {});` }],
  ["a dynamic import", { "a.ts": `export const make = async () => (await import("pixi.js")).Ticker.shared;` }],
  ["a call of require", { "a.cjs": `const { Ticker } = require("pixi.js");\nTicker.shared.add(() => {});` }],
  ["the global of its script", { "a.js": `PIXI.Ticker.shared.add(() => {});` }],
  ["the global of its script, as a member of the window", { "a.js": `window.PIXI.Ticker.shared.add(() => {});` }],
  ["a call of require inside an expression", { "a.cjs": `exports.run = (f) => require("pixi.js").Ticker.shared.add(f);` }],
  ["an import inside a type", { "a.ts": `export const tick = (tickers: readonly import("pixi.js").Ticker[]) => { tickers[0]?.add(() => {}); };` }],
  ["a comment's type", { "a.js": `/** @param {import("pixi.js").Ticker} ticker */\nexport const tick = (ticker) => { ticker.add(() => {}); };` }],
  ["a type of the global of its script", { "a.ts": `export function tick(ticker: PIXI.Ticker): void { ticker.add(() => {}); }` }],
  ["a cast", { "a.ts": `export function tick(ticker: unknown): void { (ticker as import("pixi.js").Ticker).add(() => {}); }` }],
  ["an import that is computed", { "a.ts": `export const load = async (name: string) => (await import(name)).Ticker.shared;` }],
  ["a module of its own", { "node_modules/pixi.js/lib/ticker.js": `export class Ticker { add() {} }` }],
])("%s", (_name, files) => {
  expect(sees(files)).toBe(true);
});

test("what a type checker says", () => {
  const resolve: TypeOracle["resolve"] = (questions) => questions.map(() => ({ name: "Ticker", file: null, package: "@pixi/ticker" }));
  expect(sees({ "a.ts": `import { made } from "wrapper";\nmade().add(() => {});` }, { resolve })).toBe(true);
  expect(sees({ "a.ts": `import { made } from "wrapper";\nmade().add(() => {});` })).toBe(false);
});

test("neither a name nor another package", () => {
  expect(sees({ "a.ts": `import { Ticker } from "./ticker";\nimport { Scene } from "three";\nexport const scene = new Scene();\nnew Ticker().add(() => {});`, "ticker.ts": `export class Ticker { add(run: () => void) { run(); } }` })).toBe(false);
});
