/**
 * What a run asked of the disk, and whether the disk would still answer the same: then everything that was computed from the answers still holds.
 *
 * A file answers the same when its text has the same hash, a folder when the sources, folders and links in it have the same names. Where the system's own stamp
 * of a file (size, times, number) is the same and is older than the record, it is taken at its word; a younger one proves nothing, since a second change in the
 * same tick of the clock leaves it as it is.
 *
 * An import's answer is not asked for again: it follows from what the folders hold that it leads through, from the manifests and the tsconfigs around, and from
 * the installed packages of its name. All these are recorded with it. Only imports of packages that lead nowhere are resolved again.
 * Known misses: a package that is changed by hand without its manifest.
 */
import { createHash } from "node:crypto";
import { compareText } from "@framealloc/analysis/diagnostic";
import type { FolderEntry, Host, PathKind } from "./host.ts";
import { isSourceFile } from "./source-file.ts";

/** Plain data. A stamp is null where it cannot be trusted. */
export interface Recorded {
  /** Path to hash of the text (null: cannot be read) and stamp. */
  readonly reads: Readonly<Record<string, readonly [hash: string | null, stamp: string | null]>>;
  readonly lists: Readonly<Record<string, readonly [hash: string, stamp: string | null]>>;
  readonly kinds: Readonly<Record<string, PathKind>>;
  readonly realPaths: Readonly<Record<string, string>>;
  /** Imports that lead nowhere, by the file that they stand in. */
  readonly unresolved: readonly (readonly [fromFile: string, specifier: string])[];
}

/** Whether the host would still answer everything as it was recorded. Cost: a look at each file and folder, and the text of those with a new stamp. */
export function stillHolds(host: Host, recorded: Recorded): boolean {
  const isSame = (path: string, stamp: string | null): boolean => stamp !== null && host.stampOf(path)?.text === stamp;
  for (const [path, kind] of Object.entries(recorded.kinds)) if (host.kindOf(path) !== kind) return false;
  for (const [path, real] of Object.entries(recorded.realPaths)) if (host.realPath(path) !== real) return false;
  for (const [path, [hash, stamp]] of Object.entries(recorded.lists)) if (!isSame(path, stamp) && hashOfEntries(host.list(path)) !== hash) return false;
  for (const [path, [hash, stamp]] of Object.entries(recorded.reads)) {
    if (isSame(path, stamp)) continue;
    if (hash === null && host.stampOf(path) === null && host.kindOf(path) === "none") continue;
    const now = host.read(path);
    if ((now.ok ? hashOf(now.text) : null) !== hash) return false;
  }
  return recorded.unresolved.every(([from, specifier]) => host.resolveImport(from, specifier) === null);
}

/** Names that a walk or an import may lead through. What reports and caches leave behind is none. */
export function hashOfEntries(entries: readonly FolderEntry[]): string {
  const names = entries.filter(({ name, kind }) => (kind === "file" ? isSourceFile(name) : name !== "node_modules" && name !== ".git" && name !== ".cache"));
  return hashOf(names.map(({ name, kind }) => `${kind} ${name}`).sort(compareText).join("\0"));
}

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 27);
}
