/** Findings as people see them: alignment of marks under tabs, wide characters and long lines, labels over several lines and files. */
import type { Diagnostic, Location } from "@framealloc/analysis";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { terminalReporter, type TerminalOptions } from "../src/report/terminal.ts";
import { sourceText } from "../src/source-text.ts";
import { memoryHost, type MemoryHostOptions } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";
import { diagnosticOf, reportOf, textOf } from "./hostile-report.ts";
import { TEST_CATALOGUE } from "./test-rules.ts";

/** The report of one finding: `at` and labels are given as texts of the source. */
function framed(files: Readonly<Record<string, string>>, at: string, labels: Readonly<Record<string, string>>, parts: Partial<Diagnostic> = {}, options: TerminalOptions = { color: false }): string {
  const place = (text: string): Location => {
    const [file = "", source = ""] = Object.entries(files).find(([, source]) => source.includes(text)) ?? [];
    if (file === "") throw new Error(`no file holds ${text}`);
    const start = source.indexOf(text);
    return { file, span: { start, end: start + text.length } };
  };
  const related = Object.entries(labels).map(([text, message]) => ({ at: place(text), message }));
  const report = reportOf([{ ...diagnosticOf({ at: place(at), related }), ...parts }], { files: Object.keys(files), sources: (file) => (files[file] === undefined ? undefined : sourceText(files[file])) });
  return textOf(terminalReporter(options)(report));
}

/** The frame alone, between the place and the empty bar. */
function frame(source: string, at: string, labels: Readonly<Record<string, string>> = {}): string {
  return framed({ "a.ts": source }, at, labels).split("\n").slice(3, -5).join("\n");
}

describe("one file", () => {
  test("the message on the marks' own line, and those to the left below it", () => {
    expect(frame("kept.push(alloc.frameBox(1));", "alloc.frameBox(1)", { kept: "lives on", push: "stored here" })).toBe(
      ["1 | kept.push(alloc.frameBox(1));", "  | ---- ---- ^^^^^^^^^^^^^^^^^", "  | |    |", "  | |    stored here", "  | lives on"].join("\n"),
    );
  });

  test("a label inside another one", () => {
    expect(frame("use(alloc.frameBox(x));", "alloc.frameBox(x)", { "x)": "too large" })).toBe(["1 | use(alloc.frameBox(x));", "  |     ^^^^^^^^^^^^^^^^^ too large"].join("\n"));
  });

  test("tabs are four cells", () => {
    expect(frame("\tf();\n\t\tg(\th);", "h", { "f()": "first" })).toBe(["1 |     f();", "  |     --- first", "2 |         g(  h);", "  |             ^"].join("\n"));
  });

  test("wide characters are two cells, joined emoji too, combining marks none", () => {
    expect(frame('f("日本", x);', "x")).toBe(['1 | f("日本", x);', "  |           ^"].join("\n"));
    expect(frame('f("👩‍👩‍👧", x);', "x")).toBe(['1 | f("👩‍👩‍👧", x);', "  |         ^"].join("\n"));
    expect(frame('f("e\u0301", x);', "x")).toBe(['1 | f("e\u0301", x);', "  |        ^"].join("\n"));
    expect(frame('f("日本", x);', '"日本"')).toBe(['1 | f("日本", x);', "  |   ^^^^^^"].join("\n"));
  });

  test("lines between are left out, but never a single one", () => {
    const source = "a();\nb();\nc();\nd();\ne();\n";
    expect(frame(source, "a()", { "c()": "later" })).toBe(["1 | a();", "  | ^^^", "2 | b();", "3 | c();", "  | --- later"].join("\n"));
    expect(frame(source, "a()", { "d()": "later" })).toBe(["1 | a();", "  | ^^^", "...", "4 | d();", "  | --- later"].join("\n"));
  });

  test("a finding over several lines", () => {
    const source = "go(() => {\n  one();\n  two();\n  three();\n});\n";
    expect(frame(source, "() => {\n  one();\n  two();\n  three();\n}", { "one()": "first" })).toBe(
      ["1 |   go(() => {", "  |  ____^", "2 | |   one();", "  | |   ----- first", "... |", "5 | | });", "  | |_^"].join("\n"),
    );
    expect(frame(source, "one()", { "go(() => {\n  one();\n  two();\n  three();\n})": "inside this" })).toBe(
      ["1 | / go(() => {", "2 | |   one();", "  | |   ^^^^^", "... |", "5 | | });", "  | |__- inside this"].join("\n"),
    );
  });

  test("two findings' ranges, one inside the other", () => {
    const source = "a(() => {\n  b(() => {\n    c();\n  });\n});\n";
    expect(frame(source, "b(() => {\n    c();\n  })", { "a(() => {\n  b(() => {\n    c();\n  });\n})": "outer" })).toBe(
      ["1 | /  a(() => {", "2 | |/   b(() => {", "3 | ||     c();", "4 | ||   });", "  | ||____^", "5 | |  });", "  | |___- outer"].join("\n"),
    );
  });

  test("an empty place, and one behind the end", () => {
    expect(framed({ "a.ts": "f();\n" }, "f", {}, { at: { file: "a.ts", span: { start: 3, end: 3 } } })).toContain("1 | f();\n  |    ^\n");
    expect(framed({ "a.ts": "f();\n" }, "f", {}, { at: { file: "a.ts", span: { start: 99, end: 120 } } })).toContain(" --> a.ts:2:1\n  |\n2 |\n  | ^\n");
  });

  test("a very long line is cut around what is marked", () => {
    const text = frame(`${"a".repeat(5_000)}; here(); ${"b".repeat(5_000)}`, "here()");
    const [line = "", marks = ""] = text.split("\n");
    expect(line.length).toBeLessThan(210);
    expect(line.slice(marks.indexOf("^"), marks.lastIndexOf("^") + 1)).toBe("here()");
  });

  test("no control character of a source, a message or a name reaches the terminal", () => {
    const text = framed({ "a\u001b[2J.ts": 'f("\u001b[31m\u202e");' }, "f", { '("': "\u0007bell" }, { message: "\u009b1mred" });
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    expect(text).toContain(" --> a\\u{1b}[2J.ts:1:1");
    expect(text).toContain('1 | f("␛[31m\ufffd");');
  });
});

