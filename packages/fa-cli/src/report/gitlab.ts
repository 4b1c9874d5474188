/**
 * GitLab's Code Quality report: a JSON array of findings, each with a fingerprint that no other has and that stays when lines move. Paths are
 * relative to the repository's folder.
 */
import type { Diagnostic, Severity } from "@framealloc/analysis";
import { lineHasher } from "./line-hash.ts";
import { placeOf, repositoryPath } from "./place.ts";
import { printable } from "./printable.ts";
import type { Reporter, ReportInput } from "./report.ts";

const SEVERITIES: Readonly<Record<Severity, string>> = { error: "critical", warning: "major", hint: "info" };

export const gitlabReporter: Reporter = function* (input) {
  const hash = lineHasher(input.sources);
  yield "[";
  for (const [index, diagnostic] of input.diagnostics.entries()) yield `${index === 0 ? "\n" : ",\n"}${JSON.stringify(issueJson(diagnostic, hash(diagnostic), input))}`;
  yield input.diagnostics.length === 0 ? "]\n" : "\n]\n";
};

function issueJson({ code, severity, message, help, at }: Diagnostic, fingerprint: string, input: ReportInput): unknown {
  const { start, end } = placeOf(at, input.sources);
  return {
    description: printable(help === null ? message : `${message}; ${help}`),
    check_name: code,
    fingerprint,
    severity: SEVERITIES[severity],
    location: { path: printable(repositoryPath(at.file, input)), lines: { begin: start.line, end: end.line } },
  };
}
