/** Counts of findings, and the sentence that tells them. */
import type { Diagnostic } from "@framealloc/analysis";

export interface Counts {
  readonly errors: number;
  readonly warnings: number;
  readonly hints: number;
}

export function countFindings(diagnostics: readonly Diagnostic[]): Counts {
  const of = (severity: Diagnostic["severity"]): number => diagnostics.reduce((sum, diagnostic) => sum + Number(diagnostic.severity === severity), 0);
  return { errors: of("error"), warnings: of("warning"), hints: of("hint") };
}

/** `2 errors, 1 warning and 3 hints`; `no findings`. */
export function wordCounts({ errors, warnings, hints }: Counts): string {
  const parts = [plural(errors, "error"), plural(warnings, "warning"), plural(hints, "hint")].filter((part) => !part.startsWith("0 "));
  const last = parts.pop();
  return last === undefined ? "no findings" : parts.length === 0 ? last : `${parts.join(", ")} and ${last}`;
}

export function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
