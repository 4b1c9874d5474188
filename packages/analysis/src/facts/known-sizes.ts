/**
 * How large a number or a collection can be at most, where the program's text says so: literals, constants of other modules, arithmetic,
 * `Math.min`, `x & 15`, `x % 8`, lengths of literals and of arrays, sets and typed arrays of a given size, and what keeps or shortens a size.
 * A parameter is as large as the largest that the calls in sight pass.
 *
 * Theory: an upper bound, or null for "not known"; several definitions of one temp join by the larger. A variable counts when it is written once.
 * A collection behind a variable keeps its size unless this module or the declaring one grows it by name (`push`, `add`, `set`, an index, `length`).
 * Known misses: growth through another name of the same collection; parameters of functions that are called through values.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import { FIXED_SIZE, KEEPS_SIZE, NEW_OF_SIZE, sizeArgument } from "../knowledge/collection-sizes.ts";
import type { FunctionValue } from "./function-values.ts";
import { growthOf } from "./grown-collections.ts";
import type { ModuleNames } from "./module-names.ts";

/** A temp of a function; `bound` are what the function's parameters are in the call that is looked at. */
export interface Quantity {
  readonly module: ModuleIR;
  readonly fn: FunctionIR;
  readonly temp: Temp;
  readonly bound?: { readonly fn: FunctionIR; readonly args: readonly (Quantity | null)[] };
}

/** The calls of a function in sight when these are all, else nothing. */
export type CallsOf = (fn: FunctionIR) => readonly { readonly module: ModuleIR; readonly fn: FunctionIR; readonly op: Op & { readonly op: "call" | "new" } }[];

const MAX_DEPTH = 10;
const GENERATED_LIMIT = 1000;

export class KnownSizes {
  readonly #program: Program;
  readonly #names: ModuleNames;
  readonly #callsOf: CallsOf;

  constructor(program: Program, names: ModuleNames, callsOf: CallsOf) {
    this.#program = program;
    this.#names = names;
    this.#callsOf = callsOf;
  }

