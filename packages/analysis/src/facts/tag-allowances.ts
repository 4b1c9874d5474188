/** Which tags a module may use, as `[tags]` says: by name, by the path of a tag, and by the names on the way there. */
import { TAG_SEPARATOR } from "../knowledge/tag-api.ts";
import type { TagSettings } from "../program.ts";

/** The tags that a file may use; null for any. */
export function allowedTags({ modules }: TagSettings, file: string): readonly string[] | null {
  const fitting = modules.filter(({ fits }) => fits(file));
  return fitting.length === 0 ? null : [...new Set(fitting.flatMap(({ tags }) => tags))];
}

/** Whether a list of tags names this one, one that it is part of (`ai` for `ai::paths`), or one that it leads to (`ai::paths` for `ai`). */
export function covers(list: readonly string[], tag: string): boolean {
  return list.some((entry) => entry === tag || tag.startsWith(entry + TAG_SEPARATOR) || entry.startsWith(tag + TAG_SEPARATOR));
}

/** Whether some module is said to use this tag: what nobody claims is anybody's. */
export function isClaimed({ modules }: TagSettings, tag: string): boolean {
  return modules.some(({ tags }) => covers(tags, tag));
}

/** Whether a tag is declared for a file, by itself or name by name. Undefined when nothing is. */
export function isKnown(settings: TagSettings, file: string, tag: string): boolean | undefined {
  const all = declaredTags(settings, file);
  if (all === null) return undefined;
  const names = new Set(all.flatMap((entry) => entry.split(TAG_SEPARATOR)));
  return all.includes(tag) || tag.split(TAG_SEPARATOR).every((name) => names.has(name));
}

/** What is declared for a file, also as a module's; null when `known_tags` is not there. */
export function declaredTags({ known, modules }: TagSettings, file: string): readonly string[] | null {
  const own = known(file);
  return own === null ? null : [...new Set([...own, ...modules.flatMap(({ tags }) => tags)])];
}

/**
 * Of nested tags, outermost first, the one in whose name a file may not act: the innermost that a module claims, unless the file may use it, or the path
 * that it stands in. -1 for none.
 */
export function foreignTag(settings: TagSettings, file: string, tags: readonly string[]): number {
  const allowed = allowedTags(settings, file);
  if (allowed === null) return -1;
  for (let index = tags.length - 1; index >= 0; index -= 1) {
    const tag = tags[index] ?? "";
    if (covers(allowed, tag) || covers(allowed, tags.slice(0, index + 1).join(TAG_SEPARATOR))) return -1;
    if (isClaimed(settings, tag)) return index;
  }
  return -1;
}
