/** `[tags]` of a configuration: which tags there are, and which a module may use. */
import { posix } from "node:path";
import type { TagSettings } from "@framealloc/analysis";
import type { ConfigFile } from "./config-schema.ts";
import { type PathMatcher, pathMatcher } from "./path-matcher.ts";

export interface ConfigTags {
  readonly known: readonly string[] | null;
  readonly warnUnknown: boolean | null;
  /** Asked with absolute paths. */
  readonly modules: readonly { readonly fits: PathMatcher; readonly tags: readonly string[] }[];
}

export const NO_TAGS: ConfigTags = { known: null, warnUnknown: null, modules: [] };

/** `folder` is the configuration's own: its globs are relative to it. */
export function configTags(tags: ConfigFile["tags"], folder: string): ConfigTags {
  const modules = Object.entries(tags?.module_tags ?? {}).map(([glob, names]) => {
    const fits = pathMatcher([glob]);
    return { fits: (path: string) => fits(posix.relative(folder, path)), tags: names };
  });
  return { known: tags?.known_tags ?? null, warnUnknown: tags?.warn_unknown_tags ?? null, modules };
}

/** Known tags and modules add up. */
export function mergeTags(base: ConfigTags, own: ConfigTags): ConfigTags {
  const known = base.known === null && own.known === null ? null : [...(base.known ?? []), ...(own.known ?? [])];
  return { known, warnUnknown: own.warnUnknown ?? base.warnUnknown, modules: [...base.modules, ...own.modules] };
}

/** As the engine asks: by names of files relative to the root. */
export function tagSettings({ known, warnUnknown, modules }: ConfigTags, root: string): TagSettings {
  return { known, warnUnknown: warnUnknown ?? true, modules: modules.map(({ fits, tags }) => ({ fits: (file) => fits(posix.join(root, file)), tags })) };
}
