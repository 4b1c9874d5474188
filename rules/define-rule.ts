/** Makes a rule: types `check` by the facts that `needs` names. */
import type { Facts, Needs, Report, Rule } from "@framealloc/analysis";

export type RuleDefinition<N extends Needs> = Omit<Rule, "needs" | "check" | "formerly"> & {
  readonly formerly?: readonly string[];
  readonly needs: N;
  readonly check: (facts: Facts<N>, report: Report) => void;
};

/** The rule, frozen in its common form. */
export function defineRule<N extends Needs>(definition: RuleDefinition<N>): Rule {
  return {
    ...definition,
    formerly: definition.formerly ?? [],
    // `check` reads exactly the facts of `needs`, which is what the runner hands it.
    check: (facts, report) => { definition.check(facts as Facts<N>, report); },
  };
}
