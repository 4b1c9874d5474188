/** A host that remembers what a run prints and asks, so that the same call can be answered again: the writing half of `kept-answer.ts`. */
import type { Host, OutputStream } from "./host.ts";
import { type Answer, callOf, keepAnswer } from "./kept-answer.ts";
import type { AnalyzeOptions } from "./parse-args.ts";
import { joinRecords, type Recorded } from "./recorded-questions.ts";
import { recorder } from "./recorder.ts";
import { wordDuration } from "./report/terminal.ts";
import type { AnalysisRun } from "./run-analysis.ts";

/** More than this is not kept: to read it again takes longer than to write it anew. */
const MOST_CHARACTERS = 20_000_000;

export interface AnswerKeeper {
  /** Run with this. */
  readonly host: Host;
  /** The run is over, and this is how long it said that it took. */
  keep(run: AnalysisRun, exitCode: number, elapsedMs: number): void;
}

/** Null for a run whose answer depends on more than files, or that does more than print. */
export function answerKeeper(host: Host, options: AnalyzeOptions): AnswerKeeper | null {
  const isPlain = options.cache && options.cacheLocation === null && options.changes === null && options.stdin === null && options.baselineWrite === "none";
  if (!isPlain || options.stats || options.failFast || options.maxDurationMs !== null || options.reports.some(({ format, file }) => file !== null || format === "github")) return null;
  const said = { out: "", err: "" };
  const listening = (name: "out" | "err"): OutputStream => ({
    ...host[name],
    write: (text) => {
      if (said[name].length <= MOST_CHARACTERS) said[name] += text;
      return host[name].write(text);
    },
  });
  const recording = recorder(host, { isOuter: true });
  const out = listening("out");
  const err = listening("err");
  return {
    host: { ...recording.host, out, err },
    keep: ({ cached, stopped, warnings }, exitCode, elapsedMs) => {
      if (cached === null || stopped !== null || warnings.length > 0 || host.out.isClosed?.() === true || host.err.isClosed?.() === true || said.out.length > MOST_CHARACTERS) return;
      const text = { out: said.out, err: withoutStatus(said.err) };
      const hasSummary = host.out.isTerminal && options.reports.some(({ format }) => format === "terminal");
      keepAnswer(host, cached.folder, callOf(host, host.node), withoutCache(joinRecords(cached.recorded, recording.record()), cached.folder), { ...text, exitCode, elapsed: elapsedIn(text, elapsedMs, hasSummary) });
    },
  };
}

/** The status line comes and goes: of what is between the first time that it is cleared and the last, nothing stays. */
function withoutStatus(err: string): string {
  const parts = err.split("\r\u001b[2K");
  return parts.length === 1 ? err : `${parts[0] ?? ""}${parts.at(-1) ?? ""}`;
}

/** The cache's own files are written by the run, and say nothing of the project. */
function withoutCache(recorded: Recorded, folder: string): Recorded {
  const modules = folder.slice(0, folder.lastIndexOf("/.cache/"));
  const isCache = (path: string): boolean => path === modules || path.startsWith(`${modules}/.cache`);
  const kept = <T>(entries: Readonly<Record<string, T>>): Readonly<Record<string, T>> => Object.fromEntries(Object.entries(entries).filter(([path]) => !isCache(path)));
  return { ...recorded, reads: kept(recorded.reads), kinds: kept(recorded.kinds), lists: Object.fromEntries(Object.entries(recorded.lists).filter(([path]) => path === modules || !isCache(path))) };
}

/** It is the last of its kind: the summary's. */
function elapsedIn({ out, err }: { readonly out: string; readonly err: string }, elapsedMs: number, hasSummary: boolean): Answer["elapsed"] {
  const words = wordDuration(elapsedMs);
  const inErr = err.lastIndexOf(`finished in ${words}`);
  if (inErr !== -1) return { stream: "err", start: inErr + "finished in ".length, end: inErr + "finished in ".length + words.length };
  const start = hasSummary ? out.lastIndexOf(words) : -1;
  return start === -1 ? null : { stream: "out", start, end: start + words.length };
}
