/**
 * The TypeScript that documentation shows, as programs to be type-checked: the `ts` and `tsx` blocks of Markdown files, and the examples of rules. Each is a
 * module of its own, against the sources of the packages.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Rule } from "@framealloc/analysis";
import ts from "typescript";
import { exampleFiles } from "./rule-page.ts";
import { isTestData } from "./tidy/areas.ts";
import { walkFiles } from "./walk-files.mjs";

export interface DocumentedProgram {
  /** Where it is shown: `README.md:12`, `FA002 bad`. */
  readonly place: string;
  readonly text: string;
  readonly jsx: boolean;
  /** A file of a program of several: the program's folder, and the path in it. */
  readonly file?: { readonly folder: string; readonly path: string };
}

/** The `ts` and `tsx` blocks of the checkout's Markdown; generated pages show the rules' own examples and are left out. */
export function documentedBlocks(root: string): DocumentedProgram[] {
  const pages = walkFiles(root).filter((path) => path.endsWith(".md") && !path.startsWith("docs/rules/") && !isTestData(path));
  return pages.flatMap((path) => blocksOf(path, readFileSync(join(root, path), "utf8")));
}

/** The blocks of one page. */
export function blocksOf(path: string, text: string): DocumentedProgram[] {
  return [...text.matchAll(/^```(tsx?)\n([^]*?)^```$/gm)].map((match) => ({
    place: `${path}:${text.slice(0, match.index).split("\n").length}`,
    text: match[2] ?? "",
    jsx: match[1] === "tsx",
  }));
}

/** The good and the bad example of each rule, a file of one at a time. */
export function ruleExamples(rules: readonly Rule[]): DocumentedProgram[] {
  return rules.flatMap(({ code, docs }) => (["bad", "good"] as const).flatMap((which) => {
    const folder = `${code}-${which}`;
    return [...exampleFiles(docs[which])].map(([path, text]) => ({ place: `${code} ${which}`, text, jsx: path.endsWith(".tsx"), file: { folder, path } }));
  }));
}

/** Type errors of the programs, as `place: line: message`. Packages that are not installed here are taken for `any`. */
export function typeErrors(root: string, programs: readonly DocumentedProgram[]): string[] {
  const options = compilerOptions(root);
  const byFile = new Map(programs.map((program, index) => [pathOf(root, program, index), program]));
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, directoryExists } = host;
  host.fileExists = (path) => byFile.has(path) || fileExists(path);
  host.directoryExists = (path) => [...byFile.keys()].some((file) => file.startsWith(`${path}/`)) || directoryExists?.(path) === true;
  host.getSourceFile = (path, settings, ...rest) => {
    const program = byFile.get(path);
    return program === undefined ? getSourceFile(path, settings, ...rest) : ts.createSourceFile(path, program.text, settings, true);
  };
  const program = ts.createProgram([...byFile.keys()], options, host);
  return [...byFile].flatMap(([path, { place }]) => {
    const file = program.getSourceFile(path);
    if (file === undefined) return [`${place}: not read`];
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)]
      .filter(({ code, messageText }) => !isMissingPackage(code, ts.flattenDiagnosticMessageText(messageText, " ")))
      .map(({ start, messageText }) => `${place}: ${file.getLineAndCharacterOfPosition(start ?? 0).line + 1}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`);
  });
}

function pathOf(root: string, { jsx, file }: DocumentedProgram, index: number): string {
  return file === undefined ? join(root, "docs", `program-${index}.${jsx ? "tsx" : "ts"}`) : join(root, "docs", file.folder, file.path);
}

function compilerOptions(root: string): ts.CompilerOptions {
  const path = join(root, "tsconfig.base.json");
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { readonly config: { readonly compilerOptions: object } };
  const { options } = ts.convertCompilerOptionsFromJson({ ...config.compilerOptions, types: ["node"], lib: ["ES2023", "ESNext.Disposable", "DOM"], jsx: "preserve" }, root);
  return { ...options, noUnusedLocals: false, noUnusedParameters: false, isolatedModules: false, moduleDetection: ts.ModuleDetectionKind.Force, configFilePath: path };
}

/** Cannot find a module, or a declaration of it, that is no package of ours and no file. */
function isMissingPackage(code: number, message: string): boolean {
  const name = /'([^']+)'/.exec(message)?.[1] ?? "";
  return (code === 2307 || code === 2882 || code === 7016) && !name.startsWith("@framealloc/") && !name.startsWith(".");
}
