/** The runner of fixtures fails in every way in which a fixture can be wrong, and says where. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { defineFact, type Location } from "@framealloc/analysis";
import { defineRule } from "@framealloc/rules";
import { describe, expect, it, onTestFinished } from "vitest";
import { type Fixture, listFixtures, runFixture } from "../fixtures.ts";

const marked = defineFact<readonly Location[]>("marked", ({ modules }) => modules.flatMap(({ file, functions }) => functions.filter((fn) => fn.name.startsWith("bad")).map((fn) => ({ file, span: fn.nameSpan }))));

/** Reports functions whose name begins with `bad`. */
const RULE = defineRule({
  code: "FA610",
  name: "marked",
  families: [],
  severity: "hint",
  since: "next",
  summary: "a marked function",
  docs: { why: "", bad: "", good: "", misses: "" },
  needs: { marked },
  check({ marked: found }, report) {
    for (const at of found) report({ at, message: "a marked function" });
  },
});

const BROKEN = defineRule({ ...RULE, needs: {}, check() { throw new Error("out of order"); } });

function failuresOf(kind: Fixture["kind"], files: Readonly<Record<string, string>>, rules = [RULE]): readonly string[] {
  const names = Object.keys(files);
  const path = names.length === 1 ? `fixtures/FA610/${names[0] ?? ""}` : "fixtures/FA610/bad-folder";
  return runFixture({ path, code: "FA610", kind, files: new Map(Object.entries(files)) }, rules).failures;
}

const FACT = 'const n = 1; // fact alloc(n) = none\nexport { n };\n';

describe("a program", () => {
  it("passes when what it wants is found and nothing else", () => {
    expect(failuresOf("bad", { "bad-a.ts": '\nexport function badOne() {} // want FA610 "marked"\n' })).toEqual([]);
    expect(failuresOf("bad", { "a.ts": 'import { badTwo } from "./b.ts";\nbadTwo();\n', "b.ts": "export function badTwo() {} // want FA610\n" })).toEqual([]);
    expect(failuresOf("ok", { "ok-a.ts": FACT })).toEqual([]);
  });

  it("fails on a diagnostic that it does not want", () => {
    expect(failuresOf("bad", { "bad-a.ts": "export function badOne() {} // want FA610\nexport function badTwo() {}\n" })).toEqual(['fixtures/FA610/bad-a.ts:2: unexpected FA610 "a marked function"']);
    expect(failuresOf("ok", { "ok-a.ts": `${FACT}export function badTwo() {}\n` })).toEqual(['fixtures/FA610/ok-a.ts:3: unexpected FA610 "a marked function"']);
  });

  it("fails on one that it wants in vain: another line, another text, another code, once too often", () => {
    expect(failuresOf("bad", { "bad-a.ts": "export function\nbadOne() {} // want FA610\n// want FA610\n" })).toEqual(["fixtures/FA610/bad-a.ts:3: missing FA610"]);
    expect(failuresOf("bad", { "bad-a.ts": 'export function badOne() {} // want FA610 "other"\n' })).toEqual(['fixtures/FA610/bad-a.ts:1: missing FA610 "other"', 'fixtures/FA610/bad-a.ts:1: unexpected FA610 "a marked function"']);
    expect(failuresOf("bad", { "bad-a.ts": "export function badOne() {} // want FA610 FA002\n" })).toEqual(["fixtures/FA610/bad-a.ts:1: missing FA002"]);
    expect(failuresOf("bad", { "bad-a.ts": "export function badOne() {} // want FA610 FA610\n" })).toEqual(["fixtures/FA610/bad-a.ts:1: missing FA610"]);
  });

  it("fails on a fact that is another, of an unknown name or kind", () => {
    expect(failuresOf("ok", { "ok-a.ts": FACT.replace("= none", "= frame") })).toEqual(["fixtures/FA610/ok-a.ts:1: expected alloc(n) = frame, got none"]);
    expect(failuresOf("ok", { "ok-a.ts": FACT.replace("alloc(n)", "alloc(m)") })).toEqual(["fixtures/FA610/ok-a.ts:1: expected alloc(m) = none, which the analysis does not know of"]);
    expect(failuresOf("ok", { "ok-a.ts": FACT.replace("alloc(n)", "colour(n)") })).toEqual([expect.stringMatching(/^fixtures\/FA610\/ok-a\.ts:1: no fact is called colour; there are alloc, /)]);
  });

  it("fails when it proves nothing", () => {
    expect(failuresOf("ok", { "ok-a.ts": "export {};\n" })).toEqual(["fixtures/FA610/ok-a.ts:1: an `ok-` fixture states at least one fact"]);
    expect(failuresOf("bad", { "bad-a.ts": FACT })).toEqual(["fixtures/FA610/bad-a.ts:1: a `bad-` fixture wants at least one FA610"]);
    expect(failuresOf("ok", { "ok-a.ts": `${FACT}export function badOne() {} // want FA610\n` })).toEqual(["fixtures/FA610/ok-a.ts:1: an `ok-` fixture wants nothing"]);
  });

  it("fails when a rule fails, or a file does not parse", () => {
    expect(failuresOf("ok", { "ok-a.ts": FACT }, [BROKEN])).toEqual([expect.stringMatching(/^fixtures\/FA610\/ok-a\.ts:1: rule FA610 failed: Error: out of order/)]);
    expect(failuresOf("ok", { "ok-a.ts": `${FACT}let = ;\n` })).toEqual(expect.arrayContaining([expect.stringMatching(/unexpected FA902/)]));
  });
});

describe("the list of fixtures", () => {
  function list(...paths: readonly string[]): Fixture[] {
    const root = mkdtempSync(join(tmpdir(), "framealloc-fixtures-"));
    onTestFinished(() => { rmSync(root, { recursive: true }); });
    for (const path of paths) {
      mkdirSync(dirname(join(root, "fixtures", path)), { recursive: true });
      writeFileSync(join(root, "fixtures", path), "");
    }
    return listFixtures(root);
  }

  it("has files and folders", () => {
    const found = list("FA002/ok-b.js", "FA002/bad-a/main.ts", "FA002/bad-a/deep/other.ts", "projects/game/main.ts", "fixtures.test.ts");
    expect(found.map(({ path, code, kind, files }) => [path, code, kind, [...files.keys()]])).toEqual([
      ["fixtures/FA002/bad-a", "FA002", "bad", ["deep/other.ts", "main.ts"]],
      ["fixtures/FA002/ok-b.js", "FA002", "ok", ["ok-b.js"]],
      ["fixtures/projects/game", null, "project", ["main.ts"]],
    ]);
  });

  it("refuses names that say nothing", () => {
    expect(() => list("FA002/other.ts")).toThrow("fixtures/FA002/other.ts: the name of a fixture begins with `bad-` or `ok-`");
    expect(() => list("frames/bad-a.ts")).toThrow("fixtures/frames: a folder of fixtures is named after a code, or `projects`");
  });
});
