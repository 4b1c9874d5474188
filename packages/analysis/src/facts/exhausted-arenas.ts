/**
 * Frames that take more than their arena has, by what the text alone tells. Sorted out of the frame analysis.
 *
 * Theory and known misses: in `frame-sizes.ts`.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export const exhaustedArenas = defineFact<readonly (FrameEvent & { readonly kind: "exhausted" })[]>("exhausted-arenas", (_program, get) => ofKind(get(frameAnalysis).events, "exhausted"));
