/**
 * Barriers whose count is not the number of agents that signal them: the agents that the barrier is given to and that signal, and the giver when it signals.
 *
 * Theory: by declaration over `barrier-shares.ts`. An agent out of sight is taken to signal; one in sight signals when its module, or one that it imports,
 * does. A count too small is reported even when more agents may be given the barrier; one too large only when nothing of it escapes and every agent
 * is in sight.
 * Known misses: counts that are not constant, agents without number, several barriers of which it is not told which one is signalled; an agent that signals on
 * some of its ways only counts as signalling.
 */
import { placeKey } from "../dataflow/locations.ts";
import { defineFact, type Fact } from "../fact.ts";
import type { Program } from "../program.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import { type AgentEntries, agentEntries } from "./agent-entries.ts";
import { type BarrierGive, BarrierShares } from "./barrier-shares.ts";
import { barrierCount, type BarrierCall, barriers } from "./barriers.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { programParts } from "./program-parts.ts";
import { solveProtocol } from "./solve-protocol.ts";
import { type Maker, makerOfTemp } from "./value-makers.ts";

export interface BarrierMismatch {
  readonly name: string;
  readonly made: Location;
  readonly count: number;
  readonly signalling: number;
  /** Where the barrier is given to each agent that signals. */
  readonly given: readonly Location[];
  /** Where the giver signals. */
  readonly ownSignal: Location | null;
  /** Agents in sight that are given it and never signal: where, and the module. */
  readonly silent: readonly { readonly at: Location; readonly entry: string }[];
}

export const barrierCounts: Fact<readonly BarrierMismatch[]> = defineFact("barrier-counts", (program, get) => {
  const { calls } = get(barriers);
  // Who is given a barrier, and signals it, no file tells alone.
  if (!program.settings.wholeProgram || !calls.some(({ step }) => step === "share" || step === "signal")) return [];
  const frames = get(frameAnalysis);
  const entries = get(agentEntries);
  const shares = new BarrierShares(entries);
  const parts = get(programParts);
  solveProtocol(frames, shares, parts, calls.map(({ module }) => module));
  const roots = [...frames.solved.keys()].filter((fn) => !frames.analysis.called.has(fn));
  const byBarrier = new Map<string, { maker: Maker; gives: RootGive[] }>();
  for (const give of roots.flatMap((root) => [...shares.of(root)].map((each): RootGive => ({ ...each, root })))) {
    if ("id" in give.barrier) continue;
    const key = placeKey({ file: give.barrier.module.file, span: give.barrier.op.span });
    const known = byBarrier.get(key) ?? { maker: give.barrier, gives: [] };
    byBarrier.set(key, known);
    known.gives.push(give);
  }
  const { partOf } = parts;
  const settingOf = (maker: Maker): Setting => {
    const part = partOf(maker.module);
    return { program, entries, calls: calls.filter(({ module }) => partOf(module) === part), barriers: [...byBarrier.values()].filter((other) => partOf(other.maker.module) === part).length };
  };
  return [...byBarrier].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([key, { maker, gives }]) => mismatchOf(settingOf(maker), maker, gives, shares.escaped.has(key)));
});

/** A give, by a function that nobody in sight calls. */
type RootGive = BarrierGive & { readonly root: FunctionIR };

interface Setting {
  readonly program: Program;
  readonly entries: AgentEntries;
  /** Those of the part of the program that the barrier is in; so with how many are given to agents. */
  readonly calls: readonly BarrierCall[];
  readonly barriers: number;
}

function mismatchOf(setting: Setting, maker: Maker, gives: readonly RootGive[], hasEscaped: boolean): BarrierMismatch[] {
  const count = barrierCount(setting.program, maker);
  if (count === null || maker.module.role !== "project") return [];
  const agents = distinctAgents(gives);
  if (agents.some((give) => give.many)) return [];
  const own = ownSignals(setting, maker);
  if (own === null) return [];
  const verdicts = agents.map((give) => ({ give, signals: maySignal(setting, give) }));
  const signalling = verdicts.filter(({ signals }) => signals !== "never");
  const silent = verdicts.filter(({ signals }) => signals === "never");
  const total = signalling.length + (own.length > 0 ? 1 : 0);
  const isComplete = !hasEscaped && verdicts.every(({ signals }) => signals !== "unseen");
  // Where nobody in sight signals, the signals are out of sight.
  if (total === count || total === 0 || (count > total && !isComplete)) return [];
  const isMissed = count === total + silent.length && silent.length > 0;
  return [{
    name: maker.name ?? "the barrier",
    made: { file: maker.module.file, span: maker.op.span },
    count,
    signalling: total,
    given: signalling.map(({ give }) => give.at),
    ownSignal: own[0] ?? null,
    silent: isMissed ? silent.map(({ give }) => ({ at: give.at, entry: give.start?.path ?? "" })) : [],
  }];
}

/** Named ones, and of those that only parameters name the most that one function gives it to. */
function distinctAgents(gives: readonly RootGive[]): BarrierGive[] {
  const distinct = (some: readonly RootGive[]): BarrierGive[] => [...new Map(some.map((give) => [give.agent, give])).values()];
  const unnamed = gives.filter((give) => !give.isNamed);
  const byRoot = [...new Set(unnamed.map(({ root }) => root))].map((root) => distinct(unnamed.filter((give) => give.root === root)));
  return [...distinct(gives.filter((give) => give.isNamed)), ...byRoot.reduce((most, each) => (each.length > most.length ? each : most), [])];
}

/** The signals of whoever gives the barrier: outside of what agents run. Null when it is not told which barrier is signalled. */
function ownSignals({ program, entries, calls, barriers: several }: Setting, maker: Maker): Location[] | null {
  const started = new Set(entries.starts.flatMap(({ entry }) => (entry === null ? [] : [...entries.closure(entry).modules])));
  const found: Location[] = [];
  for (const { step, module, function: fn, op } of calls) {
    if (step !== "signal" || op.receiver === null) continue;
    const signalled = makerOfTemp(program, module, fn, op.receiver);
    // A module that only agents run signals for them; one of both sides is asked by name.
    if (started.has(module) && signalled?.op !== maker.op) continue;
    if (calls.some((call) => call.step === "attach" && call.module === module && call.op === signalled?.op)) continue;
    if (signalled === null && several > 1) return null;
    if (signalled === null || signalled.op === maker.op) found.push({ file: module.file, span: op.span });
  }
  return found;
}

/** `unseen` is taken for a yes, of a weaker kind. */
function maySignal({ entries, calls }: Setting, { start }: BarrierGive): "yes" | "never" | "unseen" {
  if (start === undefined || start.entry === null) return "unseen";
  const { modules, complete } = entries.closure(start.entry);
  if (calls.some(({ step, module }) => step === "signal" && modules.has(module))) return "yes";
  return complete ? "never" : "unseen";
}
