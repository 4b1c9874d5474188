/**
 * Frames that take more than the budget that their agent was given, by what the text alone tells.
 *
 * Theory and known misses: in `frame-sizes.ts` and `frame-budgets.ts`.
 */
import { defineFact } from "../fact.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import type { FrameEvent } from "./frame-events.ts";
import { ofKind } from "./frame-typestate.ts";

export const exceededBudgets = defineFact<readonly (FrameEvent & { readonly kind: "over-budget" })[]>("exceeded-budgets", (_program, get) => ofKind(get(frameAnalysis).events, "over-budget"));
