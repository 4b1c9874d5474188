/** The package that a specifier or a file belongs to, by the rules that `fa` goes by. Reads package.json files, each folder's once an analysis. */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { isBuiltin } from "node:module";
import { posix } from "node:path";
import { importedPackage } from "@framealloc/analysis";

/** What the analysis reads off the specifier; Node's own modules are `node:fs`, however they are written. */
export function packageOfSpecifier(specifier: string): string | null {
  if (isBuiltin(specifier)) return specifier.startsWith("node:") ? specifier : `node:${specifier}`;
  return importedPackage(specifier);
}

/** The name in the nearest package.json at or above an absolute folder; null when none has one. */
export function packageOfFolder(folder: string): string | null {
  const known = namesByFolder.get(folder);
  if (known !== undefined) return known;
  const parent = posix.dirname(folder);
  const name = nameIn(posix.join(folder, "package.json")) ?? (parent === folder ? null : packageOfFolder(parent));
  namesByFolder.set(folder, name);
  return name;
}

/**
 * Whether a specifier means code that is not the project's: the platform's (`global`, Node's), or of a package that is really under node_modules
 * and not linked there.
 */
export function isInstalled(folder: string, specifier: string): boolean {
  const name = packageOfSpecifier(specifier);
  if (name === null || name === "global" || name.startsWith("node:")) return name !== null;
  return /[\\/]node_modules[\\/]/.test(packagePlace(folder, name) ?? "");
}

/** Whether a specifier names a package that no node_modules above an absolute folder has. */
export function isAbsent(folder: string, specifier: string): boolean {
  const name = packageOfSpecifier(specifier);
  return name !== null && !name.startsWith("node:") && packagePlace(folder, name) === null;
}

/** The real path of a package as a file in an absolute folder finds it. Asked of the disk once a folder and analysis. */
function packagePlace(folder: string, name: string): string | null {
  const key = `${folder}\0${name}`;
  const known = places.get(key);
  if (known !== undefined) return known;
  const parent = posix.dirname(folder);
  const place = realPath(posix.join(folder, "node_modules", name)) ?? (parent === folder ? null : packagePlace(parent, name));
  places.set(key, place);
  return place;
}

/** What was seen of the disk counts no more: an editor is open while packages are installed, linked and renamed. */
export function forgetPackages(): void {
  namesByFolder.clear();
  places.clear();
}

const places = new Map<string, string | null>();

function realPath(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    // It is not there: the folder above is asked.
    return null;
  }
}

const namesByFolder = new Map<string, string | null>();

/** The nearest folder at or above an absolute one with a package.json; null when none has one. */
export function packageFolder(folder: string): string | null {
  const parent = posix.dirname(folder);
  return existsSync(posix.join(folder, "package.json")) ? folder : parent === folder ? null : packageFolder(parent);
}

function nameIn(manifest: string): string | null {
  let text: string;
  try {
    text = readFileSync(manifest, "utf8");
  } catch {
    // Most folders have none; one that cannot be read tells as little.
    return null;
  }
  return /"name"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? null;
}
