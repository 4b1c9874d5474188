/** Where the project stands in its repository: what hosts of repositories show is named from the repository's folder. */
import { posix } from "node:path";
import type { Host } from "./host.ts";

export interface Prefixes {
  readonly repository: string;
  readonly here: string;
}

/** `root` is absolute. A project outside any repository is its own. */
export function prefixesOf(host: Host, root: string): Prefixes {
  return { repository: prefix(repositoryFolder(host, root), root), here: prefix(host.cwd, root) };
}

/** The folder of the repository that `root` is in; itself outside any. */
export function repositoryFolder(host: Host, root: string): string {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    // A work tree has a file of that name.
    if (host.kindOf(posix.join(folder, ".git")) !== "none") return folder;
    if (posix.dirname(folder) === folder) return root;
  }
}

function prefix(from: string, to: string): string {
  const path = posix.relative(from, to);
  return path === "" ? "" : `${path}/`;
}
