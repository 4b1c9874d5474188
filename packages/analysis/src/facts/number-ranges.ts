/**
 * Between which numbers a value lies, where the program's text says so: constants, also of other modules and of settings, arithmetic, `Math.random()`, what a variable or a field of a class is ever given, and what
 * the calls in sight pass for a parameter.
 *
 * Theory: an interval that holds all values, or null for "not known". Known misses: what is changed by `++` and `+=`; methods that give a number.
 */
import type { Program } from "../program.ts";
import { functionIndex, isOperation } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { constantNumber } from "./constant-value.ts";
import { declaredVariable } from "./declared-variable.ts";
import { givenToClass } from "./given-values.ts";
import { callsOf, parameterOfVariable, passedAt, type Place } from "./handed-on.ts";

export interface NumberRange {
  readonly least: number;
  readonly most: number;
}

const MAX_DEPTH = 8;
/** Places that give a variable or a member its values: of more there are too many to say. */
const MAX_SOURCES = 24;

/** Null where the text does not say. Cost: the places that give what is read a value. */
export function rangeOf(program: Program, { module, function: fn, temp }: Place, depth = 0): NumberRange | null {
  if (depth > MAX_DEPTH) return null;
  const at = (next: Temp): NumberRange | null => rangeOf(program, { module, function: fn, temp: next }, depth + 1);
  const index = functionIndex(fn);
  const ways = index.definitions(temp);
  if (ways !== null) return joined(ways.map((way) => (isOperation(way) && way.op === "copy" ? at(way.src) : null)));
  const op = index.operation(temp);
  switch (op?.op) {
    case "const": return typeof op.value === "number" ? exactly(op.value) : null;
    case "copy": case "cast": return at(op.src);
    case "unary": return op.operator === "-" ? negative(at(op.src)) : null;
    case "binary": return arithmetic(op.operator, at(op.left), at(op.right));
    case "call": return ofCall(program, module, fn, op, at);
    case "load": return ofVariable(program, module, op.variable, depth);
    case "get": return op.key === null ? null : ofMember(program, { module, function: fn, temp }, op.object, op.key, depth);
    default: return null;
  }
}

function exactly(value: number): NumberRange {
  return { least: value, most: value };
}

function negative(range: NumberRange | null): NumberRange | null {
  return range === null ? null : { least: -range.most, most: -range.least };
}

/** All of them; null where there is none, or one is not known. */
function joined(ranges: readonly (NumberRange | null)[]): NumberRange | null {
  if (ranges.length === 0 || ranges.length > MAX_SOURCES) return null;
  let all: NumberRange | null = null;
  for (const range of ranges) {
    if (range === null) return null;
    all = all === null ? range : { least: Math.min(all.least, range.least), most: Math.max(all.most, range.most) };
  }
  return all;
}

function arithmetic(operator: string, left: NumberRange | null, right: NumberRange | null): NumberRange | null {
  if (left === null || right === null) return null;
  const of = (compute: (a: number, b: number) => number): NumberRange => {
    const corners = [compute(left.least, right.least), compute(left.least, right.most), compute(left.most, right.least), compute(left.most, right.most)];
    return { least: Math.min(...corners), most: Math.max(...corners) };
  };
  switch (operator) {
    case "+": return of((a, b) => a + b);
    case "-": return of((a, b) => a - b);
    case "*": return of((a, b) => a * b);
    case "/": return right.least <= 0 && right.most >= 0 ? null : of((a, b) => a / b);
    default: return null;
  }
}

function ofCall(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, at: (temp: Temp) => NumberRange | null): NumberRange | null {
  const [api, ...others] = program.tracer.targets(module, fn, op.dst).apis;
  if (api === undefined || others.length > 0) return null;
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

function ofVariable(program: Program, module: ModuleIR, variable: VariableId, depth: number): NumberRange | null {
  const parameter = parameterOfVariable(module, variable);
  if (parameter !== null) {
    return joined(callsOf(program, parameter.taker).map((site) => {
      const passed = passedAt(parameter, site);
      return passed === null ? null : rangeOf(program, passed, depth + 1);
    }));
  }
  const named = declaredVariable(program, module, variable);
  const stores = program.tracer.parts().index.of(named.module).stores.get(named.variable) ?? [];
  return joined(stores.map(({ function: fn, temp }) => rangeOf(program, { module: named.module, function: fn, temp }, depth + 1)));
}

function ofMember(program: Program, place: Place, object: Temp, key: string, depth: number): NumberRange | null {
  const type = program.tracer.typeOf(place.module, place.function, object);
  if (type.kind === "literal") {
    const constant = constantNumber(program, place.module, place.function, place.temp);
    return constant === null ? null : exactly(constant);
  }
  if (type.kind !== "instance" && type.kind !== "class") return null;
  return joined(givenToClass(program, type, key).map((value) => rangeOf(program, value, depth + 1)));
}
