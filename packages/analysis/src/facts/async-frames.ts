/**
 * Frame allocations in async functions that have no frame of their own there, or one that stands open at a suspension; in order of place.
 *
 * Theory and known misses: those of `frame-analysis.ts`, whose events these are: may, on some way to the allocation.
 */
import { compareText } from "../diagnostic.ts";
import { defineFact } from "../fact.ts";
import type { ModuleIR } from "../source/ir.ts";
import type { AsyncAllocation } from "./async-allocations.ts";
import { frameAnalysis } from "./frame-analysis.ts";

export interface AsyncFrameAllocation extends AsyncAllocation {
  readonly module: ModuleIR;
}

export const asyncFrames = defineFact<readonly AsyncFrameAllocation[]>("async-frames", (_program, get) => {
  const found = new Map<string, AsyncFrameAllocation>();
  for (const { run } of get(frameAnalysis).solved.values()) {
    if (run.module.role !== "project") continue;
    for (const allocation of run.asyncAllocations.values()) {
      const { at, across, inCallersFrame, inOwnFrame } = allocation;
      const id = `${at.file}:${at.span.start}`;
      if (!found.has(id) && (across !== null || (inCallersFrame && !inOwnFrame))) found.set(id, { ...allocation, module: run.module });
    }
  }
  return [...found.values()].sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});
