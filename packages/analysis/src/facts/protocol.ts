/**
 * A protocol of things that is followed through the same abstract interpretation as frames: what it is told while functions are solved. An
 * analysis without one is the frame analysis itself.
 */
import type { Origin } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { Standing } from "../dataflow/thing-state.ts";
import type { Op } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import type { FrameRun } from "./frame-run.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

export interface Protocol {
  /** The state at a function's entry, given that of the frame analysis. */
  entry(state: State): State;
  /** An operation is about to be done. */
  before(run: FrameRun, state: State, op: Op): void;
  /** A call of an API is about to be done; null when nobody knows what is called. */
  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void;
  /** One way out of a callee was applied: `state` is what follows it, `before` what was there. */
  applied(run: FrameRun, before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void;
  /** The state that a handler gets when a call throws. */
  thrown(state: State): State;
  /** A settled state at a block's entry, in the last round. */
  settled(run: FrameRun, state: State): void;
  /** What is known of things when the function is left by these returns, for callers. */
  leaving(run: FrameRun, state: State, at: readonly Span[]): ReadonlyMap<Origin, Standing>;
}
