/** The gravest of many findings, for reports that show only some. */
import type { Diagnostic, Severity } from "@framealloc/analysis";

const SEVERITIES: readonly Severity[] = ["error", "warning", "hint"];

/** Errors, then warnings, then hints, each in their order; at most `most` of each severity. */
export function worstFirst(diagnostics: readonly Diagnostic[], most: number): readonly Diagnostic[] {
  return SEVERITIES.flatMap((severity) => {
    const taken: Diagnostic[] = [];
    for (const diagnostic of diagnostics) {
      if (taken.length === most) break;
      if (diagnostic.severity === severity) taken.push(diagnostic);
    }
    return taken;
  });
}
