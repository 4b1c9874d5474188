/** Findings in the form of Checkstyle's own report, which many build servers read. */
import type { Severity } from "@framealloc/analysis";
import { groupByFile } from "./group-by-file.ts";
import { placeOf } from "./place.ts";
import type { Reporter } from "./report.ts";
import { attributes } from "./xml.ts";

const SEVERITIES: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "info" };

export const checkstyleReporter: Reporter = function* ({ diagnostics, files, sources }) {
  yield '<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="10.0">\n';
  for (const [file, group] of groupByFile(diagnostics, files)) {
    if (group.length === 0) {
      yield `  <file${attributes({ name: file })}/>\n`;
      continue;
    }
    yield `  <file${attributes({ name: file })}>\n`;
    for (const { code, severity, message, at } of group) {
      const { line, column } = placeOf(at, sources).start;
      yield `    <error${attributes({ line, column, severity: SEVERITIES[severity], message, source: `fa.${code}` })}/>\n`;
    }
    yield "  </file>\n";
  }
  yield "</checkstyle>\n";
};
