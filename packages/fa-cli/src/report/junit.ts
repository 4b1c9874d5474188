/**
 * Findings as test results, by the schema that Jenkins reads: a suite a file, a case a finding, a passing case for a clean file. Only
 * errors fail their case; what a warning says is its case's output.
 */
import type { Diagnostic } from "@framealloc/analysis";
import { groupByFile } from "./group-by-file.ts";
import { placeOf } from "./place.ts";
import type { Reporter, ReportInput } from "./report.ts";
import { attributes, escapeXml } from "./xml.ts";

export const junitReporter: Reporter = function* (input) {
  const isFailure = (diagnostic: Diagnostic): boolean => diagnostic.severity === "error";
  const groups = groupByFile(input.diagnostics, input.files);
  const tests = [...groups.values()].reduce((sum, group) => sum + Math.max(1, group.length), 0);
  yield `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${attributes({ name: "fa", tests, failures: input.diagnostics.filter(isFailure).length, errors: 0 })}>\n`;
  for (const [file, group] of groups) {
    yield `  <testsuite${attributes({ name: file, tests: Math.max(1, group.length), failures: group.filter(isFailure).length, errors: 0 })}>\n`;
    if (group.length === 0) yield `    <testcase${attributes({ name: "no findings", classname: file })}/>\n`;
    for (const diagnostic of group) yield caseXml(diagnostic, input);
    yield "  </testsuite>\n";
  }
  yield "</testsuites>\n";
};

function caseXml(diagnostic: Diagnostic, input: ReportInput): string {
  const { code, name, severity, message, at, related, chain, help } = diagnostic;
  const { file, start } = placeOf(at, input.sources);
  const place = (where: typeof at): string => {
    const found = placeOf(where, input.sources);
    return `${found.file}:${found.start.line}:${found.start.column}`;
  };
  const body = [`${place(at)}: ${severity}: ${message}`, ...related.map((each) => `${place(each.at)}: ${each.message}`), ...chain.map((step, index) => `${index + 1}. ${place(step.at)}: ${step.message}`), ...(help === null ? [] : [`help: ${help}`])];
  const text = escapeXml(body.join("\n"));
  const result = severity === "error" ? `<failure${attributes({ type: code, message })}>${text}</failure>` : `<system-out>${text}</system-out>`;
  return `    <testcase${attributes({ name: `${code} ${name} (${start.line}:${start.column})`, classname: file })}>${result}</testcase>\n`;
}
