/** The gates: what the run ends with, given what was found. */
import type { Diagnostic } from "@framealloc/analysis";
import { INTERNAL_ERROR } from "./fault-diagnostic.ts";

export interface Gates {
  /** Whether a warning in a file is one too many. */
  readonly deniesWarnings: (file: string) => boolean;
  /** Null for no limit. */
  readonly maxWarnings: number | null;
}

/** 0 clean, or only what is allowed. 1 findings. 2 usage, configuration, nothing to analyze, or a failure of ours. 130 interrupted. */
export type ExitCode = 0 | 1 | 2 | 130;

export function exitCodeOf(diagnostics: readonly Diagnostic[], gates: Gates): ExitCode {
  let warnings = 0;
  let faults = 0;
  for (const { code, severity, at } of diagnostics) {
    if (code === INTERNAL_ERROR) return 2;
    if (severity === "error" || (severity === "warning" && gates.deniesWarnings(at.file))) faults += 1;
    if (severity === "warning") warnings += 1;
  }
  if (faults > 0) return 1;
  return gates.maxWarnings !== null && warnings > gates.maxWarnings ? 1 : 0;
}
