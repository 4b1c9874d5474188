/** The streaming part of our runtime as the analysis knows it: what each call does to the stream that it names, and what a reservation takes. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

/** `fetch` begins, writes and finishes by itself, in later turns. */
export type StreamStep = "begin" | "write" | "finish" | "access" | "fetch" | "fail" | "free";

const STEPS: Readonly<Record<string, StreamStep>> = { beginLoad: "begin", write: "write", finishLoad: "finish", access: "access", loadFromStream: "fetch", fail: "fail", free: "free" };

const OWNER = `${RUNTIME}:StreamingAllocator#`;

/** What a member called with a stream as its first argument does to it. */
export function streamMember(member: string): StreamStep | undefined {
  return Object.hasOwn(STEPS, member) ? STEPS[member] : undefined;
}

/** What a call of this API does to the stream that its first argument names. */
export function streamStep(api: ApiKey): StreamStep | undefined {
  return api.startsWith(OWNER) ? streamMember(api.slice(OWNER.length)) : undefined;
}

/** Whether a call of this API makes a stream; `optional` when it may give none. */
export function reserves(api: ApiKey | null): "surely" | "optional" | undefined {
  if (api === `${OWNER}reserve`) return "surely";
  return api === `${OWNER}tryReserve` ? "optional" : undefined;
}

/** Arguments of a reservation. */
export const RESERVED_BYTES = 0;
export const PRIORITY = 1;

/** The priority of what is never evicted. */
export const NEVER_EVICTED = "critical";

/** Whether a call of this API makes an allocator of streams whose budget is its first argument. */
export function makesStreamBudget(api: ApiKey): boolean {
  return api === `${RUNTIME}:StreamingAllocator`;
}

/** Whether its argument is the budget of an allocator's only streams, unless they are there already. */
export function opensStreams(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc#streaming`;
}

/** Whether it neither loads nor frees a stream, though it names one: `reportProgress`. */
export function leavesStreamAlone(api: ApiKey): boolean {
  return api === `${OWNER}reportProgress` || api === `${OWNER}stats`;
}

/** Every name of the tables, for the test that compares them with the runtime. */
export function streamNames(): readonly string[] {
  return [...Object.keys(STEPS), "reserve", "tryReserve", "reportProgress", "stats"];
}