  /** The number at most; null when nothing bounds it. */
  number(at: Quantity, depth = 0): number | null {
    if (depth > MAX_DEPTH) return null;
    const several = functionIndex(at.fn).definitions(at.temp);
    if (several !== null) return largest(several.map((each) => ("op" in each ? this.#numberOf(at, each, depth + 1) : null)));
    const op = functionIndex(at.fn).definition(at.temp);
    return op === undefined || !("op" in op) ? null : this.#numberOf(at, op, depth);
  }

  /** The elements at most that iterating it gives; null when nothing bounds them. */
  size(at: Quantity, depth = 0): number | null {
    if (depth > MAX_DEPTH) return null;
    const several = functionIndex(at.fn).definitions(at.temp);
    if (several !== null) return largest(several.map((each) => ("op" in each ? this.#sizeOf(at, each, depth + 1) : null)));
    const op = functionIndex(at.fn).definition(at.temp);
    return op === undefined || !("op" in op) ? null : this.#sizeOf(at, op, depth);
  }

  /** Whether the number is said by the text alone, so that the bound is the number itself. */
  isConstant(at: Quantity, depth = 0): boolean {
    const op = functionIndex(at.fn).definitions(at.temp) === null ? functionIndex(at.fn).definition(at.temp) : undefined;
    if (op === undefined || !("op" in op) || depth > MAX_DEPTH) return false;
    const constant = (temp: Temp): boolean => this.isConstant({ ...at, temp }, depth + 1);
    switch (op.op) {
      case "const": return true;
      case "copy": case "cast": case "unary": return constant(op.src);
      case "binary": return /^[-+*/]$/.test(op.operator) && constant(op.left) && constant(op.right);
      case "load": return at.module.variables[op.variable]?.kind !== "parameter" && this.#ofVariable(at, op.variable, (place) => (this.isConstant(place, depth + 1) ? 1 : null)) !== null;
      default: return false;
    }
  }

  #numberOf(at: Quantity, op: Op, depth: number): number | null {
    const number = (temp: Temp): number | null => this.number({ ...at, temp }, depth + 1);
    switch (op.op) {
      case "const": return typeof op.value === "number" ? op.value : null;
      case "copy": case "cast": return number(op.src);
      case "unary": return op.operator === "-" && this.isConstant({ ...at, temp: op.src }) ? -(number(op.src) ?? Number.NaN) : null;
      case "binary": return boundOf(op.operator, number(op.left), number(op.right));
      case "get": return op.key === "length" || op.key === "size" ? this.size({ ...at, temp: op.object }, depth + 1) : null;
      case "load": return this.#ofVariable(at, op.variable, (place) => this.number(place, depth + 1));
      case "call": {
        const apis = this.#program.tracer.targets(at.module, at.fn, op.dst).apis;
        const values = op.args.map((arg) => (arg.spread ? null : number(arg.temp)));
        if (apis.includes("global:Math.min")) return smallest(values);
        if (apis.includes("global:Math.max")) return largest(values);
        return apis.some((api) => /^global:Math\.(floor|ceil|round|trunc)$/.test(api)) ? values[0] ?? null : null;
      }
      default: return null;
    }
  }

  #sizeOf(at: Quantity, op: Op, depth: number): number | null {
    const size = (temp: Temp): number | null => this.size({ ...at, temp }, depth + 1);
    switch (op.op) {
      case "const": return typeof op.value === "string" ? op.value.length : null;
      case "copy": case "cast": case "iterate": return size(op.src);
      case "array": return sum(op.elements.map((element) => (element?.spread === true ? size(element.temp) : 1)));
      case "object": {
        if (op.parts.some((part) => part.key === "length")) return largest(op.parts.map((part) => (part.key === "length" ? this.number({ ...at, temp: part.value }, depth + 1) : 0)));
        return op.parts.some((part) => part.kind === "spread") ? null : op.parts.length;
      }
      case "load": return this.#ofVariable(at, op.variable, (place) => this.size(place, depth + 1), true);
      case "new": return this.#constructed(at, op, depth);
      case "call": return this.#sizeOfCall(at, op, depth);
      default: return null;
    }
  }

  #constructed(at: Quantity, op: Op & { readonly op: "new" | "call" }, depth: number): number | null {
    const apis = this.#program.tracer.targets(at.module, at.fn, op.dst).apis;
    const [first] = op.args;
    if (!apis.some((api) => NEW_OF_SIZE.test(api))) return null;
    if (first === undefined) return 0;
    if (first.spread) return null;
    return this.number({ ...at, temp: first.temp }, depth + 1) ?? this.size({ ...at, temp: first.temp }, depth + 1);
  }

  #sizeOfCall(at: Quantity, op: Op & { readonly op: "call" }, depth: number): number | null {
    const targets = this.#program.tracer.targets(at.module, at.fn, op.dst);
    const [only, ...others] = targets.functions;
    if (only !== undefined) return others.length === 0 && only.function.generator ? this.#generated(at, only, op, depth) : null;
    const fromArgument = targets.apis.map(sizeArgument).find((each) => each !== undefined);
    if (fromArgument !== undefined) {
      const arg = op.args[fromArgument.argument];
      if (fromArgument.constant !== undefined) return fromArgument.constant;
      if (arg === undefined || arg.spread) return null;
      return fromArgument.counts ? this.number({ ...at, temp: arg.temp }, depth + 1) : this.size({ ...at, temp: arg.temp }, depth + 1);
    }
    const built = this.#constructed(at, op, depth);
    if (built !== null || op.receiver === null || op.key === null || !KEEPS_SIZE.has(op.key)) return built;
    const whole = this.size({ ...at, temp: op.receiver }, depth + 1);
    const [from, to] = op.args;
    if (op.key !== "slice" || from === undefined || to === undefined) return whole;
    const end = this.number({ ...at, temp: to.temp }, depth + 1);
    const start = this.#constant({ ...at, temp: from.temp });
    return end === null || start === null || start < 0 || end < 0 ? whole : smallest([whole, Math.max(0, end - start)]);
  }

  #constant(at: Quantity): number | null {
    const op = functionIndex(at.fn).definition(at.temp);
    return op !== undefined && "op" in op && op.op === "const" && typeof op.value === "number" ? op.value : null;
  }

  /** What a generator yields, when it yields outside loops only, or in loops whose rounds are known. */
  #generated(at: Quantity, { module, function: fn }: FunctionValue, op: Op & { readonly op: "call" }, depth: number): number | null {
    const args = op.args.map((arg): Quantity | null => (arg.spread ? null : { ...at, temp: arg.temp }));
    let yields = 0;
    for (const block of fn.blocks) {
      for (const each of block.ops) {
        if (each.op !== "yield") continue;
        if (each.delegate) return null;
        const rounds = this.roundsAround({ module, fn, temp: 0, bound: { fn, args } }, block.id, depth + 1);
        if (rounds === null) return null;
        yields += rounds;
      }
    }
    return yields > GENERATED_LIMIT * GENERATED_LIMIT ? null : yields;
  }

