/**
 * Functions that run in a turn of their own (timers, microtasks, promise callbacks, events): nothing of the program is on the stack then, so every frame
 * is closed that no turn before left open.
 *
 * Theory: may. What such a function needs of a frame is noted where it is handed over, with the values that are there; when all functions are
 * solved it counts as reached outside a frame, unless somebody may hold that frame open between turns (`split-boundaries.ts`).
 * Misses: functions in fields (`port.onmessage = ...`), emitters that the program itself emits on, files without their program.
 */
import { EMPTY, type Origin, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import { SENDS_EVENTS, type Turn } from "../knowledge/calls.ts";
import type { Program } from "../program.ts";
import type { FunctionIR, ModuleIR } from "../source/ir.ts";
import { callsOfMembers } from "../source/member-calls.ts";
import type { Location } from "../source/span.ts";
import type { Application } from "./apply-summary.ts";
import { Evidence } from "./frame-evidence.ts";
import type { FrameAnalysis } from "./frame-analysis.ts";
import { type FrameRun, functionsIn } from "./frame-run.ts";
import { SplitBoundaries } from "./split-boundaries.ts";
import { Substitution } from "./substitution.ts";
import type { Need } from "./summary.ts";
import { BOUND_FUNCTION, boundValues } from "./called-on.ts";

/** One frame that such a function needs, in the words of who handed it over. */
interface LaterNeed {
  readonly need: Need;
  readonly key: Origin | null;
  readonly module: ModuleIR;
  readonly turn: Turn;
  readonly chain: readonly Location[];
  /** The function opened the frame itself, under another name. */
  readonly open: boolean;
}

export class LaterCalls {
  readonly needs: LaterNeed[] = [];
  readonly functions = new Set<FunctionIR>();

  /** Notes what is handed over at a place; only in the last round, when summaries are settled. */
  note(run: FrameRun, state: State, callee: Value, turn: Turn, at: Location): void {
    if (run.phase !== "report") return;
    const later = state.clone();
    later.facts.clear();
    for (const origin of callee) {
      const isBound = origin.kind === "site" && origin.site.kind === "bound";
      const functions = isBound ? functionsIn(state.readField(run.table, origin, BOUND_FUNCTION)) : functionsIn([origin]);
      const [receiver, ...args] = isBound ? boundValues(run, state, origin) : [];
      for (const { fn } of functions) this.#walk(run, later, { fn, receiver: receiver ?? EMPTY, args: fn.params.map((_, index) => args[index] ?? run.table.unknownValue), argSpans: [], at, dst: null, callback: true }, turn, new Set());
    }
  }

  #walk(run: FrameRun, state: State, application: Application, turn: Turn, seen: Set<FunctionIR>): void {
    const { fn, at } = application;
    if (seen.has(fn)) return;
    seen.add(fn);
    this.functions.add(fn);
    const summary = run.analysis.summaryOf(fn);
    const substitute = new Substitution(run, state, application);
    for (const need of summary.needs) {
      if (!substitute.allows(need.when)) continue;
      const key = substitute.key(need.key);
      const among = [...need.among].map((each) => substitute.key(each));
      this.needs.push({ need, key: among.includes(null) ? null : key, module: run.module, turn, chain: [at, ...need.chain], open: among.includes(key) });
    }
    for (const effect of summary.effects) {
      if (effect.kind !== "invoke" || [...effect.frames.values()].some((frame) => frame.now === "open")) continue;
      const args = effect.args.map((arg) => substitute.value(arg));
      for (const called of functionsIn(substitute.value(effect.callee))) this.#walk(run, state, { ...application, fn: called.fn, receiver: EMPTY, args }, turn, seen);
    }
  }

  /** Adds them to the evidence of the allocations, when all functions are solved. */
  judge(program: Program, frames: Pick<FrameAnalysis, "solved" | "analysis">): void {
    if (this.needs.length === 0) return;
    const splits = new SplitBoundaries(program, frames);
    const sends = sendsEvents(program);
    for (const { need, key, module, turn, chain, open } of this.needs) {
      const { evidence } = frames.analysis;
      const known = evidence.get(need.id) ?? new Evidence(need);
      evidence.set(need.id, known);
      if (open) known.noteOther("open", chain);
      else if (key === null || !program.settings.wholeProgram || (turn === "event" && sends) || splits.isAdapted(module) || splits.isLeftOpen(module, key)) known.noteOther("unknown", chain);
      else known.noteClosed({ chain, ended: [] }, key);
    }
  }
}

const sendingCalls = callsOfMembers((name) => name !== null && SENDS_EVENTS.has(name));

/** Whether the program runs listeners itself, which may be inside a frame. */
function sendsEvents(program: Program): boolean {
  return program.modules.some((module) => module.role === "project" && sendingCalls(module).length > 0);
}
