/** Scopes of our runtime in whose name memory is counted: how each is opened and closed. The one place of the engine that holds these names. */
import type { ApiKey } from "../source/traced-type.ts";
import { RUNTIME } from "./runtime-api.ts";

export interface ScopeEffect {
  readonly what: "tag" | "phase";
  /** The callback in the argument of this number is the scope; null where it is the rest of a block. */
  readonly callback: number | null;
  /** The member that closes it; null where what the call gives is disposed. */
  readonly closedBy: string | null;
}

const MEMBERS: Readonly<Record<string, ScopeEffect>> = {
  "SmartAlloc#withTag": { what: "tag", callback: 1, closedBy: null },
  "SmartAlloc#withPhase": { what: "phase", callback: 1, closedBy: null },
  "SmartAlloc#tagScope": { what: "tag", callback: null, closedBy: null },
  "SmartAlloc#phaseScope": { what: "phase", callback: null, closedBy: null },
  "SmartAlloc#beginPhase": { what: "phase", callback: null, closedBy: "endPhase" },
};

const NAMES: ReadonlySet<string> = new Set(Object.keys(MEMBERS).map((path) => path.replace(/^.*#/, "")));

export function scopeEffect(api: ApiKey): ScopeEffect | undefined {
  const path = api.startsWith(`${RUNTIME}:`) ? api.slice(RUNTIME.length + 1) : "";
  return Object.hasOwn(MEMBERS, path) ? MEMBERS[path] : undefined;
}

/** Whether a method of this name may open one: asked before anything is traced. */
export function mayOpenScope(member: string): boolean {
  return NAMES.has(member);
}

/** Every name that the table holds, for the test that compares it with the runtime. */
export function scopeNames(): readonly { readonly owner: string; readonly member: string }[] {
  return Object.entries(MEMBERS).flatMap(([path, { closedBy }]) => {
    const [owner = "", member = ""] = path.split("#");
    return [{ owner, member }, ...(closedBy === null ? [] : [{ owner, member: closedBy }])];
  });
}
