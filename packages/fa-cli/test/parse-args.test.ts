/** The command line: what each flag means, and what is said of those that do not exist. */
import { FAMILIES } from "@framealloc/rules";
import { describe, expect, test } from "vitest";
import { type AnalyzeOptions, type ParsedArgs, parseArgs } from "../src/parse-args.ts";

const parse = (line: string): ParsedArgs => parseArgs(line.split(" ").filter((word) => word !== ""), "9.9.9");

function options(line: string): AnalyzeOptions {
  const parsed = parse(line);
  if (parsed.command !== "analyze" && parsed.command !== "show") throw new Error(JSON.stringify(parsed));
  return parsed.options;
}

function fault(line: string): string {
  const parsed = parse(line);
  if (parsed.command !== "print" || parsed.to !== "err" || parsed.exitCode !== 2) throw new Error(JSON.stringify(parsed));
  return parsed.text;
}

test("no argument is everything, on the terminal", () => {
  expect(parse("")).toEqual({
    command: "analyze",
    options: {
      paths: [], families: [], only: [], skip: [], flags: [], denyWarnings: false, maxWarnings: null, quiet: false, minSeverity: null, exclude: [], path: null, config: null, reports: [{ format: "terminal", file: null }], verbose: false, color: null,
      failFast: false, stats: false, maxDurationMs: null, concurrency: null, stdin: null, reportUnusedSuppressions: false, requireReason: false, inlineConfig: true, baseline: null, baselineWrite: "none", changes: null, scope: "files", fix: "none", dryRun: false, watch: false, cache: true, cacheLocation: null,
    },
  });
  expect(parse("--all")).toEqual(parse(""));
  expect(parse("-a")).toEqual(parse(""));
});

test("every family has its flag, and they may be combined; `--all` means all of them", () => {
  for (const { key } of FAMILIES) expect(options(`--${key}`).families).toEqual([key]);
  expect(options("--threading --async-safety src").families).toEqual(["threading", "async-safety"]);
  expect(options("--threading --all").families).toEqual([]);
});

test("codes are separated by commas or by repeating the flag; levels keep their order", () => {
  expect(options("--only FA002,FA6xx --only FA1xx --skip FA602")).toMatchObject({ only: ["FA002", "FA6xx", "FA1xx"], skip: ["FA602"] });
  expect(options("-D FA6xx -A FA602 --deny FA603").flags).toEqual([{ level: "deny", word: "FA6xx" }, { level: "allow", word: "FA602" }, { level: "deny", word: "FA603" }]);
});

test("gates, filters and places", () => {
  expect(options("a b -W --max-warnings 3 --quiet --min-severity warning -e x -e y -p web --config c.toml --verbose --no-color")).toMatchObject({
    paths: ["a", "b"], denyWarnings: true, maxWarnings: 3, quiet: true, minSeverity: "warning", exclude: ["x", "y"], path: "web", config: "c.toml", verbose: true, color: false,
  });
  expect(options("--no-config --color")).toMatchObject({ config: false, color: true });
});

test("several reports, one of them on standard output", () => {
  expect(options("-f json -f sarif=out/a=b.sarif").reports).toEqual([{ format: "json", file: null }, { format: "sarif", file: "out/a=b.sarif" }]);
  expect(fault("-f json -f sarif")).toContain("Only one report can go to standard output");
  expect(fault("-f json=")).toContain("A file is missing");
});

describe("commands", () => {
  test("each with its own options", () => {
    expect(parse("explain FA002 --format markdown")).toEqual({ command: "explain", code: "FA002", format: "markdown", color: null });
    expect(parse("list --category intent -f json --no-color")).toEqual({ command: "list", category: "intent", format: "json", color: false });
    expect(parse("init --force -p web")).toEqual({ command: "init", force: true, ci: null, path: "web" });
    expect(parse("init --ci gitlab")).toEqual({ command: "init", force: false, ci: "gitlab", path: null });
    expect(parse("config src/a.ts --no-config -f json")).toEqual({ command: "config", file: "src/a.ts", options: { path: null, config: false, format: "json", color: null } });
    expect(parse("doctor http://localhost:5173 -p web")).toEqual({ command: "doctor", url: "http://localhost:5173", options: { path: "web", config: null, format: "terminal", color: null } });
    expect(parse("completion fish")).toEqual({ command: "completion", shell: "fish" });
    expect(parse("show src/a.ts -f json --only FA002")).toMatchObject({ command: "show", file: "src/a.ts", options: { only: ["FA002"], reports: [{ format: "json", file: null }] } });
  });

  test("options of the analysis may stand before `show`", () => {
    expect(options("--no-config -f json show a.ts -f compact")).toMatchObject({ config: false, reports: [{ format: "compact", file: null }] });
  });
});

describe("help and version", () => {
  test("go to standard output with exit code 0", () => {
    expect(parse("--version")).toEqual({ command: "print", text: "9.9.9\n", to: "out", exitCode: 0 });
    expect(parse("--help")).toMatchObject({ command: "print", to: "out", exitCode: 0, text: expect.stringContaining("Usage: fa") });
    expect(parse("show --help")).toMatchObject({ command: "print", to: "out", exitCode: 0, text: expect.stringContaining("Usage: fa show") });
  });
});

test.each([
  ["--threding", "Did you mean --threading?"],
  ["-f sraif", "Did you mean `sarif`?"],
  ["--min-severity warn", "Did you mean `warning`?"],
  ["list --category dirtymen", "Did you mean `dirtymem`?"],
  ["explain FA002 -f sarif", "It must be one of terminal, markdown, json."],
  ["--max-warnings many", "It must be a whole number, 0 or more."],
  ["--max-warnings -1", "It must be a whole number, 0 or more."],
  ["explain", "missing required argument 'code'"],
  ["explain FA002 FA003", "too many arguments"],
  ["--config", "argument missing"],
])("%s is a fault of the caller", (line, message) => {
  expect(fault(line)).toContain(message);
});

describe("help", () => {
  test("`fa help` is `fa --help`, and of a command the command's", () => {
    expect(parseArgs(["help"], "1.2.3")).toEqual(parseArgs(["--help"], "1.2.3"));
    expect(parseArgs(["help", "explain"], "1.2.3")).toEqual(parseArgs(["explain", "--help"], "1.2.3"));
  });

  test("an empty path is a fault, and no folder", () => {
    expect(parseArgs(["src", ""], "1.2.3")).toMatchObject({ command: "print", to: "err", exitCode: 2, text: expect.stringContaining("It is empty.") });
  });
});
