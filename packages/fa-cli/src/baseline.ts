/**
 * The baseline: findings that are known and do not count. An entry is a finding's file, code and fingerprint (`line-hash.ts`), so it goes along
 * when lines move; two findings alike need two entries. The message is there for those who read the file.
 */
import { posix } from "node:path";
import type { Diagnostic } from "@framealloc/analysis";
import { compareText } from "@framealloc/analysis/diagnostic";
import { INTERNAL_ERROR } from "./fault-diagnostic.ts";
import type { Host } from "./host.ts";
import { lineHasher } from "./report/line-hash.ts";
import type { SourceReader } from "./source-text.ts";
import { sourceText } from "./source-text.ts";
import { UsageError } from "./usage-error.ts";

export interface BaselineEntry {
  readonly code: string;
  readonly hash: string;
  readonly message: string;
}

/** By the file's name, relative to the project's folder. */
export type Baseline = ReadonlyMap<string, readonly BaselineEntry[]>;

export interface Matched {
  /** What the baseline does not know, in order. */
  readonly kept: readonly Diagnostic[];
  readonly known: readonly Diagnostic[];
  /** Entries that nothing answers to any more. */
  readonly stale: readonly { readonly file: string; readonly entry: BaselineEntry }[];
}

const VERSION = 1;

/** Throws a `UsageError` for a file that is not there (unless `mayBeMissing`) or is no baseline. `path` is absolute. */
export function readBaseline(host: Host, path: string, mayBeMissing: boolean): Baseline {
  const shown = posix.relative(host.cwd, path) || path;
  if (host.kindOf(path) === "none") {
    if (mayBeMissing) return new Map();
    throw new UsageError(`no such baseline: \`${shown}\``, { help: "`--update-baseline` writes one" });
  }
  const source = host.read(path);
  if (!source.ok) throw new UsageError(`baseline \`${shown}\` cannot be read: ${source.reason}`);
  let content: unknown;
  try {
    content = JSON.parse(source.text);
  } catch (error) {
    const offset = Number(/position (\d+)/.exec(String(error))?.[1] ?? source.text.length);
    const { line, column } = sourceText(source.text).positionAt(offset);
    throw new UsageError(`baseline \`${shown}\` is not JSON`, { place: `${shown}:${line}:${column}`, help: "after a merge, `--update-baseline` writes it anew" });
  }
  if (!isBaselineFile(content)) throw new UsageError(`\`${shown}\` is no baseline of version ${VERSION}`, { help: "`--update-baseline` writes it anew" });
  return new Map(Object.entries(content.findings));
}

function isBaselineFile(content: unknown): content is { readonly findings: Readonly<Record<string, readonly BaselineEntry[]>> } {
  if (typeof content !== "object" || content === null || !("version" in content) || content.version !== VERSION || !("findings" in content)) return false;
  const { findings } = content;
  if (typeof findings !== "object" || findings === null) return false;
  return Object.values(findings).every((entries: unknown) => Array.isArray(entries) && entries.every((entry: unknown) => typeof entry === "object" && entry !== null && "code" in entry && "hash" in entry && typeof entry.code === "string" && typeof entry.hash === "string"));
}

/** Takes out what the baseline knows. `isJudged` says whether an entry's finding would have been found by this run. */
export function matchBaseline(diagnostics: readonly Diagnostic[], baseline: Baseline, sources: SourceReader, isJudged: (file: string, code: string) => boolean): Matched {
  const left = new Map([...baseline].map(([file, entries]) => [file, [...entries]]));
  const hash = lineHasher(sources);
  const kept: Diagnostic[] = [];
  const known: Diagnostic[] = [];
  for (const diagnostic of diagnostics) {
    const fingerprint = hash(diagnostic);
    const entries = left.get(diagnostic.at.file) ?? [];
    const index = diagnostic.code === INTERNAL_ERROR ? -1 : entries.findIndex((entry) => entry.code === diagnostic.code && entry.hash === fingerprint);
    if (index === -1) kept.push(diagnostic);
    else {
      entries.splice(index, 1);
      known.push(diagnostic);
    }
  }
  const stale = [...left].flatMap(([file, entries]) => entries.filter(({ code }) => isJudged(file, code)).map((entry) => ({ file, entry })));
  return { kept, known, stale };
}

/** The baseline that knows exactly these findings, and what the run did not judge of the old one. */
export function updatedBaseline(diagnostics: readonly Diagnostic[], old: Baseline, sources: SourceReader, isJudged: (file: string, code: string) => boolean): Baseline {
  const hash = lineHasher(sources);
  const entries = new Map([...old].map(([file, known]) => [file, known.filter(({ code }) => !isJudged(file, code))]));
  for (const diagnostic of diagnostics) {
    const { code, message, at } = diagnostic;
    const fingerprint = hash(diagnostic);
    if (code === INTERNAL_ERROR) continue;
    const ofFile = entries.get(at.file) ?? [];
    entries.set(at.file, [...ofFile, { code, hash: fingerprint, message }]);
  }
  return entries;
}

/** The baseline without what is stale. */
export function prunedBaseline(old: Baseline, stale: Matched["stale"]): Baseline {
  const gone = new Set(stale.map(({ entry }) => entry));
  return new Map([...old].map(([file, entries]) => [file, entries.filter((entry) => !gone.has(entry))]));
}

/** As it is written: files and entries in order, an entry a line, so that merges touch only what changed. */
export function baselineText(baseline: Baseline): string {
  const files = [...baseline].filter(([, entries]) => entries.length > 0).sort(([a], [b]) => compareText(a, b));
  const entryText = ({ code, hash, message }: BaselineEntry): string => `      ${JSON.stringify({ code, hash, message })}`;
  const sorted = (entries: readonly BaselineEntry[]): readonly BaselineEntry[] => [...entries].sort((a, b) => compareText(a.code, b.code) || compareText(a.hash, b.hash));
  const blocks = files.map(([file, entries]) => `    ${JSON.stringify(file)}: [\n${sorted(entries).map(entryText).join(",\n")}\n    ]`);
  return `{\n  "version": ${VERSION},\n  "findings": {${blocks.length === 0 ? "" : `\n${blocks.join(",\n")}\n  `}}\n}\n`;
}
