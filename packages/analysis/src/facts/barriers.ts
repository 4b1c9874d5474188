/**
 * Barriers: where they are made and for how many, who signals them, and whether more than one agent does.
 *
 * Theory: by declaration, flow-insensitive. A count is known when it is constant. Misses: barriers whose share travels through code out of sight.
 */
import { nameOf, type Value } from "../dataflow/origin.ts";
import { defineFact, type Fact } from "../fact.ts";
import { barrierStep, type BarrierStep, countsAgent, isAttach, makesBarrier, mayBeBarrierStep } from "../knowledge/agents-api.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR, Op } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { type AgentEntries, agentEntries } from "./agent-entries.ts";
import { constantNumber } from "./constant-value.ts";
import type { FrameRun } from "./frame-run.ts";
import { pageEvidence } from "./page-evidence.ts";
import { type ProgramParts, programParts } from "./program-parts.ts";
import { type Maker, makerOf, makerOfTemp } from "./value-makers.ts";

export interface BarrierCall {
  readonly step: BarrierStep;
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly op: Op & { readonly op: "call" };
}

export interface BarrierVerdict {
  /** Other agents signal it, and read this agent's frame. */
  readonly isShared: boolean;
  readonly made: Location | null;
  readonly name: string;
}

export interface Barriers {
  readonly hasWaits: boolean;
  readonly calls: readonly BarrierCall[];
  /** Whether a wait on this value, in the function of the run, is a coordinator's. */
  judge(run: FrameRun, barrier: Value): BarrierVerdict;
}

export const barriers: Fact<Barriers> = defineFact("barriers", (program, get) => {
  const calls = program.modules.filter((module) => module.role === "project").flatMap((module) => barrierCalls(program, module));
  const hasWaits = calls.some(({ step }) => step === "wait");
  const { partOf } = get(programParts);
  const settings = new Map<ModuleIR, Setting>();
  const settingAround = (module: ModuleIR): Setting => {
    const part = partOf(module);
    let setting = settings.get(part);
    if (setting === undefined) settings.set(part, (setting = settingOf(program, get(agentEntries), partOf, part, calls)));
    return setting;
  };
  return { hasWaits, calls, judge: (run, barrier) => judge(program, settingAround(run.module), run, barrier) };
});

/** What a part of the program shows of its agents. */
interface Setting {
  /** Modules that workers run. */
  readonly workers: ReadonlySet<ModuleIR>;
  /** Somebody in sight signals from frames of its own. */
  readonly hasOwnFrames: boolean;
  /** The program starts agents, or shares a barrier. */
  readonly hasOthers: boolean;
}

const stepCalls = callsOfMembers((name) => name !== null && mayBeBarrierStep(name));

function barrierCalls(program: Program, module: ModuleIR): BarrierCall[] {
  return stepCalls(module).flatMap(({ fn, op }) => {
    const step = program.tracer.targets(module, fn, op.dst).apis.map(barrierStep).find((each) => each !== undefined);
    return step === undefined ? [] : [{ step, module, function: fn, op }];
  });
}

function settingOf(program: Program, entries: AgentEntries, partOf: ProgramParts["partOf"], part: ModuleIR, allCalls: readonly BarrierCall[]): Setting {
  const calls = allCalls.filter(({ module }) => partOf(module) === part);
  const starts = entries.starts.filter(({ module }) => partOf(module) === part);
  const workers = new Set(starts.flatMap(({ entry }) => (entry === null ? [] : [...entries.closure(entry).modules])));
  for (const { module } of calls) if (isWorker(program, module)) workers.add(module);
  // Outside of workers' modules only a function that attaches itself is another agent's.
  const signalling = calls.filter(({ step, module, function: fn }) => step === "signal" && (workers.has(module) || attaches(program, module, fn)));
  const hasOwnFrames = signalling.some(({ module, function: fn }) => (workers.has(module) ? module.functions : [fn]).some((each) => beginsFrames(program, module, each)));
  return { workers, hasOwnFrames, hasOthers: starts.length > 0 || calls.some(({ step }) => step === "share" || step === "attach") };
}

/** Behaves as a worker though nobody in sight starts it. */
function isWorker(program: Program, module: ModuleIR): boolean {
  const evidence = pageEvidence(program, module);
  return evidence.isElsewhere && evidence.touches.length === 0 && barrierCalls(program, module).some(({ step }) => step === "attach");
}

function beginsFrames(program: Program, module: ModuleIR, fn: FunctionIR): boolean {
  return callsApi(program, module, fn, (api) => {
    const kind = runtimeEffect(api)?.kind;
    return kind === "begin" || kind === "with-frame" || kind === "frame-scope";
  });
}

/** Takes part in what another agent made. */
function attaches(program: Program, module: ModuleIR, fn: FunctionIR): boolean {
  return callsApi(program, module, fn, (api) => isAttach(api) || barrierStep(api) === "attach");
}

function callsApi(program: Program, module: ModuleIR, fn: FunctionIR, matches: (api: ApiKey) => boolean): boolean {
  return fn.blocks.some((block) => block.ops.some((op) => op.op === "call" && program.tracer.targets(module, fn, op.dst).apis.some(matches)));
}

const NOT_SHARED: BarrierVerdict = { isShared: false, made: null, name: "" };

function judge(program: Program, setting: Setting, run: FrameRun, barrier: Value): BarrierVerdict {
  if (setting.workers.has(run.module) || setting.hasOwnFrames) return NOT_SHARED;
  const makers = [...barrier].map((origin) => makerOf(program, origin));
  const [maker] = makers;
  if (maker === undefined || makers.length > 1) return NOT_SHARED;
  // It came from outside: somebody made it for several.
  const [origin] = barrier;
  const name = origin === undefined || origin.kind === "site" ? "the barrier" : nameOf(origin);
  if (maker === null) return { isShared: true, made: null, name };
  const made = { file: maker.module.file, span: maker.op.span };
  const apis = program.tracer.targets(maker.module, maker.function, maker.op.dst).apis;
  if (apis.some((api) => barrierStep(api) === "attach")) return NOT_SHARED;
  const count = barrierCount(program, maker);
  return { isShared: count === null ? setting.hasOthers : count > 1, made, name: maker.name ?? name };
}

/** For how many agents a barrier is made; null when that is not constant. */
export function barrierCount(program: Program, { module, function: fn, op }: Maker): number | null {
  const made = program.tracer.targets(module, fn, op.dst).apis.map(makesBarrier).find((each) => each !== undefined);
  if (made === undefined) return null;
  if (made === "count") return op.args[0] === undefined ? null : constantNumber(program, module, fn, op.args[0].temp);
  return op.op === "call" && op.receiver !== null ? countedThreads(program, module, fn, op.receiver) : null;
}

const MAX_CHAIN = 64;

/** `new FrameBarrierBuilder().withThread("a").withThread("b")`, as one chain. */
function countedThreads(program: Program, module: ModuleIR, fn: FunctionIR, temp: number): number | null {
  let count = 0;
  for (let at = temp; count < MAX_CHAIN; ) {
    const maker = makerOfTemp(program, module, fn, at);
    if (maker === null || maker.function !== fn) return null;
    if (maker.op.op === "new") return count;
    if (maker.op.receiver === null || !program.tracer.targets(module, fn, maker.op.dst).apis.some(countsAgent)) return null;
    count += 1;
    at = maker.op.receiver;
  }
  return null;
}
