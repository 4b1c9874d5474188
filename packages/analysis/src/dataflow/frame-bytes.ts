/** What the frames that are open on a path hold at least, and how that joins. */
import type { Location } from "../source/span.ts";
import type { Origin } from "./origin.ts";

/** Bytes that one allocation takes of an open frame, as far as the text tells. */
export interface FrameBytes {
  readonly key: Origin;
  readonly bytes: number;
  readonly at: Location;
}

/** Of each frame the larger sum: paths are alternatives. */
export function joinSizes(into: Map<string, FrameBytes>, from: ReadonlyMap<string, FrameBytes>): boolean {
  if (from.size === 0) return false;
  const sum = (sizes: ReadonlyMap<string, FrameBytes>, key: Origin): number => [...sizes.values()].reduce((bytes, each) => (each.key === key ? bytes + each.bytes : bytes), 0);
  let changed = false;
  for (const key of new Set([...from.values()].map((each) => each.key))) {
    if (sum(from, key) <= sum(into, key)) continue;
    for (const [id, each] of into) if (each.key === key) into.delete(id);
    for (const [id, each] of from) if (each.key === key) into.set(id, each);
    changed = true;
  }
  return changed;
}
