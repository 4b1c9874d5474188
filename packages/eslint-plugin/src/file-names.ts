/**
 * What the analysis calls a file: its path relative to ESLint's working directory, with forward slashes, as `fa` does when it is started
 * there. Paths of ESLint and of TypeScript are absolute; this is the one place that turns one into the other.
 */
import { relative, resolve } from "node:path";

export interface FileNames {
  /** The name of an absolute path. One outside the folder begins with `../`, or stays absolute on another drive. */
  nameOf(path: string): string;
  /** Absolute, with forward slashes. */
  pathOf(name: string): string;
}

/** Asked for the same files again and again while somebody edits one of them. */
export function fileNames(folder: string): FileNames {
  let names = byFolder.get(folder);
  if (names === undefined) {
    if (byFolder.size >= MOST_FOLDERS) byFolder.clear();
    names = { nameOf: remembered((path) => forwardSlashes(relative(folder, path))), pathOf: remembered((name) => forwardSlashes(resolve(folder, name))) };
    byFolder.set(folder, names);
  }
  return names;
}

const byFolder = new Map<string, FileNames>();
const MOST_FOLDERS = 20;
/** More files than most projects have. */
const MOST_NAMES = 20_000;

function remembered(convert: (from: string) => string): (from: string) => string {
  const known = new Map<string, string>();
  return (from) => {
    let to = known.get(from);
    if (to === undefined) {
      if (known.size >= MOST_NAMES) known.clear();
      known.set(from, (to = convert(from)));
    }
    return to;
  };
}

/** JavaScript and TypeScript of every kind, declaration files too. */
export function isSourceName(name: string): boolean {
  return /\.(?:[cm]?[jt]s|[jt]sx)$/.test(name);
}

export function isDeclarationName(name: string): boolean {
  return /\.d\.[cm]?ts$/.test(name);
}

/** A backslash is a character of a name where the system separates by slashes. */
function forwardSlashes(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}
