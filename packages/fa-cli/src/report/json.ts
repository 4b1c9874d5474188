/**
 * Findings for programs: one JSON document, described by `schema/fa-report.schema.json`. A field may be added under the same version; one that is
 * taken away or changes its meaning raises it. A finding a line, so that two reports can be compared by lines.
 */
import type { Diagnostic, Location, Related } from "@framealloc/analysis";
import { countFindings } from "./count-findings.ts";
import { placeOf } from "./place.ts";
import type { ReportInput, Reporter } from "./report.ts";

export const JSON_REPORT_VERSION = 1;

export const jsonReporter: Reporter = function* (input) {
  const counts = { files: input.files.length, ...countFindings(input.diagnostics), suppressed: input.suppressed.length };
  yield `{\n"version": ${JSON_REPORT_VERSION},\n"tool": ${JSON.stringify({ name: "fa", version: input.version })},\n"summary": ${JSON.stringify(counts)},\n${input.partial === undefined ? "" : `"partial": ${JSON.stringify(input.partial)},\n`}"files": ${JSON.stringify(input.files)},\n"diagnostics": [`;
  yield* items(input.diagnostics, (diagnostic) => diagnosticJson(diagnostic, input));
  yield `],\n"suppressed": [`;
  yield* items(input.suppressed, ({ diagnostic, reason }) => ({ reason, diagnostic: diagnosticJson(diagnostic, input) }));
  yield "]\n}\n";
};

function* items<T>(list: readonly T[], toJson: (item: T) => unknown): Iterable<string> {
  for (const [index, item] of list.entries()) yield `${index === 0 ? "\n" : ",\n"}${JSON.stringify(toJson(item))}`;
  if (list.length > 0) yield "\n";
}

function diagnosticJson(diagnostic: Diagnostic, input: ReportInput): unknown {
  const { code, name, severity, confidence, message, at, related, chain, help, fixes, cost } = diagnostic;
  const location = (place: Location): unknown => locationJson(place, input);
  const step = (each: Related): unknown => ({ message: each.message, location: location(each.at) });
  return {
    code,
    name,
    severity,
    confidence,
    message,
    location: location(at),
    help,
    related: related.map(step),
    chain: chain.map(step),
    fixes: fixes.map((fix) => ({ title: fix.title, safe: fix.safe, edits: fix.edits.map((edit) => ({ location: location(edit.at), text: edit.text })) })),
    ...(cost === undefined ? {} : { cost: { bytes: cost.bytes, per: cost.per, entry: step(cost.entry) } }),
  };
}

/** Offsets count UTF-16 units from the start of the text without its byte-order mark. */
function locationJson(at: Location, { sources }: ReportInput): unknown {
  const { file, start, end } = placeOf(at, sources);
  return { file, start: { ...start, offset: at.span.start }, end: { ...end, offset: at.span.end } };
}
