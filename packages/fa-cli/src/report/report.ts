/** What a reporter is given, and what it gives back. */
import type { Diagnostic, RuleDocs, Severity } from "@framealloc/analysis";
import type { CodeOption } from "@framealloc/rules/codes";
import type { SourceReader } from "../source-text.ts";
import type { SuppressedDiagnostic } from "../suppress.ts";

/** A code as documentation: of a rule, or of the command itself. */
export interface CodeText {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly families: readonly string[];
  readonly summary: string;
  readonly formerly: readonly string[];
  readonly options?: Readonly<Record<string, CodeOption>>;
  readonly docs: RuleDocs;
}

export interface ReportInput {
  /** Sorted. */
  readonly diagnostics: readonly Diagnostic[];
  readonly suppressed: readonly SuppressedDiagnostic[];
  /** Every file that was analyzed, by name, sorted. */
  readonly files: readonly string[];
  readonly sources: SourceReader;
  /** Every code that a diagnostic here may carry. */
  readonly codes: readonly CodeText[];
  /** Of the command. */
  readonly version: string;
  /** A name for what was analyzed: the package's, or its folder's. */
  readonly project: string;
  /** What leads to the project's folder from the repository's, and from where the command stands: empty, or ending in a slash. */
  readonly prefixes: { readonly repository: string; readonly here: string };
  /** Why the findings are not all that there are, in words; absent when they are. */
  readonly partial?: string;
}

/** A report in pieces, in order; pure, so that the same findings are the same bytes. */
export type Reporter = (input: ReportInput) => Iterable<string>;
