/** Programs that exist only as text: opened and analyzed without a disk, for fixtures, documentation and library use. */
import { analyze, type AnalysisInput, type AnalysisResult, compareDiagnostics, type AnalysisSettings, type FactReader, type Rule } from "@framealloc/analysis";
import { faultDiagnostic } from "./fault-diagnostic.ts";
import { memoryHost } from "./memory-host.ts";
import { type FileFault, openProgram } from "./open-program.ts";
import { isSourceFile } from "@framealloc/rules/codes";

export interface OpenedTexts {
  readonly input: AnalysisInput;
  readonly faults: readonly FileFault[];
}

/**
 * Opens the files of a map from path to text. A path is the file's name in diagnostics; one under `node_modules/` is left out.
 */
export function openTexts(files: ReadonlyMap<string, string>, settings?: Partial<AnalysisSettings>): OpenedTexts {
  const host = memoryHost(files);
  const own = [...host.files.keys()].filter((path) => isSourceFile(path) && !path.includes("/node_modules/"));
  const { input, faults } = openProgram(host, own, { root: "/", ...(settings === undefined ? {} : { settings }) });
  return { input, faults };
}

/** What the rules say of such a program; a file that does not parse is an FA902 among them. Suppressions are not applied. */
export function analyzeTexts(files: ReadonlyMap<string, string> | Readonly<Record<string, string>>, rules: readonly Rule[], settings?: Partial<AnalysisSettings>): AnalysisResult {
  return analyzeOpened(openTexts(files instanceof Map ? files : new Map(Object.entries(files)), settings), rules);
}

/** The same of a program that is open; `get` reads facts of it that the caller asks for as well. */
export function analyzeOpened({ input, faults }: OpenedTexts, rules: readonly Rule[], get?: FactReader): AnalysisResult {
  const result = analyze(input, rules, get);
  return { ...result, diagnostics: [...result.diagnostics, ...faults.map(faultDiagnostic)].sort(compareDiagnostics) };
}
