/**
 * The fixed point of one function: a worklist over its basic blocks in reverse postorder, with one state for each typestate at a block's
 * entry. Then one pass over the settled states that collects events and the summary.
 *
 * Limits, never silent: past the typestates that `PathStates` keeps at a block, states are joined and less is known of them; past
 * `MAX_VISITS` the function's summary says that it did not settle, past `MAX_EXIT_CELLS` that it is cut (`limit-notes.ts` words both).
 */
import { EMPTY, isSymbolic, nameOf, type Origin, rootOf, sameValue, type Value } from "../dataflow/origin.ts";
import { nearestCells } from "../dataflow/nearest-cells.ts";
import { loopBlocks } from "../dataflow/loops.ts";
import { liveness } from "../dataflow/liveness.ts";
import { initialOf } from "../dataflow/cell.ts";
import { CLOSED_FRAME, ENTRY_FRAME } from "../dataflow/frame-state.ts";
import { PathStates } from "../dataflow/path-states.ts";
import { State } from "../dataflow/state.ts";
import { isExported } from "../source/exported-variables.ts";
import type { Block, BlockId, FunctionIR, Op } from "../source/ir.ts";
import type { Span } from "../source/span.ts";
import { refine } from "./conditions.ts";
import { holdsFrameValue } from "./escape-judgement.ts";
import { type Analysis, flatMap, FrameRun, frameSite, reach, read } from "./frame-run.ts";
import { conditions, use } from "./frame-protocol.ts";
import { forgetOwn, reportDeadReturns, reportLeaks } from "./owned-exit.ts";
import { giveAway, readAnew } from "./owned-values.ts";
import { type ExitCase, MAX_OUTCOMES, type Summary } from "./summary.ts";
import { stepStates } from "./step-states.ts";
import { elementsOf } from "./transfer.ts";

/** Visits of blocks, and more for each block that the function has. */
const MAX_VISITS = 4000;
const VISITS_A_BLOCK = 4;
/** Variables and fields that a caller is told of. */
const MAX_EXIT_CELLS = 120;

export interface Solved {
  readonly run: FrameRun;
  readonly summary: Summary;
  readonly exits: readonly Exit[];
  readonly states: ReadonlyMap<BlockId, PathStates>;
}

export interface Exit {
  readonly state: State;
  readonly value: Value;
  readonly at: Span;
  readonly thrown: boolean;
}

type States = Map<BlockId, PathStates>;

/** Solves a function with the summaries known so far; `report` is for the last round, when they are settled. */
export function solveFunction(analysis: Analysis, fn: FunctionIR, phase: "summarise" | "report"): Solved {
  const run = new FrameRun(analysis, fn, "solve");
  const states: States = new Map([[0, new PathStates(analysis.protocol?.entry(entryState(run)) ?? entryState(run))]]);
  const settled = iterate(run, states);
  const collector = new FrameRun(analysis, fn, phase);
  collector.cut = run.cut;
  const exits: Exit[] = [];
  for (const block of fn.blocks) {
    for (const state of states.get(block.id)?.values() ?? []) {
      if (phase === "report") analysis.protocol?.settled(collector, state);
      walkBlock(collector, block, state, () => undefined, (exit) => exits.push(exit));
    }
  }
  // A signature without a body: what it does is not known, but it comes back.
  if (fn.opaque) exits.push({ state: entryState(collector), value: run.table.unknownValue, at: fn.span, thrown: false });
  reportUnbalanced(collector, exits);
  reportLeaks(collector, exits);
  reportDeadReturns(collector, exits);
  return { run: collector, summary: summarise(collector, exits, settled), exits, states };
}

function entryState(run: FrameRun): State {
  const state = new State(run.fn.kind === "module" ? CLOSED_FRAME : ENTRY_FRAME);
  run.fn.params.forEach((param, index) => {
    state.writeVariable(run.table, run.module, param.variable, new Set([run.table.param(run.fn, index)]), run.store(param.span));
  });
  return state;
}

function iterate(run: FrameRun, states: States): boolean {
  const dirty = new Set<BlockId>([0]);
  for (let visits = 0; dirty.size > 0; visits++) {
    if (visits > MAX_VISITS + VISITS_A_BLOCK * run.fn.blocks.length) return false;
    const id = Math.min(...dirty);
    dirty.delete(id);
    const block = run.fn.blocks[id];
    if (block === undefined) continue;
    const flow = (to: BlockId, state: State): void => {
      const known = states.get(to) ?? new PathStates();
      states.set(to, known);
      if (known.add(run.table, pruned(run, to, state))) dirty.add(to);
    };
    for (const state of [...(states.get(id)?.values() ?? [])]) walkBlock(run, block, state, flow, () => undefined);
  }
  return true;
}

