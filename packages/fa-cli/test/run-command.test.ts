/** The whole command over files in memory: order of the steps, gates and exit codes, what goes to which stream. */
import type { Rule } from "@framealloc/analysis";
import { describe, expect, test } from "vitest";
import { type MemoryHost, memoryHost, type MemoryHostOptions } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { BROKEN, TEST_CATALOGUE } from "./test-rules.ts";

interface Ran {
  readonly out: string;
  readonly err: string;
  readonly code: number;
  readonly host: MemoryHost;
}

async function fa(line: string, files: Readonly<Record<string, string>>, parts: { readonly rules?: readonly Rule[]; readonly host?: MemoryHostOptions } = {}): Promise<Ran> {
  const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args: line.split(" ").filter((word) => word !== ""), ...parts.host });
  await runCommand(host, parts.rules ?? TEST_CATALOGUE);
  return { ...host.written, code: host.ended.exitCode, host };
}

/** `file line code severity` of each finding. */
async function findings(line: string, files: Readonly<Record<string, string>>, rules?: readonly Rule[]): Promise<string[]> {
  const { out, err } = await fa(`${line} -f compact`, files, rules === undefined ? {} : { rules });
  if (out === "" && err !== "") throw new Error(err);
  return out.split("\n").flatMap((text) => /^(.*): line (\d+), col \d+, (\w+) - .* \((FA\d+)\)$/.exec(text)?.slice(1, 5).join(" ") ?? []);
}

const ALL = { "src/a.ts": "boom();\ncreak();\nsigh();\n", "src/b.ts": "calm();\n" };

test("all rules on all files, sorted, with exit code 1 for an error", async () => {
  expect(await findings("", ALL)).toEqual(["src/a.ts 1 Error FA002", "src/a.ts 2 Warning FA602", "src/a.ts 3 Info FA510"]);
  const { out, code } = await fa("--all", ALL);
  expect(code).toBe(1);
  expect(out).toContain("error[FA002]: `boom` is used\n --> src/a.ts:1:1\n  |\n1 | boom();\n  | ^^^^\n  |\n  = help: stay calm\n");
  expect(out).toContain("1 error, 1 warning and 1 hint in 1 of 2 files\n");
});

test("a clean project ends with 0 and says so", async () => {
  expect(await fa("", { "a.ts": "calm();\n" })).toMatchObject({ out: "no findings in 1 file\n", code: 0 });
});

describe("rules chosen", () => {
  test("by family, by code, without codes", async () => {
    expect(await findings("--intent", ALL)).toEqual(["src/a.ts 3 Info FA510"]);
    expect(await findings("--intent --async-safety", ALL)).toEqual(["src/a.ts 2 Warning FA602", "src/a.ts 3 Info FA510"]);
    expect(await findings("--only FA6xx", ALL)).toEqual(["src/a.ts 2 Warning FA602"]);
    expect(await findings("--skip fa002,FA5xx", ALL)).toEqual(["src/a.ts 2 Warning FA602"]);
  });

  test.each([
    ["--only fa620", "--only: unknown code `fa620`", "did you mean `FA602`?"],
    ["--skip FA701", "--skip: unknown code `FA701`", "it is called `FA002` here"],
    ["-D FA7xx", "--deny: unknown code `FA7xx`", "did you mean `FA0xx`?"],
    ["-A nonsense", "--allow: unknown code `nonsense`", "`fa list` shows all codes"],
  ])("%s is a fault with a suggestion", async (line, message, help) => {
    expect(await fa(line, ALL)).toMatchObject({ code: 2, out: "", err: `error: ${message}\n  = help: ${help}\n` });
  });

  test("none left is a fault", async () => {
    expect(await fa("--threading", ALL)).toMatchObject({ code: 2, out: "", err: expect.stringContaining("no rule is left to run") });
  });
});

