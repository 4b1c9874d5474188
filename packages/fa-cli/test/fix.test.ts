/** `--fix`: what is rewritten, that a second time changes nothing, and that a file is whole or as it was. */
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { applyFixes } from "../src/apply-fixes.ts";
import { catalogueOf } from "../src/catalogue.ts";
import { nodeHost } from "../src/host.ts";
import { parseArgs } from "../src/parse-args.ts";
import { fixCommand } from "../src/commands/fix.ts";
import { fa } from "./command-in-memory.ts";
import { diagnosticOf } from "./hostile-report.ts";
import { rewritingRule } from "./test-rules.ts";

const disk = nodeHost();
const SAFE = rewritingRule("FA602", "creak", true, "calm");
const SUGGESTED = rewritingRule("FA603", "sigh", false, "hum");
const CHAIN = rewritingRule("FA604", "first", true, "second");
const CHAINED = rewritingRule("FA605", "second", true, "third");
const RULES = [SAFE, SUGGESTED, CHAIN, CHAINED];

const fixed = async (line: string, files: Readonly<Record<string, string>>, rules = RULES) => fa(line, files, { rules });

describe("what is rewritten", () => {
  test("safe rewrites by --fix, the others too by --fix-suggestions", async () => {
    const files = { "a.ts": "creak(); sigh();\n" };
    const safe = await fixed("--fix -f compact", files);
    expect(safe.host.files.get("/game/a.ts")).toBe("calm(); sigh();\n");
    expect(safe.findings).toEqual(["a.ts 1 Warning FA603"]);
    expect(safe.err).toContain("rewrote 1 finding in 1 file\n");
    expect((await fixed("--fix-suggestions", files)).host.files.get("/game/a.ts")).toBe("calm(); hum();\n");
  });

  test("until nothing is left: one rewrite may make room for another", async () => {
    const { host, findings } = await fixed("--fix -f compact", { "a.ts": "first(); second();\n" });
    expect(host.files.get("/game/a.ts")).toBe("third(); third();\n");
    expect(findings).toEqual([]);
  });

  test("rewrites that undo each other come to an end", async () => {
    const circle = [rewritingRule("FA602", "one", true, "two"), rewritingRule("FA603", "two", true, "one")];
    const { host } = await fixed("--fix", { "a.ts": "one();\n" }, circle);
    expect(["one();\n", "two();\n"]).toContain(host.files.get("/game/a.ts"));
  });

  test("what is suppressed, allowed or known is left alone", async () => {
    const files = { "a.ts": "creak(); // fa-ignore-line FA602 -- meant\n" };
    expect((await fixed("--fix", files)).host.files.get("/game/a.ts")).toBe(files["a.ts"]);
    expect((await fixed("--fix -A FA602", { "a.ts": "creak();\n" })).host.files.get("/game/a.ts")).toBe("creak();\n");
  });

  test("a rewrite after which the file does not parse is taken back, in that file alone", async () => {
    const broken = [rewritingRule("FA602", "creak", true, "((("), SUGGESTED, CHAIN];
    const { host } = await fixed("--fix", { "a.ts": "creak(); first();\n", "b.ts": "first();\n" }, broken);
    expect(host.files.get("/game/a.ts")).toBe("creak(); first();\n");
    expect(host.files.get("/game/b.ts")).toBe("second();\n");
  });

  test("byte-order marks, line breaks and wide characters stay", async () => {
    const { host } = await fixed("--fix", { "a.ts": "\uFEFF'😀';\r\ncreak();\r\n" });
    expect(host.files.get("/game/a.ts")).toBe("\uFEFF'😀';\r\ncalm();\r\n");
  });

  test("files that are only read to understand the others are not touched", async () => {
    const { host } = await fixed("src --fix", { "src/a.ts": 'import "../lib/b.ts";\ncreak();\n', "lib/b.ts": "creak();\n" });
    expect(host.files.get("/game/lib/b.ts")).toBe("creak();\n");
    expect(host.files.get("/game/src/a.ts")).toContain("calm();");
  });

  test("files outside the project's folder are not touched, even when they are named", async () => {
    const { host, findings } = await fixed("../other/b.ts --fix -f compact", { "/other/b.ts": "creak();\n" });
    expect(findings).toHaveLength(1);
    expect(host.files.get("/other/b.ts")).toBe("creak();\n");
  });
});

