/**
 * The straight line from options to what counts: load the configuration, discover, open, select, analyze, judge. Each step is a function of its own
 * file; this one only hands on.
 */
import { posix } from "node:path";
import type { Diagnostic } from "@framealloc/analysis";
import { type Baseline, readBaseline } from "./baseline.ts";
import type { Catalogue } from "./catalogue.ts";
import { type KnownCode, knownCodes, type Level } from "@framealloc/rules/codes";
import { type Config, configuredSettings, globFault, loadConfig, NO_CONFIG, pathMatcher, projectBoundary, settingFor, withFolders } from "@framealloc/rules/configuration";
import { discover, type Discovery } from "./discover.ts";
import { OWN_CODES, UNPARSED_FILE, UNUSED_SUPPRESSION } from "./fault-diagnostic.ts";
import type { Found } from "./find-all.ts";
import { type CacheOptions, type FoundCache, foundCache } from "./found-cache.ts";
import { gitChanges } from "./git-changes.ts";
import type { Host } from "./host.ts";
import { type Judged, judge, type JudgeOptions } from "./judge.ts";
import type { OpenedFiles } from "./open-program.ts";
import type { FactsOfRuns } from "./facts-of-runs.ts";
import { openOracle } from "./open-oracle.ts";
import { overlayHost } from "./overlay-host.ts";
import { packageOf } from "./package-of.ts";
import type { AnalyzeOptions } from "./parse-args.ts";
import { BASELINE_NAME } from "./run-flags.ts";
import { runControl, type Stop, type Timing } from "./run-control.ts";
import { expandCodes, selectRules } from "./select-rules.ts";
import { type SourceReader, sourceReader } from "./source-text.ts";
import type { SuppressedDiagnostic } from "./suppress.ts";
import { UsageError } from "./usage-error.ts";

export interface AnalysisRun {
  /** What counts: graded, not in the baseline, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  /** Sorted as well. */
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** The project's files by name, sorted. */
  readonly files: readonly string[];
  readonly sources: SourceReader;
  /** Absolute; names of files are relative to it. */
  readonly root: string;
  readonly config: Config;
  /** Why it ended before its end; null when it did not. */
  readonly stopped: Stop | null;
  /** Codes of rules that did not run, or not to their end. */
  readonly rulesLeft: readonly string[];
  readonly judged: Judged;
  /** Files that could not be read or parsed, by name. */
  readonly unparsed: readonly string[];
  /** The baseline as it was read; null without one. */
  readonly baseline: { readonly path: string; readonly entries: Baseline } | null;
  readonly timings: readonly Timing[];
  /** What the cache holds of it; null for nothing. */
  readonly cached: FoundCache["holds"];
  /** Lines for `--verbose`. */
  readonly notes: readonly string[];
  /** What went wrong beside the analysis, and what of the configuration means nothing. */
  readonly warnings: readonly string[];
}

export interface RunRequest {
  readonly options: AnalyzeOptions;
  readonly catalogue: Catalogue;
  /** Absolute: findings in this file alone count. */
  readonly focus?: string;
  /** Texts that count in place of those on the disk, by absolute path. */
  readonly texts?: ReadonlyMap<string, string>;
  /** What earlier runs of this process have opened. */
  readonly kept?: OpenedFiles;
  /** And what they found out of the program. */
  readonly facts?: FactsOfRuns;
}

