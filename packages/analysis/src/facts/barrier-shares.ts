/**
 * To whom barriers are given: each message or start of an agent that carries one, by each way of calls that leads there.
 *
 * Theory: may, flow-insensitive, over the values of the frame analysis: what a function gives of its own or of its callers' barriers is given again at each call, so a
 * helper that starts one agent and is called three times starts three. In a loop or a callback the number is not known (`many`).
 * Misses: shares that travel in containers of other modules.
 */
import { placeKey } from "../dataflow/locations.ts";
import { type Origin, rootOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { makesBarrier } from "../knowledge/agents-api.ts";
import { callEffect } from "../knowledge/calls.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { Location, Span } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { AgentEntries, AgentStart } from "./agent-entries.ts";
import type { Application } from "./apply-summary.ts";
import { type FrameRun, reach } from "./frame-run.ts";
import type { Protocol } from "./protocol.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";
import { type Maker, makerOf } from "./value-makers.ts";

export interface BarrierGive {
  /** The barrier: its construction, or what the caller has there. */
  readonly barrier: Maker | Origin;
  /** The message or start, or the call that leads to it. */
  readonly at: Location;
  /** Tells agents apart: the calls on the way and the agent. */
  readonly agent: string;
  /** By its start, or by a variable or field of the program's: two such are two. Parameters of different functions may be one agent. */
  readonly isNamed: boolean;
  /** The agent, when the program starts it in sight. */
  readonly start: AgentStart | undefined;
  readonly many: boolean;
}

export class BarrierShares implements Protocol {
  readonly #entries: AgentEntries;
  readonly #gives = new Map<FunctionIR, Map<string, BarrierGive>>();
  /** Barriers that are handed to code out of sight, by place of construction. */
  readonly escaped = new Set<string>();

  constructor(entries: AgentEntries) {
    this.#entries = entries;
  }

  /** What a function gives, itself and through its callees. */
  of(fn: FunctionIR): Iterable<BarrierGive> {
    return this.#gives.get(fn)?.values() ?? [];
  }

  entry(state: State): State {
    return state;
  }

  before(): void {}

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    const effect = api === null ? undefined : callEffect(api);
    const at = run.at(call.op.span);
    if (effect?.kind === "send") {
      const target = call.op.op === "new" ? [this.#entries.at(at)] : [...call.receiver].map((origin) => startOf(run, this.#entries, origin));
      const agent = call.op.op === "new" ? placeKey(at) : agentKey(call.receiver, target[0]);
      const start = target.length === 1 ? target[0] : undefined;
      const isNamed = start !== undefined || [...call.receiver].every((origin) => origin.kind === "field" || (origin.kind === "variable" && !isParameter(origin)));
      for (const index of effect.arguments) this.#give(run, state, call.args[index], { at, agent, start, isNamed, many: agent === null || isRepeated(run.fn, call.op.span) });
      return;
    }
    if (effect !== undefined || (api !== null && runtimeEffect(api) !== undefined)) return;
    for (const arg of call.args) for (const origin of reach(run, state, arg)) this.#escape(run, origin);
  }

  applied(run: FrameRun, _before: State, _state: State, application: Application, _exit: ExitCase, substitute: Substitution): void {
    const many = application.callback === true || isRepeated(run.fn, application.at.span);
    for (const give of this.of(application.fn)) {
      const agent = `${placeKey(application.at)}>${give.agent}`;
      // A recursive function starts who knows how many.
      if (agent.length > MAX_PATH) continue;
      const barriers = "id" in give.barrier ? [...substitute.origin(give.barrier)] : [give.barrier];
      for (const barrier of barriers) this.#note(run, barrier, { ...give, agent, at: application.at, many: many || give.many });
    }
  }

  thrown(state: State): State {
    return state;
  }

  settled(): void {}

  leaving(): ReadonlyMap<Origin, never> {
    return new Map<Origin, never>();
  }

  #give(run: FrameRun, state: State, value: Value | undefined, give: Omit<BarrierGive, "barrier" | "agent"> & { readonly agent: string | null }): void {
    for (const origin of reach(run, state, value ?? new Set<Origin>())) this.#note(run, origin, { ...give, agent: give.agent ?? placeKey(give.at) });
  }

  #note(run: FrameRun, barrier: Origin | Maker, give: Omit<BarrierGive, "barrier">): void {
    const made = "id" in barrier ? barrierMaker(run, barrier) : barrier;
    const known = made ?? ("id" in barrier && isSupplied(barrier) ? barrier : null);
    if (known === null) return;
    const gives = this.#gives.get(run.fn) ?? new Map<string, BarrierGive>();
    this.#gives.set(run.fn, gives);
    const which = "id" in known ? String(known.id) : placeKey({ file: known.module.file, span: known.op.span });
    gives.set(`${which}|${give.agent}`, { ...give, barrier: known });
  }

  #escape(run: FrameRun, origin: Origin): void {
    const made = barrierMaker(run, origin);
    if (made !== null) this.escaped.add(placeKey({ file: made.module.file, span: made.op.span }));
  }
}

const MAX_PATH = 600;

function isSupplied(origin: Origin): boolean {
  const root = rootOf(origin);
  return root.kind === "param" || root.kind === "this";
}

/** The construction of a barrier that a value is. */
function barrierMaker(run: FrameRun, origin: Origin): Maker | null {
  if (origin.kind !== "site" && origin.kind !== "variable" && origin.kind !== "field") return null;
  const { program } = run.analysis;
  const maker = makerOf(program, origin);
  return maker !== null && program.tracer.targets(maker.module, maker.function, maker.op.dst).apis.some((api) => makesBarrier(api) !== undefined) ? maker : null;
}

function startOf(run: FrameRun, entries: AgentEntries, origin: Origin): AgentStart | undefined {
  const maker = makerOf(run.analysis.program, origin);
  return maker === null ? undefined : entries.at({ file: maker.module.file, span: maker.op.span });
}

/** One agent, one key; null when it is not told which. */
function agentKey(receiver: Value, start: AgentStart | undefined): string | null {
  if (start !== undefined) return isRepeated(start.function, start.op.span) ? null : placeKey(start.at);
  const [only] = receiver;
  if (only === undefined || receiver.size > 1 || only.kind === "unknown" || only.kind === "scalar" || only.key.endsWith(".*")) return null;
  // A closure sees its maker's parameter as a variable: one agent.
  if (only.kind === "param") return `variable ${only.fn.file}:${only.fn.params[only.index]?.variable ?? -1}`;
  return only.kind === "variable" ? `variable ${only.module.file}:${only.variable}` : `origin ${only.id}`;
}

function isParameter(origin: Origin & { readonly kind: "variable" }): boolean {
  return origin.module.variables[origin.variable]?.kind === "parameter";
}

/** Whether a place of a function stands in a loop. */
function isRepeated(fn: FunctionIR, span: Span): boolean {
  return fn.blocks.some((block) => block.loopDepth > 0 && block.ops.some((op) => op.span.start === span.start && op.span.end === span.end));
}
