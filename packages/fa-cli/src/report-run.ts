/** The end of the line: what a run found goes to its reports, what it did beside goes to standard error, and the gates give the exit code. */
import { posix } from "node:path";
import { settingFor } from "@framealloc/rules/configuration";
import type { Catalogue } from "./catalogue.ts";
import { codeTexts } from "./code-texts.ts";
import { type ExitCode, exitCodeOf } from "./exit-code.ts";
import { isAtLeast } from "./grade.ts";
import type { Host } from "./host.ts";
import type { AnalyzeOptions } from "./parse-args.ts";
import { printable } from "./report/printable.ts";
import { plural } from "./report/count-findings.ts";
import { type TerminalOptions, wordDuration } from "./report/terminal.ts";
import { prefixesOf } from "./repository-folder.ts";
import type { AnalysisRun } from "./run-analysis.ts";
import { type Stop, statsLines } from "./run-control.ts";
import { VERSION } from "./version.ts";
import { writeReports } from "./write-reports.ts";

export interface ReportExtras extends Omit<TerminalOptions, "color"> {
  /** Leaves the reports on standard output out: something else has it. */
  readonly isOutTaken?: boolean;
}

/** Returns the exit code. Throws a `UsageError` for a report that cannot be written. */
export async function reportRun(host: Host, options: AnalyzeOptions, run: AnalysisRun, catalogue: Catalogue, extras: ReportExtras = {}): Promise<ExitCode> {
  const shown = options.quiet ? run.diagnostics.filter(({ severity }) => isAtLeast(severity, "error")) : run.diagnostics;
  const partial = run.stopped === null ? {} : { partial: partialText(run.stopped, run.rulesLeft.length) };
  const input = { ...run, diagnostics: shown, codes: codeTexts(catalogue.texts), version: VERSION, project: projectName(host, run.root), prefixes: prefixesOf(host, run.root), ...partial };
  for (const warning of run.warnings) await host.err.write(`note: ${printable(warning)}\n`);
  if (options.verbose) for (const note of run.notes) await host.err.write(`${printable(note)}\n`);
  const reports = extras.isOutTaken === true ? options.reports.filter(({ file }) => file !== null) : options.reports;
  await writeReports(host, { ...options, reports }, input, { ...extras, hidden: run.diagnostics.length - shown.length });
  const isForPeople = reports.some(({ format, file }) => format === "terminal" && file === null);
  // Not on the standard output of a pipe, where the same findings have to be the same bytes.
  if (isForPeople && !host.out.isTerminal && extras.elapsedMs !== undefined && extras.elapsedMs !== null) await host.err.write(`finished in ${wordDuration(extras.elapsedMs)}\n`);
  if (partial.partial !== undefined && !isForPeople) await host.err.write(`note: partial result: ${partial.partial}\n`);
  await noteBaseline(host, options, run);
  if (options.stats) await host.err.write(`${statsLines(run.timings).join("\n")}\n`);
  return exitCode(options, run);
}

function exitCode(options: AnalyzeOptions, run: AnalysisRun): ExitCode {
  const code = exitCodeOf(run.diagnostics, { deniesWarnings: (file) => options.denyWarnings || settingFor(run.config, posix.join(run.root, file), "denyWarnings") === true, maxWarnings: options.maxWarnings });
  if (run.stopped === "interrupted") return 130;
  if (code !== 0) return code;
  if (isStaleFault(options, run.judged.stale.length)) return 1;
  // Nothing found in a part is not nothing found.
  return run.stopped === "max-duration" ? 2 : 0;
}

/** Asked for by `--report-unused-suppressions`, and by `--prune-baseline --dry-run`. */
function isStaleFault(options: AnalyzeOptions, staleCount: number): boolean {
  return staleCount > 0 && (options.reportUnusedSuppressions ? options.baselineWrite === "none" : options.baselineWrite === "prune" && options.dryRun);
}

function partialText(stop: Stop, left: number): string {
  const why: Readonly<Record<Stop, string>> = { interrupted: "interrupted", "max-duration": "the time of `--max-duration` is over", "fail-fast": "`--fail-fast` stopped at the first error" };
  return `${why[stop]}; ${left === 0 ? "every rule ran" : `${plural(left, "rule")} did not run`}`;
}

async function noteBaseline(host: Host, options: AnalyzeOptions, { judged, baseline }: AnalysisRun): Promise<void> {
  if (baseline === null || options.baselineWrite === "update") return;
  const { known, stale } = judged;
  if (known.length > 0) await host.err.write(`${plural(known.length, "finding")} left out, known to the baseline\n`);
  if (stale.length === 0 || (options.baselineWrite === "prune" && !options.dryRun)) return;
  await host.err.write(`${stale.length === 1 ? "1 entry" : `${stale.length} entries`} of the baseline ${stale.length === 1 ? "is" : "are"} stale; \`--prune-baseline\` takes ${stale.length === 1 ? "it" : "them"} out\n`);
  if (isStaleFault(options, stale.length)) for (const { file, entry } of stale) await host.err.write(`  ${printable(file)}: ${entry.code} ${printable(entry.message)}\n`);
}

/** The package's name, or its folder's. */
export function projectName(host: Host, root: string): string {
  const manifest = host.read(posix.join(root, "package.json"));
  const name = manifest.ok ? /"name"\s*:\s*"([^"]+)"/.exec(manifest.text)?.[1] : undefined;
  return name ?? (posix.basename(root) || "project");
}
