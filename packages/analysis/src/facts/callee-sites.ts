/** What a call does to the values of the sites that its callee makes: older ones become old, and those of a frame that it ended are over. */
import type { Origin } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { closeFrame } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";

/** The callee makes these sites' values anew: those that an earlier call through here made are now old. */
export function refreshSites(run: FrameRun, state: State, exit: ExitCase, substitute: Substitution): void {
  const moves = new Map<Origin, Origin>();
  for (const origin of exit.marks.keys()) {
    if (origin.kind !== "site") continue;
    for (const own of substitute.origin(origin)) {
      if (own.kind !== "site") continue;
      run.noteMade(state, own);
      if (!origin.old) moves.set(run.table.site(own.site, false), run.table.site(own.site, true));
    }
  }
  if (moves.size > 0) state.rename(run.table, moves);
}

/** A frame that the callee ended under another name than that of its values: here both names are one allocator's, so the values are over. */
export function endRenamed(run: FrameRun, state: State, exit: ExitCase, substitute: Substitution): void {
  for (const [origin, mark] of exit.marks) {
    if (origin.kind !== "site" || origin.site.kind !== "frame" || origin.site.allocator === null || mark.ended.length > 0) continue;
    for (const [key, frame] of exit.frames) {
      if (frame.now !== "closed" || key === origin.site.allocator) continue;
      const own = substitute.key(key);
      if (own !== null && own === substitute.key(origin.site.allocator)) closeFrame(run, state, own, frame.ended[0] ?? origin.site.at);
    }
  }
}
