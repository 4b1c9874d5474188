/** One lowering serves every host: the trees of oxc-parser, typescript-eslint and espree give the same module, to the last span. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Program } from "@oxc-project/types";
import { Linter } from "eslint";
import tseslint from "typescript-eslint";
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

/** The file as a rule of ESLint sees it, handed to the engine. */
function hosted(parsed: ParsedModule, parser: Linter.Parser | null): ParsedModule {
  const linter = new Linter();
  const parserOptions = { ecmaFeatures: { jsx: !/\.[cm]?ts$/.test(parsed.file) }, range: true, filePath: parsed.file };
  const problems = linter.verify(parsed.text, [{ files: ["**/*.{js,ts,tsx}"], languageOptions: { ecmaVersion: "latest", sourceType: "module", parserOptions, ...(parser === null ? {} : { parser }) } }], { filename: parsed.file.replace(/^.*\//, "") });
  expect(problems).toEqual([]);
  const { ast } = linter.getSourceCode();
  const comments = (ast.comments ?? []).map(({ type, value, range }): ParsedComment => ({ type: type === "Block" ? "Block" : "Line", value, start: range?.[0] ?? 0, end: range?.[1] ?? 0 }));
  // The hosts' trees are TS-ESTree by their documentation; their own types differ from oxc's in detail.
  return { ...parsed, program: ast as unknown as Program, comments };
}

function parse(file: string): ParsedModule {
  const { module } = parseModule(file, readFileSync(file, "utf8"), "project");
  if (module === null) throw new Error(`${file} was not parsed`);
  return module;
}

describe.each(FILES)("%s", (file) => {
  const parsed = parse(file);

  test("typescript-eslint", () => {
    const theirs = lowerModule(hosted(parsed, tseslint.parser));
    const ours = lowerModule(parsed);
    expect(printModule(theirs)).toBe(printModule(ours));
    expect(theirs).toEqual(ours);
  });

  // espree knows neither `using` nor types.
  test.runIf(/\.js$/.test(file) && !file.endsWith("statements.js"))("espree", () => {
    expect(lowerModule(hosted(parsed, null))).toEqual(lowerModule(parsed));
  });
});