describe("levels and gates", () => {
  test("warnings and hints pass, unless they are denied or too many", async () => {
    const files = { "a.ts": "creak(); creak(); sigh();\n" };
    for (const [line, code] of [["", 0], ["-W", 1], ["--deny-warnings", 1], ["-D FA602", 1], ["-D FA510", 1], ["--max-warnings 1", 1], ["--max-warnings 2", 0], ["-W -A FA602", 0]] as const) {
      expect((await fa(line, files)).code, line).toBe(code);
    }
  });

  test("an allowed error passes and is not shown", async () => {
    expect(await findings("-A FA002", ALL)).toEqual(["src/a.ts 2 Warning FA602", "src/a.ts 3 Info FA510"]);
    expect((await fa("-A FA002", ALL)).code).toBe(0);
  });

  test("a code by itself wins over its family, else the later flag", async () => {
    expect(await findings("--only FA6xx -A FA602 -D FA6xx", ALL)).toEqual([]);
    expect(await findings("--only FA6xx -A FA602 -D FA602", ALL)).toEqual(["src/a.ts 2 Error FA602"]);
  });

  test("quiet hides, and the gates still count", async () => {
    const { out, code } = await fa("--quiet -W", { "a.ts": "creak();\n" });
    expect(out).toBe("no findings in 1 file (1 not shown)\n");
    expect(code).toBe(1);
  });

  test("the least severity drops before the gates count", async () => {
    expect(await findings("--min-severity warning", ALL)).toEqual(["src/a.ts 1 Error FA002", "src/a.ts 2 Warning FA602"]);
    expect((await fa("--min-severity error -W", { "a.ts": "creak();\n" })).code).toBe(0);
  });
});

describe("the configuration", () => {
  const config = (text: string, files: Readonly<Record<string, string>> = ALL) => ({ ...files, ".fa.toml": text });

  test("gives levels, for some files others, and flags win over it", async () => {
    const files = config('[lints.levels]\nFA602 = "deny"\nFA510 = "warn"\n[[overrides]]\nfiles = ["test/**"]\nlevels = { FA602 = "allow" }\n', { ...ALL, "test/c.ts": "creak();\n" });
    expect(await findings("", files)).toEqual(["src/a.ts 1 Error FA002", "src/a.ts 2 Error FA602", "src/a.ts 3 Warning FA510"]);
    expect(await findings("-A FA602 -D FA510", files)).toEqual(["src/a.ts 1 Error FA002", "src/a.ts 3 Error FA510"]);
    expect(await findings("--no-config", files)).toContain("test/c.ts 1 Warning FA602");
  });

  test("disables, excludes, denies warnings, sets the least severity", async () => {
    expect(await findings("", config('[lints]\ndisabled = ["FA5xx", "FA002"]'))).toEqual(["src/a.ts 2 Warning FA602"]);
    expect(await findings("--only FA510", config('[lints]\ndisabled = ["FA5xx"]'))).toEqual(["src/a.ts 3 Info FA510"]);
    expect((await fa("", config('[global]\nexclude = ["src/a.ts"]'))).out).toBe("no findings in 1 file\n");
    expect((await fa("", config("[global]\ndeny_warnings = true", { "a.ts": "creak();\n" }))).code).toBe(1);
    expect(await findings("", config('[global]\nmin_severity = "error"'))).toEqual(["src/a.ts 1 Error FA002"]);
    expect(await findings("--min-severity hint", config('[global]\nmin_severity = "error"'))).toHaveLength(3);
  });

  test("a fault in it has its place", async () => {
    expect(await fa("", config("[lints]\nlevel = 1"))).toMatchObject({ code: 2, out: "", err: "error: unknown key `lints.level`\n  --> .fa.toml:2:1\n  = help: did you mean `levels`?\n" });
    expect(await fa("--config none.toml", ALL)).toMatchObject({ code: 2, err: "error: no such configuration: `none.toml`\n" });
  });
});

describe("suppression comments", () => {
  test("come before levels, and unused ones are warnings", async () => {
    expect(await findings("", { "a.ts": "boom(); // fa-ignore-line FA002\ncalm(); // fa-ignore-line FA602\n" })).toEqual(["a.ts 2 Warning FA900"]);
    expect(await findings("-A FA900", { "a.ts": "calm(); // fa-ignore-line FA602\n" })).toEqual([]);
    expect((await fa("", { "a.ts": "boom(); // fa-ignore-line FA002 -- a test\n" })).out).toBe("no findings in 1 file (1 suppressed)\n");
  });

  test("count in files alone that are reported on", async () => {
    expect(await findings("a.ts", { "a.ts": 'import "./b.ts";\n', "b.ts": "// fa-ignore-next-line FA002\nboom();\n// fa-ignore-next-line FA002\n" })).toEqual([]);
  });
});