test("applied twice it changes nothing more, over random programs", async () => {
  const statement = fc.constantFrom("creak();", "sigh();", "first();", "second();", "calm();", "// first();", '"creak";', "{ creak(); }");
  await fc.assert(
    fc.asyncProperty(fc.array(statement, { maxLength: 12 }), fc.constantFrom("\n", "\r\n", " "), async (statements, end) => {
      const once = (await fixed("--fix-suggestions", { "a.ts": statements.join(end) || "calm();" })).host.files.get("/game/a.ts") ?? "";
      const twice = await fixed("--fix-suggestions", { "a.ts": once });
      expect(twice.host.files.get("/game/a.ts")).toBe(once);
      expect(twice.err).not.toContain("rewrote");
    }),
    { numRuns: 60 },
  );
});

describe("applyFixes", () => {
  const edit = (start: number, end: number, text: string) => ({ at: { file: "a.ts", span: { start, end } }, text });
  const finding = (...edits: readonly ReturnType<typeof edit>[]) => diagnosticOf({ fixes: [{ title: "t", safe: true, edits }] });
  const apply = (source: string, ...all: readonly ReturnType<typeof finding>[]): string => applyFixes(all, { suggestions: false, isOpen: () => true, textOf: () => source }).texts.get("a.ts") ?? source;

  test("applies a rewrite whole, or not at all", () => {
    expect(apply("abcdef", finding(edit(0, 1, "X"), edit(4, 5, "Y")))).toBe("XbcdYf");
    expect(apply("abcdef", finding(edit(0, 3, "X")), finding(edit(2, 4, "Y"), edit(5, 6, "Z")))).toBe("Xdef");
    expect(apply("abcdef", finding(edit(0, 3, "X"), edit(2, 4, "Y")))).toBe("abcdef");
  });

  test("neighbours go together, insertions at one place do not", () => {
    expect(apply("abcd", finding(edit(0, 2, "X")), finding(edit(2, 4, "Y")))).toBe("XY");
    expect(apply("abcd", finding(edit(2, 2, "X")), finding(edit(2, 2, "Y")))).toBe("abXcd");
  });
});

describe("--dry-run", () => {
  test("shows a patch and writes nothing", async () => {
    const { out, err, host, code } = await fixed("--fix --dry-run -W", { "src/a.ts": "quiet();\ncreak();\nloud();\n" });
    expect(out).toBe("--- a/src/a.ts\n+++ b/src/a.ts\n@@ -1,3 +1,3 @@\n quiet();\n-creak();\n+calm();\n loud();\n");
    expect(err).toBe("1 finding in 1 file would be rewritten\n");
    expect(host.files.get("/game/src/a.ts")).toContain("creak");
    expect(code).toBe(1);
  });

  test("leaves standard output to a report that has it", async () => {
    const { out, err } = await fixed("--fix --dry-run -f json", { "a.ts": "creak();\n" });
    expect(JSON.parse(out).diagnostics).toHaveLength(1);
    expect(err).toContain("+calm();");
  });
});

