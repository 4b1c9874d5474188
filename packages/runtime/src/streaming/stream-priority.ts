/** How much a streamed asset is worth, in the words of those who say it. */
import { badArgument } from "../errors.ts";

/** Low ones are evicted first; critical ones never. A number is the same in short: 0 for low, 3 for critical. */
export type StreamPriority = "low" | "normal" | "high" | "critical" | 0 | 1 | 2 | 3;

/** The priorities by name. */
export const StreamPriority: { readonly Low: "low"; readonly Normal: "normal"; readonly High: "high"; readonly Critical: "critical" } = {
  Low: "low",
  Normal: "normal",
  High: "high",
  Critical: "critical",
};

export const CRITICAL = 3;
const RANKS = ["low", "normal", "high", "critical"];

/** 0 for low to 3 for critical. Throws `argument` for what is no priority. */
export function rankOf(priority: unknown): number {
  const rank = typeof priority === "number" && RANKS[priority] !== undefined ? priority : RANKS.indexOf(priority as string);
  if (rank < 0) throw badArgument("reserve", "priority", priority, '"low", "normal", "high", "critical", or 0 to 3');
  return rank;
}
