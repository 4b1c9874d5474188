/**
 * SARIF 2.1.0, valid by its schema and with all that GitHub's code scanning asks for: rules with help as text and markdown, relative
 * percent-encoded URIs, fingerprints that survive moved lines, code flows for chains, related locations, fixes, suppressions.
 *
 * GitHub takes at most 25,000 results a run and 1,000 locations a result. Of more results the gravest are kept, and a notification in the
 * run says how many were left out.
 */
import { compareDiagnostics } from "@framealloc/analysis/diagnostic";
import type { Diagnostic, Fix, Location, Related, Severity, TextEdit } from "@framealloc/analysis";
import { INTERNAL_ERROR } from "../fault-diagnostic.ts";
import { lineHasher } from "./line-hash.ts";
import { placeOf, repositoryPath } from "./place.ts";
import type { CodeText, Reporter, ReportInput } from "./report.ts";
import { wellFormed } from "./well-formed.ts";

const MAX_RESULTS = 25_000;
/** One of the thousand locations is the result's own. */
const MAX_RELATED = 999;
const MAX_FLOW_STEPS = 10_000;
const MAX_TEXT = 1024;
const MAX_TAGS = 20;

const LEVELS: Readonly<Record<Severity, "error" | "warning" | "note">> = { error: "error", warning: "warning", hint: "note" };
const PROBLEM_SEVERITIES: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "recommendation" };

interface Result {
  readonly diagnostic: Diagnostic;
  readonly suppression: { readonly reason: string | null } | null;
  readonly hash: string;
}

export const sarifReporter: Reporter = function* (input) {
  const all = resultsOf(input);
  const results = gravest(all);
  const ruleIndex = new Map(input.codes.map(({ code }, index) => [code, index]));
  const left = all.length - results.length;
  const warnings = [...(left === 0 ? [] : [`${left} results were left out: a run holds at most ${MAX_RESULTS}`]), ...(input.partial === undefined ? [] : [`partial result: ${input.partial}`])];
  const run = {
    tool: { driver: { name: "fa", version: input.version, semanticVersion: input.version, rules: input.codes.map(ruleJson) } },
    automationDetails: { id: `fa/${uriOf(input.project)}/` },
    columnKind: "utf16CodeUnits",
    invocations: [{ executionSuccessful: input.partial === undefined && !input.diagnostics.some(({ code }) => code === INTERNAL_ERROR), ...(warnings.length === 0 ? {} : { toolExecutionNotifications: warnings.map((text) => ({ level: "warning", message: { text } })) }) }],
  };
  yield `{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[${JSON.stringify(run).slice(0, -1)},"results":[`;
  for (const [index, result] of results.entries()) yield `${index === 0 ? "\n" : ",\n"}${JSON.stringify(resultJson(result, ruleIndex.get(result.diagnostic.code), input))}`;
  yield `${results.length === 0 ? "" : "\n"}]}]}\n`;
};

/** In order of place, suppressed or not, before any is left out: so a fingerprint depends on neither. */
function resultsOf({ diagnostics, suppressed, sources }: ReportInput): readonly Result[] {
  const hash = lineHasher(sources);
  return [...diagnostics.map((diagnostic) => ({ diagnostic, suppression: null })), ...suppressed.map(({ diagnostic, reason }) => ({ diagnostic, suppression: { reason } }))]
    .sort((a, b) => compareDiagnostics(a.diagnostic, b.diagnostic))
    .map((result) => ({ ...result, hash: hash(result.diagnostic) }));
}

/** At most as many as a run may hold, in their order. */
function gravest(results: readonly Result[]): readonly Result[] {
  if (results.length <= MAX_RESULTS) return results;
  const kept = new Set<Result>();
  const takes = (keep: (result: Result) => boolean): void => {
    for (const result of results) if (kept.size < MAX_RESULTS && keep(result)) kept.add(result);
  };
  for (const severity of ["error", "warning", "hint"] as const) takes((result) => result.suppression === null && result.diagnostic.severity === severity);
  takes(() => true);
  return results.filter((result) => kept.has(result));
}

function ruleJson(text: CodeText): unknown {
  const { code, name, severity, families, summary, docs } = text;
  return {
    id: code,
    name: name.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    shortDescription: { text: clip(sentence(summary)) },
    fullDescription: { text: clip(docs.why === "" ? sentence(summary) : docs.why) },
    help: { text: helpText(text), markdown: helpMarkdown(text) },
    defaultConfiguration: { level: LEVELS[severity] },
    properties: { precision: severity === "hint" ? "medium" : "high", "problem.severity": PROBLEM_SEVERITIES[severity], tags: ["framealloc", ...families].slice(0, MAX_TAGS) },
  };
}

