/**
 * The command line, by commander, into plain data: which command, with which options. Pure: what it has to say (help, the version, a
 * fault) comes back as text.
 */
import { FAMILIES } from "@framealloc/rules/families";
import type { Severity } from "@framealloc/analysis";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { addOtherCommands } from "./add-commands.ts";
import { isSourceFile, SEVERITIES, splitCodes } from "@framealloc/rules/codes";
import { addRunFlags, contradictionIn, named, oneOf, type RunFlags, toRunFlags } from "./run-flags.ts";

/** Formats of findings, and those of the commands that print documentation. */
export const REPORT_FORMATS = ["terminal", "json", "sarif", "junit", "checkstyle", "compact", "github", "gitlab", "rdjson", "html"] as const;
export const EXPLAIN_FORMATS = ["terminal", "markdown", "json"] as const;

export type ReportFormat = (typeof REPORT_FORMATS)[number];
export type ExplainFormat = (typeof EXPLAIN_FORMATS)[number];

export interface ReportTarget {
  readonly format: ReportFormat;
  /** As written, relative to where the command stands; null is the standard output. */
  readonly file: string | null;
}

export interface AnalyzeOptions extends RunFlags {
  readonly paths: readonly string[];
  /** Keys of families; none is all. */
  readonly families: readonly string[];
  readonly only: readonly string[];
  readonly skip: readonly string[];
  /** In the order written. */
  readonly flags: readonly { readonly level: "allow" | "deny"; readonly word: string }[];
  readonly denyWarnings: boolean;
  readonly maxWarnings: number | null;
  readonly quiet: boolean;
  readonly minSeverity: Severity | null;
  readonly exclude: readonly string[];
  /** As written; null is where the command stands. */
  readonly path: string | null;
  /** A file as written; null looks for one; false uses none. */
  readonly config: string | null | false;
  readonly reports: readonly ReportTarget[];
  readonly verbose: boolean;
  /** Null leaves it to the terminal and the environment. */
  readonly color: boolean | null;
}

export const COMMAND_NAMES = ["help", "show", "explain", "list", "init", "config", "doctor", "measure", "why", "completion"] as const;
export const CI_SYSTEMS = ["github", "gitlab", "jenkins"] as const;
export const SHELLS = ["bash", "zsh", "fish", "powershell"] as const;

export type CiSystem = (typeof CI_SYSTEMS)[number];
export type Shell = (typeof SHELLS)[number];

/** What a command is about that speaks of the project and analyzes nothing. */
export interface ProjectOptions {
  readonly path: string | null;
  readonly config: string | null | false;
  readonly format: ExplainFormat;
  readonly color: boolean | null;
}

export interface MeasureOptions extends ProjectOptions {
  readonly frames: number;
  readonly warmup: number;
  /** Bytes a frame; null for no limit. */
  readonly budget: number | null;
  readonly timeoutMs: number;
}

export type ParsedArgs =
  | { readonly command: "analyze"; readonly options: AnalyzeOptions }
  | { readonly command: "show"; readonly file: string; readonly fixes: boolean; readonly options: AnalyzeOptions }
  | { readonly command: "explain"; readonly code: string; readonly format: ExplainFormat; readonly color: boolean | null }
  | { readonly command: "list"; readonly category: string | null; readonly format: ExplainFormat; readonly color: boolean | null }
  | { readonly command: "init"; readonly force: boolean; readonly ci: CiSystem | null; readonly path: string | null }
  | { readonly command: "config"; readonly file: string | null; readonly options: ProjectOptions }
  | { readonly command: "doctor"; readonly url: string | null; readonly options: ProjectOptions }
  | { readonly command: "measure"; readonly entry: string; readonly options: MeasureOptions }
  | { readonly command: "why"; readonly place: string; readonly options: ProjectOptions }
  | { readonly command: "completion"; readonly shell: Shell }
  /** Nothing to run: the text is all. */
  | { readonly command: "print"; readonly text: string; readonly to: "out" | "err"; readonly exitCode: 0 | 2 };

