/**
 * Whether a function that was handed to `requestAnimationFrame`, or to a timer, has itself called again: it, or what it calls, reaches the function that handed it over.
 *
 * Theory: may, over the edges of calls. A wrapper that calls what it was given (`function later(step) { setTimeout(() => step(), 16); }`) is reached again by any two of its callers; one of them goes on only when it
 * comes back to itself: `later(() => later(done))` is over after two turns. Known misses: more than `MAX_CHAIN` functions.
 */
import type { Program } from "../program.ts";
import type { FunctionIR } from "../source/ir.ts";
import type { CallEdge, CallEdges } from "./call-edges.ts";
import { functionsOf, type FunctionValue } from "./function-values.ts";
import { parameterAt, passedAt, type Parameter } from "./handed-on.ts";
import { callOf } from "./keyed-calls.ts";

/** Functions that are looked at to see whether a chain goes on. */
const MAX_CHAIN = 400;

/** Cost: the functions that it reaches, to a limit. */
export function asksAgain(program: Program, edges: CallEdges, value: FunctionValue, asks: FunctionIR): boolean {
  const given = new Map<Parameter["position"], { readonly parameter: Parameter; readonly targets: FunctionValue[] }>();
  const plain: FunctionValue[] = [];
  if (value.function === asks) return true;
  for (const edge of edges.of(value.module, value.function)) {
    const target = { module: edge.module, function: edge.target };
    const parameter = calledParameter(value, edge);
    if (parameter?.taker !== asks) plain.push(target);
    else if (given.has(parameter.position)) given.get(parameter.position)?.targets.push(target);
    else given.set(parameter.position, { parameter, targets: [target] });
  }
  if (plain.some((each) => each.function === asks) || reachedFrom(edges, plain, asks).length > 0) return true;
  return [...given.values()].some(({ parameter, targets }) => targets.some((target) => comesBack(program, edges, parameter, target)));
}

/** The parameter that a call calls, of the function or of one around it; null for any other call. */
function calledParameter({ module, function: fn }: FunctionValue, edge: CallEdge): Parameter | null {
  const call = callOf(fn, edge);
  return call === undefined ? null : parameterAt(module, fn, call.callee);
}

interface Reaching extends FunctionValue {
  readonly edge: CallEdge;
}

/** The calls of a function that are reached from others. */
function reachedFrom(edges: CallEdges, from: readonly FunctionValue[], wanted: FunctionIR): readonly Reaching[] {
  const seen = new Set(from.map((each) => each.function));
  const work = [...from];
  const found: Reaching[] = [];
  for (let at = work.pop(); at !== undefined && seen.size < MAX_CHAIN; at = work.pop()) {
    for (const edge of edges.of(at.module, at.function)) {
      if (edge.target === wanted) found.push({ ...at, edge });
      if (seen.has(edge.target)) continue;
      seen.add(edge.target);
      work.push({ module: edge.module, function: edge.target });
    }
  }
  return found;
}

/** Whether what is passed for the parameter leads to a call that passes it again, through others that are passed on the way. */
function comesBack(program: Program, edges: CallEdges, parameter: Parameter, first: FunctionValue): boolean {
  const seen = new Set<FunctionIR>();
  const work: FunctionValue[] = [first];
  for (let at = work.pop(); at !== undefined; at = work.pop()) {
    for (const reaching of reachedFrom(edges, [at], parameter.taker)) {
      const passed = passedIn(program, parameter, reaching);
      // Nobody can say what goes on there.
      if (passed === null || passed.some((each) => each.function === first.function)) return true;
      for (const each of passed) {
        if (seen.has(each.function)) continue;
        seen.add(each.function);
        work.push(each);
      }
    }
  }
  return false;
}

function passedIn(program: Program, parameter: Parameter, { module, function: fn, edge }: Reaching): readonly FunctionValue[] | null {
  const op = callOf(fn, edge);
  const place = op === undefined ? null : passedAt(parameter, { module, function: fn, op });
  const values = place === null ? [] : functionsOf(program, place.module, place.function, place.temp);
  return values.length === 0 ? null : values;
}
