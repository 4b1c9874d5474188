/**
 * Annotations of GitHub Actions, as workflow commands. Of one step GitHub shows ten errors, ten warnings and ten notices: no more are written, the
 * gravest first, and the last line says what all of them are. `githubSummary` is the page of the run.
 */
import type { Diagnostic, Severity } from "@framealloc/analysis";
import { countFindings, plural, wordCounts } from "./count-findings.ts";
import { placeOf, repositoryPath } from "./place.ts";
import { printable } from "./printable.ts";
import type { Reporter, ReportInput } from "./report.ts";
import { worstFirst } from "./worst-first.ts";

/** Of each severity in one step. */
const SHOWN_ANNOTATIONS = 10;
/** A summary may have a mebibyte; this many lines of this length stay far below. */
const SHOWN_LINES = 50;
const MAX_LINE = 500;

const COMMANDS: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", hint: "notice" };

export const githubReporter: Reporter = function* (input) {
  const shown = worstFirst(input.diagnostics, SHOWN_ANNOTATIONS);
  for (const diagnostic of shown) yield `${annotation(diagnostic, input)}\n`;
  const rest = input.diagnostics.length - shown.length;
  yield `${totals(input)}${rest === 0 ? "" : `; ${plural(rest, "more finding")} than GitHub shows`}\n`;
};

function annotation(diagnostic: Diagnostic, input: ReportInput): string {
  const { code, name, severity, message, at, related, help } = diagnostic;
  const { start, end } = placeOf(at, input.sources);
  const lines = [message, ...related.map((each) => `${placeWords(each.at, input)}: ${each.message}`), ...(help === null ? [] : [`help: ${help}`])];
  const properties = {
    file: repositoryPath(at.file, input),
    line: start.line,
    endLine: end.line,
    // Columns of several lines are refused.
    ...(end.line === start.line ? { col: start.column, endColumn: end.column } : {}),
    title: `${code} ${name}`,
  };
  const list = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(String(value))}`).join(",");
  return `::${COMMANDS[severity]} ${list}::${lines.map((line) => escapeData(printable(line))).join("%0A")}`;
}

/** What the runner takes back out of a message. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** Markdown for the file that `GITHUB_STEP_SUMMARY` names: how many of which code, and the gravest by name. */
export function githubSummary(input: ReportInput): string {
  const counts = new Map<string, number>();
  for (const { code } of input.diagnostics) counts.set(code, (counts.get(code) ?? 0) + 1);
  const names = new Map(input.codes.map(({ code, name }) => [code, name]));
  const rows = [...counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([code, count]) => `| ${code} | ${inert(names.get(code) ?? "")} | ${count} |`);
  const shown = worstFirst(input.diagnostics, SHOWN_LINES).slice(0, SHOWN_LINES);
  const lines = shown.map((diagnostic) => `- ${diagnostic.severity} ${diagnostic.code} <code>${inert(placeWords(diagnostic.at, input))}</code> ${withCode(diagnostic.message)}`);
  const rest = input.diagnostics.length - shown.length;
  return [
    `### fa: ${totals(input)}`,
    ...(rows.length === 0 ? [] : ["", "| code | name | findings |", "|---|---|---|", ...rows, "", ...lines]),
    ...(rest === 0 ? [] : ["", `and ${rest} more`]),
    "",
  ].join("\n");
}

function totals({ diagnostics, files }: ReportInput): string {
  return `${wordCounts(countFindings(diagnostics))} in ${plural(files.length, "file")}`;
}

function placeWords(at: Diagnostic["at"], input: ReportInput): string {
  const { file, start } = placeOf(at, input.sources);
  return `${repositoryPath(file, input)}:${start.line}:${start.column}`;
}

/** Names in backticks as code, everything else as it is: no text becomes markup. */
function withCode(message: string): string {
  const text = message.length <= MAX_LINE ? message : `${message.slice(0, MAX_LINE)}...`;
  return text.split("`").map((part, index, parts) => (index % 2 === 1 && index < parts.length - 1 ? `<code>${inert(part)}</code>` : inert(part))).join("");
}

/** Marks that Markdown or HTML would read are written as references, which neither reads as structure. */
function inert(text: string): string {
  return printable(text).replace(/[^\p{L}\p{N}\s.,;/-]/gu, (mark) => `&#${mark.codePointAt(0)};`);
}
