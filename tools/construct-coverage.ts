/**
 * Which fixture shows that the analysis understands which construct of the language: a table made from the fixtures' own syntax, so that a claim
 * without a program to prove it is seen. A cell counts the programs that are reported and those that are not, and leads to the first reported one.
 */
import { parseModule } from "../packages/fa-cli/src/parse.ts";
import { ALLOCATORS } from "./constructs/allocators.ts";
import { CALLS } from "./constructs/calls.ts";
import type { AnyNode, Construct, ConstructGroup, Place } from "./constructs/construct.ts";
import { FLOW_CONSTRUCTS } from "./constructs/flow.ts";
import { SIZES } from "./constructs/sizes.ts";
import { TIME } from "./constructs/time.ts";
import { VALUES } from "./constructs/values.ts";
import type { Fixture } from "./fixtures.ts";
import { GENERATED_MARKDOWN } from "./rule-page.ts";

export const CONSTRUCT_GROUPS: readonly ConstructGroup[] = [ALLOCATORS, VALUES, FLOW_CONSTRUCTS, CALLS, TIME, SIZES];

/** The programs that show a construct, of one family of rules. */
export interface Shown {
  readonly bad: readonly string[];
  readonly ok: readonly string[];
}

export interface CoverageRow {
  readonly construct: Construct;
  /** By the key of the family. */
  readonly families: ReadonlyMap<string, Shown>;
}

export interface CoverageGroup {
  readonly title: string;
  readonly rows: readonly CoverageRow[];
}

/** Looks through all fixtures. `familiesOf` gives the families of a code's rule. Cost: one parse and one walk a file. */
export function coverage(fixtures: readonly Fixture[], familiesOf: (code: string) => readonly string[]): readonly CoverageGroup[] {
  const shown = new Map<Construct, Map<string, { bad: string[]; ok: string[] }>>();
  for (const fixture of fixtures) {
    if (fixture.code === null || fixture.kind === "project") continue;
    const families = familiesOf(fixture.code);
    for (const construct of constructsOf(fixture.files)) {
      const byFamily = shown.get(construct) ?? new Map<string, { bad: string[]; ok: string[] }>();
      shown.set(construct, byFamily);
      for (const family of families) {
        const entry = byFamily.get(family) ?? { bad: [], ok: [] };
        byFamily.set(family, entry);
        entry[fixture.kind].push(fixture.path);
      }
    }
  }
  return CONSTRUCT_GROUPS.map(({ title, constructs }) => ({ title, rows: constructs.map((construct) => ({ construct, families: shown.get(construct) ?? new Map<string, Shown>() })) }));
}

/** Constructs that a family needs and that none of its reported programs shows (of harmless ones, none that is not reported), as `construct (family)`. */
export function uncovered(groups: readonly CoverageGroup[]): string[] {
  return groups.flatMap(({ rows }) => rows.flatMap(({ construct, families }) => construct.families.filter((family) => (families.get(family)?.[construct.harmless === true ? "ok" : "bad"].length ?? 0) === 0).map((family) => `${construct.name} (${family})`)));
}

/** Markdown of `docs/fixture-coverage.md`. */
export function coverageTable(groups: readonly CoverageGroup[]): string {
  const families = [...new Set(CONSTRUCT_GROUPS.flatMap(({ constructs }) => constructs.flatMap((construct) => construct.families)))].sort();
  const sections = groups.map(({ title, rows }) => {
    const lines = rows.map((row) => `| ${row.construct.name} | ${families.map((family) => cell(row, family)).join(" | ")} |`);
    return `## ${title}\n\n| construct | ${families.map((family) => `\`--${family}\``).join(" | ")} |\n|---|${"---|".repeat(families.length)}\n${lines.join("\n")}\n`;
  });
  return `${GENERATED_MARKDOWN}
# What the fixtures show

For each construct of the language, how many fixtures of each family of rules use it: those that are reported, then those that must not be. The link leads to
one that is reported. A dash: the construct means nothing to that family.

${sections.join("\n")}`;
}

function cell({ construct, families }: CoverageRow, family: string): string {
  const { bad, ok } = families.get(family) ?? { bad: [], ok: [] };
  const first = bad[0] ?? ok[0];
  if (first === undefined) return construct.families.includes(family) ? "none" : "–";
  return `[${bad.length} + ${ok.length}](../${first})`;
}

function constructsOf(files: ReadonlyMap<string, string>): ReadonlySet<Construct> {
  const found = new Set<Construct>();
  const open = CONSTRUCT_GROUPS.flatMap(({ constructs }) => constructs);
  for (const construct of open) if (construct.wholly?.(files) === true) found.add(construct);
  for (const [file, text] of files) {
    if (!/\.[cm]?[jt]sx?$/.test(file)) continue;
    const { module } = parseModule(file, text, "project");
    if (module === null) continue;
    for (const place of placesOf(module.program as unknown as AnyNode, file)) {
      for (const construct of open) if (!found.has(construct) && construct.at?.(place) === true) found.add(construct);
    }
  }
  return found;
}

/** Every node of a tree with the nodes around it. */
function* placesOf(node: AnyNode, file: string, parents: readonly AnyNode[] = []): Generator<Place> {
  yield { node, parents, file };
  const inner = [node, ...parents];
  for (const [key, value] of Object.entries(node)) {
    if (key === "parent") continue;
    for (const each of Array.isArray(value) ? (value as unknown[]) : [value]) if (isNode(each)) yield* placesOf(each, file, inner);
  }
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
