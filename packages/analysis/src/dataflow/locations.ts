/** Places: told apart, as keys, and short lists of them without repeats. */
import type { Location } from "../source/span.ts";

/** A list longer than this tells nobody more. */
export const MAX_LOCATIONS = 8;

export function addLocation(list: readonly Location[], at: Location): readonly Location[] {
  return list.some((known) => sameLocation(known, at)) || list.length >= MAX_LOCATIONS ? list : [...list, at];
}

export function sameLocation(a: Location, b: Location): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.file === b.file;
}

/** For sets and maps: the same for equal places alone. */
export function placeKey({ file, span }: Location): string {
  return `${file}:${span.start}:${span.end}`;
}

export function joinLocations(a: readonly Location[], b: readonly Location[]): readonly Location[] {
  let joined = a;
  for (const at of b) joined = addLocation(joined, at);
  return joined;
}