function helpText({ code, name, docs }: CodeText): string {
  const parts = [`${code} ${name}`, docs.why, ...(docs.bad === "" ? [] : [`Reported:\n${docs.bad}`]), ...(docs.good === "" ? [] : [`Instead:\n${docs.good}`]), ...(docs.misses === "" ? [] : [`Known misses: ${docs.misses}`])];
  return parts.filter((part) => part !== "").join("\n\n");
}

function helpMarkdown({ code, name, docs }: CodeText): string {
  const block = (source: string): string => `\`\`\`ts\n${source.trimEnd()}\n\`\`\``;
  const parts = [`# ${code} ${name}`, docs.why, ...(docs.bad === "" ? [] : ["## Reported", block(docs.bad)]), ...(docs.good === "" ? [] : ["## Instead", block(docs.good)]), ...(docs.misses === "" ? [] : ["## Known misses", docs.misses])];
  return parts.filter((part) => part !== "").join("\n\n");
}

function resultJson({ diagnostic, suppression, hash }: Result, ruleIndex: number | undefined, input: ReportInput): unknown {
  const { code, severity, at, chain, confidence } = diagnostic;
  // One without edits is only advice, which the schema does not take for a fix.
  const fixes = diagnostic.fixes.filter(({ edits }) => edits.length > 0);
  const related = diagnostic.related.slice(0, MAX_RELATED);
  return {
    ruleId: code,
    ...(ruleIndex === undefined ? {} : { ruleIndex }),
    level: LEVELS[severity],
    message: { text: messageText(diagnostic, related) },
    locations: [locationJson(at, input)],
    partialFingerprints: { primaryLocationLineHash: hash },
    ...(related.length === 0 ? {} : { relatedLocations: related.map((each, index) => ({ id: index + 1, ...locationJson(each.at, input), message: { text: plain(each.message) } })) }),
    ...(chain.length === 0 ? {} : { codeFlows: [codeFlow(diagnostic, input)] }),
    ...(fixes.length === 0 ? {} : { fixes: fixes.map((fix) => fixJson(fix, input)) }),
    ...(suppression === null ? {} : { suppressions: [{ kind: "inSource", status: "accepted", ...(suppression.reason === null ? {} : { justification: suppression.reason }) }] }),
    properties: { confidence },
  };
}

/** Related places are linked from the message by their ids. */
function messageText({ message, help }: Diagnostic, related: readonly Related[]): string {
  const links = related.map((each, index) => `[${each.message.replace(/[\\[\]]/g, "\\$&")}](${index + 1})`);
  return [plain(message), ...(links.length === 0 ? [] : [links.join(", ")]), ...(help === null ? [] : [`Help: ${plain(help)}`])].join("\n");
}

/** Text that a viewer must not take for a link. */
function plain(text: string): string {
  return /\]\(/.test(text) ? text.replace(/[\\[\]]/g, "\\$&") : text;
}

function codeFlow({ chain, message, at }: Diagnostic, input: ReportInput): unknown {
  const steps = [...chain.slice(0, MAX_FLOW_STEPS - 1), { at, message }];
  return { threadFlows: [{ locations: steps.map((step) => ({ location: { ...locationJson(step.at, input), message: { text: plain(step.message) } } })) }] };
}

function fixJson({ title, edits }: Fix, input: ReportInput): unknown {
  const byFile = new Map<string, TextEdit[]>();
  for (const edit of edits) byFile.set(edit.at.file, [...(byFile.get(edit.at.file) ?? []), edit]);
  return {
    description: { text: plain(title) },
    artifactChanges: [...byFile].map(([file, changes]) => ({
      artifactLocation: { uri: uriOf(repositoryPath(file, input)) },
      replacements: changes.map((edit) => ({ deletedRegion: regionJson(edit.at, input), insertedContent: { text: wellFormed(edit.text) } })),
    })),
  };
}

function locationJson(at: Location, input: ReportInput): { readonly physicalLocation: unknown } {
  return { physicalLocation: { artifactLocation: { uri: uriOf(repositoryPath(at.file, input)) }, region: regionJson(at, input) } };
}

function regionJson(at: Location, { sources }: ReportInput): unknown {
  const { start, end } = placeOf(at, sources);
  return { startLine: start.line, startColumn: start.column, endLine: end.line, endColumn: end.column };
}

/** A relative URI; what is no part of one is percent-encoded. */
function uriOf(file: string): string {
  return file.split("/").map((part) => encodeURIComponent(wellFormed(part))).join("/");
}

function clip(text: string): string {
  return text.length <= MAX_TEXT ? text : `${wellFormed(text.slice(0, MAX_TEXT - 3))}...`;
}

/** Summaries are written without capital and full stop; a viewer's list of rules wants both. */
function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
