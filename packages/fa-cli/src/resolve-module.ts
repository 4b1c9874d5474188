/**
 * From an import as written to what the analysis knows it by: the file when it is one of the program's, the package when the
 * specifier names one. Answers are kept, since the same imports are asked for again by the tracer.
 */
import { posix } from "node:path";
import { isBuiltin } from "node:module";
import { importedPackage, type Resolution, type Resolve } from "@framealloc/analysis";
import type { Host } from "./host.ts";
import { outputSources } from "./output-sources.ts";

export interface ModuleResolver {
  /** Absolute path to the name that the program knows a file by, relative to the root. */
  nameOf(path: string): string;
  /** And back. */
  pathOf(file: string): string;
  /** The file that an import means, by name; null when there is none. */
  target(fromFile: string, specifier: string): string | null;
  /** The question as the analysis asks it, answered with files of `loaded` alone. */
  resolveAmong(loaded: ReadonlySet<string>): Resolve;
}

export function moduleResolver(host: Host, root: string): ModuleResolver {
  const inRoot = root.endsWith("/") ? root : `${root}/`;
  const nameOf = (path: string): string => (path.startsWith(inRoot) ? path.slice(inRoot.length) : posix.relative(root, path));
  const pathOf = (file: string): string => posix.join(root, file);
  const targets = new Map<string, string | null>();
  const outputs = outputSources(host);
  const resolved = (from: string, specifier: string): string | null => {
    const path = host.resolveImport(from, specifier);
    if (path === null) return outputs.sourceOfImport(from, specifier, packageNameOf(specifier));
    const mayBeBuilt = !path.includes("/node_modules/") && /\.(?:d\.[mc]?ts|[mc]?js|jsx)$/.test(path);
    return mayBeBuilt ? (outputs.sourceOf(path) ?? path) : path;
  };
  const target = (fromFile: string, specifier: string): string | null => {
    const key = `${fromFile}\0${specifier}`;
    const known = targets.get(key);
    if (known !== undefined) return known;
    const path = isBuiltin(specifier) ? null : resolved(pathOf(fromFile), specifier);
    const file = path === null ? null : nameOf(path);
    targets.set(key, file);
    return file;
  };
  const names = packageNames(host);
  return {
    nameOf,
    pathOf,
    target,
    resolveAmong: (loaded) => (fromFile, specifier): Resolution => {
      const file = target(fromFile, specifier);
      const package_ = packageNameOf(specifier);
      // An alias of the tsconfig (`@/scene`) looks like a package and leads to a file of another one.
      const isAlias = package_ !== null && file !== null && names(posix.dirname(pathOf(file))) !== package_ && !file.includes("node_modules/");
      return { file: file !== null && loaded.has(file) ? file : null, package: isAlias ? null : package_, ...(package_ !== null && file === null && !isBuiltin(specifier) ? { absent: true } : {}) };
    },
  };
}

/** What the analysis reads off the specifier; Node's own modules are `node:fs`, however they are written. */
export function packageNameOf(specifier: string): string | null {
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  return importedPackage(specifier);
}

/** The name in the nearest package.json, a folder at a time. */
function packageNames(host: Host): (folder: string) => string | null {
  const known = new Map<string, string | null>();
  const nameOf = (folder: string): string | null => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const manifest = host.read(posix.join(folder, "package.json"));
    const own = manifest.ok ? /"name"\s*:\s*"([^"]*)"/.exec(manifest.text)?.[1] : undefined;
    const parent = posix.dirname(folder);
    const name = own ?? (parent === folder ? null : nameOf(parent));
    known.set(folder, name);
    return name;
  };
  return nameOf;
}
