/**
 * Whether a hot call of something that was looked up by a key leads to this function: only when some hot call passes a key that the function was handed over under.
 *
 * Theory: may, but silent in doubt. Keys that hot callers pass are followed through at most four functions that pass their own parameter on (also `emit(...args)`), upwards. A function that is handed over under no key
 * that is known may be called by any. A key that nobody knows calls none that has one, unless each element of some list is passed in turn: `for (const name of order) run(name)`.
 * Listeners that were handed to the class of the caller under such a key are called even when the tracer lost them on the way.
 * The answer grows with the hot callers: who asked once and got no asks again.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, Temp } from "../source/ir.ts";
import type { CallEdge } from "./call-edges.ts";
import { type Heard, isHanded } from "./handed-callbacks.ts";
import { callOf, type KeyedCall, keyedCalls, type KeySource, parameterOf } from "./keyed-calls.ts";
import type { ListenerKeys } from "./listener-keys.ts";

/** A function that hands on what it was given, to another that does. */
const MAX_WRAPPERS = 4;
const ANY = "any";
const NO_EDGES: readonly CallEdge[] = [];
type Passed = ReadonlySet<string> | typeof ANY;
const NONE: ReadonlySet<string> = new Set();

export class HeardEvents {
  readonly #program: Program;
  readonly #keys: ListenerKeys;
  readonly #heard: (fn: FunctionIR) => Heard | undefined;
  /** Edges that the tracer does not know. */
  readonly #added = new Map<CallEdge, KeySource>();
  /** Since the last hot call that was found. */
  readonly #passed = new Map<KeySource, Passed>();

  constructor(program: Program, keys: ListenerKeys, heard: (fn: FunctionIR) => Heard | undefined) {
    this.#program = program;
    this.#keys = keys;
    this.#heard = heard;
  }

  /** Edges to listeners that the edges of the caller, which are given, do not hold: all that may be meant. */
  besides({ module, function: fn }: Heard, edges: readonly CallEdge[]): readonly CallEdge[] {
    const calls = keyedCalls(module, fn);
    if (calls.length === 0) return NO_EDGES;
    const isKnown = ({ op }: KeyedCall): boolean => edges.some((edge) => edge.span === op.calleeSpan) && edges.every((edge) => edge.span !== op.calleeSpan || this.#keys.of(edge.target) === undefined);
    return calls.filter((call) => !isKnown(call)).flatMap(({ op, block, source }) =>
      this.#keys.besides(source.function).flatMap(({ module: at, function: target }) => {
        if (edges.some((edge) => edge.span === op.calleeSpan && edge.target === target)) return [];
        const added: CallEdge = { block, span: op.calleeSpan, module: at, target, how: "call", argumentCount: null, args: null, result: null };
        this.#added.set(added, source);
        return [added];
      }),
    );
  }

  leadsTo(caller: Heard, edge: CallEdge): boolean {
    if (!isHanded(this.#program, caller, edge)) return false;
    const added = this.#added.get(edge);
    const source = added ?? keyedCalls(caller.module, caller.function).find(({ op }) => op.calleeSpan === edge.span)?.source;
    const keys = source === undefined ? undefined : this.#keys.of(edge.target);
    if (source === undefined || keys === undefined) return true;
    const passed = this.#knownPassed(source);
    return passed === ANY ? added === undefined : haveOneInCommon(passed, keys);
  }

  /** More hot calls are known from now on: what was asked is asked again. */
  forget(): void {
    this.#passed.clear();
  }

  #knownPassed(source: KeySource): Passed {
    let passed = this.#passed.get(source);
    if (passed === undefined) this.#passed.set(source, (passed = this.#passedTo(source, 0)));
    return passed;
  }

  #passedTo(source: KeySource, depth: number): Passed {
    const taker = this.#heard(source.function);
    if (taker === undefined || depth > MAX_WRAPPERS) return NONE;
    if (taker.isEntry) return ANY;
    const all = new Set<string>();
    for (const { caller, edge } of taker.callers) {
      const passed = this.#passedBy(caller, edge, source, depth);
      if (passed === ANY) return ANY;
      for (const key of passed) all.add(key);
    }
    return all;
  }

  #passedBy(caller: Heard, edge: CallEdge, { position, member }: KeySource, depth: number): Passed {
    const call = callOf(caller.function, edge);
    // Of what an API calls the arguments are its own.
    if (call === undefined || edge.how !== "call") return ANY;
    const shifted = call.key === "call" ? position + 1 : position;
    const spreadAt = call.args.findIndex((arg) => arg.spread);
    if (call.key === "apply" || (spreadAt >= 0 && spreadAt <= shifted)) return this.#passedOn(caller, position - Math.max(spreadAt, 0), depth);
    const arg = call.args[shifted];
    if (arg === undefined) return NONE;
    const known = this.#keys.passed(caller.module, caller.function, arg.temp, member);
    if (known !== null) return known;
    const outer = parameterOf(caller.module, caller.function, arg.temp);
    if (outer !== null && (outer.member === null || member === null)) return this.#passedTo({ ...outer, member: outer.member ?? member }, depth + 1);
    return member === null && isElement(caller.function, arg.temp) ? ANY : NONE;
  }

  /** `emit(...args)`, `emit.apply(this, arguments)`: as the caller was called itself. */
  #passedOn(caller: Heard, position: number, depth: number): Passed {
    const rest = caller.function.params.findIndex((param) => param.rest);
    return position < 0 ? NONE : this.#passedTo({ function: caller.function, position: position + Math.max(rest, 0), member: null }, depth + 1);
  }
}

function haveOneInCommon(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  for (const each of one) if (other.has(each)) return true;
  return false;
}

/** The element of a list, in a loop over it. */
function isElement(fn: FunctionIR, temp: Temp): boolean {
  const index = functionIndex(fn);
  let definition = index.definition(temp);
  for (let steps = 0; steps < MAX_WRAPPERS; steps++) {
    if (definition === undefined || !("op" in definition)) return definition !== undefined;
    if (definition.op === "copy" || definition.op === "cast") definition = index.definition(definition.src);
    else if (definition.op === "load") definition = index.definition(index.stores(definition.variable)[0]?.op.src ?? -1);
    else return definition.op === "get" && definition.index !== null;
  }
  return false;
}
