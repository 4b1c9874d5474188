/** `[tags]` of a configuration: which tags there are, and which a module may use. */
import { posix } from "node:path";
import type { TagSettings } from "@framealloc/analysis";
import type { ConfigFile } from "./config-schema.ts";
import { type PathMatcher, pathMatcher } from "./path-matcher.ts";

export interface ConfigTags {
  /** Asked with absolute paths, as all here; null where nobody says. */
  readonly known: (path: string) => readonly string[] | null;
  readonly warnUnknown: (path: string) => boolean | null;
  readonly modules: readonly { readonly fits: PathMatcher; readonly tags: readonly string[] }[];
}

export const NO_TAGS: ConfigTags = { known: () => null, warnUnknown: () => null, modules: [] };

/** `folder` is the configuration's own: its globs are relative to it. */
export function configTags(tags: ConfigFile["tags"], folder: string): ConfigTags {
  const modules = Object.entries(tags?.module_tags ?? {}).map(([glob, names]) => {
    const fits = pathMatcher([glob]);
    return { fits: (path: string) => fits(posix.relative(folder, path)), tags: names };
  });
  return { known: () => tags?.known_tags ?? null, warnUnknown: () => tags?.warn_unknown_tags ?? null, modules };
}

/** Known tags and modules add up. */
export function mergeTags(base: ConfigTags, own: ConfigTags): ConfigTags {
  const known: ConfigTags["known"] = (path) => {
    const [above, nearer] = [base.known(path), own.known(path)];
    return above === null && nearer === null ? null : [...(above ?? []), ...(nearer ?? [])];
  };
  return { known, warnUnknown: (path) => own.warnUnknown(path) ?? base.warnUnknown(path), modules: [...base.modules, ...own.modules] };
}

/** Said of the files of a folder alone. */
export function tagsOfFolder({ known, warnUnknown, modules }: ConfigTags, isInFolder: PathMatcher): ConfigTags {
  return {
    known: (path) => (isInFolder(path) ? known(path) : null),
    warnUnknown: (path) => (isInFolder(path) ? warnUnknown(path) : null),
    modules: modules.map(({ fits, tags }) => ({ fits: (path) => isInFolder(path) && fits(path), tags })),
  };
}

/** As the engine asks: by names of files relative to the root. */
export function tagSettings({ known, warnUnknown, modules }: ConfigTags, root: string): TagSettings {
  const pathOf = (file: string): string => posix.join(root, file);
  return { known: (file) => known(pathOf(file)), warnUnknown: (file) => warnUnknown(pathOf(file)) ?? true, modules: modules.map(({ fits, tags }) => ({ fits: (file) => fits(pathOf(file)), tags })) };
}
