/** Opens the files and runs the rules: everything that is found, before any comment, level or baseline has been heard. */
import { posix } from "node:path";
import { type AnalysisSettings, analyzeInSteps, compareDiagnostics, type Diagnostic, type KeptFacts, type ParsedComment, type Rule, type TypeOracle } from "@framealloc/analysis";
import { failureDiagnostic, faultDiagnostic } from "./fault-diagnostic.ts";
import type { Host } from "./host.ts";
import type { Config } from "@framealloc/rules/configuration";
import { checkNames } from "./named-functions.ts";
import { type FileFault, type OpenedFiles, openInSteps } from "./open-program.ts";
import type { RunControl, Stop } from "./run-control.ts";

/** Plain data, so that it can be kept. */
export interface Found {
  /** Of rules, of files that could not be opened, and of rules that failed; sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Comments that speak to `fa`, by file. */
  readonly comments: readonly (readonly [file: string, comments: readonly ParsedComment[]])[];
  /** Codes of the rules that ran to their end. */
  readonly ran: readonly string[];
  /** What the analysis left out, in words. */
  readonly notes: readonly string[];
  /** What of the configuration means nothing, in words. */
  readonly warnings: readonly string[];
  /** Files that were read only to understand the others. */
  readonly libraryCount: number;
  /** Null when everything ran. */
  readonly stopped: Stop | null;
}

export interface FindOptions {
  /** Absolute, sorted. */
  readonly files: readonly string[];
  /** Folders by their absolute paths that could not be listed, and why. */
  readonly unlisted: readonly { readonly path: string; readonly why: string }[];
  readonly root: string;
  readonly boundary: string;
  readonly settings: Partial<AnalysisSettings>;
  /** What it says of functions by name is held against the program. */
  readonly config: Config;
  readonly oracle: TypeOracle | undefined;
  readonly rules: readonly Rule[];
  readonly kept: OpenedFiles | undefined;
  /** Of earlier runs under the same settings. */
  readonly facts: KeptFacts | undefined;
  /** Asked after each rule that found something, with all that was found so far: true ends the run. */
  readonly isEnough: ((found: Omit<Found, "stopped">) => boolean) | null;
}

export async function findAll(host: Host, options: FindOptions, control: RunControl): Promise<Found> {
  const { rules, root, boundary, settings, oracle } = options;
  const steps = openInSteps(host, options.files, { root, boundary, settings, oracle, kept: options.kept });
  let opened = steps.next();
  for (; opened.done !== true; opened = steps.next()) {
    const stop = await control.done("read files", opened.value, 1);
    // Of half a program nothing is known: what a file not read yet does may be what makes the others right.
    if (stop !== null) return { diagnostics: [], comments: [], ran: [], notes: [], warnings: [], libraryCount: 0, stopped: stop };
  }
  const program = opened.value;
  const warnings = checkNames(host, root, program.input.modules, options.config);
  const first = program.input.modules[0]?.file ?? "";
  const folderFaults = options.unlisted.map(({ path, why }): FileFault => ({ file: posix.relative(root, path) || ".", kind: "unlisted", message: why, span: { start: 0, end: 0 } }));
  const diagnostics: Diagnostic[] = [...program.faults, ...folderFaults].map(faultDiagnostic);
  const ran: string[] = [];
  const noted = program.input.modules.flatMap((module) => module.notes.map((note) => `${module.file}: ${note.message}`));
  const soFar = (): Omit<Found, "stopped"> => ({
    diagnostics: [...diagnostics].sort(compareDiagnostics),
    comments: [...program.comments],
    ran: [...ran],
    notes: [...noted],
    warnings,
    libraryCount: program.input.modules.filter((module) => module.role === "library").length,
  });
  const isEnough = (): boolean => options.isEnough?.(soFar()) === true;
  if (diagnostics.length > 0 && isEnough()) return { ...soFar(), stopped: "fail-fast" };
  for (const { kind, name, found, failure, notes } of analyzeInSteps({ ...program.input, ...(options.facts === undefined ? {} : { kept: options.facts }) }, rules)) {
    const stop = await control.done(kind, name, found.length);
    diagnostics.push(...found);
    noted.push(...notes.map(({ at, message }) => `${at.file}: ${message}`));
    if (failure !== null) diagnostics.push(failureDiagnostic(failure, first));
    if (kind === "rule") ran.push(name);
    if (found.length > 0 && isEnough()) return { ...soFar(), stopped: "fail-fast" };
    if (stop !== null && ran.length < rules.length) return { ...soFar(), stopped: stop };
  }
  return { ...soFar(), stopped: null };
}
