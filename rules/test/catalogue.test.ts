/** What must hold of the catalogue as a whole, and of the words of each rule; its examples are run as programs. */
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Rule } from "@framealloc/analysis";
import { CATALOGUE, FAMILIES } from "@framealloc/rules";
import { analyzeTexts } from "../../packages/fa-cli/src/open-texts.ts";
import { describe, expect, it } from "vitest";
import { KNOWN_CODES } from "../../tools/known-codes.ts";
import { exampleFiles } from "../../tools/rule-page.ts";
import { settingsFor } from "../../tools/fixtures.ts";
import { faultsOfText, wordingFaults } from "../../tools/message-wording.ts";

const files = readdirSync(fileURLToPath(new URL("..", import.meta.url))).filter((name) => /^FA\d{3}-.*\.ts$/.test(name));

describe("the catalogue", () => {
  it("holds exactly the rules that have a file, in order of code", () => {
    expect(CATALOGUE.map(({ code, name }) => `${code}-${name}.ts`)).toEqual([...files].sort());
  });

  it.each(["code", "name"] as const)("gives each %s once", (key) => {
    const values = CATALOGUE.map((rule) => rule[key]);
    expect(values).toEqual([...new Set(values)]);
  });

  it("computes facts from facts without a cycle", () => {
    // A fact that needs itself fails the rule that asked, so one run over a small program shows every cycle.
    expect(analyzeTexts({ "main.ts": "export function main(): void {}\n" }, CATALOGUE).failures).toEqual([]);
  });
});

describe.each(CATALOGUE.map((rule) => [rule.code, rule] as const))("%s", (_code, rule) => {
  it("has a code and a name of the right form", () => {
    expect(rule.code).toMatch(/^FA\d{3}$/);
    expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    // A name completes "allow ...", but for those that the list of known codes gives.
    if (!KNOWN_CODES.has(rule.code)) expect(rule.name).not.toMatch(/^(no|prefer|avoid)-/);
    expect(KNOWN_CODES.get(rule.code) ?? rule.name).toBe(rule.name);
  });

  it("belongs to the family of its code", () => {
    const own = FAMILIES.filter(({ prefix }) => rule.code.startsWith(prefix)).map(({ key }) => key);
    const keys = new Set(FAMILIES.map(({ key }) => key));
    expect(rule.families.filter((key) => !keys.has(key))).toEqual([]);
    expect(rule.families).toEqual(expect.arrayContaining(own));
  });

  it("documents itself", () => {
    const { why, bad, good, misses } = rule.docs;
    for (const text of [why, bad, good, misses]) expect(text.trim()).not.toBe("");
    expect(faultsOfText(rule.summary)).toEqual([]);
    expect(rule.since).toMatch(/^(\d+\.\d+\.\d+|next)$/);
  });

  it("reports exactly its own code in its bad example", () => {
    const { diagnostics, failures } = runExample(rule, "bad");
    expect(failures).toEqual([]);
    expect(diagnostics.length).toBeGreaterThan(0);
    expect(diagnostics.filter(({ code }) => code !== rule.code)).toEqual([]);
    expect(diagnostics.flatMap(wordingFaults)).toEqual([]);
  });

  it("finds nothing, by any rule, in its good example", () => {
    const { diagnostics, failures } = runExample(rule, "good");
    expect(failures).toEqual([]);
    expect(diagnostics).toEqual([]);
  });
});

function runExample(rule: Rule, which: "bad" | "good"): ReturnType<typeof analyzeTexts> {
  const { config } = rule.docs;
  return analyzeTexts(exampleFiles(rule.docs[which]), CATALOGUE, settingsFor(new Map(config === undefined ? [] : [[".fa.toml", config]]), CATALOGUE));
}
