/**
 * Which construction an allocator, or a pool of objects, came from, so that two of them can be told apart: an allocation in the function, a module's
 * constant, or a field that the constructor of the class fills and nothing else sets.
 *
 * Must: null for parameters, for what is made in a loop, and for whatever may be one thing under two names.
 */
import { type Origin, rootOf } from "../dataflow/origin.ts";
import { makesAllocator } from "../knowledge/ownership-api.ts";
import type { FrameRun } from "./frame-run.ts";
import { fieldHolds, shortestName } from "./instance-paths.ts";

/** The origin that stands for the construction; null when it is not known. */
export function makerOf(run: FrameRun, origin: Origin): Origin | null {
  const named = shortestName(run, origin);
  if (named.kind === "site") return !named.old && named.site.api !== null && makesAllocator(named.site.api) ? named : null;
  if (named.kind === "variable") {
    const variable = named.module.variables[named.variable];
    if (variable === undefined || variable.reassigned || variable.owner !== 0) return null;
    return run.analysis.names.madeBy(named.module, named.variable).some(makesAllocator) ? named : null;
  }
  if (named.kind !== "field" || rootOf(named).kind !== "this" || named.base !== rootOf(named)) return null;
  const held = fieldHolds(run, named);
  return held?.kind === "site" && held.site.api !== null && makesAllocator(held.site.api) ? held : null;
}
