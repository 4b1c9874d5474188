/**
 * What a callee's symbols are in its caller: parameters, `this` and outer variables by the values that the caller has there, values that the
 * callee makes by the call they came through. Reads the state as it was before the call.
 */
import { EMPTY, type Origin, type Site, union, type Value } from "../dataflow/origin.ts";
import { sameLocation } from "../dataflow/locations.ts";
import type { State } from "../dataflow/state.ts";
import type { Application } from "./apply-summary.ts";
import { truth } from "./conditions.ts";
import { allocatorKey, CHOICE } from "./frame-protocol.ts";
import type { FrameRun } from "./frame-run.ts";
import { bindingOf } from "./runtime-call.ts";
import { restOf } from "./spread-rest.ts";
import { memberOf } from "./transfer.ts";

/** Calls by which a value of a callee is told apart; a longer way is cut. */
const MAX_VIA = 4;

/** Puts the caller's values to a callee's symbols. Reads the state as it was before the call, which nobody may change meanwhile. */
export class Substitution {
  readonly #run: FrameRun;
  readonly #before: State;
  readonly #application: Application;
  readonly #known = new Map<Origin, Value>();

  constructor(run: FrameRun, before: State, application: Application) {
    this.#run = run;
    this.#before = before;
    this.#application = application;
  }

  value(value: Value): Value {
    let all: Value = EMPTY;
    for (const origin of value) all = union(this.#run.table, all, this.origin(origin));
    return all;
  }

  origin(origin: Origin): Value {
    const known = this.#known.get(origin);
    if (known !== undefined) return known;
    this.#known.set(origin, EMPTY);
    const value = this.#replace(origin);
    this.#known.set(origin, value);
    return value;
  }

  /** What an allocator of the callee is in the caller; null when unknown. */
  key(origin: Origin): Origin | null {
    return allocatorKey(this.#run, this.origin(origin));
  }

  /** Sets what a call inside the callee gave. */
  resolve(origin: Origin, value: Value): void {
    this.#known.set(origin, value);
  }

  /** Whether the caller's values allow what the callee asked of them. */
  allows(facts: ReadonlyMap<Origin, boolean>): boolean {
    for (const [origin, expected] of facts) {
      const verdicts = [...this.origin(origin)].map((own) => truth(this.#before, own));
      if (verdicts.length > 0 && verdicts.every((verdict) => verdict === !expected)) return false;
    }
    return true;
  }

  #replace(origin: Origin): Value {
    const { table } = this.#run;
    const { fn, args, receiver } = this.#application;
    switch (origin.kind) {
      case "param":
        if (origin.fn !== fn) return new Set([origin]);
        return fn.params[origin.index]?.rest === true ? this.#restArguments(origin.index) : args[origin.index] ?? new Set([table.constant(undefined)]);
      case "this":
        return origin.fn === fn ? (receiver.size > 0 ? receiver : table.unknownValue) : new Set([origin]);
      case "variable":
        return this.#before.readVariable(table, origin.module, origin.variable);
      case "field": {
        let all: Value = EMPTY;
        for (const base of this.origin(origin.base)) all = union(table, all, this.#field(base, origin.name));
        return all;
      }
      case "expr": {
        if (origin.operator === CHOICE) return this.value(new Set(origin.operands));
        const operands: Origin[] = [];
        for (const operand of origin.operands) {
          const [only, ...others] = this.origin(operand);
          if (only === undefined || others.length > 0) return table.scalarValue;
          operands.push(only);
        }
        return new Set([table.expression(origin.operator, operands)]);
      }
      case "site": return new Set([this.#site(origin)]);
      case "global": case "class": case "function": case "const": case "scalar": case "unknown": return new Set([origin]);
    }
  }

  #field(base: Origin, name: string): Value {
    return restOf(this.#run, this.#before, base, name) ?? memberOf(this.#run, this.#before, base, name);
  }

  #restArguments(from: number): Value {
    let all: Value = EMPTY;
    for (const arg of this.#application.args.slice(from)) all = union(this.#run.table, all, arg);
    return all;
  }

  /** A value of the callee's, told apart by the call. */
  #site(origin: Origin & { kind: "site" }): Origin {
    const { site } = origin;
    const { at } = this.#application;
    const again = site.via.some((call) => sameLocation(call, at)) || site.via.length >= MAX_VIA;
    const allocator = site.allocator === null ? null : this.key(site.allocator) ?? this.#run.table.unknown;
    const binding = site.binding ?? (this.#application.dst === null ? null : bindingOf(this.#run, this.#application.dst));
    const moved: Site = { ...site, via: again ? site.via : [at, ...site.via], allocator, binding };
    return this.#run.table.site(moved, origin.old);
  }
}
