/**
 * Frame values that reach a place which outlives their frame: the store, return or yield that put them there.
 *
 * Theory: may; a place that was overwritten before the frame ended is no escape (see `escape-judgement.ts`). Known misses: those of `frame-analysis.ts`.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export type Escape = FrameEvent & { readonly kind: "escape" };

export const escapes = defineFact<readonly Escape[]>("escapes", (_program, get) => ofKind(get(frameAnalysis).events, "escape"));
