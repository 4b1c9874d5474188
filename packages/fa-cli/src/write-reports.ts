/** Hands reports on: to files whole, to the standard output piece by piece and complete. */
import { posix } from "node:path";
import type { Host, OutputStream } from "./host.ts";
import type { AnalyzeOptions, ReportFormat } from "./parse-args.ts";
import { checkstyleReporter } from "./report/checkstyle.ts";
import { compactReporter } from "./report/compact.ts";
import { jsonReporter } from "./report/json.ts";
import { junitReporter } from "./report/junit.ts";
import type { ReportInput, Reporter } from "./report/report.ts";
import { sarifReporter } from "./report/sarif.ts";
import { terminalReporter, type TerminalOptions } from "./report/terminal.ts";
import { useColor } from "./use-color.ts";
import { UsageError } from "./usage-error.ts";

/** Pieces are gathered to this size, so that a hundred thousand findings are not as many writes. */
const WRITE_CHARACTERS = 1 << 16;

/** Throws a `UsageError` for a file that cannot be written. */
export async function writeReports(host: Host, options: AnalyzeOptions, input: ReportInput, terminal: Omit<TerminalOptions, "color">): Promise<void> {
  for (const { format, file } of options.reports) {
    const toFile = file !== null;
    const color = toFile ? options.color === true : useColor(host, options.color);
    const elapsedMs = !toFile && host.out.isTerminal ? (terminal.elapsedMs ?? null) : null;
    const pieces = reporterOf(format, { ...terminal, color, elapsedMs })(input);
    if (toFile) writeFile(host, file, pieces);
    else await writeStream(host.out, pieces);
  }
}

function reporterOf(format: ReportFormat, terminal: TerminalOptions): Reporter {
  switch (format) {
    case "terminal":
      return terminalReporter(terminal);
    case "json":
      return jsonReporter;
    case "sarif":
      return sarifReporter;
    case "junit":
      return junitReporter;
    case "checkstyle":
      return checkstyleReporter;
    case "compact":
      return compactReporter;
  }
}

function writeFile(host: Host, file: string, pieces: Iterable<string>): void {
  try {
    host.write(posix.resolve(host.cwd, file), [...pieces].join(""));
  } catch (error) {
    throw new UsageError(`report \`${file}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function writeStream(stream: OutputStream, pieces: Iterable<string>): Promise<void> {
  let gathered = "";
  for (const piece of pieces) {
    gathered += piece;
    if (gathered.length < WRITE_CHARACTERS) continue;
    await stream.write(gathered);
    gathered = "";
  }
  await stream.write(gathered);
}
