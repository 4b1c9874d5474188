/** The JSON Schema of `.fa.toml` that is shipped for editors: the command's own checks, and the options of the rules. */
import type { Rule } from "@framealloc/analysis";
import { toJsonSchema } from "@valibot/to-json-schema";
import { CONFIG_SCHEMA } from "../rules/configuration/config-schema.ts";

/** Where it lies, from the root. */
export const CONFIG_SCHEMA_PATH = "packages/fa-cli/schema/fa-config.schema.json";

export function configJsonSchema(rules: readonly Rule[]): string {
  const { $schema, ...schema } = structuredClone(toJsonSchema(CONFIG_SCHEMA));
  const lints = schema.properties?.["lints"];
  if (typeof lints !== "object" || lints.properties === undefined) throw new Error("the schema has no table `lints`");
  for (const { code, name, options } of rules) {
    if (options === undefined) continue;
    const properties = Object.fromEntries(Object.entries(options).map(([option, { description }]) => [option, { type: "integer", minimum: 0, description: `${description}.` } as const]));
    lints.properties[code] = { type: "object", properties, additionalProperties: false, description: `Options of ${code}, ${name}.` };
  }
  return `${JSON.stringify({ $schema, $id: "urn:framealloc:fa-config", title: "`.fa.toml`, the configuration of `fa`", ...schema }, null, 2)}\n`;
}
