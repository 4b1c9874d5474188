/**
 * What a condition says of a state: which way it can go, and what is known on each way. Facts are kept for things that one name stands
 * for (a parameter, a field, a call's result, a pure expression of such); a choice between several is filtered instead.
 */
import { ELEMENT, type Origin, single, type Value } from "../dataflow/origin.ts";
import type { State } from "../dataflow/state.ts";
import type { Op, Temp, Terminal } from "../source/ir.ts";
import { emptyOn } from "./empty-tests.ts";
import { type FrameRun, read } from "./frame-run.ts";

type Branch = Terminal & { readonly kind: "branch" };

/** The state on one way of a branch; null when the condition cannot go that way. */
export function refine(run: FrameRun, state: State, branch: Branch, taken: boolean, ops: readonly Op[]): State | null {
  const next = refineTest(run, state, branch, taken, ops);
  const emptied = next === null ? null : emptyOn(branch, taken, ops);
  if (emptied !== null) next?.clearField(read(state, emptied), ELEMENT, true);
  return next;
}

function refineTest(run: FrameRun, state: State, branch: Branch, taken: boolean, ops: readonly Op[]): State | null {
  const value = read(state, branch.test);
  if (value.size === 0) return state.clone();
  const left = new Set<Origin>();
  for (const origin of value) if (verdict(run, state, origin, branch.on) !== !taken) left.add(origin);
  if (left.size === 0) return null;
  const next = state.clone();
  // One of several that alone can go this way is the one: `box?.isAlive` is no `undefined` where it is true.
  const only = single(left);
  if (only !== null) {
    if (branch.on === "truthy") learn(next, only, taken);
    else learn(next, nullish(run, only, branch.on), taken);
    if (branch.on === "nullish" && taken) next.facts.set(only, false);
  } else if (branch.on === "truthy") for (const each of left) learnAlive(next, each, taken);
  if (left.size < value.size) narrow(run, next, branch.test, left, ops);
  return next;
}

/** Whether an origin answers the question, `undefined` when it may go either way. */
function verdict(run: FrameRun, state: State, origin: Origin, on: Branch["on"]): boolean | undefined {
  if (on === "truthy") return truth(state, origin);
  const known = state.facts.get(nullish(run, origin, on));
  if (known !== undefined) return known;
  if (state.facts.get(origin) === true) return false;
  if (origin.kind === "const") return on === "undefined" ? origin.value === undefined : origin.value === undefined || origin.value === null;
  return isThing(origin) ? false : undefined;
}

/** The question whether a value is null or undefined, as something to know. */
function nullish(run: FrameRun, origin: Origin, on: "nullish" | "undefined"): Origin {
  return run.table.expression(`is ${on}`, [origin]);
}

/** Operator of the question whether something is still alive. */
export const ALIVE = "is alive";

export function truth(state: State, origin: Origin): boolean | undefined {
  if (origin.kind === "expr" && origin.operator === ALIVE) {
    const [asked] = origin.operands;
    const alive = asked === undefined ? undefined : state.owned.isAlive(asked);
    if (alive !== undefined) return alive;
  }
  const known = state.facts.get(origin);
  if (known !== undefined) return known;
  if (origin.kind === "const") return Boolean(origin.value);
  if (isThing(origin)) return true;
  if (origin.kind !== "expr") return undefined;
  const [first, second] = origin.operands;
  if (first === undefined) return undefined;
  if (origin.operator === "!") {
    const inner = truth(state, first);
    return inner === undefined ? undefined : !inner;
  }
  if (second === undefined || (origin.operator !== "===" && origin.operator !== "==")) return undefined;
  return equal(state, first, second);
}

function equal(state: State, a: Origin, b: Origin): boolean | undefined {
  if (a.kind === "const" && b.kind === "const") return a.value === b.value;
  const [thing, other] = a.kind === "const" ? [b, a] : [a, b];
  if (other.kind !== "const") return undefined;
  if (isThing(thing) && (other.value === null || other.value === undefined || typeof other.value === "boolean")) return false;
  if (typeof other.value === "boolean") {
    const known = state.facts.get(thing);
    return known === undefined ? undefined : known === other.value;
  }
  return undefined;
}

/** An object for sure. */
function isThing(origin: Origin): boolean {
  return origin.kind === "function" || origin.kind === "class" || (origin.kind === "site" && origin.site.kind !== "result");
}

/** Conditions that are remembered on one path. */
const MAX_FACTS = 100;

/** Records the truth of a condition, and of what it is made of. */
export function learn(state: State, origin: Origin, truth: boolean): void {
  if (origin.kind === "const" || origin.kind === "scalar" || origin.kind === "unknown") return;
  state.facts.set(origin, truth);
  // The oldest is forgotten: a switch of a thousand cases says a thousand things of one value.
  if (state.facts.size > MAX_FACTS) for (const oldest of state.facts.keys()) { state.facts.delete(oldest); break; }
  learnAlive(state, origin, truth);
  if (origin.kind !== "expr") return;
  const [first, second] = origin.operands;
  if (first === undefined) return;
  if (origin.operator === "!") learn(state, first, !truth);
  else if (origin.operator === "===" && second?.kind === "const" && typeof second.value === "boolean") learn(state, first, truth === second.value);
}

/** A frame value that answers to be alive is of the frame that is open, on whatever path it came here. */
function learnAlive(state: State, origin: Origin, truth: boolean): void {
  if (origin.kind !== "expr") return;
  const [asked] = origin.operands;
  if (asked === undefined) return;
  if (origin.operator === "!") learnAlive(state, asked, !truth);
  else if (origin.operator === ALIVE && truth && state.mark(asked).ended.length > 0) state.marks.set(asked, { ...state.mark(asked), ended: [] });
}

/** The test was a choice of several things and only some are left: so for the variable it was read from. */
function narrow(run: FrameRun, state: State, test: Temp, left: Value, ops: readonly Op[]): void {
  state.temps.set(test, left);
  for (let index = ops.length - 1; index >= 0; index--) {
    const op = ops[index];
    if (op === undefined || !("dst" in op) || op.dst !== test) continue;
    if (op.op === "load") {
      const target = run.analysis.names.canonical(run.module, op.variable);
      const before = state.readVariable(run.table, target.module, target.variable);
      if (before.size > left.size) state.writeVariable(run.table, target.module, target.variable, left, run.store(op.span));
    }
    return;
  }
}

/** \`!value\`; of a choice of answers the choice of their opposites. */
export function negation(run: FrameRun, value: Value): Value {
  if (value.size < 2 || ![...value].every((origin) => origin.kind === "const" || (origin.kind === "expr" && origin.operator === ALIVE))) return expression(run, "!", [value]);
  return new Set([...value].map((origin) => (origin.kind === "const" ? run.table.constant(!origin.value) : run.table.expression("!", [origin]))));
}

/** The value of a pure operator over operands that are each one thing; else a scalar without a name. */
export function expression(run: FrameRun, operator: string, operands: readonly Value[]): Value {
  const origins: Origin[] = [];
  for (const operand of operands) {
    const only = single(operand);
    if (only === null || only.kind === "scalar" || only.kind === "unknown" || (only.kind === "expr" && only.key.length > 60)) return run.table.scalarValue;
    origins.push(only);
  }
  const negated = operator === "!==" ? "===" : operator === "!=" ? "==" : null;
  if (negated !== null) return new Set([run.table.expression("!", [run.table.expression(negated, origins)])]);
  return new Set([run.table.expression(operator, origins)]);
}
