/** The program that one module is the beginning of: it, and what it imports in the project, all as files that are analyzed. */
import { posix } from "node:path";
import { type AnalysisSettings, linkProgram, type Program } from "@framealloc/analysis";
import { knownCodes } from "@framealloc/rules/codes";
import { type Config, configuredSettings, loadConfig, NO_CONFIG, projectBoundary } from "@framealloc/rules/configuration";
import { OWN_CODES } from "./fault-diagnostic.ts";
import type { Host } from "./host.ts";
import { openOracle } from "./open-oracle.ts";
import { openProgram } from "./open-program.ts";
import { packageOf } from "./package-of.ts";
import type { ProjectOptions } from "./parse-args.ts";
import type { CodeText } from "./report/report.ts";
import { UsageError } from "./usage-error.ts";

/** `path` is absolute. Files that cannot be parsed are left out. */
export function reachableProgram(host: Host, root: string, path: string, settings: Partial<AnalysisSettings>): Program {
  const boundary = projectBoundary(host, root);
  const first = openProgram(host, [path], { root, boundary });
  const files = first.input.modules.map(({ file }) => posix.resolve(root, file)).filter((file) => !file.includes("/node_modules/") && !/\.d\.[cm]?ts$/.test(file));
  const oracle = openOracle(host, root, boundary, files);
  return linkProgram(openProgram(host, files, { root, boundary, settings, oracle }).input);
}

/** A configuration as the engine's settings. */
export function engineSettings(host: Host, root: string, config: Config): Partial<AnalysisSettings> {
  return { ...configuredSettings(config, root), packageOf: packageOf(host, root) };
}

/** The configuration that `--config`, `--no-config` or the folder names. Throws a `UsageError` for what is wrong in it. */
export function configOf(host: Host, root: string, { config }: ProjectOptions, codes: readonly CodeText[]): Config {
  if (config === false) return NO_CONFIG;
  const asked = config === null ? null : posix.resolve(host.cwd, config);
  if (asked !== null && host.kindOf(asked) !== "file") throw new UsageError(`no such configuration: \`${config}\``);
  return loadConfig(host, root, asked, knownCodes(codes, OWN_CODES));
}