/** The families by flag, each once. */
export const FAMILY_KEYS = [...new Set(FAMILIES.map((family) => family.key))];

/** Never throws: a fault of the caller is a `print` with exit code 2. */
export function parseArgs(args: readonly string[], version: string): ParsedArgs {
  let parsed: ParsedArgs | undefined;
  const printed = { out: "", err: "" };
  const program = buildProgram(version, (result) => { parsed = result; });
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => { printed.out += text; },
      writeErr: (text) => { printed.err += text; },
    });
  }
  try {
    program.parse(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? { command: "print", text: printed.out, to: "out", exitCode: 0 } : { command: "print", text: printed.err, to: "err", exitCode: 2 };
  }
  if (parsed === undefined) throw new Error("no command ran and commander did not say why");
  const fault = parsed.command === "analyze" || parsed.command === "show" ? (contradictionIn(args) ?? pathBesideInput(parsed.options)) : null;
  return fault === null ? parsed : { command: "print", text: fault, to: "err", exitCode: 2 };
}

/** The text that is read is all that is reported on. */
function pathBesideInput({ stdin, paths }: AnalyzeOptions): string | null {
  const [path] = paths;
  return stdin === null || path === undefined ? null : `error: \`--stdin\` and the path \`${path}\` cannot both be given\n  = help: \`--stdin-filename ${path}\` says which file's text it is\n`;
}

export type Accept = (parsed: ParsedArgs) => void;

export function buildProgram(version: string, accept: Accept): Command {
  const program = new Command("fa")
    .description("Finds frame values that escape, and garbage on hot paths. Without arguments: the project here, all rules.")
    .version(version, "--version", "print the version")
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .showHelpAfterError("(`fa --help` lists what there is)")
    // What follows a command's name is that command's: `fa explain x -f json` is not our own `-f`.
    .enablePositionalOptions()
    .argument("[paths...]", "files, folders, globs or tsconfig files", (path: string, before: readonly string[] | undefined) => [...(before ?? []), named(path)]);
  addAnalyzeOptions(program).action((paths: string[], raw: RawOptions) => { accept({ command: "analyze", options: toAnalyzeOptions(paths, raw) }); });
  addAnalyzeOptions(program.command("show").argument("<file>").description("one file, every rule, a code frame for each step of the path"))
    .option("--fixes", "show what the rewrites would change")
    .action((file: string, raw: { fixes?: boolean }, show: Command) => { accept({ command: "show", file, fixes: raw.fixes ?? false, options: toAnalyzeOptions([file], withOuter(program, show)) }); });
  addOtherCommands(program, accept);
  program.addHelpText("after", "\nExit codes: 0 clean, 1 findings, 2 usage, configuration, nothing to analyze, or an internal failure, 130 interrupted.");
  return program;
}

/** Options may stand before the command's name too; those after it win. */
function withOuter(program: Command, command: Command): RawOptions {
  const own = Object.entries(command.opts<RawOptions>()).filter(([name]) => command.getOptionValueSource(name) === "cli");
  return { ...program.opts<RawOptions>(), ...Object.fromEntries(own) };
}

interface RawOptions {
  readonly all?: boolean;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly deny?: readonly Flagged[];
  readonly allow?: readonly Flagged[];
  readonly denyWarnings?: boolean;
  readonly maxWarnings?: number;
  readonly quiet?: boolean;
  readonly minSeverity?: Severity;
  readonly exclude?: readonly string[];
  readonly path?: string;
  /** True when only `--no-config` could have changed it. */
  readonly config?: string | boolean;
  readonly format?: readonly ReportTarget[];
  readonly verbose?: boolean;
  readonly color?: boolean;
  readonly [family: string]: unknown;
}

interface Flagged {
  readonly level: "allow" | "deny";
  readonly word: string;
  /** How many `-A` and `-D` came before. */
  readonly order: number;
}

