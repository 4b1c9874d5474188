/** The process's files: what is in them, their stamps, and writing one whole or not at all. Loaded by itself where a run is answered without anything else. */
import { isUtf8 } from "node:buffer";
import { accessSync, chmodSync, chownSync, closeSync, constants, mkdirSync, openSync, readdirSync, readFileSync, realpathSync, renameSync, rmSync, type Stats, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import type { FolderEntry, PathKind, ReadResult, Stamp } from "./host.ts";

export function kindOf(path: string): PathKind {
  const found = unlessRefused(() => statSync(path, { throwIfNoEntry: false }));
  return found?.isFile() === true ? "file" : found?.isDirectory() === true ? "folder" : "none";
}

export function realPath(path: string): string {
  return unlessRefused(() => withForwardSlashes(realpathSync(path))) ?? path;
}

/** Windows' own paths in the one form that the rest of the package knows. */
export function withForwardSlashes(path: string): string {
  return process.platform === "win32" ? path.replaceAll("\\", "/") : path;
}

export function readFromDisk(path: string): ReadResult {
  try {
    return { ok: true, text: readFileSync(path, "utf8") };
  } catch (error) {
    return { ok: false, reason: reasonOf(error) };
  }
}

export function isUtf8OnDisk(path: string): boolean {
  return unlessRefused(() => isUtf8(readFileSync(path))) ?? false;
}

/** `EACCES: permission denied` without the call and the absolute path that Node adds. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/, \w+(?: '.*')?$/s, "");
}

export function stampOf(path: string): Stamp | null {
  const found = unlessRefused(() => statSync(path, { throwIfNoEntry: false }));
  if (found === undefined) return null;
  return { text: `${found.size} ${found.mtimeMs} ${found.ctimeMs} ${found.ino}`, changedMs: Math.max(found.mtimeMs, found.ctimeMs) };
}

/** Of the files that this one was built into, and of those that the packages of the rules and the analysis were. */
export function toolStamp(): string {
  const { resolve } = createRequire(import.meta.url);
  const entries = [fileURLToPath(import.meta.url), ...["@framealloc/rules/package.json", "@framealloc/analysis/package.json"].map((name) => resolve(name).replace(/package\.json$/, "dist/index.js"))];
  // The name of a part says what is in it; entries keep theirs.
  return entries
    .flatMap((entry) => listFolder(dirname(entry)).flatMap(({ name }) => (!name.endsWith(".js") ? [] : [/-[\w-]{8}\.js$/.test(name) ? name : `${name} ${stampOf(`${dirname(entry)}/${name}`)?.text ?? ""}`])))
    .join("\n");
}

export function listFolder(path: string): readonly FolderEntry[] {
  const entries = unlessRefused(() => readdirSync(path, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry): FolderEntry[] =>
    entry.isSymbolicLink() ? [{ name: entry.name, kind: "link" }]
    : entry.isDirectory() ? [{ name: entry.name, kind: "folder" }]
    : entry.isFile() ? [{ name: entry.name, kind: "file" }]
    : [],
  );
}

export function whyUnlisted(path: string): string | null {
  try {
    readdirSync(path);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Undefined for what is not there, may not be read, or leads round in a circle; anything else is a fault of ours. */
export function unlessRefused<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}

/** A link is replaced and not followed: where it leads may be outside of what is ours to write. Throws what the system throws, without the name of the neighbour that is written first. */
export function writeWhole(path: string, text: string | Iterable<string>): void {
  try {
    writeUnlessInTheWay(path, text);
  } catch (error) {
    if (error instanceof Error && "code" in error) error.message = reasonOf(error);
    throw error;
  }
}

function writeUnlessInTheWay(path: string, text: string | Iterable<string>): void {
  makeFolder(dirname(path));
  const old = unlessRefused(() => statSync(path, { throwIfNoEntry: false }));
  if (old?.isDirectory() === true) throw Object.assign(new Error("EISDIR: it is a folder"), { code: "EISDIR" });
  // A device or a pipe has nothing that could be half, and must not be replaced by a file.
  if ((old !== undefined && !old.isFile()) || /^\/(?:dev|proc)\//.test(path)) return writePieces(path, "a", text);
  // To put another file in its place asks for less than to write to it.
  if (old !== undefined) accessSync(path, constants.W_OK);
  const unfinished = `${path}.${process.pid}.tmp`;
  try {
    writePieces(unfinished, "w", text);
    if (old !== undefined) keepOwner(unfinished, old);
    renameSync(unfinished, path);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
}

/** With those above it. One after the other: told to make them all, Node goes round for ever where a folder that is there takes none, as `/proc` does. */
function makeFolder(path: string): void {
  if (kindOf(path) === "folder") return;
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (error) {
    // Another process may have made it meanwhile.
    if (kindOf(path) !== "folder") throw error;
  }
}

function writePieces(path: string, flag: "a" | "w", text: string | Iterable<string>): void {
  const file = openSync(path, flag);
  try {
    for (const piece of typeof text === "string" ? [text] : text) writeFileSync(file, piece);
  } finally {
    closeSync(file);
  }
}

function keepOwner(path: string, { mode, uid, gid }: Stats): void {
  // Only root gives files away; whoever else writes here owns what he writes.
  unlessRefused(() => { chownSync(path, uid, gid); });
  chmodSync(path, mode);
}
