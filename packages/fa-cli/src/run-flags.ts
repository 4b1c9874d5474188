/**
 * Flags that say how a run goes (what it compares with, what it writes, when it stops), beside those in `parse-args.ts` that say what is
 * analyzed and reported. `contradictionIn` names two that cannot both be meant.
 */
import { type Command, InvalidArgumentError, Option } from "commander";
import { nearestWord } from "@framealloc/rules/codes";

/** Which changes a run is about: since a commit, staged for the next one, or not committed yet. */
export type ChangeScope = { readonly kind: "since"; readonly ref: string } | { readonly kind: "staged" } | { readonly kind: "changed" };

export interface RunFlags {
  readonly failFast: boolean;
  readonly stats: boolean;
  /** Null for no limit. */
  readonly maxDurationMs: number | null;
  /** At most so many threads; one is used, whatever is allowed. Null sets no limit. */
  readonly concurrency: number | null;
  /** The name under which the text on the standard input is analyzed; null reads none. */
  readonly stdin: string | null;
  readonly reportUnusedSuppressions: boolean;
  readonly requireReason: boolean;
  readonly inlineConfig: boolean;
  /** A file as written; null uses none. */
  readonly baseline: string | null;
  readonly baselineWrite: "none" | "update" | "prune";
  readonly changes: ChangeScope | null;
  readonly scope: "files" | "lines";
  readonly fix: "none" | "safe" | "suggestions";
  readonly dryRun: boolean;
  readonly watch: boolean;
  readonly cache: boolean;
  /** As written; null is `node_modules/.cache/fa`. */
  readonly cacheLocation: string | null;
}

export const BASELINE_NAME = ".fa-baseline.json";
const STDIN_NAME = "stdin.ts";

interface RawRunFlags {
  readonly failFast?: boolean;
  readonly stats?: boolean;
  readonly maxDuration?: number;
  readonly concurrency?: number;
  readonly stdin?: boolean;
  readonly stdinFilename?: string;
  readonly reportUnusedSuppressions?: boolean;
  readonly requireReason?: boolean;
  readonly inlineConfig?: boolean;
  readonly baseline?: string | boolean;
  readonly updateBaseline?: boolean;
  readonly pruneBaseline?: boolean;
  readonly since?: string;
  readonly staged?: boolean;
  readonly changed?: boolean;
  readonly scope?: "files" | "lines";
  readonly fix?: boolean;
  readonly fixSuggestions?: boolean;
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly cache?: boolean;
  readonly cacheLocation?: string;
}

/** Adds the flags, in the order in which help shows them. */
export function addRunFlags(command: Command): Command {
  return command
    .option("--fail-fast", "stop at the first error")
    .option("--fix", "apply the rewrites that are safe")
    .option("--fix-suggestions", "apply those too that may change what the program does")
    .option("--dry-run", "with a flag that writes: show what it would write")
    .option("--watch", "go on, and report again when a file changes")
    .option("--baseline [file]", `leave out the findings recorded in a file (${BASELINE_NAME})`, named)
    .option("--update-baseline", "record the findings of this run in the baseline")
    .option("--prune-baseline", "take findings that are gone out of the baseline")
    .option("--since <ref>", "only what changed since this branch or commit left ours")
    .option("--staged", "only what is staged for the next commit, as it is staged")
    .option("--changed", "only what is not committed yet")
    .addOption(new Option("--scope <what>", "with those three: the changed files, or only their changed lines: files, lines").argParser((value) => oneOf(value, ["files", "lines"])))
    .option("--stdin", "read one file's text from the standard input")
    .option("--stdin-filename <file>", `the name that this text is analyzed under (${STDIN_NAME})`, named)
    .option("--report-unused-suppressions", "comments and baseline entries that nothing answers to fail the run")
    .option("--require-reason", "report suppression comments without ` -- reason`")
    .option("--no-inline-config", "ignore suppression comments")
    .option("--cache", "answer from the last run what did not change since (the default)")
    .option("--no-cache", "analyze everything again")
    .option("--cache-location <dir>", "where answers are kept (node_modules/.cache/fa)", named)
    .option("--concurrency <threads>", "use at most this many threads; today there is one", threadCount)
    .option("--max-duration <seconds>", "stop after this time with what was found so far", duration)
    .option("--stats", "say on standard error how long each phase and rule took, and what it found");
}