/** Throws a `UsageError` for what the caller did wrong. Cost: linear in the project's text. */
export async function runAnalysis(disk: Host, request: RunRequest): Promise<AnalysisRun> {
  const { options, catalogue } = request;
  const control = runControl(disk, options.maxDurationMs);
  try {
    const root = rootOf(disk, options.path);
    const changes = options.changes === null ? null : gitChanges(disk, root, options.changes);
    const texts = new Map<string, string | null>([...(changes?.texts ?? []), ...(request.texts ?? [])]);
    const host = texts.size === 0 ? disk : overlayHost(disk, texts);
    const known = knownCodes(catalogue.texts, OWN_CODES);
    const rootConfig = configOf(host, root, options, known);
    const rules = selectRules(catalogue.texts, known, { ...options, disabled: rootConfig.disabled });
    const flags = flagLevels(options, known);
    if (rules.length === 0) throw new UsageError("no rule is left to run", { help: "`fa list` shows all codes and their families" });
    const boundary = projectBoundary(host, root);
    // What nobody else can see is not kept: a text from an editor, a run that stops early.
    const cache = await foundCache(host, { ...cacheOptions(disk, options, { root, boundary, rules, config: rootConfig }), enabled: options.cache && texts.size === 0 && request.kept === undefined && !options.failFast });
    const walked = cache.kept?.walked ?? discoverFiles(cache.host, root, options, rootConfig);
    const config = options.config === null ? withFolders(cache.host, rootConfig, root, walked.files, known) : rootConfig;
    const discovery = leaveOut(root, walked, config.isExcluded);
    await control.done("find files", "", discovery.files.length);

    const files = discovery.files.map((path) => posix.relative(root, path));
    const baseline = baselineOf(host, root, options);
    const sources = sourceReader(host, root);
    const judging: JudgeOptions = {
      root, sources, known, changes, baseline: baseline?.entries ?? null, files: new Set(files), scope: options.scope,
      own: OWN_CODES.map(({ code }) => code),
      inlineConfig: options.inlineConfig,
      requireReason: options.requireReason,
      grading: { levelOf: levelLookup(config, root), flags, minSeverityOf: (file) => options.minSeverity ?? settingFor(config, posix.join(root, file), "minSeverity") },
      focus: request.focus === undefined ? null : posix.relative(root, request.focus),
    };
    const isEnough = options.failFast ? (found: Omit<Found, "stopped">): boolean => judge(found, judging).diagnostics.some(({ severity }) => severity === "error") : null;
    const find = async (): Promise<Found> => {
      const { findAll } = await import("./find-all.ts");
      const chosen = new Set(rules.map(({ code }) => code));
      const loaded = (await catalogue.rules()).filter(({ code }) => chosen.has(code));
      return findAll(cache.host, { files: discovery.files, unlisted: discovery.unlisted, root, boundary, config, settings: { ...configuredSettings(config, root), packageOf: packageOf(cache.host, root) }, oracle: openOracle(cache.host, root, boundary, discovery.files), rules: loaded, isEnough, kept: request.kept, facts: request.facts?.under(config) }, control);
    };
    const found = cache.kept?.found ?? (await find());
    if (cache.kept === null) cache.keep({ walked, found });
    const judged = judge(found, judging);
    await control.done("judge", "", judged.diagnostics.length);
    const { interrupted } = await control.end();
    const stopped = interrupted ? "interrupted" : found.stopped;
    const rulesLeft = rules.map(({ code }) => code).filter((code) => !found.ran.includes(code));
    return {
      diagnostics: stopped === "fail-fast" ? upToFirstError(judged.diagnostics) : judged.diagnostics,
      suppressed: judged.suppressed,
      files: files.filter((file) => (judging.focus === null || file === judging.focus) && (changes === null || changes.files.has(posix.join(root, file)))),
      sources, root, config, stopped, rulesLeft, judged, baseline,
      unparsed: found.diagnostics.filter(({ code }) => code === UNPARSED_FILE).map(({ at }) => at.file),
      timings: control.timings, cached: cache.holds,
      notes: notesOf(disk, root, { config, discovery, found, rules }),
      warnings: [...(cache.note === null ? [] : [cache.note]), ...found.warnings],
    };
  } finally {
    await control.end();
  }
}

/** The first error in the order of reports, and what stands before it. */
function upToFirstError(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const first = diagnostics.findIndex(({ severity }) => severity === "error");
  return first === -1 ? diagnostics : diagnostics.slice(0, first + 1);
}

