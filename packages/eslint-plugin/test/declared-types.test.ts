/** Which edits leave the types alone that other files see; where one is said to, TypeScript's own declarations of the file are the same before and after. */
import ts from "typescript";
import { parser } from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { type DeclaredTypes, declaredTypesOf, keepsTypes } from "../src/declared-types.ts";

function typesOf(text: string): DeclaredTypes {
  const { ast } = parser.parseForESLint(text);
  if (typeof ast !== "object" || ast === null) throw new Error("no tree");
  const types = declaredTypesOf(ast);
  if (types === null) throw new Error("no tokens");
  return types;
}

const keeps = (before: string, after: string, others: readonly string[] = []): boolean => keepsTypes(typesOf(before), typesOf(after), () => others);

/** What TypeScript declares of a file on its own. */
function declarations(text: string): string {
  return ts.transpileDeclaration(text, { compilerOptions: { strict: true, target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext } }).outputText;
}

/** A file that says every name of the texts below. */
const OTHER = "import { a, f, two, A, C, Ship } from './file.ts';";

const CLASS = (body: string, more = ""): string => `export class Ship {\n  x: number = 0;${more}\n  ${body}\n}\n`;

describe("an edit that no other file's types follow from", () => {
  it.each([
    ["the body of a function with a return type", "export function f(a: number): number { return a; }", "export function f(a: number): number { const b = a * 2; return b; }"],
    ["the body of a method that gives nothing back", CLASS("move() { this.x += 1; }"), CLASS("move() { if (this.x > 1) { this.x = 0; return; } }")],
    ["a method's inner function that gives something back", CLASS("move() { [1].forEach((each) => { this.x += each; }); }"), CLASS("move() { [1].map((each) => { return each * 2; }); }")],
    ["a constructor of a class whose fields are declared", CLASS("constructor(start: number) { this.x = start; }"), CLASS("constructor(start: number) { this.x = start * 2; }")],
    ["a setter", CLASS("set y(to: number) { this.x = to; }"), CLASS("set y(to: number) { this.x = to + 1; }")],
    ["an arrow with a return type", "export const f = (a: number): string => { return String(a); };", "export const f = (a: number): string => { return `${a}`; };"],
    ["an async declaration that gives nothing back", "export async function f() { await null; }", "export async function f() { await 1; }"],
    ["a comment and blank lines", "export const a = 1;", "\n// one\nexport const a = 1;\n"],
    ["an import that is used in bodies alone", "export function f(): void {}", "import { g } from './g.ts';\nexport function f(): void { g(); }"],
    ["one more name of an import", "import { g } from './g.ts';\nexport function f(): void { g(); }", "import { g, h } from './g.ts';\nexport function f(): void { g(); h(); }"],
    ["a constant of its own", "export function f(): number { return 1; }", "const one = 1;\nexport function f(): number { return one; }"],
  ])("%s", (_, before, after) => {
    expect(keeps(before, after, [OTHER])).toBe(true);
    expect(declarations(after)).toBe(declarations(before));
  });
});

describe("an edit that types may follow from", () => {
  it.each([
    ["the body of a function without a return type", "export function f(a: number) { return a; }", "export function f(a: number) { return String(a); }"],
    ["a method that gives something back now", CLASS("move() { this.x += 1; }"), CLASS("move() { return this.x; }")],
    ["a getter", CLASS("get y() { return this.x; }"), CLASS("get y() { return [this.x]; }")],
    ["a parameter's type", "export function f(a: number): void {}", "export function f(a: string): void {}"],
    ["a constructor of a class with a field that it gives its type", "export class A { x; constructor() { this.x = 1; } }", "export class A { x; constructor() { this.x = ''; } }"],
    ["an arrow without a return type", "export const f = () => { throw new Error(); };", "export const f = () => { };"],
    ["a generator", "export function* f() { yield 1; }", "export function* f() { yield ''; }"],
    ["an initial value", "export const a = 1;", "export const a = '';"],
    ["what a constant of its own is, on which an exported one rests", "const one = 1;\nexport const two = one;", "const one = '';\nexport const two = one;"],
    ["an import on which a declaration rests", "import { A } from './a.ts';\nexport declare const a: A;", "import { A } from './b.ts';\nexport declare const a: A;"],
    ["a class's base", "import { A, B } from './a.ts';\nexport class C extends A {}", "import { A, B } from './a.ts';\nexport class C extends B {}"],
    ["what a file gives on", "export {};", "export {};\nexport * from './a.ts';"],
    ["a declaration for all", "export {};", "export {};\ndeclare global { interface Array<T> { last: T } }"],
    ["an import for its effect", "export {};", "export {};\nimport './augment.ts';"],
    ["the order of overloads", "export function f(a: string): string;\nexport function f(a: unknown): number;\nexport function f(a: unknown): never { throw a; }", "export function f(a: unknown): number;\nexport function f(a: string): string;\nexport function f(a: unknown): never { throw a; }"],
    ["a script's constant, which all files see", "const a = 1;", "const a = 1;\nconst b = 2;"],
    ["a package that nobody imported", "export function f(): void {}", "import { g } from 'three';\nexport function f(): void { g(); }"],
    ["a reference", "export {};", "/// <reference types=\"node\" />\nexport {};"],
  ])("%s", (_, before, after) => { expect(keeps(before, after, [OTHER])).toBe(false); });
});

describe("a new export", () => {
  const [before, after] = ["export const a = 1;", "export const a = 1;\nexport const spare = 2;"];

  it.each([
    ["is seen by nobody who does not say its name", ["import { a } from './a.ts';"], true],
    ["is seen by who says it", ["import { spare } from './a.ts';"], false],
    ["is none of the names of an enum", ["enum Bay { Left }\nimport * as all from './a.ts';\nexport type Name = keyof typeof Bay;"], true],
    ["is one of all the names that a file has, by way of another file",  ["export * as all from './a.ts';", "import { all } from './all.ts';\nexport type Name = keyof typeof all;"], false],
    ["is one of all the names that a file has", ["import * as all from './a.ts';\nexport type Name = keyof typeof all;"], false],
  ])("%s", (_, others, expected) => {
    expect(keeps(before, after, others)).toBe(expected);
    expect(keeps(after, before, others)).toBe(expected);
  });

  it("of a package that others import too brings nothing new", () => {
    expect(keeps("export function f(): void {}", "import { g } from 'three';\nexport function f(): void { g(); }", ["import * as THREE from \"three\";"])).toBe(true);
  });
});
