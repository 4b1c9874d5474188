/**
 * Reviewdog's own format: findings with suggestions that a reviewer can accept. Columns count bytes of UTF-8 there, and an end is excluded. A
 * suggestion replaces one range of the finding's file, so edits of a fix are joined; a fix of several files is left out.
 */
import { posix } from "node:path";
import type { Diagnostic, Fix, Location, Severity, Span } from "@framealloc/analysis";
import type { SourceText } from "../source-text.ts";
import { placeOf } from "./place.ts";
import type { Reporter, ReportInput } from "./report.ts";
import { wellFormed } from "./well-formed.ts";

const SEVERITIES: Readonly<Record<Severity, string>> = { error: "ERROR", warning: "WARNING", hint: "INFO" };

export const rdjsonReporter: Reporter = function* (input) {
  yield '{"source":{"name":"fa"},"diagnostics":[';
  for (const [index, diagnostic] of input.diagnostics.entries()) yield `${index === 0 ? "\n" : ",\n"}${JSON.stringify(diagnosticJson(diagnostic, input))}`;
  yield input.diagnostics.length === 0 ? "]}\n" : "\n]}\n";
};

function diagnosticJson({ code, severity, message, at, related, help, fixes }: Diagnostic, input: ReportInput): unknown {
  const suggestions = fixes.flatMap((fix) => suggestionJson(fix, at.file, input));
  return {
    message: wellFormed(help === null ? message : `${message}\nhelp: ${help}`),
    location: locationJson(at, input),
    severity: SEVERITIES[severity],
    code: { value: code },
    ...(suggestions.length === 0 ? {} : { suggestions }),
    ...(related.length === 0 ? {} : { related_locations: related.map((each) => ({ message: wellFormed(each.message), location: locationJson(each.at, input) })) }),
  };
}

function locationJson(at: Location, input: ReportInput): unknown {
  return { path: wellFormed(posix.join(input.prefixes.here, at.file)), range: rangeJson(at, input) };
}

function rangeJson(at: Location, { sources }: ReportInput): unknown {
  const source = sources(at.file);
  const { start, end } = placeOf(at, sources);
  return { start: inBytes(start, source), end: inBytes(end, source) };
}

function inBytes({ line, column }: { readonly line: number; readonly column: number }, source: SourceText | undefined): unknown {
  const before = source?.line(line).slice(0, column - 1) ?? "";
  return { line, column: Buffer.byteLength(before, "utf8") + 1 };
}

/** One range over all edits, what stands between them kept; none when edits overlap or are of another file. */
function suggestionJson({ edits }: Fix, file: string, input: ReportInput): readonly unknown[] {
  const source = input.sources(file);
  const sorted = [...edits].sort((a, b) => a.at.span.start - b.at.span.start);
  const [first] = sorted;
  const last = sorted.at(-1);
  if (source === undefined || first === undefined || last === undefined || sorted.some((edit) => edit.at.file !== file)) return [];
  let text = "";
  let from = first.at.span.start;
  for (const edit of sorted) {
    if (edit.at.span.start < from) return [];
    text += source.text.slice(from, edit.at.span.start) + edit.text;
    from = edit.at.span.end;
  }
  const span: Span = { start: first.at.span.start, end: last.at.span.end };
  return [{ range: rangeJson({ file, span }, input), text: wellFormed(text) }];
}
