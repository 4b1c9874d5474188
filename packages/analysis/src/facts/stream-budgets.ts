/**
 * What reservations of streams take of their allocator's budget, by constant sizes: kept among the sizes of a state, beside those of frames.
 *
 * Theory: forward, a lower bound a path; join takes the larger sum. A reservation counts until its stream is loaded, from when on it may be evicted (one
 * of the highest priority is not), or freed, or in hands that may do either. A loop counts once, or as often as it is known to run when its
 * body does nothing but reserve and keep.
 * Of `streaming(budget)` the budget is known where all calls that name one for the allocator name the same; one that files out of sight
 * can name as well has none.
 * Misses: budgets and sizes that are no constants; room that a stream of higher priority keeps from one of lower.
 */
import { loopBlocks } from "../dataflow/loops.ts";
import { nameOf, type Origin, type Site } from "../dataflow/origin.ts";
import type { ThingState } from "../dataflow/thing-state.ts";
import type { State } from "../dataflow/state.ts";
import { callEffect } from "../knowledge/calls.ts";
import { makesStreamBudget, NEVER_EVICTED, opensStreams, PRIORITY, RESERVED_BYTES, reserves, type StreamStep } from "../knowledge/streams-api.ts";
import { unitBytes } from "../knowledge/runtime-sizes.ts";
import type { FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { Location } from "../source/span.ts";
import type { Application } from "./apply-summary.ts";
import { allocatorKey } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import { isStream } from "./stream-steps.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";
import { type Maker, makerOf, makerOfTemp } from "./value-makers.ts";

export interface ExceededBudget {
  /** The reservation, or the call, that goes over the budget. */
  readonly at: Location;
  readonly allocator: string;
  readonly bytes: number;
  readonly budget: number;
  /** Where the budget is given. */
  readonly made: Location;
  readonly parts: readonly { readonly at: Location; readonly bytes: number }[];
}

interface Budget {
  readonly name: string | null;
  readonly bytes: number;
  readonly at: Location;
}

export class StreamBudgets {
  readonly exceeded = new Map<string, ExceededBudget>();
  readonly #known = new Map<Origin, Budget | null>();

  reserve(run: FrameRun, state: ThingState, call: Call): void {
    const key = allocatorKey(run, call.receiver);
    const argument = call.argOps[RESERVED_BYTES];
    const bytes = argument === undefined || argument.spread ? null : run.analysis.sizes.number({ module: run.module, fn: run.fn, temp: argument.temp });
    if (key === null || bytes === null || !(bytes > 0)) return;
    const at = run.at(call.op.span);
    const priority = call.argOps[PRIORITY];
    const lasting = priority !== undefined && run.analysis.sizes.text({ module: run.module, fn: run.fn, temp: priority.temp }) === NEVER_EVICTED;
    const rounds = onlyReserves(run, at) ? run.analysis.rounds.of(run.module, run.fn, at, key.kind === "site" ? [key.site.at] : []) : 1;
    const id = placeOf(at);
    const before = total(state, key, id);
    state.sizes.set(id, { key, bytes: bytes * rounds, factors: [], at, reserved: lasting ? "lasting" : "evictable" });
    this.#judge(run, state, key, at, before);
  }

  /** What a callee reserved and still holds; the state has its sizes already. */
  applied(run: FrameRun, before: State, state: ThingState, application: Application, exit: ExitCase, substitute: Substitution): void {
    const keys = new Set<Origin>();
    for (const [id, each] of exit.sizes) {
      const key = each.reserved === undefined ? null : substitute.key(each.key);
      const own = state.sizes.get(`${placeOf(application.at)}>${id}`);
      if (key === null || own === undefined) continue;
      keys.add(key);
      if (!onlyReserves(run, application.at)) state.sizes.set(`${placeOf(application.at)}>${id}`, { ...own, bytes: each.bytes });
    }
    for (const key of keys) if (!this.#saysSo(run, exit, key, substitute)) this.#judge(run, state, key, application.at, total(before, key));
  }

  /** Whether the callee knows the budget and goes over it alone. */
  #saysSo(run: FrameRun, exit: ExitCase, key: Origin, substitute: Substitution): boolean {
    const own = [...exit.sizes.values()].filter((each) => each.reserved !== undefined && substitute.key(each.key) === key);
    const budget = own[0] === undefined ? null : this.#budgetOf(run, own[0].key);
    return budget !== null && own.reduce((sum, each) => sum + each.bytes, 0) > budget.bytes;
  }

  /** After a step on one stream. */
  released(state: ThingState, origin: Origin, step: StreamStep): void {
    if (!isStream(origin) || step === "begin" || step === "write" || step === "access" || step === "fail") return;
    const id = [...origin.site.via, origin.site.at].map(placeOf).join(">");
    if (step === "free" || state.sizes.get(id)?.reserved === "evictable") state.sizes.delete(id);
  }

  /** Some stream that nobody can name was loaded or freed. */
  forgetAll(state: ThingState): void {
    for (const [id, each] of state.sizes) if (each.reserved !== undefined) state.sizes.delete(id);
  }

  /** Others may have freed it. */
  static release(state: ThingState, { site }: { readonly site: Site }): void {
    state.sizes.delete([...site.via, site.at].map(placeOf).join(">"));
  }

  #judge(run: FrameRun, state: ThingState, key: Origin, at: Location, before: number): void {
    const budget = run.phase === "report" ? this.#budgetOf(run, key) : null;
    const bytes = total(state, key);
    if (budget === null || before > budget.bytes || bytes <= budget.bytes) return;
    const parts = [...state.sizes.values()].filter((each) => each.key === key && each.reserved !== undefined);
    this.exceeded.set(placeOf(at), { at, allocator: budget.name ?? nameOf(key), bytes, budget: budget.bytes, made: budget.at, parts });
  }

  #budgetOf(run: FrameRun, key: Origin): Budget | null {
    let known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, (known = findBudget(run, key)));
    return known;
  }
}

