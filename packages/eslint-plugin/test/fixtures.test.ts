/** Over all fixtures: with types ESLint finds what `fa` finds, to the column and the word; without them nothing else. */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { beforeAll, describe, expect, it } from "vitest";
import { listFixtures } from "../../../tools/fixtures.ts";
import { analyzeTexts } from "../../fa-cli/src/open-texts.ts";
import { type Finding, fromFa, lint, type LintRun, plain, project, TSCONFIG, typed, untyped } from "./lint-project.ts";

const MINUTES = 60_000;

/** All fixtures as one program: a fixture imports nothing of another. */
const texts = new Map<string, string>();
for (const { path, files } of listFixtures(fileURLToPath(new URL("../../..", import.meta.url)))) {
  const isFile = files.size === 1 && files.has(basename(path));
  // What a configuration decides is compared in `configuration.test.ts`: as one program each would hold for all.
  for (const [file, text] of files) if (!file.endsWith(".toml")) texts.set(isFile ? `${dirname(path)}/${file}` : `${path}/${file}`, text);
}

const isJavaScript = (finding: Finding): boolean => /^[^:]+\.c?js:/.test(finding);

describe("fixtures", () => {
  const folder = project(new Map([["tsconfig.json", TSCONFIG], ...texts]));
  let fa: readonly Finding[] = [];
  let withTypes: LintRun;
  let withoutTypes: LintRun;

  beforeAll(async () => {
    fa = fromFa(analyzeTexts(texts, CATALOGUE).diagnostics, (file) => texts.get(file) ?? "");
    withTypes = await lint(folder, ["fixtures"], typed(folder));
    withoutTypes = await lint(folder, ["fixtures"], untyped);
  }, 5 * MINUTES);

  it("are many, and full of findings of every rule", () => {
    expect(texts.size).toBeGreaterThan(400);
    // What `.fa.toml` decides is not decided here.
    expect(CATALOGUE.filter(({ code, docs }) => docs.config === undefined && !fa.some((finding) => finding.endsWith(`(${code})`)))).toEqual([]);
  });

  it("are found with types to have what fa finds", () => {
    expect(withTypes.others).toEqual([]);
    expect(withTypes.findings).toEqual(fa);
  });

  it("are found without types to have no more, and in most cases as much", () => {
    const known = new Set(fa);
    expect(withoutTypes.others).toEqual([]);
    expect(withoutTypes.findings.filter((finding) => !known.has(finding))).toEqual([]);
    expect(withoutTypes.findings.length).toBeGreaterThan(fa.length / 2);
  });

  it("in JavaScript are the same to ESLint's own parser", async () => {
    const { findings, others } = await lint(folder, ["fixtures/**/*.js", "fixtures/**/*.cjs"], ...plain);
    expect(others).toEqual([]);
    expect(findings).toEqual(withoutTypes.findings.filter(isJavaScript));
    expect(findings.length).toBeGreaterThan(10);
  }, 2 * MINUTES);
});
