/**
 * Settles how grave each finding is and which are reported: levels of the configuration, then `--allow` and `--deny`, then the least
 * severity. A failure of ours (FA901) is never graded away.
 */
import type { Diagnostic, Severity } from "@framealloc/analysis";
import type { Level } from "@framealloc/rules/codes";
import { INTERNAL_ERROR } from "./fault-diagnostic.ts";

export interface Grading {
  /** The level that the configuration gives a code in a file; undefined leaves the rule's own. */
  readonly levelOf: (file: string, code: string) => Level | undefined;
  /** What the command line says of a code. */
  readonly flags: ReadonlyMap<string, "allow" | "deny">;
  /** The least severity that counts in a file; null keeps all. */
  readonly minSeverityOf: (file: string) => Severity | null;
}

const SEVERITY_OF: Readonly<Record<Exclude<Level, "allow">, Severity>> = { hint: "hint", warn: "warning", deny: "error" };

const RANK: Readonly<Record<Severity, number>> = { hint: 0, warning: 1, error: 2 };

/** The findings that remain, in their order. */
export function grade(diagnostics: readonly Diagnostic[], grading: Grading): readonly Diagnostic[] {
  return diagnostics.flatMap((diagnostic) => {
    if (diagnostic.code === INTERNAL_ERROR) return [diagnostic];
    const severity = severityOf(diagnostic, grading);
    const least = grading.minSeverityOf(diagnostic.at.file);
    if (severity === null || (least !== null && RANK[severity] < RANK[least])) return [];
    return [severity === diagnostic.severity ? diagnostic : { ...diagnostic, severity }];
  });
}

/** Whether one severity is at least as grave as another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return RANK[severity] >= RANK[least];
}

function severityOf(diagnostic: Diagnostic, { levelOf, flags }: Grading): Severity | null {
  const level = flags.get(diagnostic.code) ?? levelOf(diagnostic.at.file, diagnostic.code);
  return level === undefined ? diagnostic.severity : level === "allow" ? null : SEVERITY_OF[level];
}
