/**
 * One analysis a file text, shared by all rules. With type information the whole TypeScript program is analysed, so that findings which need
 * other files are the ones `fa` has. Without it the file stands alone, and only what other files cannot take back is said.
 *
 * Invariants
 *   I1  the rules of a file text share one analysis, and the files of one program share it while no text of the program changes
 *   I2  nothing here throws on a program: what fails is a failure, and a rule says so
 *   I3  of what is kept, only the lowered files and the last program outlive the trees and programs that they came from
 */
import { lowerModule } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import type { TSESLint } from "@typescript-eslint/utils";
import { posix } from "node:path";
import { analyzeProgram, keptModule, loweredFile, type ProgramFiles, type ProgramFindings } from "./analyze-program.ts";
import { type Configuration, configurationOf } from "./configuration.ts";
import { type FileNames, fileNames, isSourceName } from "./file-names.ts";
import { analyzeLoneFile, type FileFindings } from "./lone-file.ts";
import { isInstalled, packageOfSpecifier } from "./package-names.ts";
import { codeOf, movedFindings, movedSpans } from "./moved-code.ts";
import { parseAsConfigured, parseText } from "./parse-text.ts";
import { parsedModule } from "./parsed-file.ts";
import { suppressionIn } from "./suppression.ts";
import { ownFilesOf, textOf, typedProgramOf, type TypeScriptProgram } from "./typed-program.ts";

type AnyContext = Readonly<TSESLint.RuleContext<string, readonly unknown[]>>;

/** By the tree that ESLint made of a file text; gone with it. */
const byTree = new WeakMap<object, FileFindings>();

/**
 * What is found in the linted file. The first rule that asks pays for the analysis. Never throws: if the analysis fails as a whole, the rule
 * that asked, `code`, is said to have failed, and the others find nothing.
 */
export function findingsIn(context: AnyContext, code: string): FileFindings {
  const { ast } = context.sourceCode;
  const known = byTree.get(ast);
  if (known !== undefined) return known;
  const { diagnostics, failures } = analyzeFile(context, code);
  const isSuppressed = suppressionIn(context.sourceCode, CATALOGUE);
  const findings = { diagnostics: diagnostics.filter((diagnostic) => !isSuppressed(diagnostic)), failures };
  byTree.set(ast, findings);
  return findings;
}

function analyzeFile(context: AnyContext, code: string): FileFindings {
  try {
    const program = typedProgramOf(context.sourceCode.parserServices) ?? earlierProgram(context);
    return (program === null ? null : findingsInProgram(context, program)) ?? findingsAlone(context);
  } catch (error) {
    return { diagnostics: [], failures: [{ code, error }] };
  }
}

function findingsAlone({ cwd, filename, sourceCode }: AnyContext): FileFindings {
  const names = fileNames(cwd);
  const name = names.nameOf(filename);
  const module = lowerModule(parsedModule(name, "project", sourceCode.text, sourceCode.ast));
  const folder = posix.dirname(names.pathOf(name));
  const { settings, rules, isWanted } = configurationOf(cwd, names, [name], CATALOGUE);
  const { diagnostics, failures } = analyzeLoneFile(module, rules, packageOfSpecifier, (specifier) => !isInstalled(folder, specifier), settings);
  return { diagnostics: diagnostics.filter(isWanted), failures };
}

interface ProgramAnalysis extends ProgramFindings {
  readonly program: TypeScriptProgram;
  readonly folder: string;
  readonly config: unknown;
  readonly configuration: Configuration;
  /** By name; what was analysed. */
  readonly texts: ReadonlyMap<string, string>;
  /** By name, of files that were edited while it stood: what their texts say (`moved-code.ts`). */
  readonly codes: Map<string, string | null>;
}

/** The last whole program that was analysed: TypeScript makes a new one for the next file now and then, of the same texts. */
let latest: ProgramAnalysis | null = null;

/** By TypeScript's program, which never changes: most files of a run need not even compare texts. */
const byProgram = new WeakMap<object, ProgramAnalysis>();

/**
 * When a run lints a file again, as after a fix, typescript-eslint may give it types of its own (`parserOptions.project` with CI=true): the
 * other files are then in the program that was analysed before.
 */