function findBudget(run: FrameRun, key: Origin): Budget | null {
  const { program, sizes } = run.analysis;
  const maker = makerOf(program, key);
  const argument = maker?.op.args[0];
  if (maker === null || argument === undefined) return null;
  const { apis } = program.tracer.targets(maker.module, maker.function, maker.op.dst);
  const bytes = sizes.number({ module: maker.module, fn: maker.function, temp: argument.temp });
  const { op } = maker;
  if (!apis.some(makesStreamBudget) && !(op.op === "call" && apis.some(opensStreams) && isOnlyBudget(run, { ...maker, op }, bytes))) return null;
  return bytes === null ? null : { name: key.kind === "site" ? maker.name : null, bytes, at: { file: maker.module.file, span: maker.op.span } };
}

/** The first call of several decides: so only where all that name a budget for the allocator, or for one that nobody tells from it in its module, name this one. */
function isOnlyBudget({ analysis: { program, sizes } }: FrameRun, { module: own, function: fn, op: { receiver } }: Maker & { readonly op: { readonly op: "call" } }, bytes: number | null): boolean {
  const mine = receiver === null ? null : makerOfTemp(program, own, fn, receiver);
  const concerns = (module: ModuleIR, other: FunctionIR, of: Temp | null): boolean => {
    const theirs = of === null ? null : makerOfTemp(program, module, other, of);
    return mine === null || theirs === null ? module === own : mine.op === theirs.op;
  };
  if (!program.settings.wholeProgram && (mine === null || isExported(mine))) return false;
  return program.modules.every((module) => module.role !== "project" || module.functions.every((other) => other.blocks.every((block) => block.ops.every((op) => {
    const [budget] = op.op === "call" ? op.args : [];
    if (op.op !== "call" || budget === undefined || !program.tracer.targets(module, other, op.dst).apis.some(opensStreams)) return true;
    return !concerns(module, other, op.receiver) || sizes.number({ module, fn: other, temp: budget.temp }) === bytes;
  }))));
}

function isExported({ module, name }: Maker): boolean {
  return module.exports.some((each) => each.kind === "local" && module.variables[each.variable]?.name === name);
}

function total(state: State, key: Origin, without?: string): number {
  let bytes = 0;
  for (const [id, each] of state.sizes) if (each.key === key && each.reserved !== undefined && id !== without) bytes += each.bytes;
  return bytes;
}

function placeOf({ file, span }: Location): string {
  return `${file}:${span.start}`;
}

/** Whether the loops around a place do nothing else that could load or free what they reserve. */
function onlyReserves(run: FrameRun, at: Location): boolean {
  const { fn, module } = run;
  const block = fn.blocks.find(({ ops }) => ops.some((op) => op.span.start === at.span.start && op.span.end === at.span.end));
  if (block === undefined || block.loop === null) return true;
  const around = fn.blocks.filter(({ id, role }) => role === "loop-head" && loopBlocks(fn, id).has(block.id));
  const isHarmless = (op: Op): boolean => {
    if (op.op === "await" || op.op === "yield" || op.op === "new" || op.op === "super-call") return false;
    if (op.op !== "call" || op.span.start === at.span.start) return true;
    const { apis, functions } = run.analysis.program.tracer.targets(module, fn, op.dst);
    return functions.length === 0 && apis.length > 0 && apis.every((api) => reserves(api) !== undefined || callEffect(api)?.kind === "keep" || unitBytes(api) !== undefined);
  };
  return around.every(({ id }) => fn.blocks.every((each) => !loopBlocks(fn, id).has(each.id) || each.ops.every(isHarmless)));
}

