/** What the checker answers through the oracle, over a program of TypeScript made in memory, and what of the program is the project's. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { checkerOracle } from "../src/checker-oracle.ts";
import { fileNames } from "../src/file-names.ts";
import { filesThatAre, ownSources, programResolver, textOf } from "../src/typed-program.ts";

const FILES: Readonly<Record<string, string>> = {
  "/game/src/main.ts": `import { Enemy } from "./enemy"; import { store } from "hooks"; import * as fs from "node:fs";
declare const one: Enemy | null; one;
declare const both: Enemy | Map<string, number>; both;
const table = new Map([["a", 1]]); table;
function hit<T extends Enemy>(target: T) { target; }
const hook = store((state) => state.camera); hook;
declare const shape: { readonly x: number }; shape;
const kind = Enemy; kind;
`,
  "/game/src/enemy.ts": "export class Enemy { hp = 1; }",
  "/game/src/marked.ts": `\u{feff}import { Enemy } from "@/enemy"; const found = new Enemy(); found;`,
  "/game/node_modules/hooks/index.d.ts": `import type { Camera } from "three"; export declare function store<R>(pick: (state: { camera: Camera }) => R): R;`,
  "/game/node_modules/@types/three/index.d.ts": "export declare class Camera { fov: number }",
};

const options: ts.CompilerOptions = { strict: true, types: [], target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, paths: { "@/*": ["/game/src/*"] } };
const host = ts.createCompilerHost(options);
const disk = host.getSourceFile.bind(host);
host.getSourceFile = (name, ...rest) => (FILES[name] === undefined ? disk(name, ...rest) : ts.createSourceFile(name, FILES[name], ts.ScriptTarget.ES2022, true));
host.fileExists = (name) => FILES[name] !== undefined || ts.sys.fileExists(name);
host.directoryExists = (name) => Object.keys(FILES).some((file) => file.startsWith(`${name}/`)) || ts.sys.directoryExists(name);
const program = ts.createProgram({ rootNames: ["/game/src/main.ts", "/game/src/marked.ts"], options, host });

const names = fileNames("/game");
const files = filesThatAre(ownSources(program), names, null);
const oracle = checkerOracle(program, names, files);

/** The last mention of a name in a file, without its byte-order mark. */
function mention(file: string, name: string) {
  const text = (FILES[`/game/${file}`] ?? "").replace(/^\u{feff}/u, "");
  const start = text.lastIndexOf(`${name};`);
  return { file, span: { start, end: start + name.length } };
}

describe("the oracle", () => {
  const ask = (file: string, name: string) => oracle.resolve([mention(file, name)])[0];
  const enemy = { name: "Enemy", file: "src/enemy.ts", package: null };

  it("names the class or interface of a value", () => {
    expect(ask("src/main.ts", "one")).toEqual(enemy);
    expect(ask("src/main.ts", "target")).toEqual(enemy);
    expect(ask("src/main.ts", "table")).toEqual({ name: "Map", file: null, package: "global" });
    expect(ask("src/main.ts", "hook")).toEqual({ name: "Camera", file: null, package: "three" });
  });

  it("has no answer where there is no one name", () => {
    expect(ask("src/main.ts", "both")).toBeUndefined();
    expect(ask("src/main.ts", "shape")).toBeUndefined();
    expect(ask("src/main.ts", "kind")).toBeUndefined();
    expect(oracle.resolve([{ file: "src/gone.ts", span: { start: 0, end: 1 } }, { file: "src/main.ts", span: { start: 1, end: 3 } }])).toEqual([undefined, undefined]);
  });

  it("counts from after a byte-order mark that TypeScript's host left in", () => {
    expect(ask("src/marked.ts", "found")).toEqual(enemy);
    const marked = files.get("src/marked.ts");
    expect(marked === undefined ? "" : textOf(marked)).toMatch(/^import/);
  });
});

describe("the program", () => {
  it("is its files outside node_modules and TypeScript's own", () => {
    expect([...files.keys()].sort()).toEqual(["src/enemy.ts", "src/main.ts", "src/marked.ts"]);
  });

  it("leads imports to them: relative ones, and as TypeScript does", () => {
    const resolve = programResolver(program, names, files, new Map());
    expect(resolve("src/main.ts", "./enemy")).toEqual({ file: "src/enemy.ts", package: null });
    expect(resolve("src/marked.ts", "@/enemy")).toEqual({ file: "src/enemy.ts", package: null });
    // It is there in memory alone, and not on the disk, where packages are looked for.
    expect(resolve("src/main.ts", "hooks")).toEqual({ file: null, package: "hooks", absent: true });
    expect(resolve("src/main.ts", "node:fs")).toEqual({ file: null, package: "node:fs" });
    expect(resolve("src/main.ts", "./gone")).toEqual({ file: null, package: null });
  });
});
