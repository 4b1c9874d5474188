/**
 * What hot calls pass for a parameter that a function tests: `update(data, false)` never runs the code under `if (makeUnique)`.
 *
 * Theory: for each parameter of a function two bits, whether it may be truthy and whether it may be falsy; join is union, they grow with the calls that are found. A constant is the one or the other, what is made on the spot is truthy, a
 * parameter that is passed on is what it was passed, and in a branch that tested it what was found; all else may be both. A block is dead while no call makes true what had to be tested on the way to it.
 * May: parameters past the thirtieth, with a default, assigned again, or not seen (callbacks, spreads) are both. Known misses: tests by `===`, members of an object that is passed.
 */
import { originOf } from "../dataflow/places.ts";
import { regionsOf } from "../dataflow/regions.ts";
import { functionIndex } from "../source/function-index.ts";
import type { Block, BlockId, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { CallEdge } from "./call-edges.ts";

const MAX_POSITION = 30;
const ALL = (1 << MAX_POSITION) - 1;

interface Test {
  readonly position: number;
  readonly truthy: boolean;
}

/** Of one function on a hot path. */
export class ArgumentTruth {
  readonly #module: ModuleIR;
  readonly #fn: FunctionIR;
  readonly #tests: ReadonlyMap<BlockId, readonly Test[]>;
  #truthy = 0;
  #falsy = 0;

  constructor(module: ModuleIR, fn: FunctionIR) {
    this.#module = module;
    this.#fn = fn;
    this.#tests = testsOf(module, fn);
  }

  /** Whether what was tested on the way to the block may have been found so. */
  allows(block: BlockId): boolean {
    const tests = this.#tests.get(block);
    return tests === undefined || tests.every(({ position, truthy }) => ((truthy ? this.#truthy : this.#falsy) & (1 << position)) !== 0);
  }

  /** Somebody calls it whose arguments are not seen; gives whether that is news. */
  takeAny(): boolean {
    return this.#add(ALL, ALL);
  }

  /** A hot function calls it; gives whether that is news. */
  take(caller: ArgumentTruth, edge: CallEdge): boolean {
    if (edge.args === null) return this.takeAny();
    let truthy = 0;
    let falsy = 0;
    for (const position of this.#fn.params.keys()) {
      if (position >= MAX_POSITION) break;
      const arg = edge.args[position];
      const bits = arg === undefined ? (this.#isPlain(position) ? FALSY : BOTH) : caller.#of(arg.temp, edge.block);
      if ((bits & TRUTHY) !== 0) truthy |= 1 << position;
      if ((bits & FALSY) !== 0) falsy |= 1 << position;
    }
    return this.#add(truthy, falsy);
  }

  #add(truthy: number, falsy: number): boolean {
    const isNews = (truthy & ~this.#truthy) !== 0 || (falsy & ~this.#falsy) !== 0;
    this.#truthy |= truthy;
    this.#falsy |= falsy;
    return isNews;
  }

  #of(temp: Temp, block: BlockId): number {
    const constant = truthOf(this.#fn, temp);
    if (constant !== BOTH) return constant;
    const position = testedParameter(this.#module, this.#fn, temp);
    if (position === null) return BOTH;
    const found = this.#tests.get(block)?.find((test) => test.position === position);
    if (found !== undefined) return found.truthy ? TRUTHY : FALSY;
    return ((this.#truthy & (1 << position)) === 0 ? 0 : TRUTHY) | ((this.#falsy & (1 << position)) === 0 ? 0 : FALSY);
  }

  /** Left out it is undefined. */
  #isPlain(position: number): boolean {
    const param = this.#fn.params[position];
    return param !== undefined && !param.rest && functionIndex(this.#fn).stores(param.variable).length === 0;
  }
}

const TRUTHY = 1;
const FALSY = 2;
const BOTH = TRUTHY | FALSY;

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

/** The parameter that a value is: as it came in, never assigned. */
function testedParameter(module: ModuleIR, fn: FunctionIR, temp: Temp): number | null {
  const op = originOf(functionIndex(fn), temp);
  if (op?.op !== "load" || module.variables[op.variable]?.reassigned === true || functionIndex(fn).stores(op.variable).length > 0) return null;
  const position = fn.params.findIndex((param) => !param.rest && param.variable === op.variable);
  return position < 0 || position >= MAX_POSITION ? null : position;
}

/** Of each block what must have been found of parameters on the way to it. */
function testsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<BlockId, readonly Test[]> {
  let tests: Map<BlockId, Test[]> | null = null;
  for (const block of fn.params.length === 0 ? [] : fn.blocks) {
    const test = testBefore(module, fn, block);
    if (test === null) continue;
    tests ??= new Map();
    for (const inner of regionsOf(fn).inside(block.id)) {
      const known = tests.get(inner);
      if (known === undefined) tests.set(inner, [test]);
      else known.push(test);
    }
  }
  return tests ?? NO_TESTS;
}

const NO_TESTS: ReadonlyMap<BlockId, readonly Test[]> = new Map();

/** What a branch found that alone leads to the block. */
function testBefore(module: ModuleIR, fn: FunctionIR, block: Block): Test | null {
  const [from, ...others] = block.predecessors;
  const terminal = from === undefined || others.length > 0 || block.role === "catch" || block.role === "finally" ? undefined : fn.blocks[from]?.terminal;
  if (terminal?.kind !== "branch" || terminal.on !== "truthy" || terminal.then === terminal.else) return null;
  let truthy = terminal.then === block.id;
  let tested = terminal.test;
  for (let op = originOf(functionIndex(fn), tested); op?.op === "unary" && op.operator === "!"; op = originOf(functionIndex(fn), tested)) {
    truthy = !truthy;
    tested = op.src;
  }
  const position = testedParameter(module, fn, tested);
  return position === null ? null : { position, truthy };
}
