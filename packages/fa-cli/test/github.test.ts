/** Annotations as the runner of GitHub Actions reads them back, what of many findings is shown, and the page of the run. */
import { describe, expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { githubReporter, githubSummary } from "../src/report/github.ts";
import { runCommand } from "../src/run-command.ts";
import { diagnosticOf, GAME_FILE, HOSTILE_FILE, placeIn, reportOf, textOf } from "./hostile-report.ts";
import { TEST_CATALOGUE } from "./test-rules.ts";

interface Command {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
}

/** As the runner does it: the properties end at the first `::` behind them, then the escapes are taken back. */
function commandsIn(text: string): Command[] {
  return text.split("\n").flatMap((line) => {
    const [, name = "", list = "", message = ""] = /^::([a-z]+) (.*?)::(.*)$/.exec(line) ?? [];
    if (name === "") return [];
    const properties = Object.fromEntries(list.split(",").map((pair) => {
      const [key = "", value = ""] = pair.split(/=(.*)/s);
      return [key, value.replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%")];
    }));
    return [{ name, properties, message: message.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%") }];
  });
}

const commandsOf = (...args: Parameters<typeof reportOf>): Command[] => commandsIn(textOf(githubReporter(reportOf(...args))));

describe("annotations", () => {
  test("name the file, the lines, the columns of one line, and the rule", () => {
    expect(commandsOf([diagnosticOf({ help: "keep a copy" })])).toEqual([
      { name: "error", properties: { file: GAME_FILE, line: "3", endLine: "3", col: "3", endColumn: "7", title: "FA002 frame-escape" }, message: "frame value is kept\nhelp: keep a copy" },
    ]);
    const [over] = commandsOf([diagnosticOf({ at: placeIn(GAME_FILE, "update() {\n  alloc.beginFrame();") })]);
    expect(over?.properties).toEqual({ file: GAME_FILE, line: "1", endLine: "2", title: "FA002 frame-escape" });
  });

  test("say what hostile names and messages say, and are no other command", () => {
    const text = textOf(githubReporter(reportOf([diagnosticOf({ message: "100% ::error file=x::\n::set-output name=a::b, c", at: placeIn(HOSTILE_FILE, "kept") })])));
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]|\p{Surrogate}/u);
    const [only, ...others] = commandsIn(text);
    expect(others).toEqual([]);
    expect(only?.properties["file"]).toBe(HOSTILE_FILE.replace("\u001b", "\\u{1b}").replace("\u0000", "\\u{0}").replace("\ud800", "\\u{d800}"));
    expect(only?.message).toBe("100% ::error file=x::\\u{a}::set-output name=a::b, c");
  });

  test("are as many as GitHub shows, the gravest first, and the last line counts them all", () => {
    const many = (["hint", "warning", "error"] as const).flatMap((severity) => Array.from({ length: 14 }, () => diagnosticOf({ severity })));
    const report = reportOf(many);
    expect(commandsOf(many).map(({ name }) => name)).toEqual([...new Array(10).fill("error"), ...new Array(10).fill("warning"), ...new Array(10).fill("notice")]);
    expect(textOf(githubReporter(report)).trimEnd().split("\n").at(-1)).toBe("14 errors, 14 warnings and 14 hints in 3 files; 12 more findings than GitHub shows");
  });

  test("without findings there is a line that says so", () => {
    expect(textOf(githubReporter(reportOf([])))).toBe("no findings in 3 files\n");
  });

  test("paths are the repository's", () => {
    expect(commandsOf([diagnosticOf({})], { prefixes: { repository: "apps/game/", here: "" } })[0]?.properties["file"]).toBe(`apps/game/${GAME_FILE}`);
  });
});

describe("the summary", () => {
  test("counts by code and lists the gravest", () => {
    const summary = githubSummary(reportOf([diagnosticOf({ severity: "hint", code: "FA510" }), diagnosticOf({ message: "`path` outlives its frame" }), diagnosticOf({})]));
    expect(summary.split("\n").slice(0, 5)).toEqual(["### fa: 2 errors and 1 hint in 3 files", "", "| code | name | findings |", "|---|---|---|", "| FA002 | frame-escape | 2 |"]);
    expect(summary).toContain("- error FA002 <code>src/game.ts&#58;3&#58;3</code> <code>path</code> outlives its frame\n");
    expect(summary.indexOf("- error")).toBeLessThan(summary.indexOf("- hint"));
  });

  test("no text becomes markup", () => {
    const message = "<script>alert(1)</script> [a](javascript:b) | *bold* `co|de` @someone #1";
    const lines = githubSummary(reportOf([diagnosticOf({ message })])).split("\n");
    const line = lines.find((each) => each.startsWith("- error")) ?? "";
    expect(line.replace(/<\/?code>/g, "")).not.toMatch(/[<>[\]()|*`@]|#(?!\d+;)/);
    const read = line.replace(/<\/?code>/g, "`").replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));
    expect(read).toContain(message);
  });

  test("stays far below the mebibyte that GitHub takes", () => {
    const many = new Array(100_000).fill(diagnosticOf({ message: `\u{1f600}${"<".repeat(5_000)}` }));
    expect(Buffer.byteLength(githubSummary(reportOf(many)))).toBeLessThan(1 << 18);
  });

  test("is added to the file that the environment names, and only by this format", async () => {
    const run = async (format: string): Promise<string | undefined> => {
      const host = memoryHost(new Map([["a.ts", "boom();\n"], ["/tmp/summary.md", "before\n"]]), { cwd: "/game", args: ["-f", format], env: { GITHUB_STEP_SUMMARY: "/tmp/summary.md" } });
      await runCommand(host, TEST_CATALOGUE);
      return host.files.get("/tmp/summary.md");
    };
    expect(await run("github")).toMatch(/^before\n### fa: 1 error in 1 file\n/);
    expect(await run("compact")).toBe("before\n");
  });
});

test("a project below its repository's folder is named from there", async () => {
  const host = memoryHost(new Map([["/repo/.git/HEAD", "x"], ["/repo/apps/game/src/a.ts", "boom();\n"]]), { cwd: "/repo/apps/game", args: ["-f", "github"] });
  await runCommand(host, TEST_CATALOGUE);
  expect(commandsIn(host.written.out)[0]?.properties["file"]).toBe("apps/game/src/a.ts");
});
