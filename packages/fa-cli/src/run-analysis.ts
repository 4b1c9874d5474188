/**
 * The straight line from options to graded findings: load the configuration, discover, open, select, analyze, suppress, grade, sort. Each step is
 * a function of its own file; this one only hands on.
 */
import { posix } from "node:path";
import { analyze, type AnalysisSettings, compareDiagnostics, type Diagnostic, type Rule } from "@framealloc/analysis";
import { type KnownCode, knownCodes } from "./code-set.ts";
import type { Level } from "./config-schema.ts";
import { discover, type Discovery } from "./discover.ts";
import { failureDiagnostic, faultDiagnostic, OWN_CODES } from "./fault-diagnostic.ts";
import { grade } from "./grade.ts";
import type { Host } from "./host.ts";
import { type Config, loadConfig, NO_CONFIG } from "./load-config.ts";
import { openOracle } from "./open-oracle.ts";
import { openProgram } from "./open-program.ts";
import { packageOf } from "./package-of.ts";
import type { AnalyzeOptions } from "./parse-args.ts";
import { globFault, pathMatcher } from "./path-matcher.ts";
import { projectBoundary } from "./project-boundary.ts";
import { expandCodes, selectRules } from "./select-rules.ts";
import { type SourceReader, sourceReader } from "./source-text.ts";
import { suppress, type SuppressedDiagnostic } from "./suppress.ts";
import { UsageError } from "./usage-error.ts";

export interface AnalysisRun {
  /** Graded and sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Sorted as well. */
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** The project's files by name, sorted. */
  readonly files: readonly string[];
  readonly sources: SourceReader;
  /** Absolute; names of files are relative to it. */
  readonly root: string;
  readonly config: Config;
  /** Lines for `--verbose`. */
  readonly notes: readonly string[];
}

/** Throws a `UsageError` for what the caller did wrong. Cost: linear in the project's text. */
export function runAnalysis(host: Host, options: AnalyzeOptions, catalogue: readonly Rule[]): AnalysisRun {
  const started = host.nowMs();
  const root = rootOf(host, options.path);
  const known = knownCodes(catalogue, OWN_CODES);
  const config = configOf(host, root, options, known);
  const rules = selectRules(catalogue, known, { ...options, disabled: config.disabled });
  const flags = flagLevels(options, known);
  if (rules.length === 0) throw new UsageError("no rule is left to run", { help: "`fa list` shows all codes and their families" });

  const discovery = discoverFiles(host, root, options, config);
  const discovered = host.nowMs();
  const boundary = projectBoundary(host, root);
  const oracle = openOracle(host, root, boundary, discovery.files);
  const program = openProgram(host, discovery.files, { root, boundary, settings: settingsOf(host, config, root), oracle });
  const opened = host.nowMs();
  const files = discovery.files.map((path) => posix.relative(root, path));
  const found = analyze(program.input, rules);
  const all = [...found.diagnostics, ...program.faults.map(faultDiagnostic), ...found.failures.map((failure) => failureDiagnostic(failure, files[0] ?? ""))];

  const sources = sourceReader(host, root);
  const ran = new Set([...rules, ...OWN_CODES].map(({ code }) => code));
  const { kept, suppressed, unused } = suppress(all, { comments: program.comments, sources, known, ran });
  const grading = { levelOf: levelLookup(config, root), flags, minSeverity: options.minSeverity ?? config.minSeverity };
  const diagnostics = [...grade([...kept, ...unused], grading)].sort(compareDiagnostics);
  const notes = [
    `configuration: ${config.file === null ? "none" : posix.relative(host.cwd, config.file)}`,
    `rules: ${rules.map(({ code }) => code).join(" ")}`,
    ...discovery.skipped.map(({ path, why }) => `skipped ${posix.relative(root, path)}: ${why}`),
    ...program.input.modules.flatMap((module) => module.notes.map((note) => `${module.file}: ${note.message}`)),
    `files: ${files.length} to analyze, ${program.input.modules.filter((module) => module.role === "library").length} more read to understand them`,
    `time: ${ms(discovered - started)} to find files, ${ms(opened - discovered)} to read them, ${ms(host.nowMs() - opened)} to analyze`,
  ];
  return { diagnostics, suppressed: [...suppressed].sort((a, b) => compareDiagnostics(a.diagnostic, b.diagnostic)), files, sources, root, config, notes };
}

/** The folder that the project is in: a real path. */
export function rootOf(host: Host, path: string | null): string {
  if (path === null) return host.cwd;
  const root = host.realPath(posix.resolve(host.cwd, path));
  if (host.kindOf(root) !== "folder") throw new UsageError(`no such folder: \`${path}\``);
  return root;
}

function configOf(host: Host, root: string, options: AnalyzeOptions, known: readonly KnownCode[]): Config {
  if (options.config === false) return NO_CONFIG;
  const file = options.config === null ? null : posix.resolve(host.cwd, options.config);
  if (file !== null && host.kindOf(file) !== "file") throw new UsageError(`no such configuration: \`${options.config}\``);
  return loadConfig(host, root, file, known);
}

function discoverFiles(host: Host, root: string, options: AnalyzeOptions, config: Config): Discovery {
  for (const glob of options.exclude) {
    const fault = globFault(glob);
    if (fault !== null) throw new UsageError(`--exclude: bad glob \`${glob}\`: ${fault}`);
  }
  const fits = pathMatcher(options.exclude);
  const discovery = discover(host, options.paths, { root, isExcluded: (path) => config.isExcluded(path) || fits(posix.relative(root, path)) });
  if (discovery.files.length === 0) throw new UsageError("nothing to analyze: no source file here that is not excluded", { help: "sources end in .js .mjs .cjs .jsx .ts .mts .cts .tsx; `--verbose` says what was skipped" });
  return discovery;
}

function settingsOf(host: Host, config: Config, root: string): Partial<AnalysisSettings> {
  return {
    packageOf: packageOf(host, root),
    hotEntries: config.hotEntries.map((entry) => posix.relative(root, entry)),
    isColdFile: (file) => isTestFile(file) || config.isCold(posix.join(root, file)),
    ...(config.runtimePackages === null ? {} : { runtimePackages: config.runtimePackages }),
    ...(config.hotPathBytes === null ? {} : { hotPathBytes: config.hotPathBytes }),
    ...(config.loopAllocationLimit === null ? {} : { loopAllocationLimit: config.loopAllocationLimit }),
  };
}

/** A loop of frames in a test is no frame loop: nobody waits for its next picture. */
function isTestFile(file: string): boolean {
  return /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)__tests?__\//.test(file);
}

/** A code by itself is said on purpose and wins over its family; among equals the later one wins. */
function flagLevels({ flags }: AnalyzeOptions, known: readonly KnownCode[]): ReadonlyMap<string, "allow" | "deny"> {
  const expanded = flags.map(({ level, word }) => ({ level, codes: expandCodes([word], known, level === "deny" ? "--deny" : "--allow"), isFamily: /xx$/i.test(word) }));
  const ordered = [...expanded.filter((each) => each.isFamily), ...expanded.filter((each) => !each.isFamily)];
  return new Map(ordered.flatMap(({ level, codes }) => codes.map((code) => [code, level] as const)));
}

function levelLookup(config: Config, root: string): (file: string, code: string) => Level | undefined {
  return (file, code) => {
    const path = posix.join(root, file);
    return config.levels.findLast((override) => override.levels.has(code) && (override.fits === null || override.fits(path)))?.levels.get(code);
  };
}

function ms(duration: number): string {
  return `${Math.round(duration)} ms`;
}