describe("files", () => {
  test("one that does not parse is reported, and the others go on", async () => {
    const files = { "bad.ts": "const = 1;\n", "good.ts": "creak();\n" };
    expect(await findings("", files)).toEqual(["bad.ts 1 Error FA902", "good.ts 1 Warning FA602"]);
    expect((await fa("", files)).code).toBe(1);
    expect((await fa("-A FA902", files)).code).toBe(0);
  });

  test("one that holds no text is reported", async () => {
    const { out } = await fa("-f compact", { "video.ts": "G\u0000\u0001", "good.ts": "calm();\n" });
    expect(out).toContain("video.ts: line 1, col 1, Error - this file is not text: it holds a NUL character (FA902)");
  });

  test("imports of a file given are read to understand it, and nothing is reported in them", async () => {
    const { err, out } = await fa("src/a.ts --verbose -f compact", { "src/a.ts": 'import { b } from "./b.js";\nboom(b);\n', "src/b.ts": "boom(); export const b = 1;\n", "src/c.ts": "boom();\n" });
    expect(out).toBe("src/a.ts: line 2, col 1, Error - `boom` is used (FA002)\n\n1 problem\n");
    expect(err).toContain("files: 1 to analyze, 1 more read to understand them\n");
  });

  test("nothing to analyze is a fault", async () => {
    expect(await fa("", { "README.md": "" })).toMatchObject({ code: 2, err: expect.stringContaining("nothing to analyze") });
    expect(await fa("src", { "src/a.ts": "" , ".fa.toml": '[global]\nexclude = ["*.ts"]' })).toMatchObject({ code: 2, err: expect.stringContaining("nothing to analyze") });
    expect(await fa("scr", ALL)).toMatchObject({ code: 2, err: "error: no such file or folder: `scr`\n  = help: did you mean `src`?\n" });
    expect(await fa("src/b.tsx", ALL)).toMatchObject({ code: 2, err: expect.stringContaining("did you mean `src/b.ts`?") });
    expect(await fa("expain", ALL)).toMatchObject({ code: 2, err: expect.stringContaining("did you mean `fa explain`?") });
    expect(await fa("nowhere", ALL)).toMatchObject({ code: 2, err: "error: no such file or folder: `nowhere`\n" });
    expect(await fa("-p nowhere", ALL)).toMatchObject({ code: 2, err: "error: no such folder: `nowhere`\n" });
  });

  test("another folder: names are relative to it, reports to where the command stands", async () => {
    const { out, host } = await fa("-p src -f compact -f json=out/report.json", ALL);
    expect(out).toContain("a.ts: line 1, col 1");
    expect(JSON.parse(host.files.get("/game/out/report.json") ?? "").summary.errors).toBe(1);
  });

  test("the order of the arguments changes nothing", async () => {
    const files = { "a.ts": "boom();\n", "b.ts": "boom();\n", "c/d.ts": "boom();\n" };
    expect((await fa("c b.ts a.ts -f json", files)).out).toBe((await fa("a.ts b.ts c/d.ts c -f json", files)).out);
  });
});

describe("failures of ours", () => {
  test("a rule that throws is one diagnostic, the others run, and the exit code is 2", async () => {
    const { out, code } = await fa("-f compact", ALL, { rules: [BROKEN, ...TEST_CATALOGUE] });
    expect(out).toContain("src/a.ts: line 1, col 1, Error - rule `FA603` failed: cannot read the stars (FA901)\n");
    expect(out).toContain("(FA602)");
    expect(code).toBe(2);
  });

  test("it cannot be allowed, suppressed or graded away", async () => {
    const files = { "a.ts": "// fa-ignore-file\ncalm();\n", ".fa.toml": '[lints.levels]\nFA901 = "allow"' };
    expect((await fa("-A FA901", files, { rules: [BROKEN] })).code).toBe(2);
  });
});

