/**
 * What is released twice, used after its release, released by what did not make it, or never released. Sorted out of the frame analysis.
 * With the words that several rules need for it.
 *
 * Theory: in `dataflow/owned-states.ts`, `owned-use.ts` and `owned-exit.ts`. Known misses: those of `frame-analysis.ts`; what a container holds once it was handed on.
 */
import type { Site } from "../dataflow/origin.ts";
import type { Release } from "../dataflow/owned-states.ts";
import type { Related } from "../diagnostic.ts";
import { defineFact } from "../fact.ts";
import { type Resource, resourceMade } from "../knowledge/ownership-api.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

type Of<K extends FrameEvent["kind"]> = FrameEvent & { readonly kind: K };

export interface Ownership {
  readonly stale: readonly Of<"stale">[];
  readonly deadReturns: readonly Of<"dead-return">[];
  readonly leaks: readonly Of<"leak">[];
  readonly foreign: readonly Of<"foreign">[];
}

export const ownership = defineFact<Ownership>("ownership", (_program, get) => {
  const { events } = get(frameAnalysis);
  return { stale: ofKind(events, "stale"), deadReturns: ofKind(events, "dead-return"), leaks: ofKind(events, "leak"), foreign: ofKind(events, "foreign") };
});

/** ``box `enemy` `` by what it is and the name it is bound to, else by the call that made it. */
export function describeOwned(made: Site | null, name: string, known: Resource | null = null): string {
  const resource = known ?? (made === null ? null : resourceMade(made.api));
  const word = resource ?? (made?.kind === "frame" ? "frame value" : made?.kind === "retained" ? "retained value" : "");
  if (made !== null && made.binding === null && word !== "") return `${word} from \`${name}\``;
  const own = made?.binding ?? name;
  return word === "" ? `\`${own}\`` : `${word} \`${own}\``;
}

/** Where it was made, and the call, if any, through which the function at fault got it. */
export function madeOwnedHere(made: Site | null): Related[] {
  if (made === null) return [];
  const [outermost] = made.via;
  return [{ at: made.at, message: "allocated here" }, ...(outermost === undefined ? [] : [{ at: outermost, message: "made in this call" }])];
}

/** The releases, with the place inside the callee that did them. */
export function releasesHere(releases: readonly Release[]): Related[] {
  return releases.flatMap(({ at, inner, by }) => [
    { at, message: inner === null ? `released here by \`${by}\`` : "released in this call" },
    ...(inner === null ? [] : [{ at: inner, message: `by \`${by}\` here` }]),
  ]);
}
