/**
 * From the arguments to the exit code. What the caller did wrong ends with 2 and a sentence; a fault of ours too, with its stack. The code that
 * analyzes is loaded only by the commands that do.
 */
import type { Rule } from "@framealloc/analysis";
import { codeTexts } from "./code-texts.ts";
import type { Host } from "./host.ts";
import { parseArgs, type ParsedArgs } from "./parse-args.ts";
import { painter } from "./report/painter.ts";
import { printable } from "./report/printable.ts";
import { useColor } from "./use-color.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** Runs the command that the host's arguments name. Never rejects: every failure becomes a message and an exit code. */
export async function runCommand(host: Host, catalogue: readonly Rule[]): Promise<void> {
  const parsed = parseArgs(host.args, VERSION);
  try {
    host.setExitCode(await dispatch(host, parsed, catalogue));
  } catch (error) {
    host.setExitCode(2);
    const { paint } = painter(useColor(host, null));
    await host.err.write(`${paint("error", "primary", "error")}${errorText(error)}\n`);
  }
}

async function dispatch(host: Host, parsed: ParsedArgs, catalogue: readonly Rule[]): Promise<number> {
  switch (parsed.command) {
    case "print":
      await host[parsed.to].write(parsed.text);
      return parsed.exitCode;
    case "analyze":
      return (await import("./commands/analyze.ts")).analyzeCommand(host, parsed.options, catalogue);
    case "show":
      return (await import("./commands/show.ts")).showCommand(host, parsed.file, parsed.options, catalogue);
    case "explain":
      return (await import("./commands/explain.ts")).explainCommand(host, parsed.code, parsed.format, parsed.color, codeTexts(catalogue));
    case "list":
      return (await import("./commands/list.ts")).listCommand(host, parsed.category, parsed.format, parsed.color, codeTexts(catalogue));
    case "init":
      return (await import("./commands/init.ts")).initCommand(host, parsed.force, parsed.path, codeTexts(catalogue));
  }
}

function errorText(error: unknown): string {
  if (!(error instanceof UsageError)) return `: internal failure\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const { place, help } = error.detail;
  return `: ${printable(error.message)}${place === undefined ? "" : `\n  --> ${printable(place)}`}${help === undefined ? "" : `\n  = help: ${printable(help)}`}`;
}
