/**
 * From what a project of the workspace is built to, back to its sources: as TypeScript does for the projects that a tsconfig refers to, and here whether they
 * are built or not. Asked only where the plain rules of imports end at a built file, or at none.
 *
 * Known misses: `rootDirs`, `outFile`, `typesVersions`, `imports` of a package.json.
 */
import { posix } from "node:path";
import { isRelative } from "@framealloc/analysis";
import type { Host } from "./host.ts";
import { configOfReference, readTsconfig, type Tsconfig } from "./read-tsconfig.ts";
import { packageTargets } from "./package-targets.ts";
import { UsageError } from "./usage-error.ts";

/** Answers are absolute paths of files that are there, or null. */
export interface OutputSources {
  /** The source that a file is built from. The file itself need not be there. */
  sourceOf(path: string): string | null;
  /** The source of what an import, of a package by that name, would lead to if everything were built. */
  sourceOfImport(fromFile: string, specifier: string, packageName: string | null): string | null;
}

interface PlacedConfig {
  readonly folder: string;
  readonly config: Tsconfig;
}

/** A folder that is built to, and those that its paths may be relative to. */
interface Output {
  readonly folder: string;
  readonly roots: readonly string[];
}

/** Remembers what the tsconfigs say. Cost: a look at a few files a folder, once. */
export function outputSources(host: Host): OutputSources {
  const known = new Map<string, readonly Output[]>();
  /** Of the tsconfigs from a folder upwards, the nearest first. */
  const outputsFrom = (folder: string): readonly Output[] => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const parent = posix.dirname(folder);
    const outputs = [...outputsOf(host, posix.join(folder, "tsconfig.json"), new Set()), ...(parent === folder ? [] : outputsFrom(parent))];
    known.set(folder, outputs);
    return outputs;
  };
  const sourceOf = (path: string): string | null => {
    for (const { folder, roots } of outputsFrom(posix.dirname(path))) {
      if (path !== folder && !path.startsWith(`${folder}/`)) continue;
      for (const root of roots) {
        const source = sourceNames(posix.join(root, posix.relative(folder, path))).find((candidate) => host.kindOf(candidate) === "file");
        if (source !== undefined) return source;
      }
    }
    return null;
  };
  const packageAt = packageLookup(host);
  const configAt = configLookup(host);
  const first = (paths: readonly string[]): string | null => {
    for (const path of paths) {
      const source = sourceOf(path);
      if (source !== null) return source;
    }
    return null;
  };
  return {
    sourceOf,
    sourceOfImport: (fromFile, specifier, name) => {
      if (isRelative(specifier)) return first([posix.resolve(posix.dirname(fromFile), specifier)]);
      const folder = name === null ? null : packageAt(posix.dirname(fromFile), name);
      const built = folder === null ? [] : packageTargets(host.read(posix.join(folder, "package.json")), specifier.slice(name?.length ?? 0)).map((target) => posix.join(folder, target));
      return first([...aliased(configAt(posix.dirname(fromFile)), specifier), ...built]) ?? (folder === null ? null : besideOutput(host, folder, built));
    },
  };
}

/** Finds the folder of a package that is linked from the workspace, by a folder to look from: what is installed from elsewhere has its files. Remembers. */
function packageLookup(host: Host): (folder: string, name: string) => string | null {
  const known = new Map<string, string | null>();
  const lookup = (folder: string, name: string): string | null => {
    const key = `${folder}\0${name}`;
    let found = known.get(key);
    if (found !== undefined) return found;
    const linked = posix.join(folder, "node_modules", name);
    const parent = posix.dirname(folder);
    if (host.kindOf(linked) === "folder") {
      const real = host.realPath(linked);
      found = /(?:^|\/)node_modules\//.test(real) ? null : real;
    } else found = parent === folder ? null : lookup(parent, name);
    known.set(key, found);
    return found;
  };
  return lookup;
}

