/**
 * One analysis a file text, shared by all rules. With type information the whole TypeScript program is analysed, so that findings which need
 * other files are the ones `fa` has. Without it the file stands alone, and only what other files cannot take back is said.
 *
 * Invariants
 *   I1  the rules of a file text share one analysis, and the files of one program share it while no text of the program changes
 *   I2  nothing here throws on a program: what fails is a failure, and a rule says so
 *   I3  of what is kept, only the lowered files and the last program outlive the trees and programs that they came from
 */
import { KeptAnswers, KeptFacts, lowerModule } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import type { TSESLint } from "@typescript-eslint/utils";
import { posix } from "node:path";
import { analyzeProgram, keptModule, loweredFile, type ProgramFiles, type ProgramFindings } from "./analyze-program.ts";
import { type Configuration, configurationOf } from "./configuration.ts";
import { type DeclaredTypes, declaredTypesOf, keepsTypes } from "./declared-types.ts";
import { type FileNames, fileNames, isSourceName } from "./file-names.ts";
import { analyzeLoneFile, type FileFindings } from "./lone-file.ts";
import { forgetPackages, isInstalled, packageOfSpecifier } from "./package-names.ts";
import { codeOf, movedFindings, movedSpans } from "./moved-code.ts";
import { parseAsConfigured, parseText } from "./parse-text.ts";
import { parsedModule } from "./parsed-file.ts";
import { type Presence, presenceOf } from "./presence.ts";
import { suppressionIn } from "./suppression.ts";
import { filesThatAre, keptResolutions, ownSources, type Resolutions, textOf, typedProgramOf, type TypeScriptProgram, viewOf } from "./typed-program.ts";

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
  forgetPackages();
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
  readonly view: string;
  readonly configuration: Configuration;
  /** By name; what was analysed. */
  readonly texts: ReadonlyMap<string, string>;
  /** By name, of files that were edited while it stood. */
  readonly forms: ReadonlyMap<string, FileForm>;
  /** What the checker said, as long as no edit changes types that other files see. */
  readonly kept: KeptAnswers;
  /** Of the program since it was edited first: who lints it once needs none. */
  readonly facts: KeptFacts;
  readonly resolutions: Resolutions;
  /** Of the program's files, those that are gone from the disk included. */
  readonly presence: Presence;
  /** The one file whose findings are known; null when those of all are. */
  readonly only: string | null;
}

/** What a text says: to the analysis (`moved-code.ts`), and to the types of other files (`declared-types.ts`). */
interface FileForm {
  readonly code: string | null;
  readonly types: DeclaredTypes | null;
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
  if (analysis?.folder !== context.cwd || !knows(analysis, own) || analysis.texts.get(own) !== context.sourceCode.text || !analysis.configuration.isCurrentFor(own) || !analysis.presence.holds()) {
    analysis = currentAnalysis(context, program, names, own);
    byProgram.set(program, analysis);
    latest = analysis;
  }
  return analysis.texts.has(own) ? { diagnostics: analysis.byFile.get(own) ?? [], failures: analysis.failures } : null;
}

function knows({ only }: ProgramAnalysis, own: string): boolean {
  return only === null || only === own;
}

