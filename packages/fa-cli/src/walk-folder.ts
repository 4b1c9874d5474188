/**
 * Walks a folder for source files: not into `node_modules`, folders whose name begins with a dot, what a `.gitignore` leaves out,
 * what the caller leaves out. Symbolic links are not followed, so a walk ends and stays inside the folder.
 */
import { posix } from "node:path";
import ignore, { type Ignore } from "ignore";
import type { Host } from "./host.ts";
import { isSourceFile } from "@framealloc/rules/codes";

export interface Walk {
  /** Absolute paths, in no order. */
  readonly files: string[];
  /** Absolute paths of what was left out and why, for `--verbose`. */
  readonly skipped: { readonly path: string; readonly why: string }[];
  /** Folders that could not be listed, and why: what is in them is not known. */
  readonly unlisted: { readonly path: string; readonly why: string }[];
}

interface IgnoreScope {
  readonly folder: string;
  readonly rules: Ignore;
}

/** `leaveOut` is asked with absolute paths of files and folders. Cost: one listing a folder. */
export function walkFolder(host: Host, folder: string, leaveOut: (path: string) => boolean): Walk {
  const walk: Walk = { files: [], skipped: [], unlisted: [] };
  const above = scopesAbove(host, folder);
  // Whoever names an ignored folder wants it: then only what is said inside it counts.
  visit(host, folder, isIgnored(above, folder, true) ? [] : above, leaveOut, walk);
  return walk;
}

function visit(host: Host, folder: string, outer: readonly IgnoreScope[], leaveOut: (path: string) => boolean, walk: Walk): void {
  const scopes = withScope(host, folder, outer);
  const entries = host.list(folder);
  const why = entries.length === 0 ? host.whyUnlisted(folder) : null;
  if (why !== null) walk.unlisted.push({ path: folder, why });
  for (const entry of entries) {
    const path = posix.join(folder, entry.name);
    const why = reasonToSkip(entry, path, scopes, leaveOut);
    if (why !== null) {
      if (entry.kind !== "file" || isSourceFile(entry.name)) walk.skipped.push({ path, why });
    } else if (entry.kind === "folder") visit(host, path, scopes, leaveOut, walk);
    else if (isSourceFile(entry.name)) walk.files.push(path);
  }
}

function reasonToSkip(entry: { readonly name: string; readonly kind: string }, path: string, scopes: readonly IgnoreScope[], leaveOut: (path: string) => boolean): string | null {
  const isFolder = entry.kind === "folder";
  if (entry.kind === "link") return "symbolic link";
  if (isFolder && entry.name === "node_modules") return "node_modules";
  if (isFolder && entry.name.startsWith(".")) return "hidden folder";
  if (!isFolder && !isSourceFile(entry.name)) return "no source file";
  if (leaveOut(path)) return "excluded";
  if (isIgnored(scopes, path, isFolder)) return ".gitignore";
  return null;
}

/** The `.gitignore` files between the repository's folder and this one, outermost first. */
function scopesAbove(host: Host, folder: string): readonly IgnoreScope[] {
  const folders: string[] = [];
  for (let at = folder; ; at = posix.dirname(at)) {
    if (host.kindOf(posix.join(at, ".git")) !== "none") {
      return folders.reverse().reduce<readonly IgnoreScope[]>((scopes, above) => withScope(host, above, scopes), []);
    }
    const parent = posix.dirname(at);
    // Outside a repository only what lies in the walked folder counts.
    if (parent === at) return [];
    folders.push(parent);
  }
}

function withScope(host: Host, folder: string, scopes: readonly IgnoreScope[]): readonly IgnoreScope[] {
  const file = host.read(posix.join(folder, ".gitignore"));
  return file.ok ? [...scopes, { folder, rules: ignore().add(file.text) }] : scopes;
}

/** The innermost `.gitignore` that says something of the path decides. */
function isIgnored(scopes: readonly IgnoreScope[], path: string, isFolder: boolean): boolean {
  for (const scope of [...scopes].reverse()) {
    const relative = posix.relative(scope.folder, path);
    if (relative === "" || relative.startsWith("../")) continue;
    const verdict = scope.rules.test(isFolder ? `${relative}/` : relative);
    if (verdict.ignored) return true;
    if (verdict.unignored) return false;
  }
  return false;
}
