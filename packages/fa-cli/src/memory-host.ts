/**
 * A host whose files are a map and whose streams are strings: for tests and for programs that exist only as text. The clock
 * stands still, so that output is the same bytes every time.
 */
import { posix } from "node:path";
import { resolveAmong } from "@framealloc/analysis";
import type { FolderEntry, Host, OutputStream, PathKind } from "./host.ts";

export interface MemoryHostOptions {
  readonly args?: readonly string[];
  /** Absolute; `/` by default. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
  /** What the standard input holds. */
  readonly input?: string;
  readonly columns?: number;
}

export interface MemoryHost extends Host {
  /** By absolute path; what was written is in it too. */
  readonly files: ReadonlyMap<string, string>;
  /** What was written to a stream so far. */
  readonly written: { readonly out: string; readonly err: string };
  /** As set last; 0 when it never was. */
  readonly ended: { readonly exitCode: number };
}

/** `files` by path; a relative one is relative to `cwd`. Folders are there when a file is in them. */
export function memoryHost(files: ReadonlyMap<string, string>, options: MemoryHostOptions = {}): MemoryHost {
  const cwd = options.cwd ?? "/";
  const contents = new Map([...files].map(([path, text]) => [posix.resolve(cwd, path), text]));
  const written = { out: "", err: "" };
  const stream = (name: "out" | "err"): OutputStream => ({
    isTerminal: options.isTerminal ?? false,
    columns: options.columns ?? 80,
    write: (text) => {
      written[name] += text;
      return Promise.resolve();
    },
  });
  const ended = { exitCode: 0 };
  return {
    args: options.args ?? [],
    cwd,
    env: (name) => options.env?.[name],
    nowMs: () => 0,
    dateMs: () => 0,
    // Texts are compared.
    stampOf: () => null,
    remove: (path) => { contents.delete(path); },
    toolStamp: () => "memory",
    node: "v0",
    read: (path) => {
      const text = contents.get(path);
      return text === undefined ? { ok: false, reason: "ENOENT: no such file or directory" } : { ok: true, text };
    },
    kindOf: (path) => kindIn(contents, path),
    realPath: (path) => path,
    list: (path) => entriesIn(contents, path),
    whyUnlisted: () => null,
    isUtf8: () => true,
    resolveImport: (fromFile, specifier) => resolveAmong((path) => contents.has(path), fromFile, specifier),
    openTypeOracle: () => undefined,
    write: (path, text) => { contents.set(path, typeof text === "string" ? text : [...text].join("")); },
    append: (path, text) => { contents.set(path, (contents.get(path) ?? "") + text); },
    git: () => ({ ok: false, out: "", reason: "", isMissing: true }),
    measure: () => Promise.resolve({ ok: false, reason: "died", message: "nothing runs in memory" }),
    readInput: () => Promise.resolve(options.input ?? ""),
    pause: () => Promise.resolve(),
    wait: () => Promise.resolve(),
    // Nobody else can change what is in memory.
    watch: () => Promise.resolve({ ready: Promise.resolve(), stop: () => Promise.resolve() }),
    versions: () => ({ node: "v0.0.0", platform: "memory", typescript: "0.0.0", parser: "0.0.0" }),
    headersOf: () => Promise.resolve({ ok: false, reason: "there is no network in memory" }),
    onInterrupt: () => () => {},
    out: stream("out"),
    err: stream("err"),
    setExitCode: (code) => { ended.exitCode = code; },
    files: contents,
    written,
    ended,
  };
}

function kindIn(contents: ReadonlyMap<string, string>, path: string): PathKind {
  if (contents.has(path)) return "file";
  const folder = path === "/" ? "/" : `${path}/`;
  for (const file of contents.keys()) if (file.startsWith(folder)) return "folder";
  return "none";
}

function entriesIn(contents: ReadonlyMap<string, string>, path: string): readonly FolderEntry[] {
  const folder = path === "/" ? "/" : `${path}/`;
  const entries = new Map<string, FolderEntry>();
  for (const file of contents.keys()) {
    if (!file.startsWith(folder)) continue;
    const rest = file.slice(folder.length);
    const slash = rest.indexOf("/");
    const name = slash === -1 ? rest : rest.slice(0, slash);
    entries.set(name, { name, kind: slash === -1 ? "file" : "folder" });
  }
  return [...entries.values()];
}
