/**
 * The frame analysis once more, with a protocol beside the frames and summaries of its own; the protocol collects what it sees in the last round. Only over
 * the parts of the program that the protocol is about: of the rest, the first summaries stand.
 */
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { type FrameAnalysis, settle } from "./frame-analysis.ts";
import type { Analysis } from "./frame-run.ts";
import { LaterCalls } from "./later-calls.ts";
import type { ProgramParts } from "./program-parts.ts";
import type { Protocol } from "./protocol.ts";
import { solveFunction } from "./solve-function.ts";
import { NO_SUMMARY, type Summary } from "./summary.ts";

export function solveProtocol(frames: FrameAnalysis, protocol: Protocol, { partOf }: ProgramParts, concerned: readonly ModuleIR[]): void {
  const parts = new Set(concerned.map(partOf));
  const order = [...frames.solved.keys()].filter((fn) => parts.has(partOf(frames.analysis.moduleOf(fn))));
  const ordered = new Set(order);
  const summaries = new Map<FunctionIR, Summary>();
  const readers = new Map<FunctionIR, Set<FunctionIR>>();
  const reading: { fn: FunctionIR | null } = { fn: null };
  const summaryOf = (fn: FunctionIR): Summary => {
    if (reading.fn !== null) readers.set(fn, (readers.get(fn) ?? new Set()).add(reading.fn));
    return summaries.get(fn) ?? (ordered.has(fn) ? NO_SUMMARY : frames.solved.get(fn)?.summary ?? frames.analysis.summaryOf(fn));
  };
  const analysis: Analysis = { ...frames.analysis, protocol, evidence: new Map(), called: new Set(), later: new LaterCalls(), summaryOf };
  settle(analysis, order, summaries, readers, reading);
  for (const fn of order) solveFunction(analysis, fn, "report");
}
