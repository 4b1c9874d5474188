/**
 * What the rules say of themselves, without the analysis that they run: for `fa explain`, `fa list` and completion. The build evaluates this file, so
 * that reading the texts loads no rule.
 */
import type { Rule } from "@framealloc/analysis";
import { CATALOGUE } from "./catalogue.ts";

export type RuleText = Pick<Rule, "code" | "name" | "families" | "severity" | "since" | "summary" | "formerly" | "docs" | "options">;

/** In the order of the catalogue. */
export const TEXTS: readonly RuleText[] = CATALOGUE.map(({ code, name, families, severity, since, summary, formerly, docs, options }) => ({
  code, name, families, severity, since, summary, formerly, docs, ...(options === undefined ? {} : { options }),
}));
