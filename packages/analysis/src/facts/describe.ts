/** Words and related places that several rules need for a frame value. */
import type { Related } from "../diagnostic.ts";
import type { Site } from "../dataflow/origin.ts";
import type { Location } from "../source/span.ts";

/** ``frame value `path` `` by the name it is bound to, else by the call that made it. */
export function describeSite(site: Site): string {
  const name = site.binding ?? site.api?.replace(/^.*[#.:]/, "") ?? "frameAlloc";
  return `frame value \`${name}\``;
}

/** Where it was made, and the calls, if any, from the function at fault down to there. */
export function madeHere(site: Site): Related[] {
  const [outermost] = site.via;
  return [{ at: site.at, message: "allocated in the frame arena here" }, ...(outermost === undefined ? [] : [{ at: outermost, message: "made in this call" }])];
}

export function related(places: readonly Location[], message: string): Related[] {
  return places.map((at) => ({ at, message }));
}

/** `48 bytes`, `16 MB`, `1.5 MB`: in the largest unit that leaves at least one. */
export function byteText(bytes: number): string {
  const units = ["bytes", "KB", "MB", "GB"];
  const power = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(bytes) / Math.log(1024)));
  const value = bytes / 1024 ** power;
  return `${power === 0 ? value : Number(value.toFixed(value < 10 ? 2 : 1))} ${units[power] ?? "bytes"}`;
}
