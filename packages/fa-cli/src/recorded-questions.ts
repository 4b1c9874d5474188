/**
 * What a run asked of the disk, and whether the disk would still answer the same: then everything that was computed from the answers still holds.
 *
 * A file answers the same when its text has the same hash, a folder when the sources, folders and links in it have the same names. Where the system's own stamp
 * of a file (size, times, number) is the same and is older than the record, it is taken at its word; a younger one proves nothing, since a second change in the
 * same tick of the clock leaves it as it is. So does one of what could not be read: another user may.
 *
 * An import's answer is not asked for again: it follows from what the folders hold that it leads through, from the manifests and the tsconfigs around, and from
 * the installed packages of its name. All these are recorded with it. Only imports of packages that lead nowhere are resolved again.
 * Known misses: a package that is changed by hand without its manifest.
 */
import { createHash } from "node:crypto";
import { posix } from "node:path";
import { compareText } from "@framealloc/analysis/diagnostic";
import type { FolderEntry, Host, PathKind, Stamp } from "./host.ts";
import { isSourceFile } from "@framealloc/rules/codes";

/** A stamp this much younger than the record may hide a second change. */
export const TRUST_AFTER_MS = 2000;

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

/** What is asked to find out. */
export type Recheck = Pick<Host, "read" | "list" | "kindOf" | "realPath" | "stampOf" | "resolveImport" | "dateMs">;

/** Whether the host would still answer everything as it was recorded. Cost: a look at each file and folder, and the text of those with a new stamp. */
export function stillHolds(host: Recheck, recorded: Recorded): boolean {
  return recheck(host, recorded).holds;
}

/** The same; with a record that knows the stamps of what had to be read, when they have become old enough to be trusted. */
export function recheck(host: Recheck, recorded: Recorded): { readonly holds: boolean; readonly renewed: Recorded | null } {
  const no = { holds: false, renewed: null };
  const trustedMs = host.dateMs() - TRUST_AFTER_MS;
  const reads = new Map<string, readonly [string | null, string]>();
  const lists = new Map<string, readonly [string, string]>();
  const stamps = new Map<string, Stamp | null>();
  const stampOf = (path: string): Stamp | null => {
    const known = stamps.get(path);
    if (known !== undefined) return known;
    const stamp = host.stampOf(path);
    stamps.set(path, stamp);
    return stamp;
  };
  // What was not in a folder whose names are the same is still not in it.
  const steady = new Set<string>();
  const isStillMissing = (path: string): boolean => steady.has(posix.dirname(path)) || (stampOf(path) === null && host.kindOf(path) === "none");
  for (const [path, [hash, stamp]] of Object.entries(recorded.lists)) {
    if (hash === NO_ENTRIES && stamp === null && isStillMissing(path)) continue;
    // Before the entries: a change in between makes the stamp wrong, and that is noticed.
    const now = stampOf(path);
    if (stamp !== null && now?.text === stamp) {
      steady.add(path);
      continue;
    }
    if (hashOfEntries(host.list(path)) !== hash) return no;
    if (hash !== NO_ENTRIES && now !== null && now.changedMs <= trustedMs) lists.set(path, [hash, now.text]);
  }
  for (const [path, kind] of Object.entries(recorded.kinds)) {
    if (kind === "none" && isStillMissing(path)) continue;
    if (host.kindOf(path) !== kind) return no;
  }
  for (const [path, real] of Object.entries(recorded.realPaths)) if (host.realPath(path) !== real) return no;
  for (const [path, [hash, stamp]] of Object.entries(recorded.reads)) {
    if (hash === null && isStillMissing(path)) continue;
    const now = stampOf(path);
    if (stamp !== null && now?.text === stamp) continue;
    const source = host.read(path);
    if ((source.ok ? hashOf(source.text) : null) !== hash) return no;
    if (source.ok && now !== null && now.changedMs <= trustedMs) reads.set(path, [hash, now.text]);
  }
  if (!recorded.unresolved.every(([from, specifier]) => host.resolveImport(from, specifier) === null)) return no;
  const renewed = reads.size + lists.size === 0 ? null : { ...recorded, reads: { ...recorded.reads, ...Object.fromEntries(reads) }, lists: { ...recorded.lists, ...Object.fromEntries(lists) } };
  return { holds: true, renewed };
}

/** Two records of one run. */
export function joinRecords(a: Recorded, b: Recorded): Recorded {
  return { reads: { ...a.reads, ...b.reads }, lists: { ...a.lists, ...b.lists }, kinds: { ...a.kinds, ...b.kinds }, realPaths: { ...a.realPaths, ...b.realPaths }, unresolved: [...a.unresolved, ...b.unresolved] };
}

/** Names that a walk or an import may lead through. What reports and caches leave behind is none. */
export function hashOfEntries(entries: readonly FolderEntry[]): string {
  const names = entries.filter(({ name, kind }) => (kind === "file" ? isSourceFile(name) : name !== "node_modules" && name !== ".git" && name !== ".cache"));
  return hashOf(names.map(({ name, kind }) => `${kind} ${name}`).sort(compareText).join("\0"));
}

const NO_ENTRIES = hashOf("");

export function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 27);
}
