/**
 * One analysis a file text, shared by all rules. With type information the whole TypeScript program is analysed, so that findings which need
 * other files are the ones `fa` has; its other files are parsed by the parser that ESLint itself was given, once each text. Without it
 * the file stands alone, and what only its callers could tell is not said.
 *
 * Invariants
 *   I1  the rules of a file text share one analysis, and files of one program share it while no text of the program changes
 *   I2  nothing here throws on a program: what fails is a failure of the rules that need it
 */
import { analyze, type Diagnostic, lowerModule, type ModuleIR, type Resolve, type RuleFailure } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import type { TSESLint } from "@typescript-eslint/utils";
import { posix } from "node:path";
import { checkerOracle } from "./checker-oracle.ts";
import { type FileNames, fileNames, isDeclarationName } from "./file-names.ts";
import { analyzeLoneFile } from "./lone-file.ts";
import { isInstalled, packageOfSpecifier } from "./package-names.ts";
import { parsedModule, parseFile } from "./parsed-file.ts";
import { isWholeProgram, ownFilesOf, programResolver, type SourceFile, textOf, typedProgramOf, type TypeScriptProgram } from "./typed-program.ts";

type AnyContext = Readonly<TSESLint.RuleContext<string, readonly unknown[]>>;

/** What the analysis says of one file. */
export interface FileAnalysis {
  /** In order of place. */
  readonly diagnostics: readonly Diagnostic[];
  readonly failures: readonly RuleFailure[];
}

/** By the tree that ESLint made of a file text; gone with it. */
const byTree = new WeakMap<object, FileAnalysis>();

/**
 * The findings in the linted file. The first rule that asks pays for the analysis. Never throws: if the analysis fails as a whole, the rule
 * that asked, `code`, is said to have failed, and the others find nothing.
 */
export function analysisOf(context: AnyContext, code: string): FileAnalysis {
  const { ast } = context.sourceCode;
  const known = byTree.get(ast);
  if (known !== undefined) return known;
  const analysis = analyzeFile(context, code);
  byTree.set(ast, analysis);
  return analysis;
}

function analyzeFile(context: AnyContext, code: string): FileAnalysis {
  try {
    const program = typedProgramOf(context.sourceCode.parserServices);
    return (program === null ? null : analyzeInProgram(context, program)) ?? analyzeAlone(context);
  } catch (error) {
    return { diagnostics: [], failures: [{ code, error }] };
  }
}

function analyzeAlone({ cwd, filename, sourceCode }: AnyContext): FileAnalysis {
  const names = fileNames(cwd);
  const name = names.nameOf(filename);
  const module = lowerModule(parsedModule(name, "project", sourceCode.text, sourceCode.ast));
  const folder = posix.dirname(names.pathOf(name));
  return analyzeLoneFile(module, CATALOGUE, packageOfSpecifier, (specifier) => !isInstalled(folder, specifier));
}

/** The last whole program that was analysed: the next file of it finds its answer here. */
let latest: ProgramAnalysis | null = null;

interface ProgramAnalysis {
  readonly folder: string;
  readonly config: unknown;
  readonly texts: ReadonlyMap<string, string>;
  readonly byFile: ReadonlyMap<string, readonly Diagnostic[]>;
  readonly failures: readonly RuleFailure[];
}

/** Null for a file that is none of the program's own. */
function analyzeInProgram(context: AnyContext, program: TypeScriptProgram): FileAnalysis | null {
  const names = fileNames(context.cwd);
  const files = ownFilesOf(program, names);
  const own = ownName(context, names);
  if (!files.has(own)) return null;
  const { text, ast } = context.sourceCode;
  const texts = new Map([...files].map(([name, source]) => [name, name === own ? text : textOf(source)]));
  const config = program.getCompilerOptions()["configFilePath"];
  if (latest === null || latest.folder !== context.cwd || latest.config !== config || !sameTexts(latest.texts, texts)) {
    const treeOf = (name: string): object | null => (name === own ? ast : parseFile(context.languageOptions, names.pathOf(name), texts.get(name) ?? ""));
    latest = { folder: context.cwd, config, texts, ...analyzeProgram(program, { names, files, texts, treeOf }) };
  }
  return { diagnostics: latest.byFile.get(own) ?? [], failures: latest.failures };
}

/** TypeScript may know the linted file by another path than ESLint: through a link, or in other letters. */
function ownName({ sourceCode, filename }: AnyContext, names: FileNames): string {
  const source = sourceCode.parserServices?.esTreeNodeToTSNodeMap?.get(sourceCode.ast);
  return names.nameOf(source?.fileName ?? filename);
}

function sameTexts(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  return before.size === now.size && [...now].every(([name, text]) => before.get(name) === text);
}

interface ProgramTexts {
  readonly names: FileNames;
  readonly files: ReadonlyMap<string, SourceFile>;
  /** By name, those of `files`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Null for a text that does not parse. */
  readonly treeOf: (name: string) => object | null;
}

function analyzeProgram(program: TypeScriptProgram, { names, files, texts, treeOf }: ProgramTexts): Pick<ProgramAnalysis, "byFile" | "failures"> {
  const resolve = programResolver(program, names, files);
  const modules = linkedModules([...files.keys()].sort(), resolve, (name) => loweredFile(names.pathOf(name), name, texts.get(name) ?? "", treeOf));
  const settings = { wholeProgram: isWholeProgram(program) };
  const { diagnostics, failures } = analyze({ modules, resolve, settings, oracle: checkerOracle(program, names, files) }, CATALOGUE);
  return { byFile: groupByFile(diagnostics), failures };
}

/** The project's own files, and the declaration files among `names` that they import. */
function linkedModules(names: readonly string[], resolve: Resolve, open: (name: string) => ModuleIR | null): ModuleIR[] {
  const queue = names.filter((name) => !isDeclarationName(name));
  const seen = new Set(queue);
  const modules: ModuleIR[] = [];
  for (const name of queue) {
    const module = open(name);
    if (module === null) continue;
    modules.push(module);
    for (const specifier of specifiersOf(module)) {
      const { file } = resolve(name, specifier);
      if (file === null || seen.has(file)) continue;
      seen.add(file);
      queue.push(file);
    }
  }
  return modules;
}

function specifiersOf(module: ModuleIR): Set<string> {
  const exported = module.exports.flatMap((entry) => (entry.kind === "from" || entry.kind === "all" ? [entry.specifier] : []));
  return new Set([...module.imports.map((entry) => entry.specifier), ...exported]);
}

/** Lowered files by absolute path, each kept while its name and text are the same. */
const lowered = new Map<string, { readonly name: string; readonly text: string; readonly module: ModuleIR | null }>();

function loweredFile(path: string, name: string, text: string, treeOf: (name: string) => object | null): ModuleIR | null {
  const known = lowered.get(path);
  if (known?.name === name && known.text === text) return known.module;
  const tree = treeOf(name);
  const module = tree === null ? null : lowerModule(parsedModule(name, isDeclarationName(name) ? "library" : "project", text, tree));
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
