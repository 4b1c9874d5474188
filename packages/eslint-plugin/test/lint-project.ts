/** Runs the real ESLint with the plugin over a folder, and puts what it says and what `fa` says into the same words, to be compared. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, posix, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@framealloc/analysis";
import plugin from "@framealloc/eslint-plugin";
import { ESLint, type Linter } from "eslint";
import tseslint from "typescript-eslint";
import { afterAll } from "vitest";
import { sourceText } from "../../fa-cli/src/source-text.ts";

/** One finding as text, `file:line:column-line:column message; help (code)`: equal texts are equal findings. */
export type Finding = string;

export interface LintRun {
  /** Sorted. */
  readonly findings: readonly Finding[];
  /** What ESLint said that is no finding of ours: syntax errors, failures. */
  readonly others: readonly string[];
}

/** Files that configurations of these tests apply to. */
const FILES = ["**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}"];

/** Everything that `fa` says. */
export const everything = plugin.configs.recommendedTypeChecked;

/** Types by TypeScript's project service, from the nearest tsconfig. */
export function typed(folder: string): Linter.Config {
  // Under `CI` the parser takes a run for its only one and serves old texts; an editor does not.
  return { files: FILES, languageOptions: { parser: tseslint.parser, parserOptions: { projectService: true, tsconfigRootDir: folder, disallowAutomaticSingleRunInference: true } } };
}

/** The parser of TypeScript without types. */
export const untyped: Linter.Config = { files: FILES, languageOptions: { parser: tseslint.parser } };

/** What ESLint itself parses: JavaScript. */
export const plain: Linter.Config[] = [{ files: ["**/*.{js,mjs,jsx}"] }, { files: ["**/*.cjs"], languageOptions: { sourceType: "commonjs" } }];

export function eslint(folder: string, ...config: Linter.Config[]): ESLint {
  return new ESLint({ cwd: folder, overrideConfigFile: true, overrideConfig: [...everything, ...config] });
}

export function readResults(folder: string, results: readonly ESLint.LintResult[]): LintRun {
  const findings: string[] = [];
  const others: string[] = [];
  for (const { filePath, messages } of results) {
    const file = relative(folder, filePath).split(sep).join(posix.sep);
    for (const { ruleId, fatal, line, column, endLine = line, endColumn = column, message } of messages) {
      const isFinding = fatal !== true && ruleId?.startsWith("framealloc/") === true && !message.endsWith("(FA901)");
      if (isFinding) findings.push(`${file}:${line}:${column}-${endLine}:${endColumn} ${message}`);
      else others.push(`${file}:${line}: ${message}`);
    }
  }
  return { findings: findings.sort(), others };
}

export async function lint(folder: string, patterns: readonly string[], ...config: Linter.Config[]): Promise<LintRun> {
  return readResults(folder, await eslint(folder, ...config).lintFiles([...patterns]));
}

/** Lints one text; `file` need not be there. */
export async function lintText(folder: string, file: string, text: string, ...config: Linter.Config[]): Promise<LintRun> {
  return readResults(folder, await eslint(folder, ...config).lintText(text, { filePath: join(folder, file) }));
}

/** What `fa` found, in the same words. */
export function fromFa(diagnostics: readonly Diagnostic[], textOf: (file: string) => string): Finding[] {
  return diagnostics
    .map(({ at, message, help, code }) => {
      const { positionAt } = sourceText(textOf(at.file));
      const start = positionAt(at.span.start);
      const end = positionAt(at.span.end);
      return `${at.file}:${start.line}:${start.column}-${end.line}:${end.column} ${message}${help === null ? "" : `; ${help}`} (${code})`;
    })
    .sort();
}

/** `file:line code` of a finding. */
export function placeAndCode(finding: Finding): string {
  const [, place = "", code = ""] = /^(.*?:\d+):.*\((FA\d{3})\)$/s.exec(finding) ?? [];
  return `${place} ${code}`;
}

/** `FA002` of a finding. */
export function codeOf(finding: Finding): string {
  return /\((FA\d{3})\)$/.exec(finding)?.[1] ?? "";
}

/** A folder with these files, gone after the tests of the file that asked. */
export function project(files: ReadonlyMap<string, string> | Readonly<Record<string, string>>): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), "framealloc-eslint-")));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
  for (const [file, text] of files instanceof Map ? files : Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  return folder;
}

/** A tsconfig for every file below its folder, with the runtime's types. */
export const TSCONFIG = JSON.stringify({
  compilerOptions: {
    target: "es2023", lib: ["ES2023", "ESNext.Disposable", "DOM"], types: [], module: "nodenext", moduleResolution: "nodenext", strict: true, allowJs: true, checkJs: false, noEmit: true,
    skipLibCheck: true, allowImportingTsExtensions: true, jsx: "preserve", paths: { "@framealloc/runtime": [fileURLToPath(new URL("../../runtime/src/index.ts", import.meta.url))] },
  },
});
