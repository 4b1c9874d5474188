/** Every rule under its hosts: ESLint 9 beside ESLint 10, with types, without, with ESLint's own parser, and oxlint. None crashes, and none says more than `fa`. */
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import { clearCaches } from "@typescript-eslint/parser";
import type { Linter } from "eslint";
import { ESLint as ESLint9 } from "eslint-9";
import { beforeAll, describe, expect, it } from "vitest";
import { expectBuilt } from "../../../tools/build-packages.mjs";
import { listFixtures } from "../../../tools/fixtures.ts";
import { exampleFiles } from "../../../tools/rule-page.ts";
import { analyzeTexts } from "../../fa-cli/src/open-texts.ts";
import { everything, type Finding, fromFa, lint, type LintRun, plain, project, readResults, TSCONFIG, typed, untyped } from "./lint-project.ts";

const MINUTES = 60_000;
const root = fileURLToPath(new URL("../../..", import.meta.url));

/** The bad example of every rule, and what is JavaScript among the fixtures. */
const texts = new Map<string, string>();
for (const { code, docs } of CATALOGUE) for (const [file, text] of exampleFiles(docs.bad)) texts.set(`examples/${code}/${file}`, text);
for (const { path, files } of listFixtures(root)) {
  const isScript = [...files.keys()].every((file) => /\.c?js$/.test(file));
  if (isScript) for (const [file, text] of files) texts.set(files.size === 1 && files.has(basename(path)) ? `${dirname(path)}/${file}` : `${path}/${file}`, text);
}

describe("a rule in each host", () => {
  const folder = project(new Map([["tsconfig.json", TSCONFIG], ["package.json", '{ "name": "hosts", "private": true, "type": "module" }'], ...texts]));
  let fa: readonly Finding[] = [];
  let withoutTypes: LintRun;

  const lint9 = async (patterns: readonly string[], ...config: Linter.Config[]): Promise<LintRun> => {
    // Of two versions the types are each their own.
    const overrideConfig = [...everything, ...config] as ESLint9.Options["overrideConfig"] & object;
    return readResults(folder, await new ESLint9({ cwd: folder, overrideConfigFile: true, overrideConfig }).lintFiles([...patterns]));
  };

  beforeAll(async () => {
    clearCaches();
    fa = fromFa(analyzeTexts(texts, CATALOGUE, { packageOf: () => "hosts" }).diagnostics, (file) => texts.get(file) ?? "");
    withoutTypes = await lint(folder, ["."], untyped);
  }, 5 * MINUTES);

  it("is found by `fa`, so that there is something to compare", () => {
    expect(CATALOGUE.filter(({ code, docs }) => docs.config === undefined && !fa.some((finding) => finding.endsWith(`(${code})`)))).toEqual([]);
    expect([...texts.keys()].filter((file) => file.endsWith("js")).length).toBeGreaterThan(50);
  });

  it("ESLint 9 with types: what `fa` says", async () => {
    expect(ESLint9.version).toMatch(/^9\./);
    expect(await lint9(["."], typed(folder))).toEqual({ findings: fa, others: [] });
  }, 5 * MINUTES);

  it("ESLint 9 without types: what ESLint 10 says, and no more than `fa`", async () => {
    const run = await lint9(["."], untyped);
    expect(run).toEqual(withoutTypes);
    expect(run.others).toEqual([]);
    expect(run.findings.filter((finding) => !fa.includes(finding))).toEqual([]);
    expect(run.findings.length).toBeGreaterThan(fa.length / 2);
  }, 5 * MINUTES);

  it("ESLint 9 with its own parser: the same of JavaScript", async () => {
    const { findings, others } = await lint9(["**/*.js", "**/*.cjs"], ...plain);
    expect(others).toEqual([]);
    expect(findings).toEqual(withoutTypes.findings.filter((finding) => /^[^:]+\.c?js:/.test(finding)));
  }, 2 * MINUTES);

  it("oxlint: no more than `fa`, and nearly what ESLint says without types", () => {
    expectBuilt(root, "@framealloc/eslint-plugin");
    const jsPlugins = [{ name: "framealloc", specifier: join(root, "packages/eslint-plugin/dist/index.js") }];
    const rules = Object.fromEntries(CATALOGUE.map(({ name }) => [`framealloc/${name}`, "error"]));
    writeFileSync(join(folder, ".oxlintrc.json"), JSON.stringify({ jsPlugins, categories: { correctness: "off" }, rules }));
    const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, "node_modules/oxlint/bin/oxlint"), "-f", "json"], { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28 });
    expect({ stderr, status }).toEqual({ stderr: "", status: 1 });
    const { diagnostics } = JSON.parse(stdout) as { readonly diagnostics: readonly { readonly code?: string; readonly filename: string; readonly message: string; readonly labels: readonly { readonly span: { readonly line: number; readonly column: number } }[] }[] };
    const found = diagnostics.map(({ filename, message, labels }) => `${filename.replaceAll("\\", "/")}:${labels[0]?.span.line}:${labels[0]?.span.column} ${message}`).sort();
    const start = (finding: Finding): string => finding.replace(/^([^:]+:\d+:\d+)-\d+:\d+ /, "$1 ");
    expect(diagnostics.filter(({ code }) => code?.startsWith("framealloc(") !== true)).toEqual([]);
    expect(found.filter((finding) => !fa.map(start).includes(finding))).toEqual([]);
    expect(found.length).toBeGreaterThan(withoutTypes.findings.length * 0.9);
  }, 5 * MINUTES);
});