/** Finds the nearest tsconfig that can be read, from a folder upwards. Remembers. */
function configLookup(host: Host): (folder: string) => PlacedConfig | null {
  const known = new Map<string, PlacedConfig | null>();
  const lookup = (folder: string): PlacedConfig | null => {
    const before = known.get(folder);
    if (before !== undefined) return before;
    const config = readOrNone(host, posix.join(folder, "tsconfig.json"));
    const parent = posix.dirname(folder);
    const found = config !== null ? { folder, config } : parent === folder ? null : lookup(parent);
    known.set(folder, found);
    return found;
  };
  return lookup;
}

/** Folders that the tsconfig of a folder, and those it refers to, say are built from sources. Absolute; none where there is no tsconfig that can be read. */
export function outputFolders(host: Host, folder: string): readonly string[] {
  return outputsOf(host, posix.join(folder, "tsconfig.json"), new Set()).map((output) => output.folder);
}

function outputsOf(host: Host, path: string, seen: Set<string>): readonly Output[] {
  const config = seen.has(path) ? null : readOrNone(host, path);
  seen.add(path);
  if (config === null) return [];
  const folder = posix.dirname(path);
  const { outDir, declarationDir, rootDir } = config.compilerOptions ?? {};
  // Without a root TypeScript takes what the sources have in common, which is the folder itself or one that is included.
  const roots = rootDir === undefined ? [folder, ...(config.include ?? []).map((pattern) => posix.resolve(folder, pattern.replace(/\/?[^/]*[*?].*$/, "")))] : [posix.resolve(folder, rootDir)];
  const own = [outDir, declarationDir].flatMap((output) => (output === undefined ? [] : [posix.resolve(folder, output)])).filter((output) => output !== folder && !folder.startsWith(`${output}/`));
  const referred = (config.references ?? []).flatMap((reference) => outputsOf(host, configOfReference(host, posix.resolve(folder, reference.path)), seen));
  return [...own.map((output) => ({ folder: output, roots })), ...referred];
}

/** A tsconfig with a fault in it says nothing here: whoever names it hears of it. */
function readOrNone(host: Host, path: string): Tsconfig | null {
  if (host.kindOf(path) !== "file") return null;
  try {
    return readTsconfig(host, path);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return null;
  }
}

const BUILT_FROM: readonly (readonly [built: RegExp, sources: readonly string[]])[] = [
  [/\.d\.mts$|\.mjs$/, [".mts", ".mjs"]],
  [/\.d\.cts$|\.cjs$/, [".cts", ".cjs"]],
  [/\.d\.ts$|\.jsx?$/, [".ts", ".tsx", ".js", ".jsx"]],
];

/** What a built file may have been written as; a path without an ending may be a file or a folder. */
function sourceNames(path: string): readonly string[] {
  for (const [built, sources] of BUILT_FROM) if (built.test(path)) return sources.map((ending) => path.replace(built, ending));
  const endings = [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs"];
  return [...endings.map((ending) => path + ending), ...endings.map((ending) => `${path}/index${ending}`)];
}

/** Where the `paths` of a tsconfig lead. */
function aliased(placed: PlacedConfig | null, specifier: string): readonly string[] {
  const { paths = {}, baseUrl = "." } = placed?.config.compilerOptions ?? {};
  return Object.entries(paths).flatMap(([pattern, targets]) => {
    const [before = "", after] = pattern.split("*");
    const fits = after === undefined ? specifier === pattern : specifier.length >= before.length + after.length && specifier.startsWith(before) && specifier.endsWith(after);
    const star = after === undefined ? "" : specifier.slice(before.length, specifier.length - after.length);
    return fits ? targets.map((target) => posix.resolve(placed?.folder ?? "", baseUrl, target.replace("*", () => star))) : [];
  });
}

/** Bundlers build `src/index.ts` to `dist/index.js` and have no tsconfig say so: taken where nothing is built, and nothing else is said. */
function besideOutput(host: Host, folder: string, built: readonly string[]): string | null {
  for (const path of built) {
    const inside = posix.relative(folder, path).replace(/^[^/]+\//, "src/");
    const source = sourceNames(posix.join(folder, inside)).find((candidate) => host.kindOf(candidate) === "file");
    if (source !== undefined) return source;
  }
  return null;
}
