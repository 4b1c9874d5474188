/**
 * The calls of a function whose every result is memory made by that very call: an allocation, or a helper that gives back one it made. A helper
 * that may also give back something older (a cache) is none.
 */
import { type Site, type Value } from "../dataflow/origin.ts";
import { sameLocation } from "../dataflow/locations.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { functionLabel } from "./function-name.ts";
import type { CallLike, Step, ValueFates } from "./value-fates.ts";

export interface Candidate {
  readonly fn: FunctionIR;
  readonly step: Step & { readonly op: CallLike };
  readonly site: Site;
  /** As written in messages: the API's member, or the helper. */
  readonly callee: string;
}

export function candidatesIn(result: FrameAnalysis, fates: ValueFates, fn: FunctionIR): Candidate[] {
  const found: Candidate[] = [];
  for (const step of fates.steps(fn)) {
    const { op } = step;
    if (op.op !== "call") continue;
    const site = madeBy(step.result, { file: fn.file, span: op.span });
    if (site === null) continue;
    const [helper] = step.functions;
    const callee = site.via.length === 0 || helper === undefined ? site.api?.replace(/^.*[#.:]/, "") ?? "alloc" : helperName(result, helper);
    found.push({ fn, step: { ...step, op }, site, callee });
  }
  return found;
}

function helperName(result: FrameAnalysis, helper: FunctionIR): string {
  return functionLabel(result.analysis.moduleOf(helper), helper).replaceAll("`", "");
}

/** The site that all of a value comes from, made by the call at this place; undefined and null aside. */
function madeBy(value: Value, at: Location): Site | null {
  let site: Site | null = null;
  for (const origin of value) {
    if (origin.kind === "const" && (origin.value === undefined || origin.value === null)) continue;
    if (origin.kind !== "site" || origin.old || !LOOPED.has(origin.site.kind)) return null;
    if (!sameLocation(origin.site.via[0] ?? origin.site.at, at)) return null;
    site ??= origin.site;
  }
  return site;
}

/** Retained memory outlives its frame and a transfer is given away: each is meant to be one. */
const LOOPED: ReadonlySet<string> = new Set(["frame", "pool", "heap"]);
