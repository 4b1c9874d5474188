/**
 * From paths as given to the files to analyze. A path may be a file, a folder, a glob or a tsconfig; without one it is the root.
 *
 * Invariants
 *   I1  absolute paths, sorted, each once, whatever the order of the arguments
 *   I2  what `exclude` fits is never in, not even when named; what a `.gitignore` leaves out is in when named
 */
import { posix } from "node:path";
import { compareText } from "@framealloc/analysis/diagnostic";
import type { Host } from "./host.ts";
import { isSourceFile, nearestWord } from "@framealloc/rules/codes";
import { COMMAND_NAMES } from "./parse-args.ts";
import { globBase, globFault, isGlob, type PathMatcher, pathMatcher } from "@framealloc/rules/configuration";
import { outputFolders } from "./output-sources.ts";
import { readTsconfig } from "./read-tsconfig.ts";
import { tsconfigFiles } from "./tsconfig-files.ts";
import { UsageError } from "./usage-error.ts";
import { walkFolder } from "./walk-folder.ts";

export interface Discovery {
  /** Absolute, sorted. */
  readonly files: readonly string[];
  /** What was left out in walking, and why. */
  readonly skipped: readonly { readonly path: string; readonly why: string }[];
  /** Folders that could not be listed, and why; sorted. */
  readonly unlisted: readonly { readonly path: string; readonly why: string }[];
}

export interface DiscoverOptions {
  /** Absolute; relative paths and globs are relative to it. */
  readonly root: string;
  /** Asked with absolute paths. */
  readonly isExcluded: PathMatcher;
}

/** Throws a `UsageError` for a path that is not there or names no source. An empty result is the caller's to judge. */
export function discover(host: Host, paths: readonly string[], options: DiscoverOptions): Discovery {
  const files = new Set<string>();
  const skipped: { path: string; why: string }[] = [];
  const unlisted = new Map<string, string>();
  for (const path of paths.length === 0 ? ["."] : paths) {
    const found = discoverPath(host, path, options);
    for (const file of found.files) files.add(file);
    skipped.push(...found.skipped);
    for (const { path: folder, why } of found.unlisted) unlisted.set(folder, why);
  }
  const byPath = (a: { readonly path: string }, b: { readonly path: string }): number => compareText(a.path, b.path);
  return { files: [...files].sort(compareText), skipped: skipped.sort(byPath), unlisted: [...unlisted].map(([path, why]) => ({ path, why })).sort(byPath) };
}

function discoverPath(host: Host, path: string, { root, isExcluded }: DiscoverOptions): Discovery {
  const absolute = host.realPath(posix.resolve(root, path));
  const kind = host.kindOf(absolute);
  if (kind === "folder") {
    // Whoever analyzes a folder hears of a fault in its tsconfig; one further in may be there to be broken.
    const own = posix.join(absolute, "tsconfig.json");
    if (host.kindOf(own) === "file") readTsconfig(host, own);
    const outputs = new Map<string, readonly string[]>();
    const built = (inner: string): boolean => {
      const parent = posix.dirname(inner);
      let folders = outputs.get(parent);
      if (folders === undefined) outputs.set(parent, (folders = outputFolders(host, parent)));
      return folders.includes(inner);
    };
    return walkFolder(host, absolute, (inner) => isExcluded(inner) || built(inner));
  }
  if (kind === "file") {
    if (isExcluded(absolute)) return { files: [], skipped: [{ path: absolute, why: "excluded" }], unlisted: [] };
    if (isSourceFile(absolute)) return { files: [absolute], skipped: [], unlisted: [] };
    if (absolute.endsWith(".json")) return { ...tsconfigFiles(host, absolute, isExcluded), skipped: [] };
    throw new UsageError(`\`${path}\` is not a source file`, { help: "give a folder, a glob, a tsconfig, or a file ending in .js .mjs .cjs .jsx .ts .mts .cts .tsx" });
  }
  if (isGlob(path)) return discoverGlob(host, path, root, isExcluded);
  throw new UsageError(`no such file or folder: \`${path}\``, slashHint(path) ?? nearbyName(host, path, absolute));
}

/** What was meant by a path that is not there: a neighbour's name, or a command. */
function nearbyName(host: Host, path: string, absolute: string): { readonly help?: string } {
  const neighbours = host.list(posix.dirname(absolute)).filter(({ name, kind }) => kind === "folder" || isSourceFile(name)).map(({ name }) => name);
  const neighbour = nearestWord(posix.basename(absolute), neighbours);
  if (neighbour !== null) return { help: `did you mean \`${posix.join(posix.dirname(path), neighbour)}\`?` };
  const command = nearestWord(path, COMMAND_NAMES);
  return command === null ? {} : { help: `did you mean \`fa ${command}\`?` };
}

function discoverGlob(host: Host, glob: string, root: string, isExcluded: PathMatcher): Discovery {
  const fault = globFault(glob);
  if (fault !== null) throw new UsageError(`bad glob \`${glob}\`: ${fault}`);
  const base = posix.resolve(root, globBase(glob));
  // Written with a slash, so that `*.ts` means this folder, as in a shell.
  const fits = pathMatcher([`/${posix.relative(root, posix.resolve(root, glob))}`]);
  const walk = host.kindOf(base) === "folder" ? walkFolder(host, base, isExcluded) : { files: [], skipped: [], unlisted: [] };
  const files = walk.files.filter((file) => fits(posix.relative(root, file)));
  if (files.length === 0) throw new UsageError(`no source file fits \`${glob}\``, slashHint(glob) ?? {});
  return { ...walk, files };
}

/** A backslash is part of a name where folders are separated by slashes. */
function slashHint(path: string): { readonly help: string } | null {
  return path.includes("\\") ? { help: `folders are separated by \`/\`: \`${path.replaceAll("\\", "/")}\`` } : null;
}