function addAnalyzeOptions(command: Command): Command {
  const codes = (value: string, before: readonly string[] = []): readonly string[] => [...before, ...atLeastOne(splitCodes(value))];
  let order = 0;
  const flagged = (level: "allow" | "deny") => (value: string, before: readonly Flagged[] | undefined): readonly Flagged[] => [...(before ?? []), ...atLeastOne(splitCodes(value)).map((word) => ({ level, word, order: order++ }))];
  command.option("-a, --all", "every rule, which is what runs anyway");
  for (const family of FAMILY_KEYS) command.option(`--${family}`, `rules on ${FAMILIES.filter(({ key }) => key === family).map(({ title }) => title).join("; ")}`);
  command
    .option("--only <codes>", "only these codes or families, as FA6xx", codes)
    .option("--skip <codes>", "without these", codes)
    .option("-D, --deny <codes>", "report these as errors", flagged("deny"))
    .option("-A, --allow <codes>", "do not report these", flagged("allow"))
    .option("-W, --deny-warnings", "warnings fail the run")
    .option("--max-warnings <count>", "fail on more warnings than this", wholeNumber)
    .option("--quiet", "print errors only; the gates still count the rest")
    .addOption(new Option("--min-severity <severity>", `drop what is below: ${SEVERITIES.join(", ")}`).argParser((value) => oneOf(value, SEVERITIES)))
    .option("-e, --exclude <glob>", "leave these files out (repeatable)", (value: string, before: readonly string[] | undefined) => [...(before ?? []), value])
    .option("-p, --path <dir>", "the project's folder, instead of this one", named)
    .option("--config <file>", "this configuration, instead of the nearest .fa.toml")
    .option("--no-config", "no configuration")
    .option("-f, --format <format>", `${REPORT_FORMATS.join(", ")}; repeatable, and to a file as \`sarif=out.sarif\``, reportTarget)
    .option("--verbose", "say on standard error what is read, skipped and how long it takes")
    .option("--color", "use colour")
    .option("--no-color", "use none");
  return addRunFlags(command);
}

function toAnalyzeOptions(paths: readonly string[], raw: RawOptions): AnalyzeOptions {
  const families = raw.all === true ? [] : FAMILY_KEYS.filter((family) => raw[camelCase(family)] === true);
  return {
    paths,
    families,
    only: raw.only ?? [],
    skip: raw.skip ?? [],
    flags: [...(raw.deny ?? []), ...(raw.allow ?? [])].sort((a, b) => a.order - b.order).map(({ level, word }) => ({ level, word })),
    denyWarnings: raw.denyWarnings ?? false,
    maxWarnings: raw.maxWarnings ?? null,
    quiet: raw.quiet ?? false,
    minSeverity: raw.minSeverity ?? null,
    exclude: raw.exclude ?? [],
    path: raw.path ?? null,
    config: raw.config === false ? false : typeof raw.config === "string" ? raw.config : null,
    reports: raw.format ?? [{ format: "terminal", file: null }],
    verbose: raw.verbose ?? false,
    color: raw.color ?? null,
    ...toRunFlags(raw),
  };
}

/** Commander's name for the value of a flag. */
function camelCase(flag: string): string {
  return flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

function reportTarget(value: string, before: readonly ReportTarget[] = []): readonly ReportTarget[] {
  const equals = value.indexOf("=");
  const format = oneOf(equals === -1 ? value : value.slice(0, equals), REPORT_FORMATS);
  const file = equals === -1 ? null : value.slice(equals + 1);
  if (file === "") throw new InvalidArgumentError("A file is missing after `=`.");
  if (file !== null && isSourceFile(file)) throw new InvalidArgumentError(`\`${file}\` is a source file, which the report would replace.`);
  if (file === null && before.some((target) => target.file === null)) throw new InvalidArgumentError("Only one report can go to standard output; write the others to files, as `sarif=out.sarif`.");
  return [...before, { format, file }];
}

/** An empty list would be taken for none at all, which is every rule. */
function atLeastOne(codes: readonly string[]): readonly string[] {
  if (codes.length === 0) throw new InvalidArgumentError("It names no code.");
  return codes;
}

function wholeNumber(value: string): number {
  if (!/^\d+$/.test(value)) throw new InvalidArgumentError("It must be a whole number, 0 or more.");
  return Number(value);
}
