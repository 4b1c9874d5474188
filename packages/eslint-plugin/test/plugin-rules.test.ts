/**
 * The recommended set of eslint-plugin-eslint-plugin over every rule. It reads rules as they are written down in a file of their own, so each is written down: its
 * `meta` as it is, its `create` as the adapter has it. Faults that are planted into one are seen.
 */
import { readdirSync, readFileSync } from "node:fs";
import { CATALOGUE } from "@framealloc/rules";
import plugin from "@framealloc/eslint-plugin";
import { Linter } from "eslint";
import eslintPlugin from "eslint-plugin-eslint-plugin";
import tseslint from "typescript-eslint";
import { describe, expect, it } from "vitest";

const source = new URL("../src/", import.meta.url);
const adapter = readFileSync(new URL("adapter.ts", source), "utf8");
const config = [
  { files: ["**/*.ts"], languageOptions: { parser: tseslint.parser } },
  { files: ["**/*.ts"], ...eslintPlugin.configs.recommended },
] as Linter.Config[];

function faultsOf(text: string, file = "rule.ts"): string[] {
  return new Linter().verify(text, config, file).map(({ ruleId, message }) => `${ruleId ?? ""} ${message}`);
}

/** The rule by itself: the function that reports becomes a part of `create`, where the plugin looks for reports. */
function writtenDown(name: string, change: (meta: Record<string, unknown>) => void = () => {}): string {
  const meta: Record<string, unknown> = { ...(plugin.rules[name]?.meta as object) };
  change(meta);
  const report = /function report\(context[^{]*\{\n([\s\S]*?)\n\}\n/.exec(adapter)?.[1];
  const failure = /function reportFailure\(context[^{]*\{\n([\s\S]*?)\n\}\n/.exec(adapter)?.[1];
  if (report === undefined || failure === undefined) throw new Error("the adapter reports in another way: this test has to follow it");
  return `export default { meta: ${JSON.stringify(meta)}, create(context) { return { "Program:exit"(diagnostic, error) {\n${report}\n${failure}\n} }; } };\n`;
}

describe("the recommended set", () => {
  it("is many rules", () => {
    expect(Object.keys(eslintPlugin.configs.recommended.rules ?? {}).length).toBeGreaterThan(15);
  });

  it.each(CATALOGUE.map(({ name }) => name))("passes %s", (name) => {
    expect(faultsOf(writtenDown(name))).toEqual([]);
  });

  it.each(readdirSync(source).filter((file) => file.endsWith(".ts")))("passes %s", (file) => {
    expect(faultsOf(readFileSync(new URL(file, source), "utf8"), file)).toEqual([]);
  });

  it.each<[string, (meta: Record<string, unknown>) => void]>([
    ["require-meta-schema", (meta) => { delete meta["schema"]; }],
    ["require-meta-type", (meta) => { delete meta["type"]; }],
    ["require-meta-default-options", (meta) => { meta["defaultOptions"] = []; }],
    ["require-meta-has-suggestions", (meta) => { delete meta["hasSuggestions"]; }],
    ["no-missing-message-ids", (meta) => { meta["messages"] = { fix: "{{title}}" }; }],
    ["no-unused-message-ids", (meta) => { meta["messages"] = { ...(meta["messages"] as object), more: "never said" }; }],
    ["no-missing-placeholders", (meta) => { meta["messages"] = { ...(meta["messages"] as object), finding: "{{message}} {{more}}" }; }],
  ])("would see a fault: %s", (rule, change) => {
    expect(faultsOf(writtenDown("frame-escape", change)).map((fault) => fault.split(" ")[0])).toContain(`eslint-plugin/${rule}`);
  });
});
