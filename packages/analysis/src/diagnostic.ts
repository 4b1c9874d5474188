/** What a rule reports: plain data that every reporter, the ESLint adapter and a language server read alike. */
import type { Location } from "./source/span.ts";

export type Severity = "error" | "warning" | "hint";

/** How the analysis came to know what it reports: by its own tracing, by a type checker's answer, or by assumption. */
export type Confidence = "traced" | "typed" | "assumed";

/** A secondary place that explains a finding: where the value was made, the calls on the way. */
export interface Related {
  readonly at: Location;
  readonly message: string;
}

export interface TextEdit {
  readonly at: Location;
  readonly text: string;
  /** An insertion that may stand beside others of its place, in any order. */
  readonly beside?: true;
}

/** A rewrite. A safe one keeps the program's meaning and may be applied unseen; any other is a suggestion. */
export interface Fix {
  readonly title: string;
  readonly safe: boolean;
  readonly edits: readonly TextEdit[];
}

/** Garbage that a finding makes every frame. */
export interface Cost {
  readonly bytes: number;
  /** A call of the function that it stands in, or a round of its loop. */
  readonly per: "call" | "round";
  /** What runs it every frame, by its name. */
  readonly entry: Related;
}

export interface Diagnostic {
  /** `FA002` */
  readonly code: string;
  /** The rule's name, `frame-escape`. */
  readonly name: string;
  readonly severity: Severity;
  /** Lower case, no full stop, names in backticks: what is wrong. */
  readonly message: string;
  /** The place that is wrong. */
  readonly at: Location;
  /** Where the value was made, aliases: labels in the code frame, in no order. */
  readonly related: readonly Related[];
  /** Ordered steps from an entry to the finding (calls); a SARIF code flow. Empty when there is no path to show. */
  readonly chain: readonly Related[];
  /** What to do, as a verb phrase. */
  readonly help: string | null;
  readonly fixes: readonly Fix[];
  readonly confidence: Confidence;
  readonly cost?: Cost;
}

/** Order of reports: file, then place, then code. Total, so output does not depend on the order of analysis. */
export function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  return (
    compareText(a.at.file, b.at.file) ||
    a.at.span.start - b.at.span.start ||
    a.at.span.end - b.at.span.end ||
    compareText(a.code, b.code) ||
    compareText(a.message, b.message)
  );
}

/** Compares by UTF-16 unit, which no locale changes. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
