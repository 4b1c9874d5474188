/**
 * What hot calls pass for a parameter that a function tests: `update(data, false)` never runs the code under `if (makeUnique)`.
 *
 * Theory: for each parameter of a function two bits, whether it may be truthy and whether it may be falsy; join is union, they grow with the calls that are found. A constant is the one or the other, what is made on the spot is truthy, a
 * parameter that is passed on is what it was passed, and in a branch that tested it what was found; all else may be both. A block is dead while no call makes true what had to be tested on the way to it.
 * May: parameters past the thirtieth, with a default that is no constant, assigned again, or not seen (callbacks, spreads) are both. Of the constants that it is compared with by `===` (a `switch`, too) those are kept that are passed.
 * Known misses: members of an object that is passed, texts that a variable of the module holds.
 */
import { originOf } from "../dataflow/places.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Temp, VariableId } from "../source/ir.ts";
import { onceFor } from "../source/once-for.ts";
import type { CallEdge } from "./call-edges.ts";
import { testsBefore } from "./tests-before.ts";

const MAX_POSITION = 30;
const ALL = (1 << MAX_POSITION) - 1;

/** `if (p)`, `if (p === "arc")`: what was found, and of what. */
type Test = { readonly position: number; readonly truthy: boolean } | { readonly position: number; readonly constant: string; readonly equal: boolean };

/** Constants that a parameter is given; null for anything. */
type Values = ReadonlySet<string> | null;

/** Of one function on a hot path. */
export class ArgumentTruth {
  readonly #module: ModuleIR;
  readonly #fn: FunctionIR;
  readonly #tests: ReadonlyMap<BlockId, readonly Test[]>;
  #truthy = 0;
  #falsy = 0;
  readonly #values: Values[] = [];

  constructor(module: ModuleIR, fn: FunctionIR) {
    this.#module = module;
    this.#fn = fn;
    this.#tests = testsOf(module, fn);
  }

  /** Whether the function tests any of its parameters. */
  get isAsked(): boolean {
    return this.#tests.size > 0;
  }

