/** What rounds of `--watch` leave to the next holds as long as the configuration says the same. */
import { NO_CONFIG } from "@framealloc/rules/configuration";
import { expect, it } from "vitest";
import { factsOfRuns } from "../src/facts-of-runs.ts";

const source = (text: string): (typeof NO_CONFIG)["sources"][number] => ({ path: "/game/.fa.toml", text, content: {}, folder: null });

it("is given again under the same configuration, and not under another", () => {
  const facts = factsOfRuns();
  const first = facts.under({ ...NO_CONFIG, sources: [source("[hot]\nentries = []\n")] });
  expect(facts.under({ ...NO_CONFIG, sources: [source("[hot]\nentries = []\n")] })).toBe(first);
  const second = facts.under({ ...NO_CONFIG, sources: [source('[hot]\nentries = ["src/a.ts#step"]\n')] });
  expect(second).not.toBe(first);
  // What was kept under a configuration before the last one may rest on files that are gone.
  expect(facts.under({ ...NO_CONFIG, sources: [source("[hot]\nentries = []\n")] })).not.toBe(first);
});
