/**
 * The TypeScript program behind a linted file, as the analysis is to see it: which of its files are the project's, what they import, and which
 * of their texts is at hand. TypeScript itself is not imported: everything is asked of the program that the parser made.
 */
import { type Resolution, resolveAmong, type Resolve } from "@framealloc/analysis";
import type { ParserServices, ParserServicesWithTypeInformation } from "@typescript-eslint/utils";
import { posix } from "node:path";
import { type FileNames, isSourceName } from "./file-names.ts";
import { isAbsent, packageFolder, packageOfFolder, packageOfSpecifier } from "./package-names.ts";
import { isGone } from "./presence.ts";

export type TypeScriptProgram = ParserServicesWithTypeInformation["program"];
export type SourceFile = NonNullable<ReturnType<TypeScriptProgram["getSourceFile"]>>;

/** The program, when the parser was given types. Null as well for one of a single file that resolves no import: it knows no more than the file. */
export function typedProgramOf(services: Partial<ParserServices> | undefined): TypeScriptProgram | null {
  const program = services?.program ?? null;
  return program?.getCompilerOptions().noResolve === true ? null : program;
}

/**
 * False where callers may be elsewhere: in a program that TypeScript made up for a file that no tsconfig names (such a one never emits JavaScript), in
 * one that others refer to, and in that of a package of a workspace, which others may import.
 */
export function isWholeProgram(program: TypeScriptProgram, names: FileNames): boolean {
  const { configFilePath, noEmitForJsFiles, composite } = program.getCompilerOptions();
  if (typeof configFilePath !== "string" || noEmitForJsFiles === true || composite === true) return false;
  return packageFolder(posix.dirname(configFilePath)) === packageFolder(names.pathOf(""));
}

/** Options that say what TypeScript complains of and what it writes: of neither anybody here asks. `configFile` is the file's tree. */
const OF_NO_WEIGHT: ReadonlySet<string> = new Set([
  "configFile", "configFilePath", "strict", "strictNullChecks", "strictFunctionTypes", "strictBindCallApply", "strictPropertyInitialization", "strictBuiltinIteratorReturn", "alwaysStrict",
  "noImplicitAny", "noImplicitThis", "noImplicitReturns", "noImplicitOverride", "noFallthroughCasesInSwitch", "noUnusedLocals", "noUnusedParameters", "noUncheckedIndexedAccess",
  "noPropertyAccessFromIndexSignature", "noUncheckedSideEffectImports", "exactOptionalPropertyTypes", "useUnknownInCatchVariables", "allowUnreachableCode", "allowUnusedLabels",
  "outDir", "declaration", "declarationMap", "declarationDir", "sourceMap", "inlineSourceMap", "inlineSources", "removeComments", "incremental", "tsBuildInfoFile", "noEmit", "noEmitOnError",
]);

/**
 * How a program looks at its files, as a text: two of the same files and texts that do so alike are one to the analysis. A folder with a tsconfig of its own, which checks more strictly what the one above
 * it has as well, is linted in a program of its own. Null or undefined in a type, which is what the checks decide over, is no part of the oracle's answers.
 */
export function viewOf(program: TypeScriptProgram, names: FileNames): string {
  const options = Object.entries(program.getCompilerOptions()).filter(([name, value]) => !OF_NO_WEIGHT.has(name) && value !== undefined);
  return JSON.stringify([isWholeProgram(program, names), options.sort(([one], [other]) => (one < other ? -1 : 1))]);
}

/**
 * The program's files outside node_modules; declaration files are there to be imported. A package of the workspace that is linked into node_modules
 * is the project's, whatever way TypeScript found it.
 */
export function ownSources(program: TypeScriptProgram): readonly SourceFile[] {
  return program.getSourceFiles().filter((source) => !program.isSourceFileDefaultLibrary(source) && !source.fileName.includes("/node_modules/") && isSourceName(source.fileName));
}

/** By name, without those that are gone from the disk; the linted one may live on in an editor. */
export function filesThatAre(sources: readonly SourceFile[], names: FileNames, linted: string | null): ReadonlyMap<string, SourceFile> {
  const named = sources.map((source) => [names.nameOf(source.fileName), source] as const);
  return new Map(named.filter(([name, { fileName }]) => name === linted || !isGone(fileName)));
}

/** The text as every parser counts it: TypeScript keeps a byte-order mark that its host left in. */
export function textOf(source: SourceFile): string {
  return source.text.slice(markLengthOf(source));
}

export function markLengthOf(source: SourceFile): number {
  return source.text.charCodeAt(0) === 0xfeff ? 1 : 0;
}

/**
 * Answers with files of `files` alone: by relative path first, then as TypeScript does (`paths`, packages of the workspace, `imports`). An alias
 * of the tsconfig (`@/scene`) looks like a package and leads to a file of another one. `known` are answers that still hold; new ones are added.
 */
export function programResolver(program: TypeScriptProgram, names: FileNames, files: ReadonlyMap<string, SourceFile>, known: Resolutions): Resolve {
  const find = (fromFile: string, specifier: string): Resolution => {
    const file = resolveAmong((name) => files.has(name), fromFile, specifier) ?? resolvedByTypeScript(program, names, files, fromFile, specifier);
    const named = packageOfSpecifier(specifier);
    const isAlias = named !== null && file !== null && packageOfFolder(posix.dirname(names.pathOf(file))) !== named;
    const isAbsentPackage = file === null && isAbsent(posix.dirname(names.pathOf(fromFile)), specifier);
    return { file, package: isAlias ? null : named, ...(isAbsentPackage ? { absent: true } : {}) };
  };
  return (fromFile, specifier) => {
    let ofFile = known.get(fromFile);
    if (ofFile === undefined) known.set(fromFile, (ofFile = new Map()));
    let resolution = ofFile.get(specifier);
    if (resolution === undefined) ofFile.set(specifier, (resolution = find(fromFile, specifier)));
    return resolution;
  };
}

/** By file and specifier. */
export type Resolutions = Map<string, Map<string, Resolution>>;

/** What still holds after an edit of one file, the files being the same: what was not installed may be now. */
export function keptResolutions(known: Resolutions, edited: string): Resolutions {
  return new Map([...known].filter(([file, answers]) => file !== edited && ![...answers.values()].some(({ absent }) => absent === true)));
}

/** TypeScript keeps the specifiers of a file in a list that its types do not show. */
interface WithImports {
  readonly imports?: readonly (Parameters<Checker["getSymbolAtLocation"]>[0] & { readonly text: string })[];
}

type Checker = ReturnType<TypeScriptProgram["getTypeChecker"]>;

function resolvedByTypeScript(program: TypeScriptProgram, names: FileNames, files: ReadonlyMap<string, SourceFile>, fromFile: string, specifier: string): string | null {
  const { imports = [] } = (files.get(fromFile) ?? {}) as WithImports;
  const literal = imports.find(({ text }) => text === specifier);
  const [declaration] = literal === undefined ? [] : (program.getTypeChecker().getSymbolAtLocation(literal)?.declarations ?? []);
  const name = declaration === undefined ? null : names.nameOf(declaration.getSourceFile().fileName);
  return name !== null && files.has(name) ? name : null;
}
