/**
 * From what was found to what counts, in this order: suppression comments, levels of the configuration, `--allow` and `--deny`, the least severity, what the
 * run is about (one file, what changed), the baseline. Pure; the gates come after it.
 */
import { posix } from "node:path";
import type { Diagnostic, ParsedComment } from "@framealloc/analysis";
import { compareDiagnostics } from "@framealloc/analysis/diagnostic";
import { type Baseline, type Matched, matchBaseline } from "./baseline.ts";
import type { KnownCode } from "@framealloc/rules/codes";
import { INTERNAL_ERROR, UNPARSED_FILE } from "./fault-diagnostic.ts";
import type { Found } from "./find-all.ts";
import type { Changes } from "./git-changes.ts";
import { grade, type Grading } from "./grade.ts";
import type { SourceReader } from "./source-text.ts";
import { suppress, type SuppressedDiagnostic } from "./suppress.ts";

export interface JudgeOptions {
  readonly root: string;
  readonly sources: SourceReader;
  readonly known: readonly KnownCode[];
  /** Codes that the command itself looks for. */
  readonly own: readonly string[];
  readonly inlineConfig: boolean;
  readonly requireReason: boolean;
  readonly grading: Grading;
  /** Only findings in this file count, by name; null is all. */
  readonly focus: string | null;
  readonly changes: Changes | null;
  readonly scope: "files" | "lines";
  readonly baseline: Baseline | null;
  /** The project's files by name. */
  readonly files: ReadonlySet<string>;
}

export interface Judged {
  /** What counts, sorted. */
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** Before the baseline was heard. */
  readonly graded: readonly Diagnostic[];
  readonly known: readonly Diagnostic[];
  readonly stale: Matched["stale"];
  readonly isJudged: (file: string, code: string) => boolean;
}

export function judge(found: Omit<Found, "stopped">, options: JudgeOptions): Judged {
  const { root, sources, known, grading, focus, changes, scope, files } = options;
  const comments = new Map<string, readonly ParsedComment[]>(options.inlineConfig ? found.comments : []);
  const ran = new Set([...found.ran, ...options.own]);
  const suppression = suppress(found.diagnostics, { comments, sources, known, ran, requireReason: options.requireReason });
  const isMeant = (diagnostic: Diagnostic): boolean =>
    diagnostic.code === INTERNAL_ERROR || ((focus === null || diagnostic.at.file === focus) && (changes === null || isChanged(diagnostic, changes, scope, root, sources)));
  const whole = grade([...suppression.kept, ...suppression.unused], grading).toSorted(compareDiagnostics);
  const graded = whole.filter(isMeant);
  const suppressed = suppression.suppressed.filter(({ diagnostic }) => isMeant(diagnostic)).sort((a, b) => compareDiagnostics(a.diagnostic, b.diagnostic));
  // Of a file that was not looked at, or a rule that did not run, an entry of the baseline says nothing; a file that is gone has no findings.
  const isJudged = (file: string, code: string): boolean => ran.has(code) && focus === null && changes === null && (files.has(file) || sources(file) === undefined);
  if (options.baseline === null) return { diagnostics: graded, suppressed, graded, known: [], stale: [], isJudged };
  // An entry says which one of the findings alike it is, so all of them are counted, also those that the run is not about.
  const { kept, known: baselined, stale } = matchBaseline(whole, options.baseline, sources, isJudged);
  return { diagnostics: kept.filter(isMeant), suppressed, graded, known: baselined.filter(isMeant), stale, isJudged };
}

function isChanged({ at, code }: Diagnostic, changes: Changes, scope: "files" | "lines", root: string, sources: SourceReader): boolean {
  const lines = changes.files.get(posix.join(root, at.file));
  if (lines === undefined) return false;
  if (scope === "files" || lines === "all") return true;
  const source = sources(at.file);
  // What keeps a file from being read may show far from what was changed.
  if (source === undefined || code === UNPARSED_FILE) return true;
  const first = source.positionAt(at.span.start).line;
  const last = source.positionAt(Math.max(at.span.start, at.span.end - 1)).line;
  return lines.some((range) => range.first <= last && first <= range.last);
}