  /** Set by the loops' own fact, which needs this one: the product of the rounds around a block. */
  roundsAround: (at: Quantity, block: number, depth: number) => number | null = () => null;

  #ofVariable(at: Quantity, variable: VariableId, follow: (place: Quantity) => number | null, collection = false): number | null {
    const declared = at.module.variables[variable];
    if (declared === undefined || declared.reassigned) return null;
    if (declared.kind === "parameter") return this.#ofParameter(at, variable, follow);
    const target = this.#names.canonical(at.module, variable);
    const owner = target.module.functions[target.module.variables[target.variable]?.owner ?? 0];
    if (owner === undefined || target.module.variables[target.variable]?.reassigned === true) return null;
    const init = initialisation(owner, target.variable);
    if (init === null) return null;
    const place: Quantity = { module: target.module, fn: owner, temp: init, ...(at.bound === undefined ? {} : { bound: at.bound }) };
    const first = follow(place);
    if (!collection || first === null || this.#isFixed(place)) return first;
    const growth = [growthOf(target.module, target.variable), growthOf(at.module, variable)];
    return growth.includes("name") || (first === 0 && growth.includes("index")) ? null : first;
  }

  /** A typed array, or memory of the runtime: it keeps the size that it was made with. */
  #isFixed({ module, fn, temp }: Quantity): boolean {
    return this.#program.tracer.targets(module, fn, temp).apis.some((api) => FIXED_SIZE.test(api) || sizeArgument(api)?.counts === true);
  }

  #ofParameter(at: Quantity, variable: VariableId, follow: (place: Quantity) => number | null): number | null {
    const owner = at.module.functions[at.module.variables[variable]?.owner ?? -1];
    const slot = owner?.params.findIndex((param) => param.variable === variable && !param.rest) ?? -1;
    if (owner === undefined || slot < 0) return null;
    if (at.bound?.fn === owner) {
      const arg = at.bound.args[slot];
      return arg === undefined || arg === null ? null : follow(arg);
    }
    const calls = this.#callsOf(owner);
    let most: number | null = null;
    for (const { module, fn, op } of calls) {
      const arg = op.args[slot];
      const passed = arg === undefined || op.args.some((each) => each.spread) ? null : follow({ module, fn, temp: arg.temp });
      // One that nothing bounds decides: the others are not asked, of which recursion could make very many.
      if (passed === null) return null;
      most = most === null ? passed : Math.max(most, passed);
    }
    return most;
  }
}

function initialisation(fn: FunctionIR, variable: VariableId): Temp | null {
  for (const block of fn.blocks) for (const op of block.ops) if (op.op === "store" && op.init && op.variable === variable) return op.src;
  return null;
}

/** An upper bound of the result from upper bounds of the operands; right for operands that are not negative. */
function boundOf(operator: string, left: number | null, right: number | null): number | null {
  if (operator === "&") return smallest([left, right]);
  if (operator === "%") return right === null ? left : Math.max(0, Math.abs(right) - 1);
  if (left === null || right === null) return null;
  switch (operator) {
    case "+": return left + right;
    case "-": return left - right;
    case "*": return left * right;
    case "/": return right === 0 ? null : left / right;
    case "**": return left ** right;
    case "<<": return left << right;
    case ">>": case ">>>": return left >> right;
    default: return null;
  }
}

function largest(values: readonly (number | null)[]): number | null {
  let most: number | null = null;
  for (const value of values) {
    if (value === null) return null;
    most = most === null ? value : Math.max(most, value);
  }
  return most;
}

/** Of those that are known. */
function smallest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

function sum(values: readonly (number | null)[]): number | null {
  let total = 0;
  for (const value of values) {
    if (value === null) return null;
    total += value;
  }
  return total;
}