describe("on the disk", () => {
  let folder = "";
  beforeEach(() => { folder = realpathSync(mkdtempSync(join(tmpdir(), "fa-fix-"))); });
  afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

  const onDisk = async (host = disk, line: readonly string[] = ["--fix", "--no-cache"]): Promise<void> => {
    const parsed = parseArgs(line, "0.0.0");
    if (parsed.command !== "analyze") throw new Error("no analysis");
    const silent = { isTerminal: false, columns: 80, write: () => Promise.resolve() };
    await fixCommand({ ...host, cwd: folder, out: silent, err: silent }, parsed.options, catalogueOf(RULES));
  };

  test("a program that git can apply the patch to becomes the same", async () => {
    mkdirSync(join(folder, "src"));
    writeFileSync(join(folder, "src/a b.ts"), "creak();\nno newline(\n".replace("no newline(\n", "first()"));
    let patch = "";
    const parsed = parseArgs(["--fix", "--dry-run"], "0.0.0");
    if (parsed.command !== "analyze") throw new Error("no analysis");
    const out = { isTerminal: false, columns: 80, write: (text: string) => { patch += text; return Promise.resolve(); } };
    await fixCommand({ ...disk, cwd: folder, out, err: { ...out, write: () => Promise.resolve() } }, parsed.options, catalogueOf(RULES));
    expect(spawnSync("git", ["apply", "-"], { cwd: folder, input: patch, encoding: "utf8" }).stderr).toBe("");
    expect(readFileSync(join(folder, "src/a b.ts"), "utf8")).toBe("calm();\nthird()");
  });

  test("the mode of a file stays, and no half-written neighbour is left", async () => {
    writeFileSync(join(folder, "a.ts"), "creak();\n");
    chmodSync(join(folder, "a.ts"), 0o750);
    await onDisk();
    expect(statSync(join(folder, "a.ts")).mode & 0o777).toBe(0o750);
    expect(readdirSync(folder)).toEqual(["a.ts"]);
  });

  test("a file in another encoding keeps its bytes, one with a replacement mark of its own is rewritten", async () => {
    const latin = Buffer.from("creak(); // caf\u00e9\n", "latin1");
    writeFileSync(join(folder, "a.ts"), latin);
    writeFileSync(join(folder, "b.ts"), "creak(); // \uFFFD\n");
    await onDisk();
    expect(readFileSync(join(folder, "a.ts"))).toEqual(latin);
    expect(readFileSync(join(folder, "b.ts"), "utf8")).toBe("calm(); // \uFFFD\n");
  });

  test("a write that fails half-way leaves the old file", async () => {
    writeFileSync(join(folder, "a.ts"), "creak();\n");
    writeFileSync(join(folder, "b.ts"), "creak();\n");
    const host = disk;
    const failing = { ...host, write: (path: string, text: string | Iterable<string>) => {
      const pieces = function* (): Iterable<string> {
        yield "cre";
        throw new Error("no space left");
      };
      host.write(path, path.endsWith("a.ts") ? pieces() : text);
    } };
    await expect(onDisk(failing)).rejects.toThrow("`a.ts` was not rewritten: no space left");
    expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe("creak();\n");
    expect(readFileSync(join(folder, "b.ts"), "utf8")).toBe("calm();\n");
    expect(readdirSync(folder).sort()).toEqual(["a.ts", "b.ts"]);
  });

  test("what changes while it is analyzed is left alone", async () => {
    writeFileSync(join(folder, "a.ts"), "creak();\n");
    const host = disk;
    let reads = 0;
    const changing = { ...host, read: (path: string) => {
      reads += path.endsWith("a.ts") ? 1 : 0;
      if (reads === 2) writeFileSync(join(folder, "a.ts"), "creak(); // mine\n");
      return host.read(path);
    } };
    await expect(onDisk(changing)).rejects.toThrow("it changed while it was analyzed");
    expect(readFileSync(join(folder, "a.ts"), "utf8")).toBe("creak(); // mine\n");
  });

  test("a link that leads out of the project is not followed", async () => {
    const outside = realpathSync(mkdtempSync(join(tmpdir(), "fa-outside-")));
    try {
      writeFileSync(join(outside, "b.ts"), "creak();\n");
      writeFileSync(join(folder, "a.ts"), "calm();\n");
      symlinkSync(join(outside, "b.ts"), join(folder, "b.ts"));
      await onDisk(disk, ["--fix", "--no-cache", "a.ts", "b.ts"]);
      expect(readFileSync(join(outside, "b.ts"), "utf8")).toBe("creak();\n");
    } finally {
      rmSync(outside, { recursive: true });
    }
  });
});
