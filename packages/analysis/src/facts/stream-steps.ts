/** The protocol of a stream: what each step makes of each standing, and which steps come at the wrong time. */
import type { Origin, SiteOrigin } from "../dataflow/origin.ts";
import { reserves, type StreamStep } from "../knowledge/streams-api.ts";

/** `fetching`: `loadFromStream` was called, and its promise not awaited yet. `any`: nothing is said of it. */
export type StreamStanding = "entry" | "reserved" | "loading" | "fetching" | "ready" | "any";

export type StreamFault = "access-early" | "access-unfetched" | "write-early" | "write-late" | "finish-early" | "finish-twice";

/** What somebody out of sight may have done meanwhile. */
export const DOUBT = "doubt";

interface After {
  readonly now: StreamStanding;
  readonly fault: StreamFault | null;
}

const to = (now: StreamStanding, fault: StreamFault | null = null): After => ({ now, fault });

/** Where a step leads whatever was before. */
const LEADS: Readonly<Record<StreamStep, StreamStanding>> = { begin: "loading", write: "loading", finish: "ready", access: "any", fetch: "fetching", fail: "any", free: "any" };

/** The steps that come too early or too late; what follows is judged as if they had come in time. */
const FAULTS: Partial<Record<StreamStanding, Partial<Record<StreamStep, After>>>> = {
  reserved: { write: to("loading", "write-early"), finish: to("ready", "finish-early"), access: to("any", "access-early") },
  loading: { access: to("any", "access-early"), fetch: to("any") },
  fetching: { access: to("any", "access-unfetched"), write: to("any"), finish: to("any") },
  ready: { write: to("any", "write-late"), finish: to("ready", "finish-twice"), access: to("ready") },
};

export function afterStreamStep(now: string, step: StreamStep): After {
  const known = FAULTS[now as StreamStanding]?.[step];
  if (known !== undefined) return known;
  // Of what the caller supplied, an access tells nothing.
  return step === "access" ? to(now as StreamStanding) : to(LEADS[step]);
}

/** A stream that a reservation made, its latest one or the former ones. */
export function isStream(origin: Origin): origin is SiteOrigin {
  return origin.kind === "site" && reserves(origin.site.api) !== undefined;
}
