/** How far imports are followed: to the edge of the repository or workspace that the project stands in, and never beyond. */
import { posix } from "node:path";
import type { ConfigurationDisk } from "./configuration-disk.ts";

/** The nearest folder upwards that holds a repository or declares workspaces; the root itself when there is none. Absolute. */
export function projectBoundary(host: ConfigurationDisk, root: string): string {
  for (let folder = root; ; folder = posix.dirname(folder)) {
    if (host.kindOf(posix.join(folder, ".git")) !== "none" || host.kindOf(posix.join(folder, "pnpm-workspace.yaml")) === "file") return folder;
    const manifest = host.read(posix.join(folder, "package.json"));
    if (manifest.ok && /"workspaces"\s*:/.test(manifest.text)) return folder;
    if (posix.dirname(folder) === folder) return root;
  }
}