function notesOf(host: Host, root: string, { config, discovery, found, rules }: { readonly config: Config; readonly discovery: Discovery; readonly found: Found; readonly rules: readonly { readonly code: string }[] }): readonly string[] {
  return [
    `configuration: ${config.file === null ? "none" : posix.relative(host.cwd, config.file)}`,
    `rules: ${rules.map(({ code }) => code).join(" ")}`,
    ...discovery.skipped.map(({ path, why }) => `skipped ${posix.relative(root, path)}: ${why}`),
    ...found.notes,
    `files: ${discovery.files.length} to analyze, ${found.libraryCount} more read to understand them`,
  ];
}

function cacheOptions(host: Host, options: AnalyzeOptions, { root, boundary, rules, config }: { readonly root: string; readonly boundary: string; readonly rules: readonly { readonly code: string }[]; readonly config: Config }): Omit<CacheOptions, "enabled"> {
  return {
    location: options.cacheLocation === null ? null : posix.resolve(host.cwd, options.cacheLocation),
    root, boundary,
    options: [options.paths, options.exclude, options.families, options.only, options.skip, options.config],
    setting: [boundary, rules.map(({ code }) => code), config.sources.map(({ path, text }) => [path, text]), config.model.map(({ name }) => name)],
  };
}

/** As written relative to where the command stands; by itself it lies in the project's folder. */
function baselineOf(host: Host, root: string, { baseline, baselineWrite }: AnalyzeOptions): AnalysisRun["baseline"] {
  if (baseline === null) return null;
  const path = baseline === BASELINE_NAME ? posix.join(root, baseline) : posix.resolve(host.cwd, baseline);
  return { path, entries: readBaseline(host, path, baselineWrite === "update") };
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
  return discover(host, options.paths, { root, isExcluded: (path) => config.isExcluded(path) || fits(posix.relative(root, path)) });
}

/** Without what the folders' own configurations exclude. Throws a `UsageError` when nothing is left. */
function leaveOut(root: string, { files, skipped, unlisted }: Discovery, isExcluded: (path: string) => boolean): Discovery {
  const left = files.filter((file) => !isExcluded(file));
  const dark = unlisted.filter(({ path }) => !isExcluded(path));
  const [first] = dark;
  if (left.length === 0 && first !== undefined) throw new UsageError(`nothing to analyze: the folder \`${posix.relative(root, first.path) || "."}\` cannot be listed: ${first.why}`);
  if (left.length === 0) throw new UsageError("nothing to analyze: no source file here that is not excluded", { help: "sources end in .js .mjs .cjs .jsx .ts .mts .cts .tsx; `--verbose` says what was skipped" });
  return { files: left, unlisted: dark, skipped: [...skipped, ...files.filter(isExcluded).map((path) => ({ path, why: "excluded" }))] };
}

/** A code by itself is said on purpose and wins over its family; among equals the later one wins. */
function flagLevels({ flags, reportUnusedSuppressions }: AnalyzeOptions, known: readonly KnownCode[]): ReadonlyMap<string, "allow" | "deny"> {
  const expanded = flags.map(({ level, word }) => ({ level, codes: expandCodes([word], known, level === "deny" ? "--deny" : "--allow"), isFamily: /xx$/i.test(word) }));
  const ordered = [...expanded.filter((each) => each.isFamily), ...expanded.filter((each) => !each.isFamily)];
  return new Map<string, "allow" | "deny">([...(reportUnusedSuppressions ? [[UNUSED_SUPPRESSION, "deny"] as const] : []), ...ordered.flatMap(({ level, codes }) => codes.map((code) => [code, level] as const))]);
}

function levelLookup(config: Config, root: string): (file: string, code: string) => Level | undefined {
  return (file, code) => {
    const path = posix.join(root, file);
    return config.levels.findLast((override) => override.levels.has(code) && (override.fits === null || override.fits(path)))?.levels.get(code);
  };
}
