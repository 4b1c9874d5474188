/** FA900 and FA902 end to end, with the real rules: what is told, where, in which words, and that everything else goes on. */
import { CATALOGUE } from "@framealloc/rules";
import type { Log } from "sarif";
import { describe, expect, test } from "vitest";
import { memoryHost } from "../src/memory-host.ts";
import { runCommand } from "../src/run-command.ts";

const escaping = (comment: string): string => `import { SmartAlloc } from "@framealloc/runtime";
const alloc = new SmartAlloc();
const kept: unknown[] = [];
export function tick(): void {
  alloc.beginFrame();
${comment}
  kept.push(alloc.frameBox(42));
  alloc.endFrame();
}
`;

async function fa(files: Readonly<Record<string, string>>, ...args: string[]): Promise<{ readonly out: string; readonly err: string; readonly code: number }> {
  const host = memoryHost(new Map(Object.entries(files)), { cwd: "/game", args });
  await runCommand(host, CATALOGUE);
  return { ...host.written, code: host.ended.exitCode };
}

/** `file:line code message`. */
async function found(files: Readonly<Record<string, string>>, ...args: string[]): Promise<string[]> {
  const { out } = await fa(files, "-f", "compact", ...args);
  return out.split("\n").flatMap((line) => {
    const [, file, at, message, code] = /^(.*?): line (\d+), col \d+, \w+ - (.*) \((FA\d+)\)$/.exec(line) ?? [];
    return file === undefined ? [] : [`${file}:${at} ${code} ${message}`];
  });
}

describe("FA900", () => {
  test("is silent while the suppression is needed, and speaks once the finding is gone", async () => {
    const comment = "  // fa-ignore-next-line FA002 -- measured";
    expect(await found({ "a.ts": escaping(comment) })).toEqual([]);
    expect(await found({ "a.ts": escaping(comment).replace("frameBox", "poolBox") }, "--skip", "FA403")).toEqual(["a.ts:6 FA900 `fa-ignore-next-line FA002` suppresses nothing"]);
  });

  test("a comment for the wrong code hides nothing and is told", async () => {
    expect(await found({ "a.ts": escaping("  // fa-ignore-next-line FA004") })).toEqual(["a.ts:6 FA900 `fa-ignore-next-line FA004` suppresses nothing", expect.stringMatching(/^a\.ts:7 FA002 /)]);
  });

  test("an expectation that comes true is no fault, one that does not is", async () => {
    expect(await found({ "a.ts": escaping("  // fa-expect FA002") })).toEqual([]);
    expect(await found({ "a.ts": escaping("  // fa-expect FA004"), "b.js": "f(); // fa-expect FA002\n" })).toEqual([
      "a.ts:6 FA900 nothing was reported where `fa-expect FA004` expects it", expect.stringMatching(/^a\.ts:7 FA002 /), "b.js:1 FA900 nothing was reported where `fa-expect FA002` expects it",
    ]);
  });

  test("of a rule that did not run nothing is said", async () => {
    const files = { "a.ts": "f(); // fa-ignore-line FA004\n", "b.ts": "f(); // fa-ignore-line\n" };
    expect(await found(files, "--only", "FA002")).toEqual([]);
    expect(await found(files, "--skip", "FA004")).toEqual([]);
    expect(await found(files)).toEqual(["a.ts:1 FA900 `fa-ignore-line FA004` suppresses nothing", "b.ts:1 FA900 `fa-ignore-line` suppresses nothing"]);
  });

  test("a text that looks like a comment is none", async () => {
    expect(await found({ "a.ts": 'export const text = "// fa-ignore-line FA002";\nexport const other = `/* fa-disable */`;\n' })).toEqual([]);
  });

  test("is a warning, which gates and levels know", async () => {
    const files = { "a.ts": "f(); // fa-ignore-line FA004\n" };
    expect((await fa(files)).code).toBe(0);
    expect((await fa(files, "-W")).code).toBe(1);
    expect(await found({ ...files, ".fa.toml": '[lints.levels]\nFA900 = "allow"\n' })).toEqual([]);
  });
});

describe("FA902", () => {
  test.each([
    ["a brace too few", "export function tick() {\n", /^bad\.ts:[12] FA902 this file does not parse: /],
    ["types in JavaScript's place", "const x = ;\n", /^bad\.ts:1 FA902 this file does not parse: /],
    ["no text", "PNG\u0000\u0001\u0002", /^bad\.ts:1 FA902 this file is not text: it holds a NUL character/],
    ["hostile names in its fault", 'import "\u001b[31m\n', /^bad\.ts:1 FA902 [^\u001b]*$/],
  ])("%s: that file is told, the others are analyzed", async (_what, text, line) => {
    const files = { "bad.ts": text, "game.ts": escaping("") };
    expect(await found(files)).toEqual([expect.stringMatching(line), expect.stringMatching(/^game\.ts:7 FA002 /)]);
    expect((await fa(files)).code).toBe(1);
  });

  test("an empty file, and one of comments, is a program", async () => {
    expect(await found({ "a.ts": "", "b.ts": "// nothing\n", "c.js": "\ufeff" })).toEqual([]);
  });

  test("findings that lead through the file are missing and nothing else is made of it", async () => {
    const files = { "helper.ts": "export function keep(x) { kept = ", "game.ts": 'import { keep } from "./helper.ts";\nimport { SmartAlloc } from "@framealloc/runtime";\nexport function tick(alloc: SmartAlloc): void {\n  alloc.beginFrame();\n  keep(alloc.frameBox(1));\n  alloc.endFrame();\n}\n' };
    expect(await found(files)).toEqual([expect.stringMatching(/^helper\.ts:\d+ FA902 /)]);
  });

  test("has its rule in SARIF, and its place in the file", async () => {
    const log: Log = JSON.parse((await fa({ "src/bad.ts": "const = 1;\n" }, "-f", "sarif")).out);
    const [run] = log.runs;
    const [result] = run?.results ?? [];
    expect(run?.tool.driver.rules?.[result?.ruleIndex ?? -1]?.id).toBe("FA902");
    expect(result?.locations?.[0]?.physicalLocation).toMatchObject({ artifactLocation: { uri: "src/bad.ts" }, region: { startLine: 1 } });
    expect(run?.invocations?.[0]?.executionSuccessful).toBe(true);
  });
});
