/** `fa [paths...]`: analyzes, reports, and says by the exit code what was found. */
import { posix } from "node:path";
import { answerKeeper } from "../answer-keeper.ts";
import type { Catalogue } from "../catalogue.ts";
import { baselineText, prunedBaseline, updatedBaseline } from "../baseline.ts";
import { INTERNAL_ERROR } from "../fault-diagnostic.ts";
import type { Host } from "../host.ts";
import type { AnalyzeOptions } from "../parse-args.ts";
import { plural } from "../report/count-findings.ts";
import { reportRun } from "../report-run.ts";
import { type AnalysisRun, rootOf, runAnalysis, type RunRequest } from "../run-analysis.ts";
import { UsageError } from "../usage-error.ts";

/** Returns the exit code. Throws a `UsageError` for what the caller did wrong. */
export async function analyzeCommand(disk: Host, options: AnalyzeOptions, catalogue: Catalogue): Promise<number> {
  if (options.watch) return (await import("../watch.ts")).watch(disk, options, catalogue);
  if (options.fix !== "none") return (await import("./fix.ts")).fixCommand(disk, options, catalogue);
  const keeper = answerKeeper(disk, options);
  const host = keeper?.host ?? disk;
  const startedMs = host.nowMs();
  const run = await runAnalysis(host, options.stdin === null ? { options, catalogue } : await typedText(host, options, options.stdin, catalogue));
  const counted = options.baselineWrite === "none" ? run : await writeBaseline(host, options, run);
  const elapsedMs = host.nowMs() - startedMs;
  const exitCode = await reportRun(host, options, counted, catalogue, { elapsedMs });
  keeper?.keep(run, exitCode, elapsedMs);
  return exitCode;
}

/** The text on the standard input in place of a file, with the project around it; only findings in it count. */
async function typedText(host: Host, options: AnalyzeOptions, name: string, catalogue: Catalogue): Promise<RunRequest> {
  const root = rootOf(host, options.path);
  const file = host.realPath(posix.resolve(root, name));
  const paths = [...(options.paths.length === 0 ? ["."] : options.paths), file];
  return { options: { ...options, paths }, catalogue, focus: file, texts: new Map([[file, await host.readInput()]]) };
}

/** Writes it, or with `--dry-run` says what would be written. What it knows from now on does not count any more. */
async function writeBaseline(host: Host, { baselineWrite, dryRun }: AnalyzeOptions, run: AnalysisRun): Promise<AnalysisRun> {
  const { baseline, judged, sources, stopped } = run;
  // Of a run that was stopped nothing is written: what it did not find may still be there.
  if (baseline === null || stopped !== null) return run;
  const isUpdate = baselineWrite === "update";
  const next = isUpdate ? updatedBaseline(judged.graded, baseline.entries, sources, judged.isJudged) : prunedBaseline(baseline.entries, judged.stale);
  const shown = posix.relative(host.cwd, baseline.path) || baseline.path;
  const count = [...next.values()].reduce((sum, entries) => sum + entries.length, 0);
  if (dryRun) {
    if (isUpdate) await host.err.write(`${shown} would hold ${plural(count, "finding")}\n`);
    return run;
  }
  const text = baselineText(next);
  const old = host.read(baseline.path);
  if (!old.ok || old.text !== text) {
    try {
      host.write(baseline.path, text);
    } catch (error) {
      throw new UsageError(`baseline \`${shown}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  await host.err.write(`${shown} holds ${plural(count, "finding")}\n`);
  return isUpdate ? { ...run, diagnostics: run.diagnostics.filter(({ code }) => code === INTERNAL_ERROR) } : run;
}
