/** A configuration as the engine asks for it: by names of files relative to the root. */
import { posix } from "node:path";
import type { AnalysisSettings } from "@framealloc/analysis";
import { tagSettings } from "./config-tags.ts";
import type { Config } from "./load-config.ts";

export function configuredSettings(config: Config, root: string): Partial<AnalysisSettings> {
  return {
    hotEntries: config.hotEntries.map((entry) => posix.relative(root, entry)),
    hotEngines: (file) => config.hotEngines(posix.join(root, file)),
    isColdFile: (file) => isTestFile(file) || config.isCold(posix.join(root, file)),
    tags: tagSettings(config.tags, root),
    model: new Map(config.model.map(({ name, effect }) => [name.startsWith("/") ? posix.relative(root, name) : name, effect])),
    ...(config.runtimePackages === null ? {} : { runtimePackages: config.runtimePackages }),
    ...(config.hotPathBytes === null ? {} : { hotPathBytes: config.hotPathBytes }),
    ...(config.loopAllocationLimit === null ? {} : { loopAllocationLimit: config.loopAllocationLimit }),
    ...config.options,
  };
}

/** A loop of frames in a test is no frame loop: nobody waits for its next picture. */
function isTestFile(file: string): boolean {
  return /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)__tests?__\//.test(file);
}