function earlierProgram(context: AnyContext): TypeScriptProgram | null {
  const isTyped = context.sourceCode.parserServices?.program != null;
  return isTyped && latest?.folder === context.cwd && latest.texts.has(ownName(context, fileNames(context.cwd))) ? latest.program : null;
}

/** Null for a file that is none of the program's own. */
function findingsInProgram(context: AnyContext, program: TypeScriptProgram): FileFindings | null {
  const names = fileNames(context.cwd);
  const own = ownName(context, names);
  if (!isSourceName(own)) return null;
  let analysis = byProgram.get(program);
  if (analysis?.folder !== context.cwd || analysis.texts.get(own) !== context.sourceCode.text || !analysis.configuration.isCurrentFor(own)) {
    analysis = currentAnalysis(context, program, names, own);
    byProgram.set(program, analysis);
    latest = analysis;
  }
  return analysis.texts.has(own) ? { diagnostics: analysis.byFile.get(own) ?? [], failures: analysis.failures } : null;
}

function currentAnalysis(context: AnyContext, program: TypeScriptProgram, names: FileNames, own: string): ProgramAnalysis {
  const { text, ast } = context.sourceCode;
  const files = ownFilesOf(program, names);
  const texts = new Map([...files].map(([name, source]) => [name, name === own ? text : textOf(source)]));
  const config = program.getCompilerOptions()["configFilePath"];
  const configuration = configurationOf(context.cwd, names, texts.keys(), CATALOGUE);
  const previous = latest?.folder === context.cwd && latest.config === config && latest.configuration === configuration ? latest : null;
  if (previous !== null && sameTexts(previous.texts, texts)) return previous;
  const parse: ProgramFiles["parse"] = (name, role, of) => (name === own ? parsedModule(name, role, of, ast) : parseText(context.languageOptions, names.pathOf(name), name, role, of));
  const isOnlyEdit = previous !== null && sameTexts(previous.texts, new Map([...texts, [own, previous.texts.get(own) ?? ""]]));
  const codes = new Map([...(previous?.codes ?? [])].filter(([name]) => previous?.texts.get(name) === texts.get(name)));
  const moved = isOnlyEdit ? afterMove(context, previous, own, { program, path: names.pathOf(own), text, texts, codes, parse }) : null;
  return moved ?? { program, folder: context.cwd, config, configuration, texts, codes, ...analyzeProgram(program, { names, files, texts, parse }, configuration) };
}

interface Edit {
  readonly program: TypeScriptProgram;
  readonly path: string;
  readonly text: string;
  readonly texts: ReadonlyMap<string, string>;
  /** Of the analysis that is made now. */
  readonly codes: Map<string, string | null>;
  readonly parse: ProgramFiles["parse"];
}

/** The analysis before an edit that moved code and changed none, as it holds after it; null for any other edit. */
function afterMove({ sourceCode, languageOptions }: AnyContext, previous: ProgramAnalysis, own: string, { program, path, text, texts, codes, parse }: Edit): ProgramAnalysis | null {
  const textBefore = previous.texts.get(own);
  if (textBefore === undefined) return null;
  const codeBefore = previous.codes.get(own) ?? codeOf(parseAsConfigured(languageOptions, path, textBefore, true) ?? {});
  const code = codeOf(sourceCode.ast);
  codes.set(own, code);
  if (code === null || code !== codeBefore) return null;
  const before = keptModule(path, textBefore);
  const after = loweredFile(path, own, text, parse);
  const spans = before === null || after === null ? null : movedSpans(before, after);
  const findings = spans === null ? null : movedFindings(previous.byFile.get(own) ?? [], spans);
  if (findings === null) return null;
  return { ...previous, program, texts, byFile: new Map([...previous.byFile, [own, findings]]), codes };
}

/** TypeScript may know the linted file by another path than ESLint: through a link, or in other letters. */
function ownName({ sourceCode, filename }: AnyContext, names: FileNames): string {
  const source = sourceCode.parserServices?.esTreeNodeToTSNodeMap?.get(sourceCode.ast);
  return names.nameOf(source?.fileName ?? filename);
}

function sameTexts(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  return before.size === now.size && [...now].every(([name, text]) => before.get(name) === text);
}
