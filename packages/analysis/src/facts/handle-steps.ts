/** Which values are under the protocol of transfer handles, and what each step makes of each standing. */
import { ELEMENT, type Origin, rootOf, type SiteOrigin, type Value } from "../dataflow/origin.ts";
import type { HandleStep } from "../knowledge/agents-api.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";

type Done = "detached" | "sent" | "received" | "dropped";

/** The latest value of an allocation, or all its former ones. */
export function isHandle(origin: Origin): origin is SiteOrigin {
  return origin.kind === "site" && origin.site.kind === "transfer";
}

const AFTER: Readonly<Record<HandleStep, Done>> = { send: "sent", post: "sent", detach: "detached", take: "received", receive: "received", drop: "dropped" };

/** The standing after a step, and what had been done already when the step comes too late. */
export function afterStep(now: string, step: HandleStep): { readonly now: string; readonly fault: Done | null } {
  if (now === "any") return { now, fault: null };
  // A handle that is posted itself, instead of its token, cannot be cloned: another fault, told by the runtime.
  if (now === "owned" && step === "post") return { now: "any", fault: null };
  if (now === "owned" || now === "entry") return { now: now === "entry" && step === "post" ? POSTED : AFTER[step], fault: null };
  // Anything may be posted, and posted again; only a token may be received.
  if (now === POSTED) return step === "receive" ? { now: "received", fault: "sent" } : { now: "any", fault: null };
  if (now === "detached" && (step === "post" || step === "receive")) return { now: AFTER[step], fault: null };
  return { now, fault: now as Done };
}

const POSTED = "posted";

/** Without what no step is done to: `undefined` of an optional chain, scalars. */
export function significant(value: Value): Origin[] {
  return [...value].filter((origin) => origin.kind !== "const" && origin.kind !== "scalar");
}

/** Whether it is one thing: no element of a container, no former value of an allocation. */
export function isStable(origin: Origin): boolean {
  for (let at = origin; at.kind === "field"; at = at.base) if (at.name === ELEMENT) return false;
  const root = rootOf(origin);
  if (root.kind === "site") return !root.old;
  return root.kind === "param" || root.kind === "this" || root.kind === "variable" || root.kind === "class";
}

/** Whether what is stored in it is found again by the analysis: a plain object made here, or something of the caller's. */
export function keepsAlive(base: Value): boolean {
  if (base.size === 0) return false;
  for (const origin of base) {
    const root = rootOf(origin);
    if (root.kind === "site" ? root.site.kind !== "object" : root.kind !== "variable" && root.kind !== "param" && root.kind !== "global") return false;
  }
  return true;
}

/** How many loops of a function a place of it stands in; 0 for a place of another function. */
export function loopDepth(fn: FunctionIR, { file, span }: Location): number {
  if (file !== fn.file) return 0;
  return Math.max(0, ...fn.blocks.flatMap((block) => (block.ops.some((op) => op.span.start <= span.start && span.end <= op.span.end) ? [block.loopDepth] : [])));
}
