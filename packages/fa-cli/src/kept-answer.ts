/**
 * What a run printed, kept with everything that it asked of the disk: the same call, while the disk would still answer the same, is answered by the same
 * bytes and nothing is loaded. The found cache (`found-cache.ts`) keeps findings for other calls; this keeps the last word of one.
 *
 * Invariants
 *   I1  what is kept was printed by a run whose every question is recorded: to the disk in `recorded`, to the process in the call
 *   I2  an entry is written whole or not at all; one that was cut or changed counts as none
 *   I3  a run that wrote files, read the standard input, asked git, or was stopped is not kept
 */
import { posix } from "node:path";
import type { Host } from "./host.ts";
import { hashOf, type Recorded, type Recheck, recheck } from "./recorded-questions.ts";

/** All that a run can tell of the process that it is in. */
export interface Call {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly environment: readonly (readonly [name: string, value: string | null])[];
  readonly terminals: readonly (readonly [isTerminal: boolean, columns: number])[];
  readonly node: string;
}

/** What of the environment decides what is printed. */
export const ENVIRONMENT = ["FORCE_COLOR", "NO_COLOR", "FORCE_HYPERLINK", "TERM", "TERM_PROGRAM", "VTE_VERSION", "WT_SESSION", "KITTY_WINDOW_ID", "KONSOLE_VERSION", "CI", "NODE_PATH", "NODE_OPTIONS"] as const;

export interface Answer {
  readonly out: string;
  readonly err: string;
  readonly exitCode: number;
  /** Where the time that the run took is written; another run takes another. */
  readonly elapsed: { readonly stream: "out" | "err"; readonly start: number; readonly end: number } | null;
}

interface Entry {
  readonly tool: string;
  readonly recorded: Recorded;
  readonly answer: Answer;
}

export type AnswerDisk = Recheck & Pick<Host, "toolStamp" | "dateMs" | "write">;

export function callOf(host: Pick<Host, "args" | "cwd" | "env" | "out" | "err">, node: string): Call {
  return {
    args: host.args,
    cwd: host.cwd,
    environment: ENVIRONMENT.map((name) => [name, host.env(name) ?? null]),
    terminals: [host.out, host.err].map(({ isTerminal, columns }) => [isTerminal, columns]),
    node,
  };
}

/**
 * Where the cache of a project lies, as it is seen from a folder in it: beside the installed packages of the project or of the workspace around it. Null where
 * nothing is installed and no package is.
 */
export function cacheFolder(disk: Pick<Host, "kindOf">, from: string, boundary: string | null): string | null {
  for (let folder = from; ; folder = posix.dirname(folder)) {
    if (disk.kindOf(posix.join(folder, "node_modules")) === "folder" || disk.kindOf(posix.join(folder, "package.json")) === "file") return posix.join(folder, "node_modules/.cache/fa");
    if (folder === boundary || posix.dirname(folder) === folder) return null;
  }
}

/** The answer to a call, when it is kept and still holds. Cost: one file, and a look at each file and folder that the run read. */
export function keptAnswer(disk: AnswerDisk, call: Call): Answer | null {
  const folder = cacheFolder(disk, call.cwd, null);
  if (folder === null) return null;
  const path = pathIn(folder, call);
  const source = disk.read(path);
  const entry = source.ok ? entryIn(source.text) : null;
  if (entry === null || entry.tool !== hashOf(disk.toolStamp())) return null;
  const { holds, renewed } = recheck(disk, entry.recorded);
  if (!holds) return null;
  // Stamps that were too young to be trusted then are old enough now: the next call need not read those files.
  if (renewed !== null) tryWrite(disk, path, { ...entry, recorded: renewed });
  return entry.answer;
}

/** Keeps it. What goes wrong with that is nobody's concern: the next run takes its time. */
export function keepAnswer(disk: AnswerDisk, folder: string, call: Call, recorded: Recorded, answer: Answer): void {
  if (cacheFolder(disk, call.cwd, null) === folder) tryWrite(disk, pathIn(folder, call), { tool: hashOf(disk.toolStamp()), recorded, answer });
}

function pathIn(folder: string, call: Call): string {
  return posix.join(folder, `${hashOf(JSON.stringify(call))}.answer`);
}

function entryIn(text: string): Entry | null {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  // The hash says that it is what was written.
  return end > 0 && hashOf(body) === text.slice(0, end) ? (JSON.parse(body) as Entry) : null;
}

function tryWrite(disk: AnswerDisk, path: string, entry: Entry): void {
  const body = JSON.stringify(entry);
  try {
    disk.write(path, `${hashOf(body)}\n${body}`);
  } catch (error) {
    // A folder that is not to be written to, or a full disk: the found cache has said so where it matters.
    if (!(error instanceof Error && "code" in error)) throw error;
  }
}
