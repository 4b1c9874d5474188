/** Programs of the same files that differ in what TypeScript complains of are one to the analysis; others are not. */
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { fileNames } from "../src/file-names.ts";
import { viewOf } from "../src/typed-program.ts";
import { project } from "./lint-project.ts";

const FILES = { "package.json": '{ "name": "game" }', "tsconfig.json": "{}", "src/tsconfig.json": "{}", "src/one.ts": "export const one = 1;\n" };
const folder = project(FILES);

/** Of a program of the one file, under a tsconfig of that path. */
function view(options: ts.CompilerOptions, config = "tsconfig.json"): string {
  const program = ts.createProgram([`${folder}/src/one.ts`], { ...options, configFilePath: `${folder}/${config}` });
  return viewOf(program, fileNames(folder));
}

describe("a program", () => {
  it("looks at its files as one that checks more, in a folder of its own", () => {
    expect(view({ strict: true, noImplicitReturns: true, outDir: "dist" }, "src/tsconfig.json")).toBe(view({}));
  });

  it.each<[string, ts.CompilerOptions]>([
    ["finds modules elsewhere", { paths: { "@/*": ["./src/*"] } }],
    ["resolves them in another way", { moduleResolution: ts.ModuleResolutionKind.Bundler, module: ts.ModuleKind.ESNext }],
    ["knows other types of the platform", { lib: ["lib.es2022.d.ts"] }],
    ["is a part of others", { composite: true }],
  ])("that %s is another one", (_, options) => {
    expect(view(options)).not.toBe(view({}));
  });
});
