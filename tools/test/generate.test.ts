/** Generation: in step with the checkout, by name of file, and told when not. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rule } from "@framealloc/analysis";
import { describe, expect, it, onTestFinished } from "vitest";
import { generatedFiles, staleFiles, writeGenerated } from "../generate.ts";
import { exampleFiles, rulePage, withoutIndent } from "../rule-page.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** A checkout with the one rule of the given name, and what else is generated from. */
function checkoutWith(fileName: string, source: string): string {
  const folder = mkdtempSync(join(tmpdir(), "framealloc-generate-"));
  onTestFinished(() => { rmSync(folder, { recursive: true }); });
  mkdirSync(join(folder, "rules"));
  mkdirSync(join(folder, "fixtures"));
  for (const name of ["define-rule.ts", "families.ts"]) cpSync(join(root, "rules", name), join(folder, "rules", name));
  cpSync(join(root, "packages/fa-cli/page"), join(folder, "packages/fa-cli/page"), { recursive: true });
  writeFileSync(join(folder, "rules", fileName), source);
  return folder;
}

const RULE = `export const FA610 = { code: "FA610", name: "some-name", families: ["async-safety"], severity: "hint", since: "next", summary: "a | b",
  formerly: [], docs: { why: "w", bad: "b()", good: "g()", misses: "m" }, needs: {}, check() {} };\n`;

it("finds this checkout up to date", async () => {
  expect(staleFiles(root, await generatedFiles(root))).toEqual([]);
});

it("takes a rule up by its file, and drops the page of one that is gone", async () => {
  const folder = checkoutWith("FA610-some-name.ts", RULE);
  const wanted = await generatedFiles(folder);
  expect(staleFiles(folder, wanted)).toEqual(["docs/fixture-coverage.md", "docs/rules/FA610.md", "docs/rules/README.md", "packages/fa-cli/schema/fa-config.schema.json", "packages/fa-cli/src/report/html-assets.ts", "rules/catalogue.ts"]);
  expect(writeGenerated(folder, wanted)).toHaveLength(6);
  expect(readFileSync(join(folder, "rules/catalogue.ts"), "utf8")).toContain('import { FA610 } from "./FA610-some-name.ts";');
  expect(readFileSync(join(folder, "docs/rules/README.md"), "utf8")).toContain("| [FA610](FA610.md) | `some-name` | hint | a \\| b |");
  expect(staleFiles(folder, wanted)).toEqual([]);

  rmSync(join(folder, "rules/FA610-some-name.ts"));
  const without = await generatedFiles(folder);
  expect(staleFiles(folder, without)).toEqual(["docs/rules/FA610.md", "docs/rules/README.md", "rules/catalogue.ts"]);
  writeGenerated(folder, without);
  expect(existsSync(join(folder, "docs/rules/FA610.md"))).toBe(false);
});

it.each([
  ["FA607-some-name.ts", RULE, "rules/FA607-some-name.ts does not export FA607"],
  ["FA610-other-name.ts", RULE, "its file is named rules/FA610-some-name.ts"],
])("refuses %s", async (name, source, message) => {
  await expect(generatedFiles(checkoutWith(name, source))).rejects.toThrow(message);
});

describe("a page", () => {
  const docs = { why: "\n      Because.\n", bad: "\n    f();\n      g();\n", good: "return <Mesh />;", misses: "much." };
  const rule: Rule = { code: "FA610", name: "some-name", families: ["async-safety"], severity: "error", since: "0.1.0", summary: "a thing", formerly: ["old-name"], docs, needs: {}, check: () => undefined };

  it("says everything that the rule says", () => {
    const page = rulePage(rule);
    expect(page).toContain("# FA610 some-name\n\nA thing.\n");
    expect(page).toContain("| error | `--async-safety` | `framealloc/some-name` | 0.1.0 |");
    expect(page).toContain("Formerly `old-name`.");
    expect(page).toContain("## Why\n\nBecause.\n");
    expect(page).toContain("```ts\nf();\n  g();\n```");
    expect(page).toContain("```tsx\nreturn <Mesh />;\n```");
    expect(page).toContain("Much.");
  });

  it("takes an example with a component for a file that may hold one", () => {
    expect([...exampleFiles(docs.good).keys()]).toEqual(["example.tsx"]);
    expect(exampleFiles(docs.bad)).toEqual(new Map([["example.ts", "f();\n  g();\n"]]));
    expect([...exampleFiles("const x: Map<string, Set<A>> = a < b ? c : d;").keys()]).toEqual(["example.ts"]);
    expect(exampleFiles("\n  // src/a.ts\n  f();\n\n  // src/b.js\n  // no name\n  g();\n")).toEqual(new Map([["src/a.ts", "f();\n"], ["src/b.js", "// no name\ng();\n"]]));
  });

  it("keeps the indentation that says something", () => {
    expect(withoutIndent("\n    if (x) {\n      y();\n\n    }\n  ")).toBe("if (x) {\n  y();\n\n}");
  });
});
