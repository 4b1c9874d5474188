/** The commands that analyze nothing: documentation, and what is about the project's set-up. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Accept, CI_SYSTEMS, type CiSystem, COMMAND_NAMES, EXPLAIN_FORMATS, type ExplainFormat, FAMILY_KEYS, type MeasureOptions, type ProjectOptions, SHELLS, type Shell } from "./parse-args.ts";
import { named, oneOf } from "./run-flags.ts";

export function addOtherCommands(program: Command, accept: Accept): void {
  addDocumentation(program, accept);
  program
    .command("help")
    .description("this help, or that of a command")
    .argument("[command]", COMMAND_NAMES.join(", "), (value) => oneOf(value, COMMAND_NAMES))
    .action((name: string | undefined) => (program.commands.find((command) => command.name() === name) ?? program).help());
  program
    .command("init")
    .description("write a commented .fa.toml, and scripts to run `fa`")
    .option("--force", "replace what is there", false)
    .addOption(new Option("--ci <system>", `write a workflow too: ${CI_SYSTEMS.join(", ")}`).argParser((value) => oneOf(value, CI_SYSTEMS)))
    .option("-p, --path <dir>", "the folder to write it to", named)
    .action((raw: { force: boolean; ci?: CiSystem; path?: string }) => { accept({ command: "init", force: raw.force, ci: raw.ci ?? null, path: raw.path ?? null }); });
  addProjectOptions(program.command("config").argument("[file]", "a file that it is asked for").description("the configuration as it is resolved, and where each value comes from"))
    .action((file: string | undefined, raw: RawProject) => { accept({ command: "config", file: file ?? null, options: toProject(raw) }); });
  addProjectOptions(program.command("doctor").argument("[url]", "a dev server on this machine, whose COOP and COEP headers are checked").description("versions, what is found and what is skipped and why"))
    .action((url: string | undefined, raw: RawProject) => { accept({ command: "doctor", url: url ?? null, options: toProject(raw) }); });
  addProjectOptions(program.command("why").argument("<place>", "file:line or file:line:column").description("all that the analysis knows about the values there"))
    .action((place: string, raw: RawProject) => { accept({ command: "why", place, options: toProject(raw) }); });
  addMeasure(program, accept);
  program
    .command("completion")
    .description("a script that completes the command line")
    .argument("<shell>", SHELLS.join(", "), (value) => oneOf(value, SHELLS))
    .action((shell: Shell) => { accept({ command: "completion", shell }); });
}

function addDocumentation(program: Command, accept: Accept): void {
  addOutput(program.command("explain"))
    .description("what a code means, why it matters, a bad and a good example")
    .argument("<code>", "a code, a rule's name, or a code's former name")
    .action((code: string, raw: RawOutput) => { accept({ command: "explain", code, format: raw.format, color: raw.color ?? null }); });
  addOutput(program.command("list"))
    .description("all codes")
    .addOption(new Option("--category <family>", FAMILY_KEYS.join(", ")).argParser((value) => oneOf(value, FAMILY_KEYS)))
    .action((raw: RawOutput & { category?: string }) => { accept({ command: "list", category: raw.category ?? null, format: raw.format, color: raw.color ?? null }); });
}

interface RawOutput {
  readonly format: ExplainFormat;
  readonly color?: boolean;
}

interface RawProject extends RawOutput {
  readonly path?: string;
  readonly config?: string | boolean;
}

function addOutput(command: Command, formats: readonly ExplainFormat[] = EXPLAIN_FORMATS): Command {
  return command
    .addOption(new Option("-f, --format <format>", formats.join(", ")).argParser((value) => oneOf(value, formats)).default("terminal" as const))
    .option("--color", "use colour")
    .option("--no-color", "use none");
}

function addMeasure(program: Command, accept: Accept): void {
  addProjectOptions(program.command("measure").argument("<module>", "a module; its exported functions, or those named as in module.ts#frame,draw").description("run frame functions under the heap profiler: bytes of garbage a frame, by source line"))
    .addOption(new Option("--frames <count>", "frames to measure").argParser(count(10)).default(600))
    .addOption(new Option("--warmup <count>", "frames to run before, for the engine to compile").argParser(count(0)).default(8000))
    .addOption(new Option("--budget <bytes>", "fail when a frame makes more").argParser(count(0)))
    .addOption(new Option("--timeout <seconds>", "give up after so long").argParser(count(1)).default(60))
    .action((entry: string, raw: RawProject & { frames: number; warmup: number; budget?: number; timeout: number }) => {
      const options: MeasureOptions = { ...toProject(raw), frames: raw.frames, warmup: raw.warmup, budget: raw.budget ?? null, timeoutMs: raw.timeout * 1000 };
      accept({ command: "measure", entry, options });
    });
}

/** A whole number of at least so much. */
function count(least: number): (value: string) => number {
  return (value) => {
    if (!/^\d{1,9}$/.test(value) || Number(value) < least) throw new InvalidArgumentError(`It must be a whole number of at least ${least}.`);
    return Number(value);
  };
}

function addProjectOptions(command: Command): Command {
  return addOutput(command, ["terminal", "json"])
    .option("-p, --path <dir>", "the project's folder, instead of this one", named)
    .option("--config <file>", "this configuration, instead of the nearest .fa.toml")
    .option("--no-config", "no configuration");
}

function toProject(raw: RawProject): ProjectOptions {
  return { path: raw.path ?? null, config: raw.config === false ? false : typeof raw.config === "string" ? raw.config : null, format: raw.format, color: raw.color ?? null };
}