/** The state without what the block that it goes to can no longer read. */
function pruned(run: FrameRun, to: BlockId, state: State): State {
  const live = liveness(run.module, run.fn)[to];
  const next = state.clone();
  next.prune(
    (temp) => live?.temps.has(temp) === true,
    (cell) => {
      if (cell.base !== null || cell.module !== run.module) return true;
      const variable = run.module.variables[cell.variable];
      return variable === undefined || variable.owner !== run.fn.id || variable.captured || live?.variables.has(cell.variable) === true || isExported(run.module, cell.variable);
    },
  );
  for (const head of next.went) if (!loopBlocks(run.fn, head).has(to)) next.went.delete(head);
  return next;
}

/** Carries one state through a block; `flow` takes it to successors, `leave` takes the function's exits. */
function walkBlock(run: FrameRun, block: Block, entry: State, flow: (to: BlockId, state: State) => void, leave: (exit: Exit) => void): void {
  let states = [entry.clone()];
  let segment = 0;
  const raised = (state: State): State => unwound(run.analysis.protocol?.thrown(state) ?? state);
  if (block.handler !== null) flow(block.handler, raised(entry));
  for (const op of block.ops) {
    if (block.handler !== null && mayThrow(op)) for (const state of states) flow(block.handler, raised(state));
    run.segment = `${block.id}:${segment}`;
    states = stepStates(run, states, op);
    if (endsExpression(op)) segment++;
  }
  for (const state of states) walkTerminal(run, block, state, flow, leave);
}

/** Whether what comes after it is seldom part of the same expression. */
function endsExpression(op: Op): boolean {
  return op.op === "store" || op.op === "set" || op.op === "call" || op.op === "new" || op.op === "leave";
}

/** Past a call that may have thrown, nothing is said to be owed, nor kept that would have been let go of: only explicit exits are held to account. */
function unwound(state: State): State {
  const keeps = [...state.frames.values()].some(({ now }) => now === "open") || holdsFrameValue(state);
  if (!keeps && !state.owned.owesAny()) return state;
  const next = state.clone();
  next.owned.giveAll();
  if (keeps) next.skipWrites();
  return next;
}

/** Frame calls are taken not to throw: a protocol error is reported where it is made. */
function mayThrow(op: Op): boolean {
  return op.op === "call" || op.op === "new" || op.op === "await" || op.op === "super-call";
}

function walkTerminal(run: FrameRun, block: Block, state: State, flow: (to: BlockId, state: State) => void, leave: (exit: Exit) => void): void {
  const { terminal } = block;
  switch (terminal.kind) {
    case "goto":
      // A loop whose rounds nobody knows may not run at all, or take other ways in each.
      if (terminal.back && !run.analysis.rounds.isCounted(run.module, run.fn, terminal.to)) state.sizes.clear();
      if (terminal.back && run.analysis.rounds.leastRounds(run.module, run.fn, terminal.to) > 0) state.went.add(terminal.to);
      flow(terminal.to, state);
      return;
    case "branch": {
      const way = run.analysis.rounds.wayAt(run.module, run.fn, block, state.went);
      const taken = way === false ? null : refine(run, state, terminal, true, block.ops);
      const skipped = way === true ? null : refine(run, state, terminal, false, block.ops);
      if (taken !== null) flow(terminal.then, taken);
      if (skipped !== null) flow(terminal.else, skipped);
      return;
    }
    case "next": {
      const source = read(state, terminal.iterator);
      use(run, state, source, terminal.span);
      flow(terminal.done, state);
      const round = state.clone();
      const element = flatMap(run.table, source, (origin) => elementsOf(run, round, origin));
      readAnew(round, element);
      round.temps.set(terminal.value, element);
      flow(terminal.body, round);
      return;
    }
    case "return": {
      const value = terminal.value === null ? new Set([run.table.constant(undefined)]) : read(state, terminal.value);
      returnValue(run, state, value, terminal.span);
      leave({ state, value, at: terminal.span, thrown: false });
      return;
    }
    case "throw": giveAway(run, state, read(state, terminal.value)); leave({ state, value: EMPTY, at: terminal.span, thrown: true }); return;
    case "exit": return;
  }
}

/** A value handed back: over already, or resolved when the frame will be. */
function returnValue(run: FrameRun, state: State, value: Value, span: Span): void {
  const { fn } = run;
  const later = fn.async && !fn.generator;
  for (const origin of reach(run, state, value)) {
    const site = frameSite(origin);
    // Handed out of a callback's frame before: that was the fault.
    if (site === null || run.givenBack.has(site)) continue;
    const mark = state.mark(rootOf(origin));
    if (mark.ended.length > 0) run.emit({ kind: "escape", at: run.at(span), site, sink: later ? "promise" : "return", name: "return", inner: null, ended: mark.ended });
    else if (later) run.emit({ kind: "escape", at: run.at(span), site, sink: "promise", name: "promise", inner: null, ended: [] });
    else for (const crossed of mark.crossed) run.emit({ kind: "crossing", at: crossed, site, used: run.at(span), form: "await" });
  }
}

