/** The documentation of every code: the rules' own, and that of the command's. */
import type { RuleText } from "@framealloc/rules/texts";
import { OWN_CODES } from "./fault-diagnostic.ts";
import type { CodeText } from "./report/report.ts";

/** In the order of the catalogue, then the command's own. */
export function codeTexts(rules: readonly RuleText[]): readonly CodeText[] {
  const own = OWN_CODES.map(({ code, name, severity, summary, why }): CodeText => ({ code, name, severity, families: [], summary, formerly: [], docs: { why, bad: "", good: "", misses: "" } }));
  return [...rules, ...own];
}
