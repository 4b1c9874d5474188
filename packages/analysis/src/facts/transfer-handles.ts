/**
 * Transfer handles used against their protocol, or made and lost. Free where no code makes or receives one.
 *
 * Theory and known misses: those of the protocol that is solved here over the settled frames, in `handle-protocol.ts`; of sends that nobody receives, in `unreceived-sends.ts`.
 */
import type { Site } from "../dataflow/origin.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { handleStep } from "../knowledge/agents-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { type FrameAnalysis, frameAnalysis } from "./frame-analysis.ts";
import { type HandleLoss, type HandleMisuse, HandleProtocol } from "./handle-protocol.ts";
import { agentEntries } from "./agent-entries.ts";
import { programParts } from "./program-parts.ts";
import { solveProtocol } from "./solve-protocol.ts";
import { unreceivedSends } from "./unreceived-sends.ts";

/** A handle sent to an agent whose code, all of it in sight, takes nothing. */
export interface UnreceivedSend {
  readonly at: Location;
  readonly site: Site;
  /** The agent's module, as the program names it. */
  readonly entry: string;
  /** Where the agent is started. */
  readonly worker: Location;
}

export interface TransferHandles {
  readonly misuses: readonly HandleMisuse[];
  readonly losses: readonly HandleLoss[];
  readonly unreceived: readonly UnreceivedSend[];
}

export const transferHandles: Fact<TransferHandles> = defineFact("transfer-handles", (program, get) => {
  const frames = get(frameAnalysis);
  const touching = [...frames.solved.keys()].filter((fn) => touchesHandles(program, frames, fn)).map((fn) => frames.analysis.moduleOf(fn));
  if (touching.length === 0) return { misuses: [], losses: [], unreceived: [] };
  const protocol = new HandleProtocol();
  solveProtocol(frames, protocol, get(programParts), touching);
  const own = new Set(program.modules.filter((module) => module.role === "project").map((module) => module.file));
  const ofProject = <T extends { readonly at: Location }>(events: Iterable<T>): T[] => [...events].filter((event) => own.has(event.at.file)).sort(byPlace);
  return { misuses: ofProject(protocol.misuses.values()), losses: ofProject(protocol.losses.values()), unreceived: unreceivedSends(program, get(agentEntries), ofProject(protocol.sends.values())) };
});

function touchesHandles(program: Program, { analysis }: FrameAnalysis, fn: FunctionIR): boolean {
  const module = analysis.moduleOf(fn);
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && program.tracer.targets(module, fn, op.dst).apis.some(concernsHandles)));
}

function concernsHandles(api: ApiKey): boolean {
  const effect = runtimeEffect(api);
  return handleStep(api) !== undefined || (effect?.kind === "alloc" && effect.memory === "transfer");
}

function byPlace(a: { readonly at: Location }, b: { readonly at: Location }): number {
  return compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start;
}
