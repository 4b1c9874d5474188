/** The parts of the ESLint plugin's README that follow from the rules: what each configuration turns on, and the table of the rules. */
import type { Rule } from "@framealloc/analysis";
import { CONFIGURATIONS } from "../packages/eslint-plugin/src/configurations.ts";

export const PLUGIN_README = "packages/eslint-plugin/README.md";

/** The README with its generated parts as they should be. Throws when the marks of one are gone. */
export function pluginReadme(text: string, rules: readonly Rule[]): string {
  return withPart(withPart(text, "configurations", configurationTable(rules)), "rules", ruleTable(rules));
}

function withPart(text: string, name: string, part: string): string {
  const begin = `<!-- begin generated ${name} -->\n`;
  const end = `<!-- end generated ${name} -->`;
  const [before, rest] = split(text, begin);
  const [, after] = split(rest, end);
  return `${before}${begin}${part}${end}${after}`;
}

function split(text: string, mark: string): readonly [string, string] {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`${PLUGIN_README} has no \`${mark.trim()}\``);
  return [text.slice(0, at), text.slice(at + mark.length)];
}

function configurationTable(rules: readonly Rule[]): string {
  const rows = Object.entries(CONFIGURATIONS).map(([name, { description, isOn, level }]) => {
    const on = rules.filter(isOn);
    return `| \`configs.${name}\` | ${description} | ${on.length} | ${on.filter((rule) => level(rule) === "error").length} |\n`;
  });
  return `| configuration | for | rules | of them errors |\n|---|---|---|---|\n${rows.join("")}`;
}

function ruleTable(rules: readonly Rule[]): string {
  const rows = rules.map((rule) => {
    const recommended = CONFIGURATIONS.recommended.isOn(rule) ? CONFIGURATIONS.recommended.level(rule) : "";
    return `| \`framealloc/${rule.name}\` | [${rule.code}](../../docs/rules/${rule.code}.md) | ${rule.summary.replaceAll("|", "\\|")} | ${recommended} |\n`;
  });
  return `| rule | code | reports | in \`recommended\` |\n|---|---|---|---|\n${rows.join("")}`;
}
