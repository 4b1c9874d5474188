/**
 * The bytes that one frame takes at least: what is allocated in it with a size that the text tells, against the arena of its allocator.
 *
 * Theory: forward, on the states of the frame analysis. Element: the sized allocations of each open frame; join takes the larger sum, so the two
 * branches of a condition are not added up. A count or a type that is a parameter is a factor that each caller puts in. A loop's body counts once, or as often as the loop is known to run. A rollback or the end of a scope gives
 * back what nobody follows: then nothing more is said of that frame. A frame that a function begins on an allocator that it is given is judged by
 * callers that know which one that is.
 * Misses: allocators that a parameter or context hands in, where the function that knows them does not call this one; of a frame begun on a given allocator, what
 * counts or types of parameters take; what comes after the first `MAX_PARTS` allocations of a frame.
 */
import { isSymbolic, nameOf, type Origin } from "../dataflow/origin.ts";
import { type FrameBytes, knownBytes, type SizeFactor } from "../dataflow/frame-bytes.ts";
import type { State } from "../dataflow/state.ts";
import { takenBy } from "../knowledge/runtime-sizes.ts";
import type { ApiKey } from "../source/traced-type.ts";
import type { Location } from "../source/span.ts";
import type { Application } from "./apply-summary.ts";
import { arenaOf } from "./arena-sizes.ts";
import type { Written } from "./constant-sizes.ts";
import { budgetOf } from "./frame-budgets.ts";
import type { FrameRun } from "./frame-run.ts";
import { standing } from "./frame-protocol.ts";
import type { ExitCase, SymbolicEffect } from "./summary.ts";
import type { Substitution } from "./substitution.ts";
import type { Call } from "./transfer-call.ts";

/** Calls through which an allocation is told apart. */
const MAX_CALLS = 6;

/** Allocations of the open frames that are added up; of more only the first ones. */
const MAX_PARTS = 48;

/** An allocation of this function. */
export function noteSize(run: FrameRun, state: State, call: Call, key: Origin, api: ApiKey): void {
  const taken = takenBy(api);
  if (taken === undefined) return;
  const factors: SizeFactor[] = [];
  const factor = (index: number, is: SizeFactor["is"]): number | null => {
    const arg = call.argOps[index];
    if (arg === undefined || arg.spread) return null;
    return measure(run, { module: run.module, fn: run.fn, temp: arg.temp }, is, factors);
  };
  const size = taken.type === null ? 1 : factor(taken.type, "type");
  const count = typeof taken.count === "number" ? taken.count : factor(taken.count.argument, "count");
  if (size === null || count === null || !(size * count > 0)) return;
  const at = run.at(call.op.span);
  add(run, state, `${at.file}:${at.span.start}`, { key, bytes: size * count, factors, at }, at);
}

/** A factor of a size: its number, or 1 when callers know it, who are asked by `factors` then; null when nobody does. */
function measure(run: FrameRun, at: Written, is: SizeFactor["is"], factors: SizeFactor[]): number | null {
  const { sizes } = run.analysis;
  const known = is === "type" ? sizes.typeSize(at) : sizes.number(at);
  if (known !== null) return known;
  const parameter = sizes.parameter(at);
  if (parameter === null) return null;
  factors.push({ parameter, is });
  return 1;
}

/** What a callee took of the frame that was open when it was called. */
export function applySizes(run: FrameRun, state: State, application: Application, exit: ExitCase, substitute: Substitution): void {
  const { at } = application;
  const call = `${at.file}:${at.span.start}`;
  for (const [id, each] of exit.sizes) {
    const key = substitute.key(each.key);
    const calls = id.split(">");
    // Recursion is as deep as nobody knows: once.
    if (key === null || calls.length > MAX_CALLS || calls.includes(call)) continue;
    const sized = sizeHere(run, application, each);
    if (sized !== null) add(run, state, `${call}>${id}`, { ...sized, key }, at, exceedsAlone(run, exit, each.key), exceedsBudgetAlone(run, exit, each.key));
  }
}

/** With the factors that this call tells; null when one of them is not known here. */
function sizeHere(run: FrameRun, application: Application, taken: FrameBytes): FrameBytes | null {
  let { bytes } = taken;
  const factors: SizeFactor[] = [];
  for (const { parameter, is } of taken.factors) {
    const temp = application.argTemps?.[parameter];
    const number = temp === undefined || temp === null ? null : measure(run, { module: run.module, fn: run.fn, temp }, is, factors);
    if (number === null || !(number > 0)) return null;
    bytes *= number;
  }
  return { ...taken, bytes, factors };
}

