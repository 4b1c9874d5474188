/** The plugin: one ESLint rule for each rule of the catalogue, made in a loop, and the configurations that turn them on. */
import { CATALOGUE } from "@framealloc/rules";
import type { ESLint, Linter, Rule } from "eslint";
import { adaptRule } from "./adapter.ts";
import { type ConfigurationName, configurationsFor } from "./configurations.ts";

export type { ConfigurationName, EngineSet } from "./configurations.ts";

export interface FrameallocPlugin {
  readonly meta: { readonly name: string; readonly version: string; readonly namespace: string };
  /** By name, `frame-escape`. */
  readonly rules: Readonly<Record<string, Rule.RuleModule>>;
  /** Lists for a flat configuration. With type information the findings are those of `fa`; without, fewer. */
  readonly configs: Readonly<Record<ConfigurationName, Linter.Config[]>>;
}

const meta = { name: "@framealloc/eslint-plugin", version: "0.1.0", namespace: "framealloc" };

// The two packages describe the same contract in types that TypeScript does not take for each other.
const rules = Object.fromEntries(CATALOGUE.map((rule) => [rule.name, adaptRule(rule) as unknown as Rule.RuleModule]));

const bare: ESLint.Plugin = { meta, rules };

// A configuration names the plugin, and the plugin holds the configurations.
const plugin: FrameallocPlugin = Object.assign(bare, { meta, rules, configs: configurationsFor(meta.namespace, bare, CATALOGUE) });

export default plugin;
