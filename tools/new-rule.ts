/**
 * `npm run new-rule -- <code> <name>`: a rule that passes every check at once, with its fixtures, a line in the change log and the generated files.
 * What it cannot do rightly it refuses before it has written anything.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { FAMILIES } from "../rules/families.ts";
import { generatedFiles, writeGenerated, writeWhole } from "./generate.ts";
import { KNOWN_CODES } from "./known-codes.ts";
import { changelogLine, newRuleFiles, type RuleName } from "./rule-template.ts";

/** Makes the rule in the checkout at `root` and returns the paths written. Throws, with nothing written, when code or name cannot be. */
export async function newRule(root: string, code: string, name: string): Promise<string[]> {
  const problem = problemWith(code, name, ruleFiles(root));
  if (problem !== null) throw new Error(problem);
  const rule: RuleName = { code, name, families: familiesOf(code) };
  const changelog = withEntry(readFileSync(join(root, "CHANGELOG.md"), "utf8"), changelogLine(rule));
  const files = [...newRuleFiles(rule), ["CHANGELOG.md", changelog] as const];
  for (const [path, text] of files) writeWhole(join(root, path), text);
  return [...files.map(([path]) => path), ...writeGenerated(root, await generatedFiles(root))];
}

/** Why a rule cannot have this code and name, or null. `existing` are names of rule files. */
export function problemWith(code: string, name: string, existing: readonly string[]): string | null {
  if (!/^FA\d{3}$/.test(code)) return `a code is FA and three digits, not \`${code}\``;
  if (familiesOf(code).length === 0) return `no family has codes like ${code}: they begin with ${FAMILIES.map(({ prefix }) => prefix).join(", ")}`;
  const taken = existing.find((file) => file.startsWith(`${code}-`));
  if (taken !== undefined) return `${code} is taken: rules/${taken}`;
  const meant = KNOWN_CODES.get(code);
  if (meant !== undefined && meant !== name) return `${code} is taken: it stands for \`${meant}\``;
  if (!/^[a-z]+(-[a-z]+)*$/.test(name)) return `a name is words of lower case letters joined by \`-\`, not \`${name}\``;
  if (meant === undefined && /^(no|prefer|avoid)-/.test(name)) return `a name is the pattern itself and completes "allow ...": leave out the first word of \`${name}\``;
  const sameName = existing.find((file) => file.slice(file.indexOf("-") + 1) === `${name}.ts`);
  return sameName === undefined ? null : `the name \`${name}\` is taken: rules/${sameName}`;
}

/** The change log with a line at the end of what the coming version adds. */
export function withEntry(changelog: string, entry: string): string {
  const lines = changelog.split("\n");
  const top = lines.indexOf("## Unreleased");
  if (top === -1) throw new Error("CHANGELOG.md has no block `## Unreleased`");
  const next = lines.findIndex((line, index) => index > top && line.startsWith("## "));
  const block = lines.slice(top + 1, next === -1 ? lines.length : next);
  const added = block.indexOf("### Added");
  if (added === -1) return [...lines.slice(0, top + 1), "", "### Added", "", entry, ...lines.slice(top + 1)].join("\n");
  const section = block.slice(added + 1);
  const after = section.findIndex((line) => line.startsWith("#"));
  const last = section.slice(0, after === -1 ? section.length : after).findLastIndex((line) => line !== "");
  const at = top + 1 + added + 1 + last + 1;
  return [...lines.slice(0, at), ...(last === -1 ? [""] : []), entry, ...lines.slice(at)].join("\n");
}

function familiesOf(code: string): string[] {
  return FAMILIES.filter(({ prefix }) => code.startsWith(prefix)).map(({ key }) => key);
}

function ruleFiles(root: string): string[] {
  return readdirSync(join(root, "rules")).filter((file) => /^FA\d{3}-/.test(file));
}

async function main(root: string, [code, name, ...rest]: readonly string[]): Promise<void> {
  if (code === undefined || name === undefined || rest.length > 0) {
    console.error("usage: npm run new-rule -- <code> <name>");
    process.exitCode = 2;
    return;
  }
  try {
    for (const path of await newRule(root, code, name)) console.log(`wrote ${path}`);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(fileURLToPath(new URL("..", import.meta.url)), process.argv.slice(2));
