/**
 * Everything that `fa` reads from or writes to the world, in one interface: files, folders, clock, environment, the two streams.
 * Paths are absolute with forward slashes. `nodeHost` is the process; `memoryHost` stands in for it in tests and in-memory programs.
 *
 * Invariants
 *   I1  nothing but the host's own files (`disk.ts`, `output-stream.ts` and the like) touches `node:fs`, `process` or the clock
 *   I2  a file is written whole or not at all: to a neighbour first, then renamed
 *   I3  a reader that closes its pipe early ends the run quietly; no other failure of a stream is swallowed
 */
import { appendFileSync, rmSync } from "node:fs";
import { isUtf8OnDisk, kindOf, listFolder, readFromDisk, realPath, stampOf, toolStamp, whyUnlisted, withForwardSlashes, writeWhole } from "./disk.ts";
import { diskResolver } from "./disk-resolver.ts";
import { headersOf, measureInChild, onInterrupt, readInput, runGit, versions } from "./host-process.ts";
import type { MeasureOutcome, MeasureRequest } from "./measure-protocol.ts";
import { outputStream } from "./output-stream.ts";
import { type FileTypeOracle, typeOracle } from "./type-oracle.ts";
import type { FolderWatch } from "./watch-folder.ts";

export type ReadResult = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

export type PathKind = "file" | "folder" | "none";

export interface FolderEntry {
  readonly name: string;
  /** A symbolic link is its own kind: walking does not follow it. */
  readonly kind: "file" | "folder" | "link";
}

export interface OutputStream {
  readonly isTerminal: boolean;
  /** Cells in a line of the terminal; 80 where there is none. */
  readonly columns: number;
  /** Resolves when the text has been handed on; keeps to the reader's pace. */
  write(text: string): Promise<void>;
  /** The reader has gone: what is written from now on is for nobody. */
  isClosed?(): boolean;
}

export interface Stamp {
  readonly text: string;
  /** By the clock of `dateMs`. */
  readonly changedMs: number;
}

export interface GitAnswer {
  readonly ok: boolean;
  readonly out: string;
  /** What git wrote when it failed. */
  readonly reason: string;
  /** There is no git. */
  readonly isMissing: boolean;
}

export interface Host {
  /** What the command was called with, without the program itself. */
  readonly args: readonly string[];
  /** Where the process stands; a real path. */
  readonly cwd: string;
  env(name: string): string | undefined;
  /** Milliseconds from an arbitrary start. */
  nowMs(): number;
  /** Milliseconds since 1970. */
  dateMs(): number;
  /** A text file, byte-order mark included. */
  read(path: string): ReadResult;
  /** Whether a file's bytes are what its text would be written as. */
  isUtf8(path: string): boolean;
  kindOf(path: string): PathKind;
  /** Something that changes when a file or the names in a folder do, and when that was; null when there is nothing to tell it by. */
  stampOf(path: string): Stamp | null;
  /** The path with symbolic links followed; itself when it is not there. */
  realPath(path: string): string;
  /** Entries in no order; none when the folder cannot be read. */
  list(path: string): readonly FolderEntry[];
  /** Why a folder cannot be listed, as `EACCES: permission denied`; null when it can be. */
  whyUnlisted(path: string): string | null;
  /** The file that an import means, by the rules of Node, bundlers and the tsconfig around; null when there is none. */
  resolveImport(fromFile: string, specifier: string): string | null;
  /** A type checker for the project of a tsconfig, which nothing is loaded of until it is asked; undefined where there is none to be had. */
  openTypeOracle(root: string, tsconfig: string): FileTypeOracle | undefined;
  /** Writes a file, whole or in pieces, its folders made when missing. Throws what the system throws. */
  write(path: string, text: string | Iterable<string>): void;
  /** Adds to the end of a file, which is made when missing. Throws what the system throws. */
  append(path: string, text: string): void;
  /** What git answers in a folder; nothing of its output is shown. */
  git(folder: string, args: readonly string[]): GitAnswer;
  /** All of the standard input as text. */
  readInput(): Promise<string>;
  /** Lets timers, streams and signals have their turn. */
  pause(): Promise<void>;
  /** Resolves after a time. */
  wait(durationMs: number): Promise<void>;
  /** Of Node, the system, and what of ours reads the sources. */
  versions(): { readonly node: string; readonly platform: string; readonly typescript: string; readonly parser: string };
  /** The headers, in lower case, that an address answers with, redirects not followed. */
  headersOf(url: string): Promise<{ readonly ok: true; readonly headers: Readonly<Record<string, string>> } | { readonly ok: false; readonly reason: string }>;
  /** Calls with the absolute path of each file of a project that comes, changes or goes. */
  watch(folder: string, onChange: (path: string) => void): Promise<FolderWatch>;
  /** Calls when the user wants the run to end (Ctrl-C); a second time ends the process. Gives back what takes the listener away. */
  onInterrupt(listener: () => void): () => void;
  /** Runs a module's frame functions in a process of its own, which is killed when it takes longer. */
  measure(request: MeasureRequest, timeoutMs: number): Promise<MeasureOutcome>;
  /** Takes a file away, when it is there. */
  remove(path: string): void;
  /** Another text for every build of the command, its rules and the analysis. */
  toolStamp(): string;
  readonly out: OutputStream;
  readonly err: OutputStream;
  /** The version of Node. */
  readonly node: string;
  /** Says how the run ends; the process goes on until what was written is out. */
  setExitCode(code: number): void;
}

/** The process itself. Cheap: nothing is read until asked. */
export function nodeHost(): Host {
  const resolver = diskResolver();
  return {
    args: process.argv.slice(2),
    cwd: withForwardSlashes(process.cwd()),
    env: (name) => process.env[name],
    nowMs: () => performance.now(),
    dateMs: () => Date.now(),
    read: readFromDisk,
    isUtf8: isUtf8OnDisk,
    kindOf,
    stampOf,
    realPath,
    list: listFolder,
    whyUnlisted,
    resolveImport: (fromFile, specifier) => {
      const path = resolver.resolve(fromFile, specifier);
      return path === null ? null : withForwardSlashes(path);
    },
    openTypeOracle: (root, tsconfig) => typeOracle({ root, tsconfig }),
    write: writeWhole,
    remove: (path) => { rmSync(path, { force: true }); },
    toolStamp,
    append: appendFileSync,
    git: runGit,
    measure: measureInChild,
    readInput,
    pause: () => new Promise((resolve) => { setImmediate(resolve); }),
    wait: (durationMs) => new Promise((resolve) => { setTimeout(resolve, durationMs); }),
    watch: async (folder, onChange) => {
      const { watchFolder } = await import("./watch-folder.ts");
      return watchFolder(folder, (path, isEdit) => {
        // The text of a source says nothing of where imports lead; names, manifests and tsconfigs do.
        if (!isEdit || path.endsWith(".json")) resolver.forget();
        onChange(path);
      });
    },
    versions,
    headersOf,
    onInterrupt,
    out: outputStream(process.stdout, 1),
    err: outputStream(process.stderr, 2),
    node: process.version,
    setExitCode: (code) => { process.exitCode = code; },
  };
}
