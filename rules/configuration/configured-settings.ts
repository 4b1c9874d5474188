/** A configuration as the engine asks for it: by names of files relative to the root. */
import { posix } from "node:path";
import type { AnalysisSettings } from "@framealloc/analysis";
import { DEFAULT_SETTINGS } from "@framealloc/analysis/settings";
import { tagSettings } from "./config-tags.ts";
import { type Config, figureFor } from "./load-config.ts";

type Figure = "hotPathBytes" | "loopAllocationLimit";

export function configuredSettings(config: Config, root: string): Partial<AnalysisSettings> {
  const figures = (key: Figure): ((file: string) => number) => {
    const known = new Map<string, number>();
    return (file) => {
      let figure = known.get(file);
      if (figure === undefined) known.set(file, (figure = figureFor(config, posix.join(root, file), key) ?? DEFAULT_SETTINGS[key](file)));
      return figure;
    };
  };
  return {
    hotEntries: config.hotEntries.map((entry) => posix.relative(root, entry)),
    hotEngines: (file) => config.hotEngines(posix.join(root, file)),
    isColdFile: (file) => isTestFile(file) || config.isCold(posix.join(root, file)),
    tags: tagSettings(config.tags, root),
    model: new Map(config.model.map(({ name, effect }) => [name.startsWith("/") ? posix.relative(root, name) : name, effect])),
    ...(config.runtimePackages === null ? {} : { runtimePackages: config.runtimePackages }),
    hotPathBytes: figures("hotPathBytes"),
    loopAllocationLimit: figures("loopAllocationLimit"),
  };
}

/** A loop of frames in a test is no frame loop: nobody waits for its next picture. */
function isTestFile(file: string): boolean {
  return /\.(?:test|spec)\.[cm]?[jt]sx?$|(?:^|\/)__tests?__\//.test(file);
}
