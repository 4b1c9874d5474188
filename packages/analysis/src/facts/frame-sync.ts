/**
 * Frames that a coordinator ends before it waits for the agents that share them.
 *
 * Theory: typestate beside the frames (property simulation, forward, may a path): `waited` once a barrier was waited on since the function was entered. A
 * wait is a race when a frame was ended before it on this path, none is open, and nothing was waited on before. A callee's waits are judged again at each call.
 *
 * The program must show that others signal: a count of at least two, agents that it starts, a barrier that it shares, or one that comes from
 * outside. Silent in code of workers, where a worker in sight signals and has frames of its own, and for a barrier of one.
 * Misses: two barriers in one function are taken for one; a second frame of a round that is ended early.
 */
import { type Origin, type OriginTable, isSymbolic, nameOf, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { AT_ENTRY, type Standing, ThingState } from "../dataflow/thing-state.ts";
import { compareText } from "../diagnostic.ts";
import { defineFact, type Fact } from "../fact.ts";
import { barrierStep } from "../knowledge/agents-api.ts";
import type { Location } from "../source/span.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Application } from "./apply-summary.ts";
import { type Barriers, barriers } from "./barriers.ts";
import { frameAnalysis } from "./frame-analysis.ts";
import { standing } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import type { Protocol } from "./protocol.ts";
import { programParts } from "./program-parts.ts";
import { solveProtocol } from "./solve-protocol.ts";
import type { Substitution } from "./substitution.ts";
import type { ExitCase } from "./summary.ts";
import type { Call } from "./transfer-call.ts";

export interface FrameRace {
  /** The frame's end. */
  readonly at: Location;
  readonly allocator: string;
  readonly barrier: string;
  /** The wait that comes too late; the call that leads to it, and the wait itself, in a callee. */
  readonly wait: Location;
  readonly inner: Location | null;
  /** Where the barrier is made, when it is in sight. */
  readonly made: Location | null;
}

export const frameSync: Fact<readonly FrameRace[]> = defineFact("frame-sync", (program, get) => {
  const known = get(barriers);
  // Which agents there are, and whether they have frames of their own, no file tells alone.
  if (!known.hasWaits || !program.settings.wholeProgram) return [];
  const protocol = new FrameSync(known);
  solveProtocol(get(frameAnalysis), protocol, get(programParts), known.calls.map(({ module }) => module));
  const own = new Set(program.modules.filter((module) => module.role === "project").map((module) => module.file));
  return [...protocol.races.values()].filter((race) => own.has(race.at.file)).sort((a, b) => compareText(a.at.file, b.at.file) || a.at.span.start - b.at.span.start);
});

const WAITED = "waited";

class FrameSync implements Protocol {
  readonly races = new Map<string, FrameRace>();
  readonly #barriers: Barriers;

  constructor(known: Barriers) {
    this.#barriers = known;
  }

  entry(state: State): State {
    const known = new ThingState(state.entry, () => null);
    for (const [key, cell] of state.cells) known.cells.set(key, cell);
    return known;
  }

  before(): void {}

  calling(run: FrameRun, state: State, call: Call, api: ApiKey | null): void {
    if (!(state instanceof ThingState) || api === null || barrierStep(api) !== "wait") return;
    const isFirst = !state.things.has(sync(run.table));
    state.things.set(sync(run.table), { ...AT_ENTRY, now: WAITED, at: run.at(call.op.span) });
    if (isFirst) this.#wait(run, state, state, call.receiver, run.at(call.op.span), null);
  }

  applied(run: FrameRun, before: State, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
    if (!(state instanceof ThingState) || !(before instanceof ThingState)) return;
    const isFirst = !before.things.has(sync(run.table));
    for (const [origin, { steps }] of exit.things ?? []) {
      if (origin === sync(run.table)) state.things.set(origin, { ...AT_ENTRY, now: WAITED, at: application.at });
      if (isFirst) for (const step of steps) this.#wait(run, before, state, substitute.origin(origin), application.at, step.at);
    }
  }

  thrown(state: State): State {
    return state;
  }

  settled(): void {}

  leaving(_run: FrameRun, state: State): ReadonlyMap<Origin, Standing> {
    return state instanceof ThingState ? new Map(state.things) : new Map<Origin, Standing>();
  }

  /** `before` is how the frames stood when the wait began. */
  #wait(run: FrameRun, before: State, state: ThingState, barrier: Value, at: Location, inner: Location | null): void {
    const frames = [...before.frames].filter(([, frame]) => frame.now !== "entry");
    if (frames.length === 0) {
      // The caller's frame may be over: it judges.
      for (const origin of barrier) if (isSymbolic(origin)) state.things.set(origin, { ...AT_ENTRY, steps: [{ what: "wait", at: inner ?? at }] });
      return;
    }
    if (run.phase !== "report" || frames.some(([, frame]) => standing(frame) === "open")) return;
    const verdict = this.#barriers.judge(run, barrier);
    if (!verdict.isShared) return;
    for (const [key, frame] of frames) {
      for (const end of frame.ended) this.races.set(`${end.file}:${end.span.start}`, { at: end, allocator: nameOf(key), barrier: verdict.name, wait: at, inner, made: verdict.made });
    }
  }
}

/** Stands for the agents' agreement as a whole. */
function sync(table: OriginTable): Origin {
  return table.global("[[frame sync]]");
}
