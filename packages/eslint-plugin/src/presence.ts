/**
 * Whether the files of a program are still on the disk. TypeScript keeps a file that was deleted or renamed in its programs until something else makes it look
 * again, and what such a file does is done by nobody any more.
 */
import { existsSync, statSync } from "node:fs";
import { posix } from "node:path";

/** What was seen on the disk in this process: a file that never was there lives in the memory of whoever made the program, or of an editor. */
const seen = new Set<string>();
/** More files than most projects have. */
const MOST_SEEN = 100_000;

/** Whether an absolute path was a file's and is no more. */
export function isGone(path: string): boolean {
  if (!existsSync(path)) return seen.has(path);
  if (seen.size >= MOST_SEEN) seen.clear();
  seen.add(path);
  return false;
}

/** Asking takes at most this part of the time of a run: a run of many files asks for each of them. */
const PART_OF_TIME = 1 / 50;

export interface Presence {
  /** False while another file is there than was at first, or one is not. Cost: a look at each of their folders, now and then; at each file when one of those changed. */
  holds(): boolean;
}

/** Of absolute paths, as they are now. */
export function presenceOf(paths: readonly string[]): Presence {
  const wasThere = new Map(paths.map((path) => [path, existsSync(path)]));
  const stamps = new Map([...new Set(paths.map((path) => posix.dirname(path)))].map((folder) => [folder, stampOf(folder)]));
  let isSame = true;
  let askedMs = performance.now();
  let tookMs = 0;
  const look = (): boolean => {
    const changed = [...stamps.keys()].filter((folder) => stampOf(folder) !== stamps.get(folder));
    for (const folder of changed) stamps.set(folder, stampOf(folder));
    return (isSame && changed.length === 0) || [...wasThere].every(([path, was]) => existsSync(path) === was);
  };
  return {
    holds: () => {
      const nowMs = performance.now();
      if ((nowMs - askedMs) * PART_OF_TIME < tookMs) return isSame;
      isSame = look();
      askedMs = performance.now();
      tookMs = askedMs - nowMs;
      return isSame;
    },
  };
}

/** The names in a folder changed when this did. */
function stampOf(folder: string): number {
  try {
    return statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  } catch {
    // The folder is a file by now, or may not be looked into: what was in it is not there.
    return 0;
  }
}
