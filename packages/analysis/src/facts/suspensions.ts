/**
 * What lives or stands open across `await` and `yield`: frame values used again afterwards, frames not ended before.
 *
 * Theory and known misses: those of `frame-analysis.ts`, whose events these are: may, on some way over the suspension.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export interface Suspensions {
  readonly crossings: readonly (FrameEvent & { readonly kind: "crossing" })[];
  readonly openFrames: readonly (FrameEvent & { readonly kind: "open-across" })[];
}

export const suspensions = defineFact<Suspensions>("suspensions", (_program, get) => {
  const { events } = get(frameAnalysis);
  return { crossings: ofKind(events, "crossing"), openFrames: ofKind(events, "open-across") };
});
