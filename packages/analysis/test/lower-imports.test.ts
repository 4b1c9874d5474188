/** What a module imports and exports, in every form. */
import { describe, expect, test } from "vitest";
import { scanImports } from "../src/source/scan-imports.ts";
import { lower, lowerUnchecked } from "./lower-text.ts";

function imports(text: string, file?: string): string[] {
  const module = lower(text, file);
  return module.imports.map(({ variable, specifier, imported, typeOnly, form }) => {
    const name = variable === null ? "-" : (module.variables[variable]?.name ?? "?");
    return `${name} = ${imported} of ${specifier} ${form}${typeOnly ? " type" : ""}`;
  });
}

function exports(text: string, file?: string): string[] {
  const module = lower(text, file);
  return module.exports.map((entry) => {
    switch (entry.kind) {
      case "local":
        return `${entry.name} = ${module.variables[entry.variable]?.name ?? "?"}`;
      case "value":
        return `${entry.name} = value`;
      case "from":
        return `${entry.name} = ${entry.imported} of ${entry.specifier}`;
      case "all":
        return `* of ${entry.specifier}`;
      case "type":
        return `type ${entry.name} = ${entry.type}`;
    }
  });
}

describe("imports", () => {
  test.each([
    ["import d, { a, b as c } from 'x';", ["d = default of x esm", "a = a of x esm", "c = b of x esm"]],
    ["import * as ns from 'x';", ["ns = * of x esm"]],
    ["import 'x';", ["- = * of x esm"]],
    ["import type { T } from 'x'; import { type U, v } from 'y';", ["T = T of x esm type", "U = U of y esm type", "v = v of y esm"]],
    ["import { 'a b' as c } from 'x';", ["c = a b of x esm"]],
    ["import x = require('y');", ["x = * of y require"]],
    ["const x = require('y');", ["x = * of y require"]],
    ["const { a, b: c, d = 1, ...e } = require('y');", ["a = a of y require", "c = b of y require", "d = d of y require", "e = * of y require"]],
    ["const A = require('y').B;", ["A = B of y require"]],
    ["use(require('y'));", ["- = * of y require"]],
    ["function require() {} require('y');", []],
    ["const ns = await import('x'); const { a } = await import('y');", ["ns = * of x dynamic", "a = a of y dynamic"]],
    ["const a = (await import('x')).b;", ["a = b of x dynamic"]],
    ["import('x').then(use);", ["- = * of x dynamic"]],
  ])("%s", (text, expected) => {
    expect(imports(text)).toEqual(expected);
  });

  test("of JSDoc", () => {
    expect(imports("/** @import { A, B as C } from 'x' */\n/** @type {C} */ let v;", "a.js")).toEqual(["A = A of x esm type", "C = B of x esm type"]);
  });
});

describe("exports", () => {
  test.each([
    ["export const a = 1, { b, c: [d] } = x;", ["a = a", "b = b", "d = d"]],
    ["export function f() {} export class C {}", ["f = f", "C = C"]],
    ["const a = 1; export { a as b, a as default };", ["b = a", "default = a"]],
    ["export { a, b as c } from 'x'; export * from 'y'; export * as z from 'w';", ["a = a of x", "c = b of x", "* of y", "z = * of w"]],
    ["export default class {}", ["default = value"]],
    ["export default function named() {}", ["default = named"]],
    ["const a = 1; export default a;", ["default = a"]],
    ["export default 1 + 1;", ["default = value"]],
    ["interface I {} type T = I; export { I, type T as U }; export interface J {}", ["type I = I", "type U = T", "type J = J"]],
    ["export default interface K {}", ["type default = K"]],
    ["export enum E { A }", ["E = E", "type E = E"]],
    ["import { a } from 'x'; export { a };", ["a = a"]],
    ["namespace N { export const hidden = 1; } export { N };", ["N = N"]],
    ["const a = 1; export = a;", ["= = a"]],
    ["exports.a = 1; const b = 2; module.exports.b = b;", ["a = value", "b = b"]],
    ["module.exports = { a: 1 };", ["= = value"]],
    ["class A {} module.exports = A;", ["= = A"]],
    ["function f(exports) { exports.a = 1; }", []],
    ["exports.a = void 0; exports.a = 1;", ["a = value"]],
    ["module.exports = require('x'); exports.y = require('y').z;", ["= = * of x", "y = z of y"]],
    ["__exportStar(require('x'), exports); tslib_1.__exportStar(require('y'), exports);", ["* of x", "* of y"]],
  ])("%s", (text, expected) => {
    expect(exports(text)).toEqual(expected);
  });

  test("types of doc comments", () => {
    expect(exports("/** @typedef {{ a: number }} Options */", "a.js")).toEqual(["type Options = Options"]);
  });
});

describe("the scan of a text", () => {
  const scanned = (text: string): string[] => scanImports(text).map((entry) => entry.specifier);

  test.each([
    ["import a from 'x'", ["x"]],
    ['import"x"', ["x"]],
    ["export*from'x'", ["x"]],
    ["export { a } from /* why */ // there\n 'x'", ["x"]],
    ["import(/* @vite-ignore */ `x`)", ["x"]],
    ["require( 'x' )", ["x"]],
    ["require?.('x')", ["x"]],
    ["let t: import('x').T", ["x"]],
    ["import a, { type b } from 'x'; import c = require('y')", ["x", "y"]],
    ["import x from 'x' with { type: 'json' }", ["x"]],
    ["await import.defer('x'); import . source('y')", ["x", "y"]],
    ["export { 'import' } from 'x'", ["} from ", "x"].slice(1)],
    ["const from = 'x'; unfrom('y'); important('z')", []],
    ["import(`x${y}`)", []],
  ])("%s", (text, expected) => {
    expect(scanned(text)).toEqual(expect.arrayContaining(expected));
    if (expected.length === 0) expect(scanned(text)).toEqual([]);
  });

  test("gives the place of the specifier", () => {
    const text = "import a from 'x'; require(\"yy\")";
    for (const { specifier, start } of scanImports(text)) expect(text.slice(start, start + specifier.length)).toBe(specifier);
  });

  test("finds whatever the lowering finds, in the breadth files and more", async () => {
    const { readFileSync, readdirSync } = await import("node:fs");
    const folders = ["breadth/", "../src/cfg/", "../src/source/", "../../../node_modules/three/examples/jsm/postprocessing/", "../../../node_modules/planck/src/dynamics/"];
    let count = 0;
    for (const folder of folders) {
      for (const file of readdirSync(new URL(folder, import.meta.url)).filter((name) => /\.[cm]?[jt]sx?$/.test(name))) {
        const text = readFileSync(new URL(folder + file, import.meta.url), "utf8");
        const module = lowerUnchecked(text, file);
        const found = new Set(scanned(text));
        const needed = [...module.imports.map((entry) => entry.specifier), ...module.exports.flatMap((entry) => ("specifier" in entry ? [entry.specifier] : []))];
        expect(needed.filter((specifier) => !found.has(specifier))).toEqual([]);
        count += needed.length;
      }
    }
    expect(count).toBeGreaterThan(300);
  });

  test("is linear in comments that never end", () => {
    const text = "from /*".repeat(20_000);
    const before = process.cpuUsage();
    expect(scanned(text)).toEqual([]);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
  });
});
