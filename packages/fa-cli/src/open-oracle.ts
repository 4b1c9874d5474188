/** Chooses the tsconfig whose checker may be asked about the files to analyze. Nothing is loaded until it is. */
import { posix } from "node:path";
import type { TypeOracle } from "@framealloc/analysis";
import type { Host } from "./host.ts";

/**
 * Undefined where no tsconfig lies between the files' folder and the boundary: then the tracer answers alone. `files` are absolute, and there is
 * at least one.
 */
export function openOracle(host: Host, root: string, boundary: string, files: readonly string[]): TypeOracle | undefined {
  const tsconfig = nearestTsconfig(host, sharedFolder(files), boundary);
  return tsconfig === null ? undefined : host.openTypeOracle(root, tsconfig);
}

/** A package that is installed is not part of the project around it, so the search ends where the package does. */
function nearestTsconfig(host: Host, from: string, boundary: string): string | null {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    const path = posix.join(folder, "tsconfig.json");
    if (host.kindOf(path) === "file") return path;
    const parent = posix.dirname(folder);
    if (folder === boundary || parent === folder || posix.basename(parent) === "node_modules") return null;
  }
}

/** The innermost folder that all are in. */
function sharedFolder(files: readonly string[]): string {
  const [first = "/", ...others] = files.map((file) => posix.dirname(file));
  return others.reduce((shared, folder) => {
    let common = shared;
    while (common !== "/" && folder !== common && !folder.startsWith(`${common}/`)) common = posix.dirname(common);
    return common;
  }, first);
}
