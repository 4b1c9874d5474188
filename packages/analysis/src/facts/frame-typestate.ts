/**
 * The typestate of frames: what is done outside one, inside another, after one, or leaves one open. Sorted out of the frame analysis.
 *
 * Theory and known misses: those of `frame-analysis.ts` (property simulation; may for each typestate).
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { missingBoundaries } from "./missing-boundaries.ts";

type Of<K extends FrameEvent["kind"]> = FrameEvent & { readonly kind: K };

export interface FrameTypestate {
  readonly outside: readonly Of<"outside">[];
  readonly nested: readonly Of<"nested">[];
  readonly unbalanced: readonly Of<"unbalanced">[];
  readonly usesAfter: readonly Of<"use">[];
}

export const frameTypestate = defineFact<FrameTypestate>("frame-typestate", (_program, get) => {
  const { events } = get(frameAnalysis);
  // A loop or callback without a frame boundary is one fault, however much it allocates.
  const { needs } = get(missingBoundaries);
  return { outside: ofKind(events, "outside").filter(({ need }) => !needs.has(need)), nested: ofKind(events, "nested"), unbalanced: ofKind(events, "unbalanced"), usesAfter: ofKind(events, "use") };
});

/** The events of one kind, in the order of all. */
export function ofKind<K extends FrameEvent["kind"]>(events: readonly FrameEvent[], kind: K): Of<K>[] {
  return events.filter((event): event is Of<K> => event.kind === kind);
}
