/** One line a finding, in the form of ESLint's `compact`, which editors' problem matchers know. */
import type { Severity } from "@framealloc/analysis";
import { plural } from "./count-findings.ts";
import { placeOf } from "./place.ts";
import { printable } from "./printable.ts";
import type { Reporter } from "./report.ts";

const WORDS: Readonly<Record<Severity, string>> = { error: "Error", warning: "Warning", hint: "Info" };

export const compactReporter: Reporter = function* ({ diagnostics, sources }) {
  for (const { code, severity, message, at } of diagnostics) {
    const { file, start } = placeOf(at, sources);
    yield `${printable(file)}: line ${start.line}, col ${start.column}, ${WORDS[severity]} - ${printable(message)} (${code})\n`;
  }
  if (diagnostics.length > 0) yield `\n${plural(diagnostics.length, "problem")}\n`;
};
