/** Runs the command as a user who is not everybody's master: what may not be read can be told from what may only so. */
import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";

const NOBODY = 65_534;

export interface Ended {
  readonly out: string;
  readonly err: string;
  readonly code: number | null;
}

/** As ourselves, or as nobody where we are root; nobody gets into `folder`. */
export function asAnotherUser(folder: string, command: readonly string[]): Ended {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chmodSync(folder, 0o777);
  const { stdout, stderr, status, error } = spawnSync(process.execPath, command, { cwd: folder, encoding: "utf8", env: { ...process.env, NO_COLOR: "", FORCE_COLOR: "" }, ...(isRoot ? { uid: NOBODY, gid: NOBODY } : {}) });
  if (error !== undefined) throw error;
  return { out: stdout, err: stderr, code: status };
}
