/**
 * The part of our runtime that works between agents, as the analysis knows it: transfer handles and tokens, channels, barriers, deferred frees. Beside
 * `runtime-api.ts`, which holds what these do to frames and memory. A test compares
 * its names with the runtime.
 */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

/**
 * What is done to a transfer handle or to its token. `take` is the handle's own `receive`, `receive` the allocator's, of a token; `post` hands a token to
 * another agent by any message.
 */
export type HandleStep = "send" | "detach" | "take" | "receive" | "drop" | "post";

const HANDLE: Readonly<Record<string, HandleStep>> = { send: "send", detach: "detach", receive: "take", receiveTimeout: "take", drop: "drop" };

/** What a member called on a transfer handle does to it. */
export function handleMember(member: string): HandleStep | undefined {
  return Object.hasOwn(HANDLE, member) ? HANDLE[member] : undefined;
}

/** Tells how a handle stands, and does nothing to it. */
export const HANDLE_STATE = "state";

/** What a call of this API does to the handle or token that it is called on or that is its first argument. */
export function handleStep(api: ApiKey): { readonly step: HandleStep; readonly subject: "receiver" | "argument" } | undefined {
  if (api === `${RUNTIME}:SmartAlloc#receive`) return { step: "receive", subject: "argument" };
  const [, member] = api.split(`${RUNTIME}:TransferHandle#`);
  const step = member === undefined ? undefined : handleMember(member);
  return step === undefined ? undefined : { step, subject: "receiver" };
}

/** Whether a call of this API makes the receiving agent take what was sent to it. */
export function receives(api: ApiKey): boolean {
  return RECEIVING.has(api);
}

const RECEIVING: ReadonlySet<ApiKey> = new Set(["SmartAlloc#receive", "TransferHandle#receive", "TransferHandle#receiveTimeout", "TransferChannel#receive", "TransferChannel#tryReceive", "TransferChannel#receiveAsync"].map((name) => `${RUNTIME}:${name}`));

/** Every name of the tables: `TransferHandle#send`. */
export function agentNames(): readonly string[] {
  const names = [...Object.keys(HANDLE).map((member) => `TransferHandle#${member}`), ...[...RECEIVING, ...BLOCKING].filter((api) => api.startsWith(RUNTIME)).map((api) => api.slice(RUNTIME.length + 1))];
  return [...new Set([...names, ...Object.keys(BUDGET_CALLS), ...Object.keys(BARRIER).map((name) => name.replace(".", "#")), "FrameBarrierBuilder#build", "FrameBarrierBuilder#withThread"])].sort();
}

/** Constructors that start another agent with the module that their first argument names. */
const STARTS_AGENT: Readonly<Record<ApiKey, AgentKind>> = {
  "global:Worker": "worker", "global:SharedWorker": "worker", "worker_threads:Worker": "thread", "node:worker_threads:Worker": "thread",
};

/** `worker` in a browser, `thread` of Node, `worklet` of an audio context. */
export type AgentKind = "worker" | "thread" | "worklet";

