/**
 * Frame values that leave their agent or their turn: sent to another agent, or captured by a function that runs later.
 *
 * Theory and known misses: those of `frame-analysis.ts`, whose events these are: may, by what a sent or captured value reaches at that point.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export interface Agents {
  readonly sends: readonly (FrameEvent & { readonly kind: "send" })[];
  readonly deferred: readonly (FrameEvent & { readonly kind: "defer" })[];
}

export const agents = defineFact<Agents>("agents", (_program, get) => {
  const { events } = get(frameAnalysis);
  return { sends: ofKind(events, "send"), deferred: ofKind(events, "defer") };
});
