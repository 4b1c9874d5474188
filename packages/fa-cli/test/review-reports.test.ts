/** GitLab's Code Quality report and reviewdog's format, by schemas written from their documentation. */
import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import { describe, expect, test } from "vitest";
import { gitlabReporter } from "../src/report/gitlab.ts";
import { rdjsonReporter } from "../src/report/rdjson.ts";
import { sourceText } from "../src/source-text.ts";
import { diagnosticOf, GAME_FILE, HOSTILE_DIAGNOSTICS, HOSTILE_FILE, placeIn, reportOf, textOf } from "./hostile-report.ts";

const schemaOf = (name: string): ValidateFunction => new Ajv({ strict: true, allErrors: true }).compile(JSON.parse(readFileSync(new URL(`schemas/${name}`, import.meta.url), "utf8")));
const isCodeQuality = schemaOf("gitlab-code-quality.schema.json");
const isRdjson = schemaOf("rdjson.schema.json");

interface Issue {
  readonly fingerprint: string;
  readonly severity: string;
  readonly location: { readonly path: string; readonly lines: { readonly begin: number; readonly end: number } };
}

function issuesOf(...args: Parameters<typeof reportOf>): Issue[] {
  const issues: Issue[] = JSON.parse(textOf(gitlabReporter(reportOf(...args))));
  expect(isCodeQuality(issues), JSON.stringify(isCodeQuality.errors?.slice(0, 3))).toBe(true);
  return issues;
}

describe("gitlab", () => {
  test("is valid, with and without findings", () => {
    expect(issuesOf().map(({ severity, location }) => `${severity} ${location.lines.begin}-${location.lines.end}`)).toEqual(["critical 2-2", "major 3-3", "info 6-6", "critical 1-1"]);
    expect(issuesOf([])).toEqual([]);
  });

  test("its schema is a check: an absolute path and a missing fingerprint do not pass", () => {
    const [issue] = issuesOf();
    expect(isCodeQuality([{ ...issue, location: { ...issue?.location, path: "/home/me/a.ts" } }])).toBe(false);
    expect(isCodeQuality([{ ...issue, fingerprint: undefined }])).toBe(false);
  });

  test("no two findings have one fingerprint, a hundred thousand on one line neither", () => {
    const many = new Array(100_000).fill(diagnosticOf({}));
    expect(new Set(issuesOf([...HOSTILE_DIAGNOSTICS, ...many]).map(({ fingerprint }) => fingerprint)).size).toBe(100_004);
  });

  test("paths are the repository's", () => {
    expect(issuesOf([diagnosticOf({})], { prefixes: { repository: "apps/game/", here: "../" } })[0]?.location.path).toBe(`apps/game/${GAME_FILE}`);
  });
});

interface Rdjson {
  readonly diagnostics: readonly { readonly message: string; readonly severity: string; readonly location: { readonly path: string; readonly range: unknown }; readonly suggestions?: readonly { readonly range: unknown; readonly text: string }[] }[];
}

function rdjsonOf(...args: Parameters<typeof reportOf>): Rdjson["diagnostics"] {
  const result: Rdjson = JSON.parse(textOf(rdjsonReporter(reportOf(...args))));
  expect(isRdjson(result), JSON.stringify(isRdjson.errors?.slice(0, 3))).toBe(true);
  return result.diagnostics;
}

describe("rdjson", () => {
  test("is valid, with and without findings, and holds no half surrogate pair", () => {
    expect(rdjsonOf().map(({ severity }) => severity)).toEqual(["ERROR", "WARNING", "INFO", "ERROR"]);
    expect(rdjsonOf([])).toEqual([]);
    expect(textOf(rdjsonReporter(reportOf()))).not.toMatch(/\\ud800/i);
    expect(rdjsonOf()[0]?.location.path).toBe(HOSTILE_FILE.replace("\ud800", "\ufffd"));
  });

  test("counts columns in bytes of UTF-8", () => {
    const source = "a\u{10400}b(é, x);\n";
    const at = { file: "a.ts", span: { start: source.indexOf("x"), end: source.indexOf("x") + 1 } };
    const [first] = rdjsonOf([diagnosticOf({ at })], { sources: () => sourceText(source) });
    // One for `a`, four for the letter of the second plane, `b(`, two for `é`, `, `.
    expect(first?.location.range).toEqual({ start: { line: 1, column: 12 }, end: { line: 1, column: 13 } });
  });

  test("a fix is a suggestion; several edits become one over all of them", () => {
    const fix = { title: "rename", safe: true, edits: [{ at: placeIn(GAME_FILE, "frameBox"), text: "poolBox" }, { at: placeIn(GAME_FILE, "kept"), text: "owned" }] };
    expect(rdjsonOf([diagnosticOf({ fixes: [fix] })])[0]?.suggestions).toEqual([{ range: { start: { line: 3, column: 3 }, end: { line: 3, column: 27 } }, text: "owned.push(alloc.poolBox" }]);
  });

  test("a fix of several files, and one whose edits overlap, is left out", () => {
    const over = { title: "x", safe: true, edits: [{ at: placeIn(GAME_FILE, "kept.push"), text: "a" }, { at: placeIn(GAME_FILE, "push"), text: "b" }] };
    const apart = { title: "x", safe: true, edits: [{ at: placeIn(GAME_FILE, "kept"), text: "a" }, { at: placeIn(HOSTILE_FILE, "kept"), text: "b" }] };
    expect(rdjsonOf([diagnosticOf({ fixes: [over, apart] })])[0]).not.toHaveProperty("suggestions");
  });

  test("paths are relative to where the command stands", () => {
    expect(rdjsonOf([diagnosticOf({})], { prefixes: { repository: "apps/game/", here: "game/" } })[0]?.location.path).toBe(`game/${GAME_FILE}`);
  });
});
