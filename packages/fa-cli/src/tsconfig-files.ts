/**
 * The files that a tsconfig names: `files`, `include`, `exclude`, `extends`, `references`, without loading TypeScript. What it cannot
 * do: `allowJs` is taken as given.
 */
import { posix } from "node:path";
import type { Host } from "./host.ts";
import { pathMatcher } from "@framealloc/rules/configuration";
import { configOfReference, readTsconfig, type Tsconfig } from "./read-tsconfig.ts";
import { isSourceFile } from "@framealloc/rules/codes";
import { type Walk, walkFolder } from "./walk-folder.ts";

/** Absolute paths in no order, those of referenced projects too. Throws a `UsageError` for a file that is no tsconfig. */
export function tsconfigFiles(host: Host, path: string, leaveOut: (path: string) => boolean): Pick<Walk, "files" | "unlisted"> {
  const files = new Set<string>();
  const unlisted: Walk["unlisted"] = [];
  const seen = new Set<string>();
  const visit = (config: string): void => {
    if (seen.has(config)) return;
    seen.add(config);
    const settings = readTsconfig(host, config);
    const folder = posix.dirname(config);
    for (const file of settings.files ?? []) files.add(posix.resolve(folder, file));
    const included = includedFiles(host, folder, settings, leaveOut);
    for (const file of included.files) files.add(file);
    unlisted.push(...included.unlisted);
    for (const reference of settings.references ?? []) visit(configOfReference(host, posix.resolve(folder, reference.path)));
  };
  visit(path);
  return { files: [...files].filter((file) => isSourceFile(file) && !leaveOut(file)), unlisted };
}

function includedFiles(host: Host, folder: string, settings: Tsconfig, leaveOut: (path: string) => boolean): Pick<Walk, "files" | "unlisted"> {
  const include = settings.include ?? (settings.files === undefined ? ["**/*"] : []);
  const { outDir, declarationDir } = settings.compilerOptions ?? {};
  const exclude = settings.exclude ?? [outDir, declarationDir].filter((output): output is string => typeof output === "string");
  const included = pathMatcher(include.map((pattern) => relativePattern(folder, pattern)));
  const excluded = pathMatcher(exclude.map((pattern) => relativePattern(folder, pattern)).filter((pattern) => pattern !== "**"));
  // A pattern may lead out of the folder (`../shared/**`): every folder that one begins in is walked.
  const bases = new Set(include.map((pattern) => posix.resolve(folder, pattern.replace(/\/?[^/]*[*?].*$/, ""))));
  const isIn = (path: string): string => posix.relative(folder, path);
  const walks = [...bases].map((base): Pick<Walk, "files" | "unlisted"> => {
    if (host.kindOf(base) === "file") return { files: [base], unlisted: [] };
    // A tsconfig may name a folder that is not there (yet).
    if (host.kindOf(base) === "none") return { files: [], unlisted: [] };
    const { files, unlisted } = walkFolder(host, base, (path) => leaveOut(path) || excluded(isIn(path)));
    return { files: files.filter((path) => included(isIn(path))), unlisted };
  });
  return { files: walks.flatMap(({ files }) => files), unlisted: walks.flatMap(({ unlisted }) => unlisted) };
}

/** TypeScript's patterns are relative to the tsconfig even without a slash. */
function relativePattern(folder: string, pattern: string): string {
  const relative = posix.relative(folder, posix.resolve(folder, pattern));
  return relative === "" ? "**" : relative.includes("/") ? relative : `/${relative}`;
}
