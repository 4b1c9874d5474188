/** The plugin as ESLint sees it: names, descriptions, configuration; and each rule's own examples under ESLint's rule tester. */
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CATALOGUE } from "@framealloc/rules";
import plugin from "@framealloc/eslint-plugin";
import { ESLint, type Rule, RuleTester } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";
import { lintText, untyped } from "./lint-project.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));

it("is called what its package is called", () => {
  const manifest = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as { readonly name: string; readonly version: string };
  expect(plugin.meta).toEqual({ name: manifest.name, version: manifest.version, namespace: "framealloc" });
});

it("has a rule for each rule of the catalogue", () => {
  expect(Object.keys(plugin.rules)).toEqual(CATALOGUE.map((rule) => rule.name));
});

describe("the configurations", () => {
  const levelsOf = (name: keyof typeof plugin.configs): Readonly<Record<string, unknown>> => {
    const [config, ...more] = plugin.configs[name];
    expect(more).toEqual([]);
    expect(config?.plugins?.["framealloc"]?.rules).toBe(plugin.rules);
    return config?.rules ?? {};
  };
  const wanted = (level: (severity: string) => string | undefined): Readonly<Record<string, string>> =>
    Object.fromEntries(CATALOGUE.flatMap(({ name, severity }) => { const each = level(severity); return each === undefined ? [] : [[`framealloc/${name}`, each]]; }));

  it("turn on what they say", () => {
    expect(levelsOf("recommended")).toEqual(wanted((severity) => ({ error: "error", warning: "warn" })[severity]));
    expect(levelsOf("recommendedTypeChecked")).toEqual(wanted((severity) => (severity === "error" ? "error" : "warn")));
    expect(levelsOf("strict")).toEqual(wanted((severity) => (severity === "hint" ? "warn" : "error")));
    expect(levelsOf("all")).toEqual(wanted(() => "error"));
  });

  it.each(["three", "r3f", "babylon", "pixi", "playcanvas", "phaser", "audio"] as const)("%s is a part of the recommended one", (name) => {
    const levels = Object.entries(levelsOf(name)).filter(([rule]) => rule.startsWith("framealloc/"));
    expect(levels.map(([rule]) => rule)).toEqual(expect.arrayContaining(["framealloc/hot-path-garbage", "framealloc/frame-escape", "framealloc/frame-across-await"]));
    expect(levelsOf("recommended")).toMatchObject(Object.fromEntries(levels));
    expect(Object.keys(levelsOf(name)).includes("framealloc/adapter-missing")).toBe(name !== "audio");
    expect(Object.keys(levelsOf(name)).includes("framealloc/blocking-main")).toBe(name === "audio");
    expect(levelsOf(name)["framealloc/memory-budget"]).toBeUndefined();
  });

  it.each(Object.keys(plugin.configs) as (keyof typeof plugin.configs)[])("%s is taken by ESLint", async (name) => {
    const results = await new ESLint({ cwd: root, overrideConfigFile: true, overrideConfig: plugin.configs[name] }).lintText("export const a = 1;", { filePath: "a.js" });
    expect(results.flatMap(({ messages }) => messages)).toEqual([]);
  });
});

/** What these say depends on who calls or starts what: of a file alone they say nothing. */
const WHOLE_PROGRAM = new Set(["missing-frame-boundary", "adapter-missing", "barrier-mismatch", "frame-sync-race", "no-thread-budget"]);

RuleTester.describe = describe;
RuleTester.it = it;
const tester = new RuleTester({ languageOptions: { parser: tseslint.parser } });

describe.each(CATALOGUE)("$name", ({ code, name, summary, severity, docs }) => {
  const rule = plugin.rules[name];

  it("describes itself", () => {
    expect(rule?.meta).toMatchObject({ type: severity === "error" ? "problem" : "suggestion", docs: { description: summary, code, recommended: severity !== "hint" }, schema: [], hasSuggestions: true, fixable: "code" });
    expect(existsSync(`${root}/${rule?.meta?.docs?.url ?? ""}`)).toBe(true);
  });

  it("takes no options", async () => {
    await expect(lintText(root, "a.js", "", { rules: { [`framealloc/${name}`]: ["error", {}] } })).rejects.toThrow("should NOT have more than 0 items");
  });

  // The tester also sees to it that a rule leaves the tree as it found it.
  const good = { name: "the good example", code: docs.good.trim() };
  const bad = { name: "the bad example", code: docs.bad.trim() };
  // What `.fa.toml` decides is not decided here: nothing is said of it.
  const isFound = !WHOLE_PROGRAM.has(name) && docs.config === undefined;
  if (rule !== undefined) tester.run(name, rule satisfies Rule.RuleModule, { valid: isFound ? [good] : [good, bad], invalid: isFound ? [{ ...bad, errors: 1 }] : [] });
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
});
