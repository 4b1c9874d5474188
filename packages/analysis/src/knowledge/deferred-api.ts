/** How frees of another agent's memory are deferred, as the analysis knows it: what gives such memory, who sets the queues, who empties them. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

const own = (...names: readonly string[]): ReadonlySet<ApiKey> => new Set(names.map((name) => `${RUNTIME}:${name}`));

const RECEIVED = own("SmartAlloc#receive", "TransferHandle#receive", "TransferChannel#receive", "TransferChannel#tryReceive", "TransferChannel#receiveAsync");

/** Whether a call of this API gives memory that belongs to the agent which sent it. */
export function givesForeign(api: ApiKey | null): boolean {
  return api !== null && RECEIVED.has(api);
}

/** Whether a call of this API, or its disposal, gives its receiver back. */
export function givesBack(api: ApiKey): boolean {
  return api === `${RUNTIME}:OwnedBox#release` || api === `${RUNTIME}:OwnedBox#@@dispose`;
}

/** The member by which it is given back, where nobody knows what it is called on. */
export const GIVES_BACK = "release";

const DRAINS = own("SmartAlloc#processDeferredFrees");

/** Whether a call of this API takes back what waits in a queue. */
export function drainsQueue(api: ApiKey): boolean {
  return DRAINS.has(api);
}

/** Names of these, asked before anybody is asked what is called. */
export const DRAIN_MEMBERS: ReadonlySet<string> = new Set(["processDeferredFrees"]);

/** The options that say how frees are deferred, what happens when a queue is full, and how much it holds. */
export const DEFERRED_OPTION = "deferred";
export const POLICY_OPTION = "fullPolicy";
export const CAPACITY_OPTION = "capacity";

/** What a step of a configuration's chain says with its first argument. */
export function deferredStep(api: ApiKey): "policy" | "capacity" | undefined {
  if (api === `${RUNTIME}:DeferredConfig#withFullPolicy`) return "policy";
  return api === `${RUNTIME}:DeferredConfig.bounded` ? "capacity" : undefined;
}

/** What happens to a free that finds the queue full. */
export type FullPolicy = "processImmediately" | "dropOldest" | "fail" | "grow";

const POLICIES: Readonly<Record<string, FullPolicy>> = {
  processImmediately: "processImmediately", dropOldest: "dropOldest", fail: "fail", grow: "grow",
  ProcessImmediately: "processImmediately", DropOldest: "dropOldest", Fail: "fail", Grow: "grow",
};

/** The policy of this name: a text, or a member of the constants. */
export function policyNamed(name: string): FullPolicy | undefined {
  return Object.hasOwn(POLICIES, name) ? POLICIES[name] : undefined;
}

/** Frees that a queue holds when nobody says. */
export const DEFAULT_CAPACITY = 1024;
