/** Tags of our runtime as the analysis knows them: what opens one, and what gives it a budget. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

const CALLS: Readonly<Record<ApiKey, "register" | "with" | "scope">> = {
  [`${RUNTIME}:Budgets#registerTagBudget`]: "register", [`${RUNTIME}:SmartAlloc#withTag`]: "with", [`${RUNTIME}:SmartAlloc#tagScope`]: "scope",
};

/** What a call of this API does with the tag that its first argument names. */
export function tagCall(api: ApiKey): "register" | "with" | "scope" | undefined {
  return Object.hasOwn(CALLS, api) ? CALLS[api] : undefined;
}

/** Names of these, asked before anybody is asked what is called. */
export const TAG_MEMBERS: ReadonlySet<string> = new Set(Object.keys(CALLS).map((api) => api.replace(/^.*#/, "")));
