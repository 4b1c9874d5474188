/**
 * `npm run tidy`: what must hold of every file of the checkout and no compiler checks. The checks are in `tidy/`, one a file; each is a pure
 * function of texts, so that its test plants a fault in memory and sees it found.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isTestData } from "./tidy/areas.ts";
import { checkCodesBelong, checkCodesExist, knownCodes } from "./tidy/codes.ts";
import { checkExportedAny } from "./tidy/exported-any.ts";
import { checkFencedNames } from "./tidy/fenced-names.ts";
import { checkHeader } from "./tidy/headers.ts";
import { checkImports } from "./tidy/import-directions.ts";
import { checkLengths } from "./tidy/lengths.ts";
import { checkClassNames, checkPath, checkWords } from "./tidy/names.ts";
import { isSource, readSource, type SourceText, type TidyFault } from "./tidy/source-text.ts";
import { walkFiles } from "./walk-files.mjs";

/** Everything that is wrong with the files, by path and line. `files` holds texts by path from the root: sources, Markdown, manifests. */
export function tidy(files: ReadonlyMap<string, string>): TidyFault[] {
  const known = knownCodes(files.keys());
  const prose = [...files].filter(([path]) => isSource(path) || path.endsWith(".md"));
  const sources = prose.filter(([path]) => isSource(path) && !isTestData(path)).map(([path, text]) => readSource(path, text));
  const faults = [
    ...prose.flatMap(([path, text]) => [...checkCodesExist(path, text, known), ...checkWords(path, text)]),
    ...sources.flatMap(checkSource),
    ...checkImports(sources, files),
  ];
  return faults.sort((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
}

function checkSource(file: SourceText): TidyFault[] {
  return [checkHeader, checkLengths, checkClassNames, checkCodesBelong, checkFencedNames, checkExportedAny].flatMap((check) => check(file)).concat(checkPath(file.path));
}

/** The files of the checkout that tidy reads. */
export function readCheckout(root: string): Map<string, string> {
  const paths = walkFiles(root).filter((path) => isSource(path) || /\.md$|(^|\/)package\.json$/.test(path));
  return new Map(paths.map((path) => [path, readFileSync(join(root, path), "utf8")]));
}

function main(root: string): void {
  const faults = tidy(readCheckout(root));
  for (const { path, line, message } of faults) console.error(`${path}:${line}: ${message}`);
  if (faults.length > 0) process.exitCode = 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(fileURLToPath(new URL("..", import.meta.url)));
