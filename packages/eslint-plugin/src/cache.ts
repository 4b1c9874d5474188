/**
 * One analysis a file text, shared by all rules. With type information the whole TypeScript program is analysed, so that findings that need
 * other files are the ones `fa` has; its other files are parsed by the parser that ESLint itself was given, once each text. Without it
 * the file stands alone, and what only its callers could tell is not said.
 */
import { analyze, type Diagnostic, lowerModule, type ModuleIR, type ParsedModule, resolveAmong } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import type { ParserServices, TSESLint } from "@typescript-eslint/utils";

type AnyContext = Readonly<TSESLint.RuleContext<string, readonly unknown[]>>;

/** Lowered files by path, kept while their text is the same. */
const byText = new Map<string, { readonly text: string; readonly module: ModuleIR | null }>();
const perText = new WeakMap<object, readonly Diagnostic[]>();

/** The diagnostics of the file that is linted; computed by the first rule that asks. */
export function diagnosticsOf(context: AnyContext): readonly Diagnostic[] {
  const { ast } = context.sourceCode;
  const known = perText.get(ast);
  if (known !== undefined) return known;
  const found = analyzeFile(context);
  perText.set(ast, found);
  return found;
}

function analyzeFile(context: AnyContext): readonly Diagnostic[] {
  const own = ownModule(context);
  const program = programOf(context.sourceCode.parserServices);
  const modules = program === null ? [own] : [own, ...othersOf(context, program, own.file)];
  return analyzeModules(modules, program !== null).filter((diagnostic) => diagnostic.at.file === own.file);
}

/** The last whole program that was analysed: linting its next file finds the answer here. */
let latest: { readonly modules: readonly ModuleIR[]; readonly diagnostics: readonly Diagnostic[] } | null = null;

function analyzeModules(modules: readonly ModuleIR[], wholeProgram: boolean): readonly Diagnostic[] {
  const sorted = [...modules].sort((a, b) => (a.file < b.file ? -1 : 1));
  if (latest !== null && latest.modules.length === sorted.length && latest.modules.every((module, index) => module === sorted[index])) return latest.diagnostics;
  const files = new Set(sorted.map((module) => module.file));
  const resolve = (from: string, specifier: string): { file: string | null; package: string | null } => ({
    file: resolveAmong((path) => files.has(path), from, specifier),
    package: /^[./]/.test(specifier) ? null : specifier.split("/").slice(0, specifier.startsWith("@") ? 2 : 1).join("/"),
  });
  const { diagnostics } = analyze({ modules: sorted, resolve, settings: { wholeProgram } }, CATALOGUE);
  latest = { modules: sorted, diagnostics };
  return diagnostics;
}

/** The linted file, from the tree that ESLint has already. */
function ownModule(context: AnyContext): ModuleIR {
  const parsed = asParsed(context.filename.replaceAll("\\", "/"), context.sourceCode.text, context.sourceCode.ast);
  const known = byText.get(parsed.file);
  if (known?.text === parsed.text && known.module !== null) return known.module;
  const module = lowerModule(parsed);
  byText.set(parsed.file, { text: parsed.text, module });
  return module;
}

type ProgramServices = ParserServices & { readonly program: NonNullable<ParserServices["program"]> };

/** The TypeScript program that the parser was given, if any. */
function programOf(services: Partial<ParserServices> | undefined): ProgramServices["program"] | null {
  return services?.program ?? null;
}

/** The program's other own files. One that does not parse is left out: ESLint says so when it comes to it. */
function othersOf(context: AnyContext, program: ProgramServices["program"], own: string): ModuleIR[] {
  const modules: ModuleIR[] = [];
  for (const source of program.getSourceFiles()) {
    const file = source.fileName.replaceAll("\\", "/");
    if (file === own || source.isDeclarationFile || program.isSourceFileFromExternalLibrary(source)) continue;
    const text = source.text.replace(/^\uFEFF/, "");
    const known = byText.get(file);
    const entry = known?.text === text ? known : { text, module: lowered(context, file, text) };
    byText.set(file, entry);
    if (entry.module !== null) modules.push(entry.module);
  }
  return modules;
}

function lowered(context: AnyContext, file: string, text: string): ModuleIR | null {
  const parsed = parse(context, file, text);
  return parsed === null ? null : lowerModule(parsed);
}

/** By the parser of the configuration, without types: only the tree is wanted. */
function parse(context: AnyContext, file: string, text: string): ParsedModule | null {
  const parser = context.languageOptions.parser as TSESLint.Parser.LooseParserModule | undefined;
  if (parser === undefined) return null;
  const options = { filePath: file, range: true, loc: true, comment: true, tokens: false, sourceType: "module", ecmaFeatures: { jsx: /x$/.test(file) } };
  try {
    const program = "parseForESLint" in parser ? parser.parseForESLint(text, options).ast : parser.parse(text, options);
    return asParsed(file, text, program);
  } catch (error) {
    if (error instanceof Error && "lineNumber" in error) return null;
    if (error instanceof Error && error.name === "TSError") return null;
    throw error;
  }
}

interface LooseComment {
  readonly type: string;
  readonly value: string;
  readonly range?: readonly [number, number];
}

function asParsed(file: string, text: string, ast: unknown): ParsedModule {
  const { comments = [] } = ast as { readonly comments?: readonly LooseComment[] };
  return {
    file,
    role: "project",
    language: /\.d\.[cm]?ts$/.test(file) ? "dts" : file.endsWith(".tsx") ? "tsx" : /\.[cm]?ts$/.test(file) ? "ts" : "jsx",
    text,
    // TS-ESTree of ESLint's parser has the same nodes as oxc's: one lowering reads both.
    program: ast as ParsedModule["program"],
    comments: comments.map((comment) => ({ type: comment.type === "Line" ? "Line" : "Block", value: comment.value, start: comment.range?.[0] ?? 0, end: comment.range?.[1] ?? 0 })),
  };
}
