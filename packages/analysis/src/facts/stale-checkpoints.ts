/**
 * Rollbacks to checkpoints that are gone, and uses of what a rollback freed. Sorted out of the frame analysis.
 *
 * Theory: in `checkpoints.ts`. Known misses: those of `frame-analysis.ts`.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export interface StaleCheckpoints {
  readonly rollbacks: readonly (FrameEvent & { readonly kind: "stale-rollback" })[];
  readonly uses: readonly (FrameEvent & { readonly kind: "rolled-back" })[];
}

export const staleCheckpoints = defineFact<StaleCheckpoints>("stale-checkpoints", (_program, get) => {
  const { events } = get(frameAnalysis);
  return { rollbacks: ofKind(events, "stale-rollback"), uses: ofKind(events, "rolled-back") };
});