  /** Whether what was tested on the way to the block may have been found so. */
  allows(block: BlockId): boolean {
    const tests = this.#tests.get(block);
    return tests === undefined || tests.every((test) => this.#mayHold(test));
  }

  /** Somebody calls it whose arguments are not seen; gives whether that is news. */
  takeAny(): boolean {
    let isNews = this.#add(ALL, ALL);
    for (const position of this.#fn.params.keys()) if (this.#addValues(position, null)) isNews = true;
    return isNews;
  }

  #mayHold(test: Test): boolean {
    if ("truthy" in test) return ((test.truthy ? this.#truthy : this.#falsy) & (1 << test.position)) !== 0;
    const values = this.#values[test.position];
    if (values === undefined || values === null) return values === null;
    return test.equal ? values.has(test.constant) : values.size > 1 || !values.has(test.constant);
  }

  /** A hot function calls it; gives whether that is news. */
  take(caller: ArgumentTruth, edge: CallEdge): boolean {
    if (edge.args === null) return this.takeAny();
    let truthy = 0;
    let falsy = 0;
    let isNews = false;
    const count = Math.min(this.#fn.params.length, MAX_POSITION);
    for (let position = 0; position < count; position += 1) {
      const arg = edge.args[position];
      const values = arg === undefined ? LEFT_OUT : caller.#valuesOf(arg.temp);
      const bits = arg === undefined ? this.#leftOutTruth(position) : this.#orDefault(position, caller.#of(arg.temp, edge.block), values);
      if ((bits & TRUTHY) !== 0) truthy |= 1 << position;
      if ((bits & FALSY) !== 0) falsy |= 1 << position;
      if (this.#addValues(position, this.#withDefault(position, values))) isNews = true;
    }
    return this.#add(truthy, falsy) || isNews;
  }

  #add(truthy: number, falsy: number): boolean {
    const isNews = (truthy & ~this.#truthy) !== 0 || (falsy & ~this.#falsy) !== 0;
    this.#truthy |= truthy;
    this.#falsy |= falsy;
    return isNews;
  }

  #addValues(position: number, values: Values): boolean {
    const known = this.#values[position];
    if (known === null || (known !== undefined && values !== null && [...values].every((value) => known.has(value)))) return false;
    this.#values[position] = values === null || known === undefined ? values : new Set([...known, ...values]);
    return true;
  }

  #valuesOf(temp: Temp): Values {
    const { values, position } = passedAs(this.#module, this.#fn, temp);
    return values ?? (position === null ? null : this.#values[position] ?? null);
  }

  #of(temp: Temp, block: BlockId): number {
    const { truth, position } = passedAs(this.#module, this.#fn, temp);
    if (truth !== BOTH || position === null) return truth;
    const found = this.#tests.get(block)?.find((test) => test.position === position);
    if (found !== undefined && "truthy" in found) return found.truthy ? TRUTHY : FALSY;
    return ((this.#truthy & (1 << position)) === 0 ? 0 : TRUTHY) | ((this.#falsy & (1 << position)) === 0 ? 0 : FALSY);
  }

  /** Left out it is undefined, or its default. */
  #leftOutTruth(position: number): number {
    const param = this.#fn.params[position];
    if (param === undefined || param.rest) return BOTH;
    if (functionIndex(this.#fn).stores(param.variable).length === 0) return FALSY;
    const preset = defaultOf(this.#fn, param.variable);
    return preset === null ? BOTH : truthOf(this.#fn, preset);
  }

  /** Of what is passed, where undefined gives way to a default that is truthy. */
  #orDefault(position: number, bits: number, values: Values): number {
    const preset = this.#presetOf(position);
    if (preset === null || (bits & FALSY) === 0 || truthOf(this.#fn, preset) === FALSY) return bits;
    return values?.has("undefined") === false ? bits : values?.size === 1 ? TRUTHY : BOTH;
  }

  #withDefault(position: number, values: Values): Values {
    const param = this.#fn.params[position];
    if (values === null || !values.has("undefined") || param === undefined) return values;
    if (param.rest) return null;
    if (functionIndex(this.#fn).stores(param.variable).length === 0) return values;
    const preset = this.#presetOf(position);
    const constant = preset === null ? null : constantIn(this.#fn, preset);
    return constant === null ? null : new Set([...values].map((value) => (value === "undefined" ? constant : value)));
  }

  #presetOf(position: number): Temp | null {
    return presetsOf(this.#fn)[position] ?? null;
  }
}

const TRUTHY = 1;
const FALSY = 2;
const BOTH = TRUTHY | FALSY;

const LEFT_OUT: ReadonlySet<string> = new Set(["undefined"]);

/** By position: the constants that parameters are when they are left out. */
const presetsOf = onceFor((fn: FunctionIR): readonly (Temp | null)[] => fn.params.map((param) => (param.rest ? null : defaultOf(fn, param.variable))));

/** What the function alone says of a value that it passes. */
interface PassedAs {
  /** A constant. */
  readonly values: Values;
  readonly truth: number;
  /** The parameter that it is. */
  readonly position: number | null;
}

const passed = new WeakMap<FunctionIR, Map<Temp, PassedAs>>();

/** Found once: many calls are looked at again whenever their callers are. */
function passedAs(module: ModuleIR, fn: FunctionIR, temp: Temp): PassedAs {
  let temps = passed.get(fn);
  if (temps === undefined) passed.set(fn, (temps = new Map()));
  let found = temps.get(temp);
  if (found === undefined) {
    const constant = constantIn(fn, temp);
    temps.set(temp, (found = { values: constant === null ? null : new Set([constant]), truth: truthOf(fn, temp), position: testedParameter(module, fn, temp) }));
  }
  return found;
}

/** A text, a number, true, false, null or undefined; null for anything else. */
function constantIn(fn: FunctionIR, temp: Temp): string | null {
  const op = originOf(functionIndex(fn), temp);
  if (op?.op === "global") return op.name === "undefined" ? "undefined" : null;
  if (op?.op !== "const" || op.type === "regexp" || op.type === "bigint") return null;
  return op.type === "string" ? `"${String(op.value)}` : op.type === "undefined" ? "undefined" : String(op.value);
}

function truthOf(fn: FunctionIR, temp: Temp): number {
  const op = originOf(functionIndex(fn), temp);
  if (op === null) return BOTH;
  if (op.op === "object" || op.op === "array" || op.op === "function" || op.op === "new") return TRUTHY;
  if (op.op === "global") return op.name === "undefined" ? FALSY : BOTH;
  if (op.op !== "const") return BOTH;
  if (op.type === "undefined" || op.type === "null") return FALSY;
  // Of a regular expression or a large integer the text says nothing of its truth.
  if (op.type === "regexp") return TRUTHY;
  return op.type === "bigint" ? BOTH : op.value ? TRUTHY : FALSY;
}

/** The constant that a parameter is when it is left out, by its default; null where there is none, or it is assigned otherwise. */
export function defaultOf(fn: FunctionIR, variable: VariableId): Temp | null {
  const index = functionIndex(fn);
  const [store, ...more] = index.stores(variable);
  const ways = store?.op.init === true && more.length === 0 ? index.definitions(store.op.src) : null;
  const given = ways?.flatMap((way) => ("op" in way && way.op === "copy" ? [way.src] : [])) ?? [];
  const preset = given.find((src) => index.operation(src)?.op === "const");
  const passed = given.map((src) => index.operation(src)).find((op) => op?.op === "load");
  return given.length === 2 && passed?.op === "load" && passed.variable === variable ? (preset ?? null) : null;
}

/** The parameter that a value is: as it came in, or its default, never assigned; also by another name (`const value = r`). */
export function testedParameter(module: ModuleIR, fn: FunctionIR, temp: Temp): number | null {
  const index = functionIndex(fn);
  let op = originOf(index, temp);
  for (let names = 0; op?.op === "load" && names < MAX_NAMES; names++) {
    const { variable } = op;
    if (module.variables[variable]?.reassigned === true) return null;
    const position = fn.params.findIndex((param) => !param.rest && param.variable === variable);
    const [given, ...more] = index.stores(variable);
    if (position >= 0) return position >= MAX_POSITION || (given !== undefined && defaultOf(fn, variable) === null) ? null : position;
    op = given?.op.init === true && more.length === 0 ? originOf(index, given.op.src) : null;
  }
  return null;
}

/** How many names a parameter may be given, one after the other. */
const MAX_NAMES = 4;

const known = new WeakMap<FunctionIR, ReadonlyMap<BlockId, readonly Test[]>>();

/** Of each block what must have been found of parameters on the way to it; computed once. */
function testsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<BlockId, readonly Test[]> {
  let tests = known.get(fn);
  if (tests === undefined) known.set(fn, (tests = testsBefore(fn, (tested, truthy) => testOf(module, fn, tested, truthy))));
  return tests;
}

function testOf(module: ModuleIR, fn: FunctionIR, tested: Temp, truthy: boolean): Test | null {
  const position = testedParameter(module, fn, tested);
  if (position !== null) return { position, truthy };
  const compared = originOf(functionIndex(fn), tested);
  if (compared?.op !== "binary" || (compared.operator !== "===" && compared.operator !== "!==")) return null;
  const constant = constantIn(fn, compared.right) ?? constantIn(fn, compared.left);
  const subject = testedParameter(module, fn, constantIn(fn, compared.right) === null ? compared.right : compared.left);
  return constant === null || subject === null ? null : { position: subject, constant, equal: (compared.operator === "===") === truthy };
}
