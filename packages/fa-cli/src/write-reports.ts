/** Hands reports on, piece by piece and complete: to files, which are there whole or not at all, and to the standard output at its reader's pace. */
import { posix } from "node:path";
import type { Host } from "./host.ts";
import type { AnalyzeOptions, ReportFormat } from "./parse-args.ts";
import { checkstyleReporter } from "./report/checkstyle.ts";
import { compactReporter } from "./report/compact.ts";
import { githubReporter, githubSummary } from "./report/github.ts";
import { gitlabReporter } from "./report/gitlab.ts";
import { htmlReporter } from "./report/html.ts";
import { jsonReporter } from "./report/json.ts";
import { junitReporter } from "./report/junit.ts";
import { rdjsonReporter } from "./report/rdjson.ts";
import type { ReportInput, Reporter } from "./report/report.ts";
import { sarifReporter } from "./report/sarif.ts";
import { terminalReporter, type TerminalOptions } from "./report/terminal.ts";
import { useColor } from "./use-color.ts";
import { useHyperlinks } from "./use-hyperlinks.ts";
import { UsageError } from "./usage-error.ts";

/** Pieces are gathered to this size, so that a hundred thousand findings are not as many writes. */
const WRITE_CHARACTERS = 1 << 16;

async function writeOut({ out }: Host, pieces: Iterable<string>): Promise<void> {
  for (const text of gathered(pieces)) {
    if (out.isClosed?.() === true) return;
    await out.write(text);
  }
}

/** Throws a `UsageError` for a file that cannot be written. */
export async function writeReports(host: Host, options: AnalyzeOptions, input: ReportInput, terminal: Omit<TerminalOptions, "color">): Promise<void> {
  for (const { format, file } of options.reports) {
    const toFile = file !== null;
    const color = toFile ? options.color === true : useColor(host, options.color);
    const elapsedMs = !toFile && host.out.isTerminal ? (terminal.elapsedMs ?? null) : null;
    const linkRoot = !toFile && useHyperlinks(host) ? posix.resolve(host.cwd, input.prefixes.here) : null;
    const pieces = reporterOf(format, { ...terminal, color, elapsedMs, linkRoot })(input);
    if (toFile) orFault(`report \`${file}\``, () => { host.write(posix.resolve(host.cwd, file), gathered(pieces)); });
    else await writeOut(host, pieces);
    if (format === "github") writeSummary(host, input);
  }
}

const REPORTERS: Readonly<Record<Exclude<ReportFormat, "terminal">, Reporter>> = {
  json: jsonReporter,
  sarif: sarifReporter,
  junit: junitReporter,
  checkstyle: checkstyleReporter,
  compact: compactReporter,
  github: githubReporter,
  gitlab: gitlabReporter,
  rdjson: rdjsonReporter,
  html: htmlReporter,
};

function reporterOf(format: ReportFormat, terminal: TerminalOptions): Reporter {
  return format === "terminal" ? terminalReporter(terminal) : REPORTERS[format];
}

/** What GitHub shows on the page of the run; other reports may have been written there before. */
function writeSummary(host: Host, input: ReportInput): void {
  const file = host.env("GITHUB_STEP_SUMMARY") ?? "";
  if (file === "") return;
  orFault(`step summary \`${file}\``, () => { host.append(posix.resolve(host.cwd, file), githubSummary(input)); });
}

function orFault(what: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    // Only the system's refusals are the caller's to mend; anything else is a fault of ours.
    if (!(error instanceof Error && "code" in error)) throw error;
    throw new UsageError(`${what} cannot be written: ${error.message}`);
  }
}

/** Pieces gathered into larger ones. */
function* gathered(pieces: Iterable<string>): Iterable<string> {
  let text = "";
  for (const piece of pieces) {
    text += piece;
    if (text.length < WRITE_CHARACTERS) continue;
    yield text;
    text = "";
  }
  yield text;
}