/** What the flags say. */
export function toRunFlags(raw: Readonly<Record<string, unknown>>): RunFlags {
  // Commander's values are as `addRunFlags` declares them.
  const flags = raw as RawRunFlags;
  const baselineWrite = flags.updateBaseline === true ? "update" : flags.pruneBaseline === true ? "prune" : "none";
  const namesBaseline = typeof flags.baseline === "string" ? flags.baseline : flags.baseline === true || baselineWrite !== "none" ? BASELINE_NAME : null;
  return {
    failFast: flags.failFast ?? false,
    stats: flags.stats ?? false,
    maxDurationMs: flags.maxDuration === undefined ? null : flags.maxDuration * 1000,
    concurrency: flags.concurrency ?? null,
    stdin: flags.stdin === true ? (flags.stdinFilename ?? STDIN_NAME) : null,
    reportUnusedSuppressions: flags.reportUnusedSuppressions ?? false,
    requireReason: flags.requireReason ?? false,
    inlineConfig: flags.inlineConfig ?? true,
    baseline: namesBaseline,
    baselineWrite,
    changes: flags.since !== undefined ? { kind: "since", ref: flags.since } : flags.staged === true ? { kind: "staged" } : flags.changed === true ? { kind: "changed" } : null,
    scope: flags.scope ?? "files",
    fix: flags.fixSuggestions === true ? "suggestions" : flags.fix === true ? "safe" : "none",
    dryRun: flags.dryRun ?? false,
    watch: flags.watch ?? false,
    cache: flags.cache ?? true,
    cacheLocation: flags.cacheLocation ?? null,
  };
}

type Test = (flag: string) => boolean;

/** Pairs that cannot both be meant, and flags that mean nothing by themselves. */
const EXCLUDE: readonly (readonly [string, readonly string[]])[] = [
  ["--config", ["--no-config"]],
  ["--cache-location", ["--no-cache"]],
  ["--cache", ["--no-cache"]],
  ["--update-baseline", ["--prune-baseline", "--since", "--staged", "--changed", "--stdin", "--fail-fast", "--max-duration", "--watch"]],
  ["--prune-baseline", ["--since", "--staged", "--changed", "--stdin", "--fail-fast", "--max-duration", "--watch"]],
  ["--since", ["--staged", "--changed"]],
  ["--staged", ["--changed", "--fix", "--fix-suggestions"]],
  ["--stdin", ["--since", "--staged", "--changed", "--fix", "--fix-suggestions", "--watch"]],
  ["--watch", ["--fix", "--fix-suggestions"]],
  ["--no-inline-config", ["--require-reason", "--report-unused-suppressions"]],
];

const NEED: readonly (readonly [string, readonly string[]])[] = [
  ["--scope", ["--since", "--staged", "--changed"]],
  ["--stdin-filename", ["--stdin"]],
  ["--dry-run", ["--fix", "--fix-suggestions", "--update-baseline", "--prune-baseline"]],
];

/** Says what is wrong with flags that were given together; null when nothing is. */
export function contradictionIn(args: readonly string[]): string | null {
  const end = args.indexOf("--");
  const given = new Set((end === -1 ? args : args.slice(0, end)).map((arg) => arg.replace(/=.*$/s, "")));
  const has: Test = (flag) => given.has(flag);
  for (const [flag, others] of EXCLUDE) {
    const other = has(flag) ? others.find(has) : undefined;
    if (other !== undefined) return `error: \`${flag}\` and \`${other}\` cannot both be given\n`;
  }
  for (const [flag, others] of NEED) {
    if (has(flag) && !others.some(has)) return `error: \`${flag}\` means something only with ${others.map((other) => `\`${other}\``).join(", ")}\n`;
  }
  return null;
}

/** An empty name is that of a shell's variable that was not set, and would stand for the folder here. */
export function named(value: string): string {
  if (value === "") throw new InvalidArgumentError("It is empty.");
  return value;
}

function duration(value: string): number {
  const seconds = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : NaN;
  if (!(seconds > 0)) throw new InvalidArgumentError("It must be a number of seconds above 0.");
  return seconds;
}

function threadCount(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError("It must be a whole number of threads, 1 or more.");
  return Number(value);
}

/** One of a few words, or a fault that names them and the nearest. */
export function oneOf<T extends string>(value: string, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  const nearest = nearestWord(value, allowed);
  throw new InvalidArgumentError(`${nearest === null ? "" : `Did you mean \`${nearest}\`? `}It must be one of ${allowed.join(", ")}.`);
}
