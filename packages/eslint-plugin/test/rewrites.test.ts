/** Suggestions and fixes as an editor applies them: through ESLint's own edits, and the result is linted again. */
import { basename, dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { Diagnostic } from "@framealloc/analysis";
import { CATALOGUE } from "@framealloc/rules";
import { clearCaches } from "@typescript-eslint/parser";
import { ESLint, Linter, type Rule } from "eslint";
import { beforeAll, describe, expect, it } from "vitest";
import { listFixtures } from "../../../tools/fixtures.ts";
import { analyzeTexts } from "../../fa-cli/src/open-texts.ts";
import { adaptRule } from "../src/adapter.ts";
import { codeOf, eslint, everything, project, readResults, TSCONFIG, typed } from "./lint-project.ts";

const MINUTE = 60_000;

/** The fixtures in which `fa` knows a rewrite of the file that is wrong. */
const texts = new Map<string, string>();
const rewritten = new Set<string>();
for (const { path, files } of listFixtures(fileURLToPath(new URL("../../..", import.meta.url)))) {
  if ([...files.keys()].some((file) => file.endsWith(".toml"))) continue;
  const nameOf = (file: string): string => (files.size === 1 && file === basename(path) ? `${dirname(path)}/${file}` : `${path}/${file}`);
  const offers = analyzeTexts(files, CATALOGUE).diagnostics.filter(({ at, fixes }) => fixes.some(({ edits }) => edits.every((edit) => edit.at.file === at.file)));
  if (offers.length === 0) continue;
  for (const [file, text] of files) texts.set(nameOf(file), text);
  for (const { at } of offers) rewritten.add(nameOf(at.file));
}

describe("a suggestion", () => {
  const folder = project(new Map([["tsconfig.json", TSCONFIG], ...texts]));
  let linter: ESLint;
  let results: readonly ESLint.LintResult[] = [];

  beforeAll(async () => {
    clearCaches();
    linter = eslint(folder, typed(folder));
    results = await linter.lintFiles([...rewritten]);
  }, 2 * MINUTE);

  it("is there for several rules", () => {
    const codes = results.flatMap(({ messages }) => messages.filter(({ suggestions = [] }) => suggestions.length > 0).map(({ message }) => codeOf(message)));
    expect(new Set(codes).size).toBeGreaterThanOrEqual(3);
    expect(codes.length).toBeGreaterThan(10);
  });

  it("applied, leaves a program of which that is not said again, nor anything new", async () => {
    for (const { filePath, messages, source = "" } of results) {
      const before = messages.map(({ message }) => codeOf(message)).sort();
      for (const { message, suggestions = [] } of messages) {
        for (const { desc, fix } of suggestions) {
          const text = source.slice(0, fix.range[0]) + fix.text + source.slice(fix.range[1]);
          const { findings, others } = readResults(folder, await linter.lintText(text, { filePath }));
          const after = findings.map(codeOf);
          expect({ filePath, desc, others }).toEqual({ filePath, desc, others: [] });
          const code = codeOf(message);
          expect(after.filter((each) => each === code).length, `${filePath}: ${desc}`).toBeLessThan(before.filter((each) => each === code).length);
          expect(after.filter((each) => !before.includes(each)), `${filePath}: ${desc}`).toEqual([]);
        }
      }
    }
  }, 3 * MINUTE);

  it("is none to `--fix`, which makes what is safe: it may change what the program does", async () => {
    const fixing = new ESLint({ cwd: folder, fix: true, overrideConfigFile: true, overrideConfig: [...everything, typed(folder)] });
    const fixed = await fixing.lintFiles([...rewritten]);
    const isSafe = ({ messages }: ESLint.LintResult): boolean => messages.some(({ fix }) => fix !== undefined);
    const safe = results.filter(isSafe).map(({ filePath }) => filePath);
    expect(safe.length).toBeGreaterThan(0);
    expect(fixed.filter(({ output }) => output !== undefined).map(({ filePath }) => filePath)).toEqual(safe);
    expect(fixed.filter(isSafe)).toEqual([]);
  }, 2 * MINUTE);
});

/** Made up, of two edits, beside one of another file. */
describe("a safe rewrite", () => {
  const [rule] = CATALOGUE;
  const text = "begin();\nmiddle();\nend();\n";
  const edit = (file: string, old: string, now: string) => ({ at: { file, span: { start: text.indexOf(old), end: text.indexOf(old) + old.length } }, text: now });
  const diagnosticIn = (now: string): Diagnostic[] =>
    rule === undefined || !now.includes("begin") ? [] : [{
      code: rule.code, name: rule.name, severity: "error", message: "two calls", at: { file: "a.js", span: { start: 0, end: 7 } }, related: [], chain: [], help: null, confidence: "traced",
      fixes: [
        { title: "in two files", safe: true, edits: [edit("a.js", "begin", "no"), edit("b.js", "end", "no")] },
        { title: "in one", safe: true, edits: [edit("a.js", "begin", "open"), edit("a.js", "end", "close")] },
        { title: "in another way", safe: false, edits: [edit("a.js", "middle();\n", "")] },
      ],
    }];
  const adapted = rule === undefined ? undefined : (adaptRule(rule, ({ sourceCode }) => ({ diagnostics: diagnosticIn(sourceCode.text), failures: [] })) as unknown as Rule.RuleModule);
  const config: Linter.Config[] = [{ plugins: { made: { rules: { up: adapted ?? { create: () => ({}) } } } }, rules: { "made/up": "error" } }];

  it("is a fix, made at once; one that reaches into another file is none", () => {
    expect(new Linter().verifyAndFix(text, config, "a.js")).toEqual({ fixed: true, output: "open();\nmiddle();\nclose();\n", messages: [] });
  });

  it("does not hide what else is suggested", () => {
    const [message] = new Linter().verify(text, config, "a.js");
    expect(message?.suggestions?.map(({ desc, fix }) => [desc, fix])).toEqual([["in another way", { range: [9, 19], text: "" }]]);
  });
});
