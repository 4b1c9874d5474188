/** Words and related places that several rules need for a frame value. */
import type { Related } from "../diagnostic.ts";
import type { Site } from "../dataflow/origin.ts";
import type { Location } from "../source/span.ts";

/** ``frame value `path` `` by the name it is bound to, else by the call that made it. */
export function describeSite(site: Site): string {
  const name = site.binding ?? site.api?.replace(/^.*[#.:]/, "") ?? "frameAlloc";
  return `frame value \`${name}\``;
}

/** Where it was made, and the calls through which the function got it. */
export function madeHere(site: Site): Related[] {
  return [{ at: site.at, message: "allocated in the frame arena here" }, ...site.via.map((at) => ({ at, message: "handed back by this call" }))];
}

export function related(places: readonly Location[], message: string): Related[] {
  return places.map((at) => ({ at, message }));
}
