/** What becomes of retained data when its frame ends, in the words of those who say it. */
import { badArgument } from "../errors.ts";

/** `discard`: dies with the frame. `promoteTo...`: moves to memory that outlives it. */
export type RetentionPolicy = "discard" | "promoteToPool" | "promoteToHeap" | { readonly promoteToScratch: string };

/** The policies by name. */
export const RetentionPolicy: {
  readonly Discard: "discard";
  readonly PromoteToPool: "promoteToPool";
  readonly PromoteToHeap: "promoteToHeap";
  readonly PromoteToScratch: (name: string) => { readonly promoteToScratch: string };
} = {
  Discard: "discard",
  PromoteToPool: "promoteToPool",
  PromoteToHeap: "promoteToHeap",
  PromoteToScratch: (name) => ({ promoteToScratch: name }),
};

/** How long data is likely to be wanted: `ephemeral` is discarded, `reusable` goes to the pool, `persistent` to the heap. */
export type Importance = "ephemeral" | "reusable" | "persistent" | { readonly scratch: string };

/** The importances by name. */
export const Importance: {
  readonly Ephemeral: "ephemeral";
  readonly Reusable: "reusable";
  readonly Persistent: "persistent";
  readonly Scratch: (name: string) => { readonly scratch: string };
} = {
  Ephemeral: "ephemeral",
  Reusable: "reusable",
  Persistent: "persistent",
  Scratch: (name) => ({ scratch: name }),
};

/** Why data could not be promoted. */
export type PromotionFailure = "budgetExceeded" | "scratchPoolNotFound" | "scratchPoolFull" | "tooLarge" | "internalError";

/** Throws `argument` for what is no policy. */
export function checkPolicy(policy: unknown): RetentionPolicy {
  const isNamed = policy === "discard" || policy === "promoteToPool" || policy === "promoteToHeap";
  if (isNamed || scratchNameOf(policy, "promoteToScratch") !== undefined) return policy as RetentionPolicy;
  throw badArgument("frameRetained", "policy", policy, '"discard", "promoteToPool", "promoteToHeap" or { promoteToScratch: name }');
}

/** Throws `argument` for what is no importance. */
export function policyOf(importance: Importance): RetentionPolicy {
  switch (importance) {
    case "ephemeral": return "discard";
    case "reusable": return "promoteToPool";
    case "persistent": return "promoteToHeap";
    default: {
      const name = scratchNameOf(importance, "scratch");
      if (name === undefined) throw badArgument("frameWithImportance", "importance", importance, '"ephemeral", "reusable", "persistent" or { scratch: name }');
      return { promoteToScratch: name };
    }
  }
}

function scratchNameOf(value: unknown, key: string): string | undefined {
  if (typeof value !== "object" || value === null || !(key in value)) return undefined;
  const name: unknown = (value as Record<string, unknown>)[key];
  return typeof name === "string" ? name : undefined;
}
