/** `.fa.toml`: found, checked, made one, and turned into what the engine asks. For every driver of the rules. */
export { CONFIG_SCHEMA, type ConfigFile, validKeys } from "./configuration/config-schema.ts";
export type { ConfigurationDisk } from "./configuration/configuration-disk.ts";
export { configuredSettings } from "./configuration/configured-settings.ts";
export { type Directive, DIRECTIVE_NAMES, readDirectives, type TextLines } from "./configuration/directives.ts";
export { DRIVER_CODES } from "./configuration/driver-codes.ts";
export { type Config, CONFIG_NAME, type ConfigSource, loadConfig, NO_CONFIG, settingFor, withFolders } from "./configuration/load-config.ts";
export { locateToml } from "./configuration/locate-toml.ts";
export { globBase, globFault, isGlob, type PathMatcher, pathMatcher } from "./configuration/path-matcher.ts";
export { projectBoundary } from "./configuration/project-boundary.ts";