describe("several files", () => {
  const files = { "src/b.ts": "kept.push(value);\n", "src/a.ts": "export const kept = [];\n" };

  test("the finding's own file first, the others after `:::`", () => {
    expect(framed(files, "value", { "kept = []": "lives as long as the module" }, { help: "keep a copy" })).toBe(
      `error[FA002]: frame value is kept
 --> src/b.ts:1:11
  |
1 | kept.push(value);
  |           ^^^^^
 ::: src/a.ts:1:14
  |
1 | export const kept = [];
  |              --------- lives as long as the module
  |
  = help: keep a copy

1 error in 1 of 2 files
\`fa explain FA002\` says more.
`,
    );
  });

  test("a chain is numbered steps with their places; `show` draws each", () => {
    const chain = [{ at: { file: "src/a.ts", span: { start: 13, end: 17 } }, message: "`tick` runs every frame" }];
    expect(framed(files, "value", {}, { chain })).toContain("  = note: how it is reached, in 1 step\n      1. `tick` runs every frame (src/a.ts:1:14)\n");
    expect(framed(files, "value", {}, { chain }, { color: false, stepFrames: true })).toContain("(src/a.ts:1:14)\n  |\n1 | export const kept = [];\n  |              ----\n");
  });

  test("a file that cannot be read is named without a frame", () => {
    expect(framed(files, "value", {}, { at: { file: "src/gone.ts", span: { start: 1, end: 2 } } })).toContain(" --> src/gone.ts:1:1\n  |\n\n");
  });
});

describe("the summary", () => {
  const summary = (diagnostics: readonly Diagnostic[], options: Partial<TerminalOptions> = {}): string => textOf(terminalReporter({ color: false, ...options })(reportOf(diagnostics))).split("\n").slice(-3).join("\n");

  test("counts findings and files", () => {
    expect(textOf(terminalReporter({ color: false })(reportOf([])))).toBe("no findings in 3 files\n");
    expect(summary([diagnosticOf({}), diagnosticOf({ severity: "warning" }), diagnosticOf({ severity: "warning" }), diagnosticOf({ severity: "hint" })])).toContain("1 error, 2 warnings and 1 hint in 1 of 3 files\n");
  });

  test("says what is not shown, and how long it took where asked", () => {
    expect(summary([diagnosticOf({})], { hidden: 4, elapsedMs: 1_234 })).toContain("1 error in 1 of 3 files (4 not shown, 1.23 s)\n");
  });
});

describe("links", () => {
  const files = { "src/a b#.ts": "boom();\n" };
  const run = async (env: Readonly<Record<string, string>>, parts: MemoryHostOptions = {}): Promise<string> => {
    const host = memoryHost(new Map(Object.entries(files)), { cwd: "/my game", args: ["--no-color"], env, isTerminal: true, ...parts });
    await runCommand(host, TEST_CATALOGUE);
    return host.written.out;
  };

  test.each([{ TERM_PROGRAM: "iTerm.app" }, { VTE_VERSION: "6800" }, { WT_SESSION: "1" }, { TERM: "xterm-kitty" }, { FORCE_HYPERLINK: "1", CI: "1" }])("lead to the file in a terminal that opens them: %j", async (env) => {
    const out = await run(env);
    expect(out).toContain(" --> \u001b]8;;file:///my%20game/src/a%20b%23.ts\u0007src/a b#.ts:1:1\u001b]8;;\u0007\n");
    expect(stripVTControlCharacters(out)).toBe(await run({}));
  });

  test.each([[{}], [{ VTE_VERSION: "4900" }], [{ TERM_PROGRAM: "iTerm.app", CI: "true" }], [{ TERM_PROGRAM: "vscode", FORCE_HYPERLINK: "0" }], [{ TERM: "dumb", WT_SESSION: "1" }], [{ WT_SESSION: "1" }, { isTerminal: false }]])("are none elsewhere: %j %j", async (env, parts: MemoryHostOptions = {}) => {
    expect(await run(env, parts)).not.toContain("\u001b]8");
  });
});

test("colour changes nothing but colour", () => {
  const report = reportOf();
  const coloured = textOf(terminalReporter({ color: true })(report));
  expect(coloured).toContain("\u001b[");
  expect(stripVTControlCharacters(coloured)).toBe(textOf(terminalReporter({ color: false })(report)));
});
