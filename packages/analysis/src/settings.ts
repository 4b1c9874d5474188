/** What settings may name, for readers of a configuration: nothing else of the engine is loaded with it. */
export { ENGINES } from "./knowledge/hot-entries.ts";
export { MODEL_MEMORY, type ModelEffect } from "./knowledge/model-api.ts";
export { canonicalPackage } from "./knowledge/package-aliases.ts";
export { DEFAULT_SETTINGS } from "./program.ts";
