/** The plugin: one ESLint rule for each rule of the catalogue, made in a loop, and the configuration that turns them on. */
import { CATALOGUE } from "@framealloc/rules";
import type { TSESLint } from "@typescript-eslint/utils";
import { type AdaptedRule, adaptRule } from "./adapter.ts";

export type { AdaptedRule, MessageId, RuleDocs } from "./adapter.ts";

export interface FrameallocPlugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  /** By name, `frame-escape`. */
  readonly rules: Readonly<Record<string, AdaptedRule>>;
  readonly configs: {
    /** Every rule: what `fa` calls an error is one, the rest warn. With type information the findings are those of `fa`; without, fewer. */
    readonly recommended: TSESLint.FlatConfig.Config[];
  };
}

const namespace = "framealloc";

const meta = { name: "@framealloc/eslint-plugin", version: "0.1.0", namespace };

const rules: Readonly<Record<string, AdaptedRule>> = Object.fromEntries(CATALOGUE.map((rule) => [rule.name, adaptRule(rule)]));

const levels: TSESLint.SharedConfig.RulesRecord = Object.fromEntries(CATALOGUE.map((rule) => [`${namespace}/${rule.name}`, rule.severity === "error" ? "error" : "warn"] as const));

const configs: FrameallocPlugin["configs"] = { recommended: [] };

const plugin: FrameallocPlugin = { meta, rules, configs };

// The configuration names the plugin that holds it.
configs.recommended.push({ name: `${namespace}/recommended`, plugins: { [namespace]: plugin }, rules: levels });

export default plugin;