/** The callee says so itself. */
function exceedsAlone(run: FrameRun, exit: ExitCase, key: Origin): boolean {
  const arena = arenaOf(run.analysis, key);
  return arena !== null && total(exit.sizes.values(), key) > arena.bytes;
}

function exceedsBudgetAlone(run: FrameRun, exit: ExitCase, key: Origin): boolean {
  const budget = budgetOf(run.analysis, key);
  return budget !== null && total(exit.sizes.values(), key) > budget.bytes;
}

function add(run: FrameRun, state: State, id: string, taken: FrameBytes, at: Location, isSaid = false, isBudgetSaid = false): void {
  const { key } = taken;
  if (state.sizes.size >= MAX_PARTS) return;
  // In a later round of a loop it is there already, behind what came before it.
  const earlier = [...state.sizes].slice(0, indexOf(state.sizes, id)).map(([, each]) => each);
  const before = total(earlier, key);
  const bytes = taken.bytes * run.analysis.rounds.of(run.module, run.fn, at, state.frame(key).begun);
  state.sizes.set(id, { ...taken, bytes });
  if (run.phase === "solve" || taken.factors.length > 0) return;
  const parts = (): { at: Location; bytes: number }[] => [...earlier, { ...taken, bytes }].filter((each) => each.key === key && each.factors.length === 0).map((each) => ({ at: each.at, bytes: each.bytes }));
  if (isSymbolic(key) && standing(state.frame(key)) === "open") leaveFill(run, { kind: "fill", key, bytes: before + bytes, at, parts: parts() });
  if (run.phase !== "report") return;
  const passes = (limit: number): boolean => before <= limit && before + bytes > limit;
  const arena = isSaid ? null : arenaOf(run.analysis, key);
  if (arena !== null && passes(arena.bytes)) {
    run.emit({ kind: "exhausted", at, allocator: nameOf(key), bytes: before + bytes, capacity: arena.bytes, made: arena.at, parts: parts() });
    return;
  }
  const budget = isSaid || isBudgetSaid ? null : budgetOf(run.analysis, key);
  if (budget !== null && passes(budget.bytes)) run.emit({ kind: "over-budget", at, allocator: nameOf(key), bytes: before + bytes, budget: budget.bytes, set: budget.at, parts: parts() });
}

type Fill = SymbolicEffect & { readonly kind: "fill" };

/** For callers to judge, unless it is known here. Of several the largest. */
function leaveFill(run: FrameRun, fill: Fill): void {
  if (!(fill.bytes > 0) || arenaOf(run.analysis, fill.key) !== null) return;
  const id = `fill:${fill.key.id}`;
  const known = run.effects.get(id);
  if (known?.kind !== "fill" || fill.bytes > known.bytes) run.effect(id, fill);
}

/** What a callee put into a frame of its own on an allocator of this function's. */
export function judgeFill(run: FrameRun, fill: Fill, substitute: Substitution): void {
  const key = substitute.key(fill.key);
  if (key === null) return;
  const arena = arenaOf(run.analysis, key);
  const budget = budgetOf(run.analysis, key);
  const { at, bytes, parts } = fill;
  if (arena !== null && bytes > arena.bytes) run.emit({ kind: "exhausted", at, allocator: nameOf(key), bytes, capacity: arena.bytes, made: arena.at, parts });
  else if (budget !== null && bytes > budget.bytes) run.emit({ kind: "over-budget", at, allocator: nameOf(key), bytes, budget: budget.bytes, set: budget.at, parts });
  else if (isSymbolic(key)) leaveFill(run, { ...fill, key });
}

function indexOf(sizes: ReadonlyMap<string, FrameBytes>, id: string): number {
  const index = [...sizes.keys()].indexOf(id);
  return index === -1 ? sizes.size : index;
}

function total(sizes: Iterable<FrameBytes>, key: Origin): number {
  let bytes = 0;
  for (const each of sizes) if (each.key === key) bytes += knownBytes(each);
  return bytes;
}

/** Some of it is given back before the frame's end. */
export function forgetSizes(state: State, key: Origin | null): void {
  if (key !== null) state.sizes.set(`given back:${key.id}`, { key, bytes: -Infinity, factors: [], at: { file: "", span: { start: 0, end: 0 } } });
}
