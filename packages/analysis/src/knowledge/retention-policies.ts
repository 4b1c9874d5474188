/** What becomes of retained data at its frame's end, by the words that a program says it with. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

export type Retention = "discard" | "pool" | "heap" | "scratch";

const BY_TEXT: ReadonlyMap<string, Retention> = new Map([
  ["discard", "discard"], ["promoteToPool", "pool"], ["promoteToHeap", "heap"],
  ["ephemeral", "discard"], ["reusable", "pool"], ["persistent", "heap"],
]);

/** Constants of the same names: `RetentionPolicy.PromoteToPool`. */
const BY_CONSTANT: ReadonlyMap<string, Retention> = new Map([
  ["RetentionPolicy.Discard", "discard"], ["RetentionPolicy.PromoteToPool", "pool"], ["RetentionPolicy.PromoteToHeap", "heap"],
  ["Importance.Ephemeral", "discard"], ["Importance.Reusable", "pool"], ["Importance.Persistent", "heap"],
]);

/** Members of an object that names a scratch pool. */
export const SCRATCH_KEYS: ReadonlySet<string> = new Set(["promoteToScratch", "scratch"]);

export function retentionOfText(text: string): Retention | null {
  return BY_TEXT.get(text) ?? null;
}

/** `path` as in `RetentionPolicy.PromoteToPool`. */
export function retentionOfConstant(path: string): Retention | null {
  return BY_CONSTANT.get(path) ?? null;
}

/** Gives the handles of what was promoted, in `promoted`. */
export function givesPromotions(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc#endFrameWithPromotions`;
}

/** The part of its result that holds no handle. */
export const SUMMARY_MEMBER = "summary";

/** Ends what is retained with the frame or the allocator itself. */
export function endsRetention(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc#clearRetained` || api === `${RUNTIME}:SmartAlloc#dispose`;
}
