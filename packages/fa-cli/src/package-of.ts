/** The package that a file belongs to: the name in the nearest `package.json` upwards. */
import { posix } from "node:path";
import type { Host } from "./host.ts";

/** Answers for names of files relative to `root`, an absolute path; null where no package of that name is around. Each folder is read once. */
export function packageOf(host: Host, root: string): (file: string) => string | null {
  const known = new Map<string, string | null>();
  const nameIn = (folder: string): string | null => {
    const found = known.get(folder);
    if (found !== undefined) return found;
    const name = manifestName(host, folder) ?? (posix.dirname(folder) === folder ? null : nameIn(posix.dirname(folder)));
    known.set(folder, name);
    return name;
  };
  return (file) => nameIn(posix.dirname(posix.join(root, file)));
}

/** A manifest that cannot be read or has no name says nothing: the folder above may. */
function manifestName(host: Host, folder: string): string | null {
  const manifest = host.read(posix.join(folder, "package.json"));
  return manifest.ok ? (/^\s*\{[^]*?"name"\s*:\s*"([^"]+)"/.exec(manifest.text)?.[1] ?? null) : null;
}
