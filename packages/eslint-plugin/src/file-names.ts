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

export function fileNames(folder: string): FileNames {
  return {
    nameOf: (path) => forwardSlashes(relative(folder, path)),
    pathOf: (name) => forwardSlashes(resolve(folder, name)),
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
