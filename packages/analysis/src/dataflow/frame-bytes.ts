/** What the frames that are open on a path hold at least, and how that joins. */
import type { Location } from "../source/span.ts";
import type { Origin } from "./origin.ts";

/** Bytes that one allocation takes of an open frame, or one reservation of a budget, as far as the text tells. */
export interface FrameBytes {
  readonly key: Origin;
  /** Without the factors that its callers know. */
  readonly bytes: number;
  /** Factors that are parameters of the function: each a count, or a memory type whose size it is. */
  readonly factors: readonly SizeFactor[];
  readonly at: Location;
  /** Of a stream's budget instead, and whether what is reserved may be evicted once it is loaded. */
  readonly reserved?: "evictable" | "lasting";
}

export interface SizeFactor {
  readonly parameter: number;
  readonly is: "count" | "type";
}

/** What is known of the bytes that it takes. */
export function knownBytes(taken: FrameBytes): number {
  return taken.factors.length === 0 ? taken.bytes : 0;
}

/** Of each frame the larger sum, or of equal ones the one with more that a caller may know: paths are alternatives. */
export function joinSizes(into: Map<string, FrameBytes>, from: ReadonlyMap<string, FrameBytes>): boolean {
  if (from.size === 0) return false;
  const sum = (sizes: ReadonlyMap<string, FrameBytes>, key: Origin): number => [...sizes.values()].reduce((bytes, each) => (each.key === key ? bytes + knownBytes(each) : bytes), 0);
  const count = (sizes: ReadonlyMap<string, FrameBytes>, key: Origin): number => [...sizes.values()].filter((each) => each.key === key).length;
  let changed = false;
  for (const key of new Set([...from.values()].map((each) => each.key))) {
    const more = sum(from, key) - sum(into, key);
    if (more < 0 || (more === 0 && count(from, key) <= count(into, key))) continue;
    for (const [id, each] of into) if (each.key === key) into.delete(id);
    for (const [id, each] of from) if (each.key === key) into.set(id, each);
    changed = true;
  }
  return changed;
}