/** Exits that leave a frame open which this function begun, where it ends it on other ways. */
function reportUnbalanced(run: FrameRun, exits: readonly Exit[]): void {
  for (const { state } of exits) {
    for (const leave of state.leaves.values()) {
      const frame = state.frame(leave.key);
      if (leave.kind === "wait" || frame.now !== "open" || !run.endedKeys.has(leave.key)) continue;
      run.emit({ kind: "unbalanced", at: leave.at, exit: leave.kind, allocator: nameOf(leave.key), begun: frame.begun });
    }
  }
}

function summarise(run: FrameRun, exits: readonly Exit[], settled: boolean): Summary {
  const grouped = groupExits(run, exits);
  const needs = [...run.needs.values()].filter((need) => !run.contradicted.has(need.id));
  if (run.phase === "report") for (const need of run.contradicted.values()) run.evidence(need).noteClosed({ chain: need.chain, ended: [] }, need.key);
  const exitCases = grouped.map(({ state, value, at }) => exitCase(run, state, value, at));
  return {
    exits: exitCases, needs, begins: [...run.begins.values()], effects: [...run.effects.values()],
    touches: [...run.touches.values()], settled, cut: run.cut,
  };
}

interface ExitGroup {
  readonly state: State;
  value: Value;
  readonly at: Span[];
}

/** The ways out by a return, those of one typestate as one; where there are too many, what is owned does not tell them apart. */
function groupExits(run: FrameRun, exits: readonly Exit[], byOwner = true): ExitGroup[] {
  const grouped = new Map<string, ExitGroup>();
  for (const { state: left, value, at, thrown } of exits) {
    if (thrown) continue;
    const state = left.clone();
    forgetOwn(run, state, value);
    const key = byOwner ? `${state.frameTypestate()} | ${state.owned.key()}` : state.frameTypestate();
    const mine = grouped.get(key);
    if (mine === undefined) grouped.set(key, { state, value, at: [at] });
    else {
      mine.state.join(run.table, state);
      mine.value = new Set([...mine.value, ...value]);
      mine.at.push(at);
    }
  }
  return byOwner && grouped.size > MAX_OUTCOMES ? groupExits(run, exits, false) : [...grouped.values()];
}

function exitCase(run: FrameRun, state: State, value: Value, at: readonly Span[]): ExitCase {
  // What is handed back is the one temp that counts; what only the function's own variables held is gone.
  state.temps.clear();
  state.temps.set(0, value);
  state.prune(() => true, (cell) => survives(run, cell.base, cell.module === run.module ? cell.variable : -1, cell.module !== run.module));
  const things = run.analysis.protocol?.leaving(run, state, at);
  const cells = [...state.cells.values()];
  const written = cells.filter((cell) => cell.base?.kind === "site" || cell.isEmptied || !sameValue(cell.value, initialOf(run.table, cell)));
  // A module's own code has no caller.
  const changed = run.fn.kind === "module" ? written : nearestCells(written, [value], MAX_EXIT_CELLS);
  if (changed.length < written.length) run.cut = true;
  const frames = new Map([...state.frames].map(([key, frame]) => [key, { ...frame, endsCallers: state.mark(key).ended.length > 0 }]));
  const marks = new Map<Origin, ReturnType<State["mark"]>>();
  const note = (origin: Origin): void => {
    const root = rootOf(origin);
    if (root.kind === "site") marks.set(root, state.mark(root));
  };
  for (const origin of value) note(origin);
  for (const cell of changed) {
    for (const origin of cell.value) note(origin);
    if (cell.base !== null) note(cell.base);
  }
  return {
    frames, returns: value, returnedAt: at.map((span) => run.at(span)), cells: changed, marks,
    rollbacks: new Map([...state.rollbacks].filter(([checkpoint]) => isSymbolic(checkpoint))), sizes: new Map(state.sizes),
    facts: conditions(state), owned: new Map(state.owned.entries()), given: state.owned.given, ...(things === undefined ? {} : { things }),
  };
}

/** Whether a cell can be seen after the function is left. */
function survives(run: FrameRun, base: Origin | null, variable: number, foreign: boolean): boolean {
  if (base !== null) return true;
  if (foreign) return true;
  const declared = run.module.variables[variable];
  return declared !== undefined && (declared.owner !== run.fn.id || declared.captured || run.fn.kind === "module");
}

/** The states of a solved function after the first `count` operations of a block. */
export function statesAfter(analysis: Analysis, fn: FunctionIR, states: ReadonlyMap<BlockId, PathStates>, block: Block, count: number): State[] {
  const run = new FrameRun(analysis, fn, "solve");
  let current = [...(states.get(block.id)?.values() ?? [])].map((state) => state.clone());
  for (const op of block.ops.slice(0, count)) current = stepStates(run, current, op);
  return current;
}
