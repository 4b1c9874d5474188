/** The plugin as ESLint sees it: names, descriptions, configuration; and each rule's own examples under ESLint's rule tester. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import plugin from "@framealloc/eslint-plugin";
import { type ESLint, type Rule, RuleTester } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { lintText, recommended, untyped } from "./lint-project.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

it("is called what its package is called", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly name: string; readonly version: string };
  expect(plugin.meta).toEqual({ name: manifest.name, version: manifest.version, namespace: "framealloc" });
});

it("has a rule for each rule of the catalogue, and recommends them all", () => {
  expect(Object.keys(plugin.rules)).toEqual(CATALOGUE.map((rule) => rule.name));
  const [config] = plugin.configs.recommended;
  expect(config?.plugins).toEqual({ framealloc: plugin });
  expect(config?.rules).toEqual(Object.fromEntries(CATALOGUE.map((rule) => [`framealloc/${rule.name}`, rule.severity === "error" ? "error" : "warn"])));
});

/** What these say depends on who calls or starts what: of a file alone they say nothing. */
const WHOLE_PROGRAM = new Set(["missing-frame-boundary", "adapter-missing", "barrier-mismatch", "frame-sync-race", "no-thread-budget"]);

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

describe.each(CATALOGUE)("$name", ({ code, name, summary, severity, docs }) => {
  const rule = plugin.rules[name];

  it("describes itself", () => {
    expect(rule?.meta).toMatchObject({ type: severity === "error" ? "problem" : "suggestion", docs: { description: summary, code, recommended: true }, schema: [], hasSuggestions: true, fixable: "code" });
    expect(existsSync(`${root}/${rule?.meta.docs?.url ?? ""}`)).toBe(true);
  });

  it("takes no options", async () => {
    await expect(lintText(root, "a.js", "", { plugins: { framealloc: plugin as unknown as ESLint.Plugin }, rules: { [`framealloc/${name}`]: ["error", {}] } })).rejects.toThrow("should NOT have more than 0 items");
  });

  // The tester also sees to it that a rule leaves the tree as it found it.
  const good = { name: "the good example", code: docs.good.trim() };
  const bad = { name: "the bad example", code: docs.bad.trim() };
  // What `.fa.toml` decides is not decided here: nothing is said of it.
  const isFound = !WHOLE_PROGRAM.has(name) && docs.config === undefined;
  if (rule !== undefined) tester.run(name, rule as unknown as Rule.RuleModule, { valid: isFound ? [good] : [good, bad], invalid: isFound ? [{ ...bad, errors: 1 }] : [] });
});

it("says what is wrong, what to do, and the code", async () => {
  const text = `import { SmartAlloc } from "@framealloc/runtime";
export function tick(alloc: SmartAlloc): void {
  alloc.beginFrame();
  alloc.beginFrame();
  alloc.endFrame();
}
`;
  const { findings } = await lintText(root, "tick.ts", text, untyped);
  expect(findings).toEqual(["tick.ts:4:3-4:21 frame of `alloc` begins while one is open; ask `inFrame()` first, or use `frameScope` for a part of a frame (FA006)"]);
  expect(recommended).toHaveLength(1);
});
