/**
 * `--watch`: reports, waits until something changes, and reports again, with what is new and what is gone. A fault of the configuration is
 * reported and waited on like a finding. Files that did not change are neither read nor parsed again.
 */
import { posix } from "node:path";
import type { Diagnostic } from "@framealloc/analysis";
import type { Catalogue } from "./catalogue.ts";
import { type FactsOfRuns, factsOfRuns } from "./facts-of-runs.ts";
import type { Host } from "./host.ts";
import type { OpenedFiles } from "./open-program.ts";
import type { AnalyzeOptions } from "./parse-args.ts";
import { plural } from "./report/count-findings.ts";
import { lineHasher } from "./report/line-hash.ts";
import { printable } from "./report/printable.ts";
import { rememberingHost } from "./remembering-host.ts";
import { reportRun } from "./report-run.ts";
import { rootOf, runAnalysis } from "./run-analysis.ts";
import { errorText, UsageError } from "./usage-error.ts";

/** Editors write a file in several steps, and a change of branch changes many files. */
const SETTLE_MS = 25;
const INTERRUPTED = 130;
const CLEAR = "\u001b[2J\u001b[3J\u001b[H";

/** Returns when the user ends it. */
export async function watch(disk: Host, options: AnalyzeOptions, catalogue: Catalogue): Promise<number> {
  const host = rememberingHost(disk);
  const root = rootOf(host, options.path);
  const changed = new Set<string>();
  let isOver = false;
  let wake = (): void => {};
  const forget = host.onInterrupt(() => {
    isOver = true;
    wake();
  });
  const watched = await host.watch(root, (path) => {
    changed.add(posix.relative(root, path));
    wake();
  });
  await watched.ready;
  const kept: OpenedFiles = new Map();
  const facts = factsOfRuns();
  let before: readonly string[] | null = null;
  while (!isOver) {
    const files = [...changed].sort();
    changed.clear();
    before = await report(host, { root, options, catalogue, kept, facts, before, files });
    if (changed.size === 0 && !isOver) await new Promise<void>((resolve) => { wake = resolve; });
    wake = () => {};
    if (!isOver) await host.wait(SETTLE_MS);
  }
  forget();
  await watched.stop();
  return INTERRUPTED;
}

interface Round {
  readonly root: string;
  readonly options: AnalyzeOptions;
  readonly catalogue: Catalogue;
  readonly kept: OpenedFiles;
  readonly facts: FactsOfRuns;
  /** Fingerprints of the last report; null before the first. */
  readonly before: readonly string[] | null;
  /** What changed since. */
  readonly files: readonly string[];
}

/** The fingerprints of what is reported now. */
async function report(host: Host, { options, catalogue, kept, facts, before, files }: Round): Promise<readonly string[] | null> {
  const startedMs = host.nowMs();
  try {
    const run = await runAnalysis(host, { options, catalogue, kept, facts });
    if (run.stopped === "interrupted") return before;
    if (host.out.isTerminal) await host.out.write(CLEAR);
    await reportRun(host, options, run, catalogue, { elapsedMs: host.nowMs() - startedMs });
    const hash = lineHasher(run.sources);
    const now = run.diagnostics.map((diagnostic: Diagnostic) => `${diagnostic.at.file}\0${diagnostic.code}\0${hash(diagnostic)}`);
    await host.err.write(`${changeText(files, before, now)}watching for changes; Ctrl-C ends it\n`);
    return now;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    if (host.out.isTerminal) await host.out.write(CLEAR);
    await host.err.write(`error${errorText(error)}\nwatching for changes; Ctrl-C ends it\n`);
    return before;
  }
}

const MOST_NAMES = 3;

function changeText(files: readonly string[], before: readonly string[] | null, now: readonly string[]): string {
  if (before === null || files.length === 0) return "";
  const names = files.length > MOST_NAMES ? [...files.slice(0, MOST_NAMES), `${files.length - MOST_NAMES} more`] : files;
  return `changed: ${names.map(printable).join(", ")}; ${plural(countMissing(now, before), "finding")} new, ${countMissing(before, now)} gone\n`;
}

/** How many of `list` are not in `other`, each as often as it stands there. */
function countMissing(list: readonly string[], other: readonly string[]): number {
  const counts = new Map<string, number>();
  for (const each of other) counts.set(each, (counts.get(each) ?? 0) + 1);
  return list.filter((each) => {
    const left = counts.get(each) ?? 0;
    counts.set(each, left - 1);
    return left <= 0;
  }).length;
}
