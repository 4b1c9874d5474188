/**
 * Streams used against their protocol, reserved beyond their budget, or used though there may be none.
 * Free where no code makes or uses a stream.
 *
 * Theory and known misses: those of the two protocols that are solved here over the settled frames, in `stream-protocol.ts` and `stream-budgets.ts`. A reservation
 * is dropped when nothing in its function reads the call's result (must).
 */
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { reserves, streamStep } from "../knowledge/streams-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { functionIndex } from "../source/function-index.ts";
import { programParts } from "./program-parts.ts";
import { solveProtocol } from "./solve-protocol.ts";
import type { ExceededBudget } from "./stream-budgets.ts";
import { type StreamMisuse, StreamProtocol, type UncheckedStream } from "./stream-protocol.ts";

export interface Streams {
  readonly misuses: readonly StreamMisuse[];
  readonly exceeded: readonly ExceededBudget[];
  readonly unchecked: readonly UncheckedStream[];
  /** `tryReserve` whose result nothing reads. */
  readonly dropped: readonly { readonly at: Location }[];
}

export const streams: Fact<Streams> = defineFact("streams", (program, get) => {
  const frames = get(frameAnalysis);
  const touching = [...frames.solved.keys()].filter((fn) => callsIn(fn).some((op) => apisOf(program, frames, fn, op).some((api) => streamStep(api) !== undefined || reserves(api) !== undefined)));
  if (touching.length === 0) return { misuses: [], exceeded: [], unchecked: [], dropped: [] };
  const protocol = new StreamProtocol();
  solveProtocol(frames, protocol, get(programParts), touching.map((fn) => frames.analysis.moduleOf(fn)));
  const own = new Set(program.modules.filter((module) => module.role === "project").map((module) => module.file));
  const ofProject = <T extends { readonly at: Location }>(events: Iterable<T>): T[] => [...events].filter((event) => own.has(event.at.file)).sort(byPlace);
  return {
    misuses: ofProject(protocol.misuses.values()), exceeded: ofProject(protocol.exceeded.values()), unchecked: ofProject(protocol.unchecked.values()),
    dropped: ofProject(touching.flatMap((fn) => droppedIn(program, frames, fn))),
  };
});

function droppedIn(program: Program, frames: FrameAnalysis, fn: FunctionIR): { readonly at: Location }[] {
  const unused = callsIn(fn).filter((op) => apisOf(program, frames, fn, op).some((api) => reserves(api) === "optional") && functionIndex(fn).usesOf(op.dst).length === 0);
  return unused.map((op) => ({ at: { file: fn.file, span: op.span } }));
}

function callsIn(fn: FunctionIR): (Op & { readonly op: "call" })[] {
  return fn.blocks.flatMap((block) => block.ops.filter((op) => op.op === "call"));
}

function apisOf(program: Program, { analysis }: FrameAnalysis, fn: FunctionIR, op: Op & { readonly op: "call" }): readonly string[] {
  const module: ModuleIR = analysis.moduleOf(fn);
  return program.tracer.targets(module, fn, op.dst).apis;
}

function byPlace(a: { readonly at: Location }, b: { readonly at: Location }): number {
  return compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start;
}