function currentAnalysis(context: AnyContext, program: TypeScriptProgram, names: FileNames, own: string): ProgramAnalysis {
  forgetPackages();
  const { text, ast } = context.sourceCode;
  const sources = ownSources(program);
  const files = filesThatAre(sources, names, own);
  const texts = new Map([...files].map(([name, source]) => [name, name === own ? text : textOf(source)]));
  const view = viewOf(program, names);
  const configuration = configurationOf(context.cwd, names, texts.keys(), CATALOGUE);
  const previous = latest?.folder === context.cwd && latest.view === view && latest.configuration === configuration ? latest : null;
  const isSame = previous !== null && sameTexts(previous.texts, texts);
  if (isSame && knows(previous, own)) return previous;
  const parse: ProgramFiles["parse"] = (name, role, of) => (name === own ? parsedModule(name, role, of, ast) : parseText(context.languageOptions, names.pathOf(name), name, role, of));
  const source = files.get(own);
  // What is asked of a program that does not have the linted text yet holds for this one analysis.
  const isBehind = source !== undefined && textOf(source) !== text;
  if (isSame) {
    const kept = isBehind ? new KeptAnswers() : previous.kept;
    return { ...previous, program, only: null, ...analyzeProgram(program, { names, files, texts, parse, kept, facts: previous.forms.size === 0 ? null : previous.facts, resolutions: previous.resolutions, only: null }, configuration) };
  }
  const textBefore = previous !== null && sameTexts(previous.texts, new Map([...texts, [own, previous.texts.get(own) ?? ""]])) ? previous.texts.get(own) : undefined;
  const path = names.pathOf(own);
  const forms = new Map([...(previous?.forms ?? [])].filter(([name]) => previous?.texts.get(name) === texts.get(name)));
  const edit = previous === null || textBefore === undefined ? null : { previous, own, path, textBefore, text, before: previous.forms.get(own) ?? formOf(path, parseAsConfigured(context.languageOptions, path, textBefore, true) ?? {}), after: formOf(path, ast) };
  if (edit !== null) forms.set(own, edit.after);
  const findings = edit === null || !knows(edit.previous, own) ? null : afterMove(edit, parse);
  if (edit !== null && findings !== null) return { ...edit.previous, program, texts, forms, byFile: new Map([...edit.previous.byFile, [own, findings]]) };
  const kept = !isBehind && edit !== null && leavesTypes(edit, texts) ? edit.previous.kept : new KeptAnswers();
  const resolutions: Resolutions = edit === null ? new Map() : keptResolutions(edit.previous.resolutions, own);
  // Who edits a file again is at work in it, and wants to know of nothing else. Another file that is linted then asks for all.
  const only = edit !== null && edit.previous.forms.has(own) ? own : null;
  const facts = previous?.facts ?? new KeptFacts();
  const found = analyzeProgram(program, { names, files, texts, parse, kept, facts: edit === null ? null : facts, resolutions, only }, configuration);
  return { program, only, folder: context.cwd, view, configuration, presence: presenceOf(sources.map(({ fileName }) => fileName)), texts, forms, kept: isBehind ? new KeptAnswers() : kept, facts, resolutions, ...found };
}

/** The one text of a program that is not what it was. */
interface Edit {
  readonly previous: ProgramAnalysis;
  readonly own: string;
  readonly path: string;
  readonly textBefore: string;
  readonly text: string;
  readonly before: FileForm;
  readonly after: FileForm;
}

function formOf(path: string, tree: object): FileForm {
  return { code: codeOf(tree), types: /\.[cm]?tsx?$/.test(path) ? declaredTypesOf(tree) : null };
}

/** The file's findings after an edit that moved code and changed none; null for any other edit. */
function afterMove({ previous, own, path, textBefore, text, before, after }: Edit, parse: ProgramFiles["parse"]): FileFindings["diagnostics"] | null {
  if (after.code === null || after.code !== before.code) return null;
  const moduleBefore = keptModule(path, textBefore);
  const module = loweredFile(path, own, text, parse);
  const spans = moduleBefore === null || module === null ? null : movedSpans(moduleBefore, module);
  return spans === null ? null : movedFindings(previous.byFile.get(own) ?? [], spans);
}

function leavesTypes({ own, before, after }: Edit, texts: ReadonlyMap<string, string>): boolean {
  const others = function* (): Iterable<string> {
    for (const [name, text] of texts) if (name !== own) yield text;
  };
  return before.types !== null && after.types !== null && keepsTypes(before.types, after.types, others);
}

/** TypeScript may know the linted file by another path than ESLint: through a link, or in other letters. */
function ownName({ sourceCode, filename }: AnyContext, names: FileNames): string {
  const source = sourceCode.parserServices?.esTreeNodeToTSNodeMap?.get(sourceCode.ast);
  return names.nameOf(source?.fileName ?? filename);
}

function sameTexts(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): boolean {
  return before.size === now.size && [...now].every(([name, text]) => before.get(name) === text);
}
