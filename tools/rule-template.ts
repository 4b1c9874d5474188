/**
 * The files that a new rule begins as. The rule works: it reports functions of one name, by a fact of its own, so that its documentation, fixtures
 * and pages are true from the first minute. Its author replaces the fact and the words.
 */

export interface RuleName {
  readonly code: string;
  readonly name: string;
  readonly families: readonly string[];
}

/** Texts of the rule and its fixtures, by path. */
export function newRuleFiles(rule: RuleName): Map<string, string> {
  const marker = rule.name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return new Map([
    [`rules/${rule.code}-${rule.name}.ts`, ruleSource(rule, marker)],
    [`fixtures/${rule.code}/bad-${rule.name}.ts`, badFixture(rule, marker)],
    [`fixtures/${rule.code}/ok-other-name.ts`, okFixture(marker)],
  ]);
}

/** The line for the change log. */
export function changelogLine({ code, name }: RuleName): string {
  return `- ${code} \`${name}\`: ${newRuleSummary(name)}.`;
}

function newRuleSummary(name: string): string {
  return `${name.replaceAll("-", " ")}, in the making`;
}

function ruleSource({ code, name, families }: RuleName, marker: string): string {
  return `/** ${code} reads the functions of one name: a stand-in for the fact that answers its question. */
import { defineFact, type Location } from "@framealloc/analysis";
import { defineRule } from "./define-rule.ts";

/** Replace it by a fact of the analysis; one that does not exist yet is written in \`packages/analysis/src/facts\`. */
const marked = defineFact<readonly Location[]>("${name}", ({ modules }) =>
  modules
    .filter((module) => module.role === "project")
    .flatMap(({ file, functions }) => functions.filter((fn) => fn.name === "${marker}").map((fn) => ({ file, span: fn.nameSpan }))),
);

export const ${code} = defineRule({
  code: "${code}",
  name: "${name}",
  families: ${JSON.stringify(families)},
  severity: "hint",
  since: "next",
  summary: "${newRuleSummary(name)}",
  docs: {
    why: \`Say here what goes wrong in a program that does this.\`,
    bad: \`
export function ${marker}(): void {
  return;
}\`,
    good: \`
export function otherName(): void {
  return;
}\`,
    misses: "everything but functions of this name",
  },
  needs: { marked },

  check({ marked }, report) {
    for (const at of marked) report({ at, message: "\`${marker}\` is a function of the name that this rule looks for", help: "give it another name" });
  },
});
`;
}

function badFixture({ code, name }: RuleName, marker: string): string {
  return `// What ${name.replaceAll("-", " ")} looks like in a program that somebody wrote.
export function ${marker}(): number { // want ${code} "\`${marker}\`"
  return 1;
}
`;
}

function okFixture(marker: string): string {
  return `// A neighbour of \`${marker}\` that is right.
import { f32, type SmartAlloc, struct } from "@framealloc/runtime";

const Offset = struct({ x: f32, y: f32 });

export function otherName(alloc: SmartAlloc): number {
  alloc.beginFrame();
  const offset = alloc.frameAlloc(Offset); // fact alloc(offset) = frame
  const x = offset.x;
  alloc.endFrame();
  return x;
}
`;
}
