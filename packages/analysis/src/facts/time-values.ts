/**
 * Values that are moments or spans of time, as against counts of things: what clocks give, what a frame loop passes to the functions it calls, and what is computed, kept and handed on of these.
 *
 * Theory: may; of a parameter what any call in sight passes, of a member what anybody gives it. A function that nobody in sight calls is called by an engine, which passes times, unless it is what a list's method
 * runs for each element. Known misses: times in containers.
 */
import { originOf } from "../dataflow/places.ts";
import { callEffect } from "../knowledge/calls.ts";
import { holdsTime, isClock, tellsTime } from "../knowledge/time-sources.ts";
import type { Program } from "../program.ts";
import { functionIndex, isOperation } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { constantNumber } from "./constant-value.ts";
import { givenTo } from "./given-values.ts";
import { callsOf, declaredParameter, passedAt, type Parameter, type Place } from "./handed-on.ts";

/** Values that one question goes through. */
const MAX_STEPS = 100;
const MAX_DEPTH = 4;
const ADDS: ReadonlySet<string> = new Set(["+", "-"]);

/** Whether a value is a time. Cost: the calls and assignments that it comes from, to a limit. */
export function isTime(program: Program, place: Place): boolean {
  return new TimeSearch(program).isTime(place);
}

/** Whether time is added somewhere to what a place is read from, a member or a variable, or taken off it. */
export function countsTime(program: Program, { module, function: fn, temp }: Place): boolean {
  const read = originOf(functionIndex(fn), temp);
  if (read?.op === "get" && read.key !== null) return givenTo(program, module, fn, read.object, read.key).some((value) => addsTime(program, value, (op) => op?.op === "get" && op.key === read.key));
  if (read?.op !== "load") return false;
  const { variable } = read;
  const stores = program.tracer.parts().index.of(module).stores.get(variable) ?? [];
  return stores.some(({ function: fn, temp }) => addsTime(program, { module, function: fn, temp }, (op) => op?.op === "load" && op.variable === variable));
}

/** Whether a value is one that `isRead` knows, and time added to it or taken off: `x + dt`, `Math.max(0, x - dt)`, either way of a choice. */
export function addsTime(program: Program, place: Place, isRead: (op: Op | undefined) => boolean, depth = 0): boolean {
  const index = functionIndex(place.function);
  const on = (temp: Temp): boolean => addsTime(program, { ...place, temp }, isRead, depth + 1);
  const ways = index.definitions(place.temp);
  if (depth > MAX_DEPTH) return false;
  if (ways !== null) return ways.some((way) => isOperation(way) && way.op === "copy" && on(way.src));
  const op = index.operation(place.temp);
  if (op?.op === "copy" || op?.op === "cast") return on(op.src);
  if (op?.op === "call") return op.args.some(({ temp }) => on(temp));
  if (op?.op !== "binary" || !ADDS.has(op.operator)) return false;
  const added = isRead(index.operation(op.left)) ? op.right : isRead(index.operation(op.right)) ? op.left : null;
  return added !== null && (isFraction(program, { ...place, temp: added }) || isTime(program, { ...place, temp: added }));
}

/** `timer += 1 / 60`: things are counted in whole numbers. */
function isFraction(program: Program, { module, function: fn, temp }: Place): boolean {
  const added = constantNumber(program, module, fn, temp);
  return added !== null && !Number.isInteger(added);
}

class TimeSearch {
  readonly #program: Program;
  readonly #seen = new Map<FunctionIR, Set<Temp>>();
  #steps = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  isTime({ module, function: fn, temp }: Place): boolean {
    if (!this.#isNew(fn, temp)) return false;
    const on = (next: Temp): boolean => this.isTime({ module, function: fn, temp: next });
    const index = functionIndex(fn);
    const ways = index.definitions(temp);
    if (ways !== null) return ways.some((way) => isOperation(way) && way.op === "copy" && on(way.src));
    const op = index.operation(temp);
    switch (op?.op) {
      case "copy": case "cast": return on(op.src);
      case "unary": return op.operator === "-" ? on(op.src) : op.operator === "+" && this.#isDate(module, fn, op.src);
      case "binary": return on(op.left) || on(op.right);
      case "call": return this.#isTold(module, fn, op);
      case "load": return this.#isOfVariable(module, op.variable);
      case "get": return op.key !== null && this.#isKept(module, fn, op.object, op.key);
      default: return false;
    }
  }

  #isNew(fn: FunctionIR, temp: Temp): boolean {
    const seen = this.#seen.get(fn) ?? new Set();
    this.#seen.set(fn, seen);
    if (seen.has(temp) || (this.#steps += 1) > MAX_STEPS) return false;
    seen.add(temp);
    return true;
  }

  #isDate(module: ModuleIR, fn: FunctionIR, temp: Temp): boolean {
    const type = this.#program.tracer.typeOf(module, fn, temp);
    return type.kind === "external" && type.package === "global" && type.path === "Date";
  }

  /** By a clock, by a function that gives a time, or computed of one: `Math.min(dt, 0.1)`. */
  #isTold(module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }): boolean {
    const { apis, functions } = this.#program.tracer.targets(module, fn, op.dst);
    if (apis.some(isClock)) return true;
    if (apis.some((api) => api.startsWith("global:Math."))) return op.args.some((arg) => this.isTime({ module, function: fn, temp: arg.temp }));
    if (functions.length === 0) return op.key !== null && tellsTime(op.key);
    return functions.some(({ module: other, function: callee }) => callee.blocks.some(({ terminal }) => terminal.kind === "return" && terminal.value !== null && this.isTime({ module: other, function: callee, temp: terminal.value })));
  }

  #isOfVariable(module: ModuleIR, variable: VariableId): boolean {
    // Also one that is assigned anew: `dt = Math.min(dt, 0.1)`.
    const parameter = declaredParameter(module, variable);
    if (parameter !== null && this.#isPassed(parameter)) return true;
    const stores = this.#program.tracer.parts().index.of(module).stores.get(variable) ?? [];
    return stores.some(({ function: fn, temp }) => this.isTime({ module, function: fn, temp }));
  }

  #isPassed(parameter: Parameter): boolean {
    const sites = callsOf(this.#program, parameter.taker);
    if (sites.length === 0) return !runsForElements(this.#program, parameter.module, parameter.taker);
    return sites.some((site) => {
      const passed = passedAt(parameter, site);
      return passed !== null && this.isTime(passed);
    });
  }

  #isKept(module: ModuleIR, fn: FunctionIR, object: Temp, key: string): boolean {
    const given = givenTo(this.#program, module, fn, object, key);
    return given.length === 0 ? holdsTime(key) : given.some((value) => this.isTime(value));
  }
}

/** `items.forEach((size) => ...)`: whether a function is called for each of the things in a list, and passed them. */
export function runsForElements(program: Program, module: ModuleIR, fn: FunctionIR): boolean {
  const site = program.tracer.parts().index.of(module).functionSites.get(fn.id);
  if (site === undefined) return false;
  return functionIndex(site.function).usesOf(site.temp).some((use) => use.kind === "argument" && program.tracer.targets(module, site.function, use.op.dst).apis.some((api) => callEffect(api)?.kind === "now"));
}