describe("streams", () => {
  test("machine formats have standard output for themselves", async () => {
    for (const format of ["json", "sarif", "junit", "checkstyle", "compact"]) {
      expect((await fa(`-f ${format}`, ALL)).err, format).toBe("");
    }
  });

  test("the terminal's time goes to the summary there, and past a pipe", async () => {
    expect(await fa("", ALL)).toMatchObject({ err: "finished in 0.00 s\n", out: expect.stringContaining("1 hint in 1 of 2 files\n") });
    expect(await fa("", ALL, { host: { isTerminal: true } })).toMatchObject({ err: "", out: expect.stringContaining("files (0.00 s)\n") });
  });

  test("colour follows the flags, then the environment, then the terminal", async () => {
    const isColoured = async (line: string, env: Record<string, string>, isTerminal: boolean): Promise<boolean> => (await fa(line, ALL, { host: { env, isTerminal } })).out.includes("\u001b[");
    expect(await isColoured("", {}, false)).toBe(false);
    expect(await isColoured("", {}, true)).toBe(true);
    expect(await isColoured("", { NO_COLOR: "1" }, true)).toBe(false);
    expect(await isColoured("", { NO_COLOR: "" }, true)).toBe(true);
    expect(await isColoured("", { FORCE_COLOR: "1" }, false)).toBe(true);
    expect(await isColoured("", { FORCE_COLOR: "0" }, true)).toBe(false);
    expect(await isColoured("", { TERM: "dumb" }, true)).toBe(false);
    expect(await isColoured("--color", { NO_COLOR: "1" }, false)).toBe(true);
    expect(await isColoured("--no-color", { FORCE_COLOR: "1" }, true)).toBe(false);
    const isFaultColoured = async (line: string, env: Record<string, string>): Promise<boolean> => (await fa(line, ALL, { host: { env } })).err.includes("\u001b[");
    expect(await isFaultColoured("nowhere.ts --color", {})).toBe(true);
    expect(await isFaultColoured("nowhere.ts --no-color", { FORCE_COLOR: "1" })).toBe(false);
  });
});

describe("show", () => {
  test("one file's findings, with code around them", async () => {
    const { out, code } = await fa("show src/a.ts --only FA602", { ...ALL, "src/c.ts": "creak();\n" });
    expect(out).toContain("1 | boom();\n2 | creak();\n  | ^^^^^\n3 | sigh();\n");
    expect(out).not.toContain("src/c.ts");
    expect(code).toBe(0);
    expect(await fa("show nowhere.ts", ALL)).toMatchObject({ code: 2, err: "error: no such file: `nowhere.ts`\n" });
  });
});

describe("explain and list", () => {
  test("a code by its number, its name, what it was called", async () => {
    const { out, code } = await fa("explain FA002", {});
    expect(code).toBe(0);
    for (const part of ["FA002 boom-use\n", "severity: error\n", "family: --dirtymem", "formerly: FA701\n", "Why\n  `boom` is not", "Reported\n  boom();\n", "Instead\n  calm();\n", "Known misses\n", "// fa-ignore-next-line FA002", "[lints.levels]\n  FA002 = \"allow\"\n"]) expect(out).toContain(part);
    for (const word of ["fa002", "boom-use", "FA701"]) expect((await fa(`explain ${word}`, {})).out).toBe(out);
  });

  test("what cannot be suppressed is not said to be", async () => {
    expect((await fa("explain FA902", {})).out).toMatch(/turn it off/);
    for (const code of ["FA901", "FA902"]) expect((await fa(`explain ${code}`, {})).out).not.toContain("fa-ignore");
    expect((await fa("explain FA901", {})).out).not.toContain("turn it off");
  });

  test("as markdown and as JSON", async () => {
    expect((await fa("explain FA002 -f markdown", {})).out).toContain("# FA002 boom-use\n\n`boom` is used.\n");
    expect(JSON.parse((await fa("explain FA602 -f json", {})).out)).toMatchObject({ code: "FA602", severity: "warning", bad: "creak();\n" });
  });

  test("an unknown one is a fault with a suggestion", async () => {
    expect(await fa("explain fa020", {})).toMatchObject({ code: 2, out: "", err: "error: unknown code `fa020`\n  = help: did you mean `FA002`?\n" });
  });

  test("every code, or those of a family", async () => {
    const { out } = await fa("list", {});
    for (const code of ["FA002", "FA510", "FA602", "FA900", "FA901", "FA902"]) expect(out).toContain(`\n  ${code}  `);
    expect(JSON.parse((await fa("list --category async-safety -f json", {})).out).map(({ code }: { code: string }) => code)).toEqual(["FA602"]);
    expect((await fa("list -f markdown", {})).out).toContain("| FA602 | creak-use | warning | `creak` is used |");
  });
});

describe("init", () => {
  test("writes once, and again with --force", async () => {
    const { host, out } = await fa("init", {});
    expect(out).toBe("wrote .fa.toml\n");
    expect(host.files.get("/game/.fa.toml")).toContain('# FA602 = "warn"  # creak-use: `creak` is used\n');
    expect(await fa("init", { ".fa.toml": "x" })).toMatchObject({ code: 2, err: "error: `.fa.toml` is there already\n  = help: `--force` replaces it\n" });
    expect((await fa("init --force", { ".fa.toml": "x" })).host.files.get("/game/.fa.toml")).toContain("[lints.levels]");
  });
});
