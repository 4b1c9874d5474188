/**
 * From the arguments to the exit code. What the caller did wrong ends with 2 and a sentence; a fault of ours too, with its stack. The code that
 * analyzes is loaded only by the commands that do.
 */
import type { Rule } from "@framealloc/analysis";
import type { RuleText } from "@framealloc/rules/texts";
import { codeTexts, everyCode } from "./code-texts.ts";
import type { Host } from "./host.ts";
import { parseArgs, type ParsedArgs } from "./parse-args.ts";
import type { CodeText } from "./report/report.ts";
import { errorText, UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

/** Loads the rules, or what they say of themselves, for the commands that need it. */
export interface LazyCatalogue {
  rules(): Promise<readonly Rule[]>;
  texts(): Promise<readonly RuleText[]>;
}

/** Runs the command that the host's arguments name. Never rejects: every failure becomes a message and an exit code. */
export async function runCommand(host: Host, catalogue: LazyCatalogue | readonly Rule[]): Promise<void> {
  const parsed = parseArgs(host.args, VERSION);
  try {
    host.setExitCode(await dispatch(host, parsed, "rules" in catalogue ? catalogue : loaded(catalogue)));
  } catch (error) {
    host.setExitCode(2);
    const { painter } = await import("./report/painter.ts");
    const { useColor } = await import("./use-color.ts");
    const text = error instanceof UsageError ? errorText(error) : `: internal failure\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    await host.err.write(`${painter(useColor(host, "options" in parsed ? parsed.options.color : null, host.err)).paint("error", "primary", "error")}${text}\n`);
  }
}

function loaded(rules: readonly Rule[]): LazyCatalogue {
  return { rules: () => Promise.resolve(rules), texts: () => Promise.resolve(rules) };
}

async function dispatch(host: Host, parsed: ParsedArgs, catalogue: LazyCatalogue): Promise<number> {
  const texts = async (): Promise<readonly CodeText[]> => codeTexts(await catalogue.texts());
  switch (parsed.command) {
    case "print":
      await host[parsed.to].write(parsed.text);
      return parsed.exitCode;
    case "analyze":
      return (await import("./commands/analyze.ts")).analyzeCommand(host, parsed.options, { texts: await catalogue.texts(), rules: catalogue.rules });
    case "show":
      return (await import("./commands/show.ts")).showCommand(host, parsed.file, parsed.fixes, parsed.options, { texts: await catalogue.texts(), rules: catalogue.rules });
    case "explain":
      return (await import("./commands/explain.ts")).explainCommand(host, parsed.code, parsed.format, parsed.color, everyCode(await texts()));
    case "list":
      return (await import("./commands/list.ts")).listCommand(host, parsed.category, parsed.format, parsed.color, everyCode(await texts()));
    case "init":
      return (await import("./commands/init.ts")).initCommand(host, parsed.force, parsed.ci, parsed.path, await texts());
    case "config":
      return (await import("./commands/config.ts")).configCommand(host, parsed.file, parsed.options, await texts());
    case "doctor":
      return (await import("./commands/doctor.ts")).doctorCommand(host, parsed.url, parsed.options, await texts());
    case "measure":
      return (await import("./commands/measure.ts")).measureCommand(host, parsed.entry, parsed.options, await texts());
    case "why":
      return (await import("./commands/why.ts")).whyCommand(host, parsed.place, parsed.options, await texts());
    case "completion":
      return (await import("./commands/completion.ts")).completionCommand(host, parsed.shell, await texts());
  }
}
