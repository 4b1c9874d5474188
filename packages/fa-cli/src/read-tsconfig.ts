/** Reads a tsconfig as far as it says where sources are and where they are built to, without loading TypeScript. `extends` of a package that is not installed is left out. */
import { posix } from "node:path";
import { findNodeAtLocation, parse, type ParseError, parseTree, printParseErrorCode } from "jsonc-parser";
import type { Host } from "./host.ts";
import { sourceText } from "./source-text.ts";
import { UsageError } from "./usage-error.ts";

export type TsconfigDisk = Pick<Host, "cwd" | "read" | "kindOf" | "resolveImport">;

export interface Tsconfig {
  readonly files?: readonly string[];
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  readonly extends?: string | readonly string[];
  readonly references?: readonly { readonly path: string }[];
  readonly compilerOptions?: TsconfigOptions;
}

export interface TsconfigOptions {
  readonly outDir?: string;
  readonly declarationDir?: string;
  readonly rootDir?: string;
  readonly baseUrl?: string;
  readonly paths?: Readonly<Record<string, readonly string[]>>;
}

/** The file that a reference means. */
export function configOfReference(host: TsconfigDisk, path: string): string {
  return host.kindOf(path) === "folder" ? posix.join(path, "tsconfig.json") : path;
}

/** With what it extends, all paths relative to its own folder; what is extended and not there is told to `missing`. Throws a `UsageError` for a file that is no tsconfig. */
export function readTsconfig(host: TsconfigDisk, path: string, missing: (base: string, from: string) => void = () => undefined): Tsconfig {
  const config = readWithBases(host, path, new Set(), missing);
  return rebase(config, (each) => each.replace(/^\$\{configDir\}(?=\/|$)/, "."));
}

const isText = (value: unknown): boolean => typeof value === "string";
const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** What is read of a tsconfig, and its form. */
const SHAPE: readonly (readonly [at: readonly string[], what: string, isFit: (value: unknown) => boolean])[] = [
  [["extends"], "a path or an array of them", (value) => isText(value) || isTexts(value)],
  ...["files", "include", "exclude"].map((key) => [[key], "an array of paths", isTexts] as const),
  [["references"], "an array of `{ \"path\": ... }`", (value) => Array.isArray(value) && value.every((each) => isTable(each) && isText(each["path"]))],
  [["compilerOptions"], "an object", isTable],
  ...["outDir", "declarationDir", "rootDir", "baseUrl"].map((key) => [["compilerOptions", key], "a path", isText] as const),
  [["compilerOptions", "paths"], "an object of arrays of paths", (value) => isTable(value) && Object.values(value).every(isTexts)],
];

function readWithBases(host: TsconfigDisk, path: string, extending: Set<string>, missing: (base: string, from: string) => void): Tsconfig {
  const source = host.read(path);
  const shown = posix.relative(host.cwd, path) || path;
  if (!source.ok) throw new UsageError(`tsconfig \`${shown}\` cannot be read: ${source.reason}`);
  const errors: ParseError[] = [];
  // As TypeScript reads it: a byte-order mark is none of the text, and nothing at all says nothing.
  const content = sourceText(source.text);
  const parsed: unknown = parse(content.text, errors, { allowTrailingComma: true, allowEmptyContent: true });
  const [fault] = errors;
  if (fault !== undefined) {
    const { line, column } = content.positionAt(fault.offset);
    // `CloseBraceExpected` in words.
    const what = printParseErrorCode(fault.error).replace(/\B[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
    throw new UsageError(`tsconfig \`${shown}\` is not JSON: ${what}`, { place: `${shown}:${line}:${column}` });
  }
  const own = parsed === undefined ? {} : parsed;
  if (typeof own !== "object" || own === null || Array.isArray(own)) throw new UsageError(`tsconfig \`${shown}\` does not hold an object`);
  for (const [at, what, isFit] of SHAPE) {
    const value = at.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? (inner as Readonly<Record<string, unknown>>)[key] : undefined), own);
    if (value === undefined || isFit(value)) continue;
    const tree = parseTree(content.text, [], { allowTrailingComma: true });
    const { line, column } = content.positionAt((tree === undefined ? undefined : findNodeAtLocation(tree, [...at]))?.offset ?? 0);
    throw new UsageError(`tsconfig \`${shown}\`: \`${at.join(".")}\` must be ${what}`, { place: `${shown}:${line}:${column}` });
  }
  // What is read of it has the shape that `SHAPE` says.
  const config = own as Tsconfig;
  extending.add(path);
  const bases = config.extends === undefined ? [] : typeof config.extends === "string" ? [config.extends] : config.extends;
  let inherited: Tsconfig = {};
  for (const base of bases) {
    const target = extendedConfig(host, path, base);
    if (target === null) missing(base, path);
    if (target === null || extending.has(target)) continue;
    inherited = mergeTsconfig(inherited, rebase(readWithBases(host, target, extending, missing), moved(posix.dirname(target), posix.dirname(path))));
  }
  return mergeTsconfig(inherited, config);
}

function extendedConfig(host: TsconfigDisk, path: string, base: string): string | null {
  const folder = posix.dirname(path);
  const isPath = base.startsWith(".") || base.startsWith("/");
  // Of a package without an ending either a file of it is meant, or what is in its folder.
  const target = isPath ? posix.resolve(folder, base) : base.endsWith(".json") ? host.resolveImport(path, base) : (host.resolveImport(path, `${base}.json`) ?? host.resolveImport(path, `${base}/tsconfig.json`));
  if (target === null) return null;
  return [target, `${target}.json`].find((candidate) => host.kindOf(candidate) === "file") ?? null;
}

/** `references` are not inherited; everything else is, the nearer one winning. */
function mergeTsconfig(inherited: Tsconfig, own: Tsconfig): Tsconfig {
  const { references: _notInherited, ...base } = inherited;
  return { ...base, ...own, compilerOptions: { ...base.compilerOptions, ...own.compilerOptions } };
}

/** Inherited paths are relative to the file that holds them, unless they name the folder of the one that inherits. */
function moved(from: string, to: string): (path: string) => string {
  return (path) => (path.startsWith("/") || path.startsWith("${configDir}") ? path : posix.relative(to, posix.join(from, path)) || ".");
}

function rebase(config: Tsconfig, move: (path: string) => string): Tsconfig {
  const { outDir, declarationDir, rootDir, baseUrl, paths, ...options } = config.compilerOptions ?? {};
  const folders = Object.entries({ outDir, declarationDir, rootDir, baseUrl }).flatMap(([name, folder]) => (typeof folder === "string" ? [[name, move(folder)] as const] : []));
  // With a base they are relative to that.
  const targets = paths === undefined || baseUrl !== undefined ? paths : Object.fromEntries(Object.entries(paths).map(([pattern, each]) => [pattern, each.map(move)]));
  return {
    ...config,
    ...(config.files === undefined ? {} : { files: config.files.map(move) }),
    ...(config.include === undefined ? {} : { include: config.include.map(move) }),
    ...(config.exclude === undefined ? {} : { exclude: config.exclude.map(move) }),
    compilerOptions: { ...options, ...Object.fromEntries(folders), ...(targets === undefined ? {} : { paths: targets }) },
  };
}
