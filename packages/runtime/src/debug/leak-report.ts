/** What was allocated and not given back, grouped by where it was made. */
import { formatBytes } from "../byte-units.ts";

export type LeakKind = "pool" | "heap" | "poolBox" | "heapBox" | "handle" | "group";

/** What is left of one kind from one place. */
export interface Leak {
  /** A value or a box of the pool or the heap, or a value of a handle or a group. */
  readonly kind: LeakKind;
  /** "at update (game.ts:12:5)"; undefined outside of debug mode, which alone knows. */
  readonly site: string | undefined;
  readonly count: number;
  /** Rounding not included; 0 for JavaScript values and instances of classes. */
  readonly bytes: number;
}

export class LeakReport {
  /** The largest first. */
  readonly leaks: readonly Leak[];
  readonly totalBytes: number;
  readonly totalCount: number;

  /** `leaks` may hold several of one kind and place. */
  constructor(leaks: Iterable<Leak>) {
    const groups = new Map<string, { -readonly [K in keyof Leak]: Leak[K] }>();
    for (const leak of leaks) {
      const key = `${leak.kind} ${leak.site ?? ""}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { ...leak });
      else {
        group.count += leak.count;
        group.bytes += leak.bytes;
      }
    }
    this.leaks = [...groups.values()].sort((a, b) => b.bytes - a.bytes || b.count - a.count);
    this.totalBytes = this.leaks.reduce((sum, { bytes }) => sum + bytes, 0);
    this.totalCount = this.leaks.reduce((sum, { count }) => sum + count, 0);
  }

  /** A line for the whole and one for each leak. */
  toString(): string {
    if (this.totalCount === 0) return "no leaks";
    const lines = this.leaks.map(({ kind, site, count, bytes }) => `  ${count} ${NAMES[kind]}${count === 1 ? "" : PLURALS[kind]}, ${formatBytes(bytes)}, ${site ?? "at a place that only debug mode knows"}`);
    return [`${this.totalCount} not released, ${formatBytes(this.totalBytes)}:`, ...lines].join("\n");
  }
}

const NAMES = { pool: "pool value", heap: "heap value", poolBox: "pool box", heapBox: "heap box", handle: "handle", group: "group value" } as const;
const PLURALS = { pool: "s", heap: "s", poolBox: "es", heapBox: "es", handle: "s", group: "s" } as const;
