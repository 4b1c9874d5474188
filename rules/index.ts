/** The public names of the catalogue. */
export { CATALOGUE } from "./catalogue.ts";
export { defineRule, type RuleDefinition } from "./define-rule.ts";
export { FAMILIES, type Family } from "./families.ts";
