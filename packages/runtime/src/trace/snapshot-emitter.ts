/**
 * Snapshots of an allocator as files, for tools that look at a running program: `snapshot_00000042.json` in a directory, the number being the frame's, and
 * `snapshot_00000042_agent3.json` for agents other than 0, which may write to the same one. A tool asks for
 * one by a file `snapshot.request` there. A file is written beside and then renamed, so that nobody reads half of one.
 */
import type { SmartAlloc } from "../allocator.ts";
import { badArgument, badOption } from "../errors.ts";
import type { AllocStats } from "../statistics/alloc-stats.ts";
import type { TagStats } from "../tags/tags.ts";

/** What a file holds. `version` changes when the meaning of a field does. */
export interface Snapshot {
  readonly version: 1;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly frame: number;
  readonly agent: number;
  readonly stats: AllocStats;
  readonly tags: readonly TagStats[];
}

export interface SnapshotOptions {
  /** Made when the first snapshot is written. Agents that share memory may share it. Default "framealloc-snapshots". */
  readonly directory?: string;
  /** Files that are kept, the ones that were written last. Default 30. */
  readonly maxSnapshots?: number;
  /** Milliseconds between two snapshots at least. Default 500. */
  readonly minIntervalMs?: number;
  /** Whether `maybeEmit` writes without being asked. Default false. */
  readonly autoEmit?: boolean;
}

interface Files {
  mkdirSync(path: string, options: { readonly recursive: true }): unknown;
  writeFileSync(path: string, text: string): void;
  renameSync(from: string, to: string): void;
  readdirSync(path: string): string[];
  existsSync(path: string): boolean;
  statSync(path: string, options: { readonly throwIfNoEntry: false }): { readonly mtimeMs: number } | undefined;
  rmSync(path: string, options: { readonly force: true }): void;
}

const REQUEST = "snapshot.request";
const FILE = /^snapshot_(\d{8,})(?:_agent\d+)?\.json$/;

export class SnapshotEmitter {
  private readonly files: Files;
  private readonly directory: string;
  private readonly maxSnapshots: number;
  private readonly minIntervalMs: number;
  private readonly autoEmit: boolean;
  private lastMs = -Infinity;
  private emitted = 0;

  /** Node only: throws `argument` elsewhere, and `config` for options out of their range. */
  constructor({ directory = "framealloc-snapshots", maxSnapshots = 30, minIntervalMs = 500, autoEmit = false }: SnapshotOptions = {}) {
    if (typeof directory !== "string" || directory === "") throw badOption("directory", directory, "a path");
    if (!Number.isSafeInteger(maxSnapshots) || maxSnapshots < 1) throw badOption("maxSnapshots", maxSnapshots, "an integer of at least 1");
    if (typeof minIntervalMs !== "number" || !(minIntervalMs >= 0)) throw badOption("minIntervalMs", minIntervalMs, "a number of at least 0");
    if (typeof autoEmit !== "boolean") throw badOption("autoEmit", autoEmit, "true or false");
    const { process } = globalThis as { readonly process?: { readonly getBuiltinModule?: (id: string) => unknown } };
    const files = process?.getBuiltinModule?.("node:fs") as Files | undefined;
    if (files === undefined) throw badArgument("SnapshotEmitter", "directory", directory, "used in Node, which has files");
    this.files = files;
    this.directory = directory;
    this.maxSnapshots = maxSnapshots;
    this.minIntervalMs = minIntervalMs;
    this.autoEmit = autoEmit;
  }

  /** Snapshots written so far. */
  get emitCount(): number {
    return this.emitted;
  }

  /** Writes a snapshot when it was asked for by a file, or `autoEmit` is on, and enough time has passed. Gives whether it did. To be called between frames. Throws what the file system throws. */
  maybeEmit(alloc: SmartAlloc): boolean {
    if (!this.isDue() || !(this.autoEmit || this.files.existsSync(this.path(REQUEST)))) return false;
    return this.emit(alloc);
  }

  /** Writes a snapshot, unless too little time has passed since the last one; gives whether it did. Throws what the file system throws. */
  emit(alloc: SmartAlloc): boolean {
    if (!this.isDue()) return false;
    const { files } = this;
    const snapshot = takeSnapshot(alloc);
    files.mkdirSync(this.directory, { recursive: true });
    const path = this.path(`snapshot_${String(snapshot.frame).padStart(8, "0")}${snapshot.agent === 0 ? "" : `_agent${snapshot.agent}`}.json`);
    files.writeFileSync(`${path}.part`, `${JSON.stringify(snapshot, undefined, 2)}\n`);
    files.renameSync(`${path}.part`, path);
    this.lastMs = performance.now();
    this.emitted += 1;
    this.discardOld();
    files.rmSync(this.path(REQUEST), { force: true });
    return true;
  }

  private isDue(): boolean {
    return performance.now() - this.lastMs >= this.minIntervalMs;
  }

  private discardOld(): void {
    const { files } = this;
    // By their time: frames of a program that ran before may have higher numbers.
    const timeOf = (name: string): number => files.statSync(this.path(name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    const written = files.readdirSync(this.directory).filter((name) => FILE.test(name)).map((name) => ({ name, frame: Number(FILE.exec(name)?.[1]), timeMs: timeOf(name) }));
    written.sort((a, b) => b.timeMs - a.timeMs || b.frame - a.frame);
    for (const { name } of written.slice(this.maxSnapshots)) files.rmSync(this.path(name), { force: true });
  }

  private path(name: string): string {
    return `${this.directory}/${name}`;
  }
}

/** What a snapshot file holds, of now. Allocates what it returns. */
export function takeSnapshot(alloc: SmartAlloc): Snapshot {
  return { version: 1, timestamp: new Date().toISOString(), frame: alloc.frameNumber(), agent: alloc.seat(), stats: alloc.stats(), tags: alloc.tagStats() };
}
