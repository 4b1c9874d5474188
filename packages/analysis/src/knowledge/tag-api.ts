/** Which functions of our runtime take a tag, and what they do with it. The one place of the engine that holds these names. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

/** Separates the tags of a path. */
export const TAG_SEPARATOR = "::";

export type TagEffect =
  /** In force while a callback runs. */
  | { readonly kind: "around"; readonly tag: number; readonly callback: number }
  /** In force until what it gives is disposed. */
  | { readonly kind: "scope"; readonly tag: number }
  /** Memory is counted for it. */
  | { readonly kind: "charge"; readonly tag: number }
  /** Only spoken of: a budget for it may be set by whoever knows the budgets. */
  | { readonly kind: "name"; readonly tag: number };

const MEMBERS: Readonly<Record<string, TagEffect>> = {
  "SmartAlloc#withTag": { kind: "around", tag: 0, callback: 1 },
  "SmartAlloc#tagScope": { kind: "scope", tag: 0 },
  "StreamingAllocator#reserve": { kind: "charge", tag: 2 },
  "StreamingAllocator#tryReserve": { kind: "charge", tag: 2 },
  "Budgets#registerTagBudget": { kind: "name", tag: 0 },
};

const NAMES: ReadonlySet<string> = new Set(Object.keys(MEMBERS).map((path) => path.replace(/^.*#/, "")));

export function tagEffect(api: ApiKey): TagEffect | undefined {
  const path = api.startsWith(`${RUNTIME}:`) ? api.slice(RUNTIME.length + 1) : "";
  return Object.hasOwn(MEMBERS, path) ? MEMBERS[path] : undefined;
}

/** Whether a method of this name may be one of these: asked before anything is traced. */
export function mayTakeTag(member: string): boolean {
  return NAMES.has(member);
}

/** Every name that the table holds, for the test that compares it with the runtime. */
export function tagNames(): readonly { readonly owner: string; readonly member: string }[] {
  return Object.keys(MEMBERS).map((path) => {
    const [owner = "", member = ""] = path.split("#");
    return { owner, member };
  });
}
