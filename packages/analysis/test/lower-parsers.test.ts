/** One lowering serves every host: the trees of oxc-parser, typescript-eslint and espree give the same module, to the last span. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as typescriptEslint from "@typescript-eslint/parser";
import type { Program } from "@oxc-project/types";
import * as espree from "espree";
import { describe, expect, test } from "vitest";
import { parseModule } from "../../fa-cli/src/parse.ts";
import { printModule } from "../src/cfg/print.ts";
import { lowerModule } from "../src/source/lower-module.ts";
import type { ParsedComment, ParsedModule } from "../src/source/parsed-module.ts";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

const FILES = [
  path("breadth/statements.js"),
  path("breadth/expressions.js"),
  path("breadth/classes.js"),
  path("breadth/typescript.ts"),
  path("breadth/elements.tsx"),
  path("breadth/declarations.d.ts"),
  path("../src/cfg/exits.ts"),
  path("../../../node_modules/three/src/math/Matrix4.js"),
  path("../../../node_modules/three/src/loaders/ObjectLoader.js"),
  path("../../../node_modules/planck/src/dynamics/World.ts"),
  path("../../../node_modules/typescript/lib/lib.es5.d.ts"),
];

interface HostComment {
  readonly type: string;
  readonly value: string;
  readonly range?: readonly [number, number];
}

/** As the ESLint plugin hands a file to the engine. */
function hosted(parsed: ParsedModule, program: unknown, comments: readonly HostComment[]): ParsedModule {
  const read = comments.map(({ type, value, range }): ParsedComment => ({ type: type === "Block" ? "Block" : "Line", value, start: range?.[0] ?? 0, end: range?.[1] ?? 0 }));
  // The hosts' trees are TS-ESTree by their documentation; their own types differ from oxc's in detail.
  return { ...parsed, program: program as Program, comments: read };
}

function parse(file: string): ParsedModule {
  const { module } = parseModule(file, readFileSync(file, "utf8"), "project");
  if (module === null) throw new Error(`${file} was not parsed`);
  return module;
}

describe.each(FILES)("%s", (file) => {
  const parsed = parse(file);

  test("typescript-eslint", () => {
    const { ast } = typescriptEslint.parseForESLint(parsed.text, { range: true, sourceType: "module", filePath: file, ecmaFeatures: { jsx: !file.endsWith(".ts") } });
    const theirs = lowerModule(hosted(parsed, ast, ast.comments ?? []));
    const ours = lowerModule(parsed);
    expect(printModule(theirs)).toBe(printModule(ours));
    expect(theirs).toEqual(ours);
  });

  // espree does not know `using`.
  test.runIf(/\.js$/.test(file) && !file.endsWith("statements.js"))("espree", () => {
    const ast = espree.parse(parsed.text, { range: true, comment: true, ecmaVersion: "latest", sourceType: "module", ecmaFeatures: { jsx: true } });
    const theirs = lowerModule(hosted(parsed, ast, ast.comments ?? []));
    expect(theirs).toEqual(lowerModule(parsed));
  });
});