const STARTER_NAMES: ReadonlySet<string> = new Set(Object.keys(STARTS_AGENT).map((api) => api.replace(/^.*[#.:]/, "")));

/** Whether a global, a member or an import of this name may start an agent: a program that names none of them starts none. */
export function mayStartAgent(name: string): boolean {
  return STARTER_NAMES.has(name);
}

/** What kind of agent a construction of this API starts. */
export function startsAgent(api: ApiKey): AgentKind | undefined {
  return Object.hasOwn(STARTS_AGENT, api) ? STARTS_AGENT[api] : undefined;
}

/** What stops its agent until another one acts; how a message calls it. */
const BLOCKING: ReadonlySet<ApiKey> = new Set(["global:Atomics.wait", ...["FrameBarrier#waitAll", "FrameBarrier#waitTimeout", "FrameBarrier#waitAndReset", "TransferChannel#receive", "TransferHandle#receiveTimeout"].map((name) => `${RUNTIME}:${name}`)]);

const BLOCKING_MEMBERS: ReadonlySet<string> = new Set([...BLOCKING].map((api) => api.replace(/^.*[#.]/, "")));

/** Whether a member of this name may block: cheap, and asked before anybody is asked what is called. */
export function mayBlock(member: string): boolean {
  return BLOCKING_MEMBERS.has(member);
}

/** Whether a call of this API blocks. */
export function blocks(api: ApiKey): boolean {
  return BLOCKING.has(api);
}

/** What a member of a barrier does to the frame that its agents share. */
export type BarrierStep = "wait" | "signal" | "share" | "attach";

const BARRIER: Readonly<Record<string, BarrierStep>> = {
  "FrameBarrier#waitAll": "wait", "FrameBarrier#waitAllAsync": "wait", "FrameBarrier#waitTimeout": "wait", "FrameBarrier#waitAndReset": "wait",
  "FrameBarrier#signalFrameComplete": "signal", "FrameBarrier#share": "share", "FrameBarrier.attach": "attach",
};

/** Names of these steps, asked before anybody is asked what is called. */
const BARRIER_MEMBERS: ReadonlySet<string> = new Set(Object.keys(BARRIER).map((name) => name.replace(/^.*[#.]/, "")));

/** Whether a member of this name may be a step of a barrier. */
export function mayBeBarrierStep(member: string): boolean {
  return BARRIER_MEMBERS.has(member);
}

/** What a call of this API does to a barrier; undefined when it is none of a barrier's. */
export function barrierStep(api: ApiKey): BarrierStep | undefined {
  const name = api.startsWith(`${RUNTIME}:`) ? api.slice(RUNTIME.length + 1) : "";
  return Object.hasOwn(BARRIER, name) ? BARRIER[name] : undefined;
}

/** How a barrier is made: `new` with the number of agents, or the end of a builder's chain. */
export function makesBarrier(api: ApiKey): "count" | "builder" | undefined {
  if (api === `${RUNTIME}:FrameBarrier`) return "count";
  return api === `${RUNTIME}:FrameBarrierBuilder#build` ? "builder" : undefined;
}

/** A step of the builder's chain that counts one agent. */
export function countsAgent(api: ApiKey): boolean {
  return api === `${RUNTIME}:FrameBarrierBuilder#withThread`;
}

/** Whether a call of this API takes part in an allocator that another agent shares. */
export function isAttach(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc.attach`;
}

/** Classes of the runtime whose instances belong to the agent that made them. */
const OF_ONE_AGENT: ReadonlySet<string> = new Set(["SmartAlloc", "FrameArena"]);

/** Whether an instance of this class of the runtime works only in the agent that made or attached it. */
export function belongsToAgent(package_: string, path: string): boolean {
  return package_ === RUNTIME && OF_ONE_AGENT.has(path);
}

/** Whether a call of this API makes an allocator with a configuration as its first argument. */
export function makesAllocator(api: ApiKey): boolean {
  return api === `${RUNTIME}:SmartAlloc`;
}

/** The option, and the step of a configuration's chain, that say where the memory lies; and the value that says that agents share it. */
export const MEMORY_OPTION = "memory";
export const MEMORY_STEP = "withMemory";
export const SHARED_MEMORY = "shared";

/** Calls that bound what an agent may take (`configure`), or that look at what it has taken (`look`). */
const BUDGET_CALLS: Readonly<Record<string, "configure" | "look">> = {
  "SmartAlloc#setThreadBudgetConfig": "configure", "AllocConfig#withBudgets": "configure",
  "SmartAlloc#setFrameBudget": "look", "SmartAlloc#frameRemaining": "look", "SmartAlloc#frameUsage": "look", "SmartAlloc#frameStats": "look", "SmartAlloc#threadFrameStats": "look", "SmartAlloc#budgets": "look",
};
const BUDGET_MEMBERS: ReadonlySet<string> = new Set([...Object.keys(BUDGET_CALLS).map((name) => name.replace(/^.*#/, "")), "attach"]);

/** Options of a configuration that do the same. */
export const BUDGET_OPTIONS: ReadonlySet<string> = new Set(["budgets", "threadBudget"]);

/** Whether a member of this name may concern budgets or attach to an allocator: asked before anybody is asked what is called. */
export function mayBeBudgetCall(member: string): boolean {
  return BUDGET_MEMBERS.has(member);
}

/** What a call of this API does for an agent's budget. */
export function budgetCall(api: ApiKey): "configure" | "look" | undefined {
  const name = api.startsWith(`${RUNTIME}:`) ? api.slice(RUNTIME.length + 1) : "";
  return Object.hasOwn(BUDGET_CALLS, name) ? BUDGET_CALLS[name] : undefined;
}

/** Which argument of a call of this API, or of a member of this name, gives a frame its budget: the number, or an object of options. */
export function frameBudgetCall(name: ApiKey): { readonly argument: number; readonly isObject: boolean } | undefined {
  const member = name.startsWith(`${RUNTIME}:SmartAlloc#`) ? name.slice(`${RUNTIME}:SmartAlloc#`.length) : name;
  return Object.hasOwn(FRAME_BUDGETS, member) ? FRAME_BUDGETS[member] : undefined;
}

const FRAME_BUDGETS: Readonly<Record<string, { readonly argument: number; readonly isObject: boolean }>> = { setFrameBudget: { argument: 0, isObject: false }, setThreadBudgetConfig: { argument: 1, isObject: true } };

/** Options of a configuration and of an agent's budget. */
export const THREAD_BUDGET_OPTION = "threadBudget";
export const FRAME_BUDGET_OPTION = "frameBudget";
export const DEFAULT_FRAME_BUDGET_BYTES: number = 16 * 1024 * 1024;
export const FRAME_POLICY_OPTION = "frameExceededPolicy";

/** Whether a frame that exceeds its budget goes on under this policy. */
export function budgetPolicyAllows(policy: string): boolean {
  return policy === "allow" || policy === "promote" || policy === "custom";
}
