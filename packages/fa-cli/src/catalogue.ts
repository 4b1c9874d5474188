/** The rules, of which a run that is answered by the cache needs only what they say of themselves. */
import type { Rule } from "@framealloc/analysis";
import type { RuleText } from "@framealloc/rules/texts";

export interface Catalogue {
  readonly texts: readonly RuleText[];
  /** Loads the analysis. */
  rules(): Promise<readonly Rule[]>;
}

export function catalogueOf(rules: readonly Rule[]): Catalogue {
  return { texts: rules, rules: () => Promise.resolve(rules) };
}
