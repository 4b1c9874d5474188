/**
 * Keeps what a run found, so that the next one that would find the same need not look. An entry is a file of its own, one for each way in which `fa` is called
 * in a project: what was found, and all that it follows from (the version of `fa`, the options, the configuration, everything that was asked of the
 * disk). It is used whole or not at all, so a finding that follows from another file is never older than that file.
 *
 * Invariants
 *   I1  an entry is written whole or not at all; one that cannot be read or understood counts as none, and is said
 *   I2  nothing that was stopped or failed is kept
 *   I3  whether an entry was used shows in time alone
 */
import { posix } from "node:path";
import * as v from "valibot";
import { INTERNAL_ERROR } from "./fault-diagnostic.ts";
import type { Found } from "./find-all.ts";
import type { Discovery } from "./discover.ts";
import type { Host } from "./host.ts";
import { cacheFolder } from "./kept-answer.ts";
import { hashOf, type Recorded, stillHolds } from "./recorded-questions.ts";

/** What is kept of a run. */
export interface Kept {
  readonly walked: Discovery;
  readonly found: Found;
}

export interface FoundCache {
  /** What was kept, when all that it follows from is still so. */
  readonly kept: Kept | null;
  /** Ask this host, then keep what follows from its answers. */
  readonly host: Host;
  keep(kept: Kept): void;
  /** The folder that it is in, and all that was asked for what it holds now; null when it holds nothing of this run. */
  readonly holds: { readonly folder: string; readonly recorded: Recorded } | null;
  /** Something to say on standard error; null for nothing. */
  readonly note: string | null;
}

const FORMAT = 1;
/** More ways of calling `fa` than this are not remembered. */
const MOST_ENTRIES = 100;

const ENTRY = v.object({ format: v.literal(FORMAT), key: v.string(), recorded: v.unknown(), kept: v.unknown(), hash: v.string() });

export interface CacheOptions {
  readonly enabled: boolean;
  /** Absolute; null for the usual place. */
  readonly location: string | null;
  readonly root: string;
  readonly boundary: string;
  /** What of the command line decides what is found. */
  readonly options: unknown;
  /** The texts of the configuration, and the rules that run. */
  readonly setting: unknown;
}

/** Opens the entry of this way of calling `fa`. Throws nothing for what is wrong with the cache itself. */
export async function foundCache(host: Host, options: CacheOptions): Promise<FoundCache> {
  const folder = options.enabled ? (options.location ?? cacheFolder(host, options.root, options.boundary)) : null;
  if (folder === null) return { kept: null, host, keep: () => {}, holds: null, note: null };
  const path = posix.join(folder, `${hashOf(JSON.stringify([options.root, options.options]))}.json`);
  const key = hashOf(JSON.stringify([host.toolStamp(), options.setting]));
  const { entry, note } = readEntry(host, path);
  if (entry !== null && entry.key === key && stillHolds(host, entry.recorded)) return { kept: entry.kept, host, keep: () => {}, holds: { folder, recorded: entry.recorded }, note };
  const faults = [...(note === null ? [] : [note])];
  // Made before anything is asked: making it changes the folders around it.
  if (host.kindOf(folder) === "none") tryWrite(host, posix.join(folder, ".gitignore"), "*\n", faults);
  const { host: recording, record } = (await import("./recorder.ts")).recorder(host);
  let holds: FoundCache["holds"] = null;
  return {
    kept: null,
    get holds() {
      return holds;
    },
    host: recording,
    keep: (kept) => {
      if (kept.found.stopped !== null || kept.found.diagnostics.some(({ code }) => code === INTERNAL_ERROR)) return;
      if (host.list(folder).length > MOST_ENTRIES) for (const { name } of host.list(folder)) if (/\.(?:json|answer)$/.test(name)) host.remove(posix.join(folder, name));
      const body = { recorded: record(), kept };
      tryWrite(host, path, JSON.stringify({ format: FORMAT, key, ...body, hash: hashOf(JSON.stringify(body)) }), faults);
      holds = { folder, recorded: body.recorded };
    },
    get note() {
      return faults[0] ?? null;
    },
  };
}

function readEntry(host: Host, path: string): { readonly entry: { readonly key: string; readonly recorded: Recorded; readonly kept: Kept } | null; readonly note: string | null } {
  if (host.kindOf(path) === "none") return { entry: null, note: null };
  const source = host.read(path);
  try {
    const entry = v.parse(ENTRY, JSON.parse(source.ok ? source.text : ""));
    if (hashOf(JSON.stringify({ recorded: entry.recorded, kept: entry.kept })) !== entry.hash) throw new SyntaxError("it was changed");
    // Its hash says that it is what `keep` wrote.
    return { entry: { key: entry.key, recorded: entry.recorded as Recorded, kept: entry.kept as Kept }, note: null };
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof v.ValiError)) throw error;
    return { entry: null, note: `the cache \`${posix.relative(host.cwd, path)}\` cannot be read and is made anew` };
  }
}

function tryWrite(host: Host, path: string, text: string, faults: string[]): void {
  try {
    host.write(path, text);
  } catch (error) {
    faults.push(`the cache \`${posix.relative(host.cwd, path)}\` cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}
