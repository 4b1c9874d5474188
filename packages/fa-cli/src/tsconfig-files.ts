/**
 * The files that a tsconfig names: `files`, `include`, `exclude`, `extends`, `references`, without loading TypeScript. What it cannot
 * do: `extends` of a package that is not installed is left out, and `allowJs` is taken as given.
 */
import { posix } from "node:path";
import { parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import type { Host } from "./host.ts";
import { pathMatcher } from "@framealloc/rules/configuration";
import { sourceText } from "./source-text.ts";
import { UsageError } from "./usage-error.ts";
import { isSourceFile } from "@framealloc/rules/codes";
import { type Walk, walkFolder } from "./walk-folder.ts";

interface Tsconfig {
  readonly files?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly extends?: string | readonly string[];
  readonly references?: readonly { readonly path: string }[];
  readonly compilerOptions?: { readonly outDir?: string; readonly declarationDir?: string };
}

/** Absolute paths in no order, those of referenced projects too. Throws a `UsageError` for a file that is no tsconfig. */
export function tsconfigFiles(host: Host, path: string, leaveOut: (path: string) => boolean): Pick<Walk, "files" | "unlisted"> {
  const files = new Set<string>();
  const unlisted: Walk["unlisted"] = [];
  const seen = new Set<string>();
  const visit = (config: string): void => {
    if (seen.has(config)) return;
    seen.add(config);
    const settings = readTsconfig(host, config, new Set());
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

/** Folders that a tsconfig says are built from the sources: absolute, none when there is no readable tsconfig. */
export function outputFolders(host: Host, path: string): string[] {
  if (host.kindOf(path) !== "file") return [];
  const { compilerOptions } = readTsconfig(host, path, new Set());
  const folder = posix.dirname(path);
  return [compilerOptions?.outDir, compilerOptions?.declarationDir]
    .filter((output): output is string => typeof output === "string")
    .map((output) => posix.resolve(folder, output))
    .filter((output) => output !== folder && !folder.startsWith(`${output}/`));
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

function configOfReference(host: Host, path: string): string {
  return host.kindOf(path) === "folder" ? posix.join(path, "tsconfig.json") : path;
}

function readTsconfig(host: Host, path: string, extending: Set<string>): Tsconfig {
  const source = host.read(path);
  const shown = posix.relative(host.cwd, path) || path;
  if (!source.ok) throw new UsageError(`tsconfig \`${shown}\` cannot be read: ${source.reason}`);
  const errors: ParseError[] = [];
  const own: unknown = parse(source.text, errors, { allowTrailingComma: true });
  const [fault] = errors;
  if (fault !== undefined) {
    const { line, column } = sourceText(source.text).positionAt(fault.offset);
    // `CloseBraceExpected` in words.
    const what = printParseErrorCode(fault.error).replace(/\B[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
    throw new UsageError(`tsconfig \`${shown}\` is not JSON: ${what}`, { place: `${shown}:${line}:${column}` });
  }
  if (typeof own !== "object" || own === null) throw new UsageError(`tsconfig \`${shown}\` does not hold an object`);
  const config: Tsconfig = own;
  extending.add(path);
  const bases = config.extends === undefined ? [] : typeof config.extends === "string" ? [config.extends] : config.extends;
  let inherited: Tsconfig = {};
  for (const base of bases) {
    const target = extendedConfig(host, path, base);
    if (target === null || extending.has(target)) continue;
    inherited = mergeTsconfig(inherited, rebase(readTsconfig(host, target, extending), posix.dirname(target), posix.dirname(path)));
  }
  return mergeTsconfig(inherited, config);
}

function extendedConfig(host: Host, path: string, base: string): string | null {
  const folder = posix.dirname(path);
  const isPath = base.startsWith(".") || base.startsWith("/");
  const target = isPath ? posix.resolve(folder, base) : host.resolveImport(path, base.endsWith(".json") ? base : `${base}/tsconfig.json`);
  if (target === null) return null;
  return [target, `${target}.json`].find((candidate) => host.kindOf(candidate) === "file") ?? null;
}

/** `references` are not inherited; everything else is, the nearer one winning. */
function mergeTsconfig(inherited: Tsconfig, own: Tsconfig): Tsconfig {
  const { references: _notInherited, ...base } = inherited;
  return { ...base, ...own, compilerOptions: { ...base.compilerOptions, ...own.compilerOptions } };
}

/** Inherited paths are relative to the file that holds them. */
function rebase(config: Tsconfig, from: string, to: string): Tsconfig {
  const move = (path: string): string => (path.startsWith("/") ? path : posix.relative(to, posix.join(from, path)));
  const { outDir, declarationDir } = config.compilerOptions ?? {};
  return {
    ...config,
    ...(config.files === undefined ? {} : { files: config.files.map(move) }),
    ...(config.include === undefined ? {} : { include: config.include.map(move) }),
    ...(config.exclude === undefined ? {} : { exclude: config.exclude.map(move) }),
    compilerOptions: { ...(outDir === undefined ? {} : { outDir: move(outDir) }), ...(declarationDir === undefined ? {} : { declarationDir: move(declarationDir) }) },
  };
}
