/**
 * Between which numbers a value lies, where the program's text says so: constants, also of other modules and of settings, arithmetic, `Math.random()`, what a variable or a field of a class is ever given, and what
 * the calls in sight pass for a parameter.
 *
 * Theory: an interval that holds all values, or null for "not known". Known misses: what is changed by `++` and `+=`; methods that give a number.
 */
import type { Program } from "../program.ts";
import { functionIndex, isOperation } from "../source/function-index.ts";
import type { ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { ApiKey } from "../source/traced-type.ts";
import { constantNumber } from "./constant-value.ts";
import { declaredVariable } from "./declared-variable.ts";
import { givenToClass } from "./given-values.ts";
import { callsOf, parameterOfVariable, passedAt, type Place } from "./handed-on.ts";

export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

const COMPUTES: ReadonlySet<string> = new Set(["+", "-", "*", "/"]);
/** Values that one question goes through, and places that give a variable or a member its values: of more there are too many to say. */
const MAX_STEPS = 100;
const MAX_SOURCES = 24;

/** Null where the text does not say. Cost: the places that give what is read a value, to a limit. */
export function rangeOf(program: Program, place: Place): NumberRange | null {
  return new RangeSearch(program).of(place);
}

class RangeSearch {
  readonly #program: Program;
  #steps = 0;

  constructor(program: Program) {
    this.#program = program;
  }

  of({ module, function: fn, temp }: Place): NumberRange | null {
    if ((this.#steps += 1) > MAX_STEPS) return null;
    const at = (next: Temp): NumberRange | null => this.of({ module, function: fn, temp: next });
    const index = functionIndex(fn);
    const ways = index.definitions(temp);
    if (ways !== null) return joined(ways, (way) => (isOperation(way) && way.op === "copy" ? at(way.src) : null));
    const op = index.operation(temp);
    switch (op?.op) {
      case "const": return typeof op.value === "number" ? exactly(op.value) : null;
      case "copy": case "cast": return at(op.src);
      case "unary": return op.operator === "-" ? negative(at(op.src)) : null;
      case "binary": return ofBinary(op.operator, op.left, op.right, at);
      case "call": return ofCall(this.#program.tracer.targets(module, fn, op.dst).apis, op, at);
      case "load": return this.#ofVariable(module, op.variable);
      case "get": return op.key === null ? null : this.#ofMember({ module, function: fn, temp }, op.object, op.key);
      default: return null;
    }
  }

  #ofVariable(module: ModuleIR, variable: VariableId): NumberRange | null {
    const parameter = parameterOfVariable(module, variable);
    if (parameter !== null) {
      return joined(callsOf(this.#program, parameter.taker), (site) => {
        const passed = passedAt(parameter, site);
        return passed === null ? null : this.of(passed);
      });
    }
    const named = declaredVariable(this.#program, module, variable);
    const stores = this.#program.tracer.parts().index.of(named.module).stores.get(named.variable) ?? [];
    return joined(stores, ({ function: fn, temp }) => this.of({ module: named.module, function: fn, temp }));
  }

  #ofMember(place: Place, object: Temp, key: string): NumberRange | null {
    const type = this.#program.tracer.typeOf(place.module, place.function, object);
    if (type.kind === "literal") {
      const constant = constantNumber(this.#program, place.module, place.function, place.temp);
      return constant === null ? null : exactly(constant);
    }
    if (type.kind !== "instance" && type.kind !== "class") return null;
    return joined(givenToClass(this.#program, type, key), (value) => this.of(value));
  }
}

function exactly(value: number): NumberRange {
  return { least: value, most: value };
}

function negative(range: NumberRange | null): NumberRange | null {
  return range === null ? null : { least: -range.most, most: -range.least };
}

/** What holds all of them; null where there is none, or one is not known. */
function joined<T>(sources: readonly T[], rangeAt: (source: T) => NumberRange | null): NumberRange | null {
  if (sources.length > MAX_SOURCES) return null;
  let all: NumberRange | null = null;
  for (const source of sources) {
    const range = rangeAt(source);
    if (range === null) return null;
    all = all === null ? range : { least: Math.min(all.least, range.least), most: Math.max(all.most, range.most) };
  }
  return all;
}

function ofBinary(operator: string, one: Temp, other: Temp, at: (temp: Temp) => NumberRange | null): NumberRange | null {
  const left = COMPUTES.has(operator) ? at(one) : null;
  const right = left === null ? null : at(other);
  if (left === null || right === null) return null;
  const of = (compute: (a: number, b: number) => number): NumberRange => {
    const corners = [compute(left.least, right.least), compute(left.least, right.most), compute(left.most, right.least), compute(left.most, right.most)];
    return { least: Math.min(...corners), most: Math.max(...corners) };
  };
  if (operator === "+") return of((a, b) => a + b);
  if (operator === "-") return of((a, b) => a - b);
  if (operator === "*") return of((a, b) => a * b);
  return right.least <= 0 && right.most >= 0 ? null : of((a, b) => a / b);
}

function ofCall([api, ...others]: readonly ApiKey[], op: Op & { readonly op: "call" }, at: (temp: Temp) => NumberRange | null): NumberRange | null {
  if (api === undefined || others.length > 0 || !api.startsWith("global:Math.")) return null;
  if (api === "global:Math.random") return { least: 0, most: 1 };
  const given = op.args.map((arg) => (arg.spread ? null : at(arg.temp)));
  const [first] = given;
  if (first === undefined || first === null) return null;
  const each = (compute: (value: number) => number): NumberRange => ({ least: compute(first.least), most: compute(first.most) });
  switch (api) {
    case "global:Math.floor": return each(Math.floor);
    case "global:Math.ceil": return each(Math.ceil);
    case "global:Math.round": return each(Math.round);
    case "global:Math.max": return ofAll(given, Math.max);
    case "global:Math.min": return ofAll(given, Math.min);
    default: return null;
  }
}

function ofAll(given: readonly (NumberRange | null)[], choose: (...values: number[]) => number): NumberRange | null {
  const known = given.filter((range) => range !== null);
  return known.length < given.length ? null : { least: choose(...known.map(({ least }) => least)), most: choose(...known.map(({ most }) => most)) };
}
