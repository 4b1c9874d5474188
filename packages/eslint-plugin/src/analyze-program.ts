/**
 * The analysis of a whole TypeScript program: its files are lowered, each once a text, and linked as `fa` links them. Files below ESLint's folder
 * are the project's; what they import from outside it, and declaration files, are there to be linked against.
 */
import { analyze, DEFAULT_SETTINGS, type Diagnostic, type KeptAnswers, type KeptFacts, lowerModule, type ModuleIR, type ParsedModule, type Resolve, type RuleFailure } from "@framealloc/analysis";
import { checkerOracle } from "./checker-oracle.ts";
import type { Configuration } from "./configuration.ts";
import { type FileNames, isDeclarationName } from "./file-names.ts";
import { isWholeProgram, programResolver, type Resolutions, type SourceFile, textOf, type TypeScriptProgram } from "./typed-program.ts";

export interface ProgramFiles {
  readonly names: FileNames;
  readonly files: ReadonlyMap<string, SourceFile>;
  /** By name, those of `files`. */
  readonly texts: ReadonlyMap<string, string>;
  /** A file, parsed; null when it does not parse: it is then left out. */
  readonly parse: (name: string, role: ParsedModule["role"], text: string) => ParsedModule | null;
  /** What the checker said of the files before, and still does. */
  readonly kept: KeptAnswers;
  /** What is known of the program as it was before, and still holds; null where nothing is to be kept. */
  readonly facts: KeptFacts | null;
  /** Where imports lead, as far as it is known; the others are added. */
  readonly resolutions: Resolutions;
  /** The one file whose findings are wanted; null for all. */
  readonly only: string | null;
}

export interface ProgramFindings {
  /** In order of place. */
  readonly byFile: ReadonlyMap<string, readonly Diagnostic[]>;
  readonly failures: readonly RuleFailure[];
}

/** Cost: linear in the texts that changed since they were lowered last, then one analysis of all. */
export function analyzeProgram(program: TypeScriptProgram, { names, files, texts, parse, kept, facts, resolutions, only }: ProgramFiles, { settings: configured, rules, isWanted }: Configuration): ProgramFindings {
  const resolve = programResolver(program, names, files, resolutions);
  const runtimePackages = configured.runtimePackages ?? DEFAULT_SETTINGS.runtimePackages;
  const modules = linkedModules([...files.keys()].sort(), resolve, runtimePackages, (name) => loweredFile(names.pathOf(name), name, texts.get(name) ?? "", parse));
  const settings = { ...configured, wholeProgram: isWholeProgram(program, names) };
  // The linted text may be newer than the program, which then knows nothing of its places.
  const current = new Map([...files].filter(([name, source]) => texts.get(name) === textOf(source)));
  const { diagnostics, failures } = analyze({ modules, resolve, settings, oracle: { ...checkerOracle(program, names, current), kept }, ...(facts === null ? {} : { kept: facts }), ...(only === null ? {} : { only }) }, rules);
  return { byFile: groupByFile(diagnostics.filter(isWanted)), failures };
}

/** The project's own files, and what else of `names` they import; the runtime's API is known without its sources. */
function linkedModules(names: readonly string[], resolve: Resolve, runtimePackages: readonly string[], open: (name: string) => ModuleIR | null): ModuleIR[] {
  const queue = names.filter((name) => roleOf(name) === "project");
  const seen = new Set(queue);
  const modules: ModuleIR[] = [];
  for (const name of queue) {
    const module = open(name);
    if (module === null) continue;
    modules.push(module);
    for (const specifier of specifiersIn(module)) {
      const { file, package: package_ } = resolve(name, specifier);
      if (file === null || seen.has(file) || runtimePackages.includes(package_ ?? "")) continue;
      seen.add(file);
      queue.push(file);
    }
  }
  return modules;
}

function roleOf(name: string): ModuleIR["role"] {
  return isDeclarationName(name) || name.startsWith("../") ? "library" : "project";
}

/** Gone with the module. */
const specifiers = new WeakMap<ModuleIR, readonly string[]>();

function specifiersIn(module: ModuleIR): readonly string[] {
  let known = specifiers.get(module);
  if (known === undefined) {
    const all = [...module.imports, ...module.exports].flatMap((entry) => ("specifier" in entry ? [entry.specifier] : []));
    specifiers.set(module, (known = [...new Set(all)]));
  }
  return known;
}

/** Lowered files by absolute path, each kept while its name and text are the same. */
const lowered = new Map<string, { readonly name: string; readonly text: string; readonly module: ModuleIR | null }>();

/** What a text was lowered to last; null when that was another text, or nothing came of it. */
export function keptModule(path: string, text: string): ModuleIR | null {
  const known = lowered.get(path);
  return known?.text === text ? known.module : null;
}

/** Parsed and lowered as it was last, or now. */
export function loweredFile(path: string, name: string, text: string, parse: ProgramFiles["parse"]): ModuleIR | null {
  const known = lowered.get(path);
  if (known?.name === name && known.text === text) return known.module;
  const parsed = parse(name, roleOf(name), text);
  const module = parsed === null ? null : lowerModule(parsed);
  lowered.set(path, { name, text, module });
  return module;
}

function groupByFile(diagnostics: readonly Diagnostic[]): ReadonlyMap<string, readonly Diagnostic[]> {
  const groups = new Map<string, Diagnostic[]>();
  for (const diagnostic of diagnostics) {
    const group = groups.get(diagnostic.at.file);
    if (group === undefined) groups.set(diagnostic.at.file, [diagnostic]);
    else group.push(diagnostic);
  }
  return groups;
}
