/** The plugin: one ESLint rule for each rule of the catalogue, made in a loop; configurations that choose among them. */
import { CATALOGUE } from "@framealloc/rules";
import type { TSESLint } from "@typescript-eslint/utils";
import { type AdaptedRule, adaptRule } from "./adapter.ts";

const PLUGIN = "framealloc";

/** The rules by name, `frame-escape`. */
const rules: Readonly<Record<string, AdaptedRule>> = Object.fromEntries(CATALOGUE.map((rule) => [rule.name, adaptRule(rule)]));

/** Errors of the catalogue are errors, the rest warn. */
const recommendedRules: TSESLint.SharedConfig.RulesRecord = Object.fromEntries(
  CATALOGUE.map((rule) => [`${PLUGIN}/${rule.name}`, rule.severity === "error" ? "error" : "warn"] as const),
);

export interface FrameallocPlugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  readonly rules: Readonly<Record<string, AdaptedRule>>;
  readonly configs: { readonly recommended: readonly TSESLint.FlatConfig.Config[] };
}

const meta = { name: "@framealloc/eslint-plugin", version: "0.1.0", namespace: PLUGIN };

/** Every rule, errors as errors and the rest as warnings; works with and without type information. */
const recommended: readonly TSESLint.FlatConfig.Config[] = [{ name: `${PLUGIN}/recommended`, plugins: { [PLUGIN]: { meta, rules } }, rules: recommendedRules }];

const plugin: FrameallocPlugin = { meta, rules, configs: { recommended } };

export default plugin;
