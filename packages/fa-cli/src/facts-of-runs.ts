/** What runs of one process leave to the next of the program that they analysed. */
import { KeptFacts } from "@framealloc/analysis";
import type { Config } from "@framealloc/rules/configuration";

export interface FactsOfRuns {
  /** Of the runs before under the same configuration; nothing after a change of that. */
  under(config: Config): KeptFacts;
}

export function factsOfRuns(): FactsOfRuns {
  let said: string | null = null;
  let facts = new KeptFacts();
  return {
    under({ sources }) {
      const now = JSON.stringify(sources.map(({ path, text }) => [path, text]));
      if (now !== said) facts = new KeptFacts();
      said = now;
      return facts;
    },
  };
}
