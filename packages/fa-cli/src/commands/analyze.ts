/** `fa [paths...]`: analyzes, reports, and says by the exit code what was found. */
import { posix } from "node:path";
import type { Rule } from "@framealloc/analysis";
import { codeTexts } from "../code-texts.ts";
import { exitCodeOf } from "../exit-code.ts";
import { isAtLeast } from "../grade.ts";
import type { Host } from "../host.ts";
import type { AnalyzeOptions } from "../parse-args.ts";
import { wordDuration } from "../report/terminal.ts";
import { prefixesOf } from "../repository-folder.ts";
import { runAnalysis } from "../run-analysis.ts";
import { VERSION } from "../version.ts";
import { writeReports } from "../write-reports.ts";

/** Returns the exit code. Throws a `UsageError` for what the caller did wrong. */
export async function analyzeCommand(host: Host, options: AnalyzeOptions, catalogue: readonly Rule[]): Promise<number> {
  const started = host.nowMs();
  const run = runAnalysis(host, options, catalogue);
  const shown = options.quiet ? run.diagnostics.filter(({ severity }) => isAtLeast(severity, "error")) : run.diagnostics;
  const elapsedMs = host.nowMs() - started;
  const input = { ...run, diagnostics: shown, codes: codeTexts(catalogue), version: VERSION, project: projectName(host, run.root), prefixes: prefixesOf(host, run.root) };
  if (options.verbose) for (const note of run.notes) await host.err.write(`${note}\n`);
  await writeReports(host, options, input, { elapsedMs, hidden: run.diagnostics.length - shown.length });
  const isForPeople = options.reports.some(({ format, file }) => format === "terminal" && file === null);
  // Not on the standard output of a pipe, where the same findings have to be the same bytes.
  if (isForPeople && !host.out.isTerminal) await host.err.write(`finished in ${wordDuration(elapsedMs)}\n`);
  return exitCodeOf(run.diagnostics, { denyWarnings: options.denyWarnings || run.config.denyWarnings, maxWarnings: options.maxWarnings });
}

/** The package's name, or its folder's. */
export function projectName(host: Host, root: string): string {
  const manifest = host.read(posix.join(root, "package.json"));
  const name = manifest.ok ? /"name"\s*:\s*"([^"]+)"/.exec(manifest.text)?.[1] : undefined;
  return name ?? (posix.basename(root) || "project");
}
