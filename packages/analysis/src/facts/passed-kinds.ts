/**
 * What kind of value hot calls pass for a parameter that a function tests by `typeof`: `color.set(0xff0000)` never parses a text.
 *
 * Theory: of each parameter that is tested the kinds that hot calls pass; join is union, they grow with the calls that are found, and only then does the code behind the test run. Types say what a value is, a parameter that
 * is passed on (`set(...arguments)`, too) is what it was passed, and behind a test what was found. May, but silent in doubt of texts: what nobody can tell may be anything else, and a text only where
 * no call is seen to pass another kind. (What takes numbers and objects in each frame takes texts as a convenience for what is set up once.)
 * Known misses: values that come in through `new`, callbacks and built-in functions count as doubtful.
 */
import { originOf } from "../dataflow/places.ts";
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import type { TracedType } from "../source/traced-type.ts";
import { defaultOf, testedParameter } from "./argument-truth.ts";
import type { CallEdge } from "./call-edges.ts";
import { callOf } from "./keyed-calls.ts";
import { testsBefore } from "./tests-before.ts";

const TEXT = 1;
const NUMBER = 2;
const TRUTH = 4;
const NOTHING = 8;
const NULL = 16;
const OBJECT = 32;
const FUNCTION = 64;
const OTHER = 128;
const ALL = 255;
/** Beside kinds that are known: there are values of which nobody can tell. */
const DOUBT = 256;

/** What `typeof` says. */
const SAID: ReadonlyMap<unknown, number> = new Map([
  ["string", TEXT], ["number", NUMBER], ["boolean", TRUTH], ["undefined", NOTHING], ["object", OBJECT | NULL], ["function", FUNCTION], ["bigint", OTHER], ["symbol", OTHER],
]);
const OF_PRIMITIVES = { string: TEXT, number: NUMBER, boolean: TRUTH, bigint: OTHER, symbol: OTHER, null: NULL, undefined: NOTHING } as const;

/** How many calls are followed upwards for one question. */
const MAX_CALLS = 300;

/** A function that runs, with the hot calls that lead to it. */
export interface Taker {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly callers: readonly TakenCall[];
  readonly kinds: PassedKinds;
}

interface TakenCall {
  readonly caller: Taker;
  readonly edge: CallEdge;
}

interface Test {
  readonly position: number;
  readonly kinds: number;
}

/** Of one function on a hot path. */
export class PassedKinds {
  readonly #tests: ReadonlyMap<BlockId, readonly Test[]>;
  /** By position; of those that are tested. */
  readonly #passed = new Map<number, number>();
  isAny = false;

  constructor(module: ModuleIR, fn: FunctionIR) {
    this.#tests = testsOf(module, fn);
    for (const tests of this.#tests.values()) for (const { position } of tests) this.#passed.set(position, 0);
  }

  /** Whether there are tests that calls decide. */
  get isAsked(): boolean {
    return this.#passed.size > 0 && !this.isAny;
  }

  /** Whether what was tested on the way to the block may have been found so. */
  allows(block: BlockId): boolean {
    return this.isAny || this.#passed.size === 0 || (this.#tests.get(block)?.every(({ position, kinds }) => (this.#may(position) & kinds) !== 0) ?? true);
  }

  /** A hot call leads here; gives whether that is news. */
  take(program: Program, call: TakenCall): boolean {
    if (!this.isAsked) return false;
    let isNews = false;
    for (const position of this.#passed.keys()) if (this.#add(position, passedBy(program, call, position, new Set()))) isNews = true;
    return isNews;
  }

  /** Nothing more is known to come: what is in doubt alone may be a text, too. Gives whether that is news. */
  settle(): boolean {
    let isNews = false;
    for (const [position, passed] of this.isAsked ? this.#passed : []) if (isDoubtful(passed) && this.#add(position, ALL)) isNews = true;
    return isNews;
  }

  /** At a block, where it is tested; null for a parameter that is not. */
  at(position: number, block: BlockId): number | null {
    const passed = this.#passed.get(position);
    if (passed === undefined) return null;
    const tests = this.#tests.get(block)?.filter((test) => test.position === position) ?? [];
    return tests.length === 0 ? passed : tests.reduce((kinds, test) => kinds & test.kinds, this.#may(position));
  }

  #may(position: number): number {
    const passed = this.#passed.get(position) ?? 0;
    return (passed & DOUBT) === 0 ? passed : passed | (ALL & ~TEXT);
  }

  #add(position: number, kinds: number): boolean {
    const passed = this.#passed.get(position) ?? 0;
    this.#passed.set(position, passed | kinds);
    return (kinds & ~passed) !== 0;
  }
}

/** Of values of which some are nobody's guess, and the others say nothing. */
function isDoubtful(kinds: number): boolean {
  return (kinds & DOUBT) !== 0 && (kinds & ~(DOUBT | NOTHING | NULL)) === 0;
}

/** What a call passes at a position. */
function passedBy(program: Program, { caller, edge }: TakenCall, position: number, seen: Set<string>): number {
  const { module, function: fn } = caller;
  const passed = argumentAt(module, fn, edge, position);
  if (passed === null) return DOUBT;
  if (passed === LEFT_OUT) return orDefault(edge.target, position, NOTHING);
  const outer = "position" in passed ? passed.position : testedParameter(module, fn, passed.temp);
  const kinds = outer === null ? DOUBT : cameIn(program, caller, outer, edge.block, seen);
  const typed = (kinds & ~DOUBT) === 0 && "temp" in passed ? kindsOf(program.tracer.typeOf(module, fn, passed.temp)) : kinds;
  return orDefault(edge.target, position, typed);
}

/** What a function was passed for a parameter that it passes on. */
function cameIn(program: Program, taker: Taker, position: number, block: BlockId, seen: Set<string>): number {
  const tested = taker.kinds.at(position, block);
  if (taker.kinds.isAny) return DOUBT;
  if (tested !== null) return tested;
  const key = `${taker.module.file} ${taker.function.id} ${position}`;
  if (seen.has(key)) return 0;
  if (seen.add(key).size > MAX_CALLS) return DOUBT;
  return taker.callers.reduce((kinds, call) => kinds | passedBy(program, call, position, seen), 0);
}

function orDefault(target: FunctionIR, position: number, kinds: number): number {
  const param = target.params[position];
  const preset = (kinds & (NOTHING | DOUBT)) === 0 || param === undefined || param.rest ? null : defaultOf(target, param.variable);
  const op = preset === null ? undefined : functionIndex(target).operation(preset);
  if (op?.op !== "const") return kinds;
  const kind = op.type === "regexp" ? OBJECT : OF_PRIMITIVES[op.type];
  return kinds === NOTHING ? kind : kinds | kind;
}

const LEFT_OUT = "left out";

/** The argument at a position, or the parameter of the caller that comes through a spread; null when it cannot be told. */
function argumentAt(module: ModuleIR, fn: FunctionIR, edge: CallEdge, position: number): { readonly temp: Temp } | { readonly position: number } | typeof LEFT_OUT | null {
  if (edge.args !== null) return edge.args[position] ?? LEFT_OUT;
  const call = edge.how === "call" ? callOf(fn, edge) : undefined;
  if (call === undefined) return null;
  const [, list, ...more] = call.args;
  if (call.key === "apply") return list === undefined || more.length > 0 ? null : allOf(module, fn, list.temp, position);
  const args = call.key === "call" ? call.args.slice(1) : call.args;
  const first = args.findIndex((arg) => arg.spread);
  const spread = args[first];
  if (position < first || spread === undefined) return args[position] ?? null;
  return first < args.length - 1 ? null : allOf(module, fn, spread.temp, position - first);
}

/** Of `arguments`, or of what a rest parameter collected. */
function allOf(module: ModuleIR, fn: FunctionIR, list: Temp, position: number): { readonly position: number } | null {
  const op = originOf(functionIndex(fn), list);
  if (op?.op !== "load") return null;
  const declared = module.variables[op.variable];
  if (declared?.kind === "arguments") return declared.owner === fn.id ? { position } : null;
  const rest = fn.params.findIndex((param) => param.rest && param.variable === op.variable);
  return rest < 0 || declared?.reassigned === true ? null : { position: rest + position };
}

function kindsOf(type: TracedType): number {
  switch (type.kind) {
    case "unknown": return DOUBT;
    case "primitive": return OF_PRIMITIVES[type.name];
    case "function": case "class": case "callable": return FUNCTION;
    case "interface": return type.declaration.kind === "enum" ? NUMBER | TEXT : OBJECT;
    case "instance": case "literal": case "shape": case "namespace": return OBJECT;
    // The name of a package's type may stand for anything.
    case "external": return type.package === "global" && type.side === "instance" && !BOXED.has(type.path) ? OBJECT : DOUBT;
    case "union": return type.members.reduce((kinds, member) => kinds | kindsOf(member), 0);
  }
}

const BOXED: ReadonlySet<string> = new Set(["String", "Function", "Object"]);

const known = new WeakMap<FunctionIR, ReadonlyMap<BlockId, readonly Test[]>>();

/** Of each block what kinds parameters must be of on the way to it; computed once. */
function testsOf(module: ModuleIR, fn: FunctionIR): ReadonlyMap<BlockId, readonly Test[]> {
  let tests = known.get(fn);
  if (tests === undefined) known.set(fn, (tests = asksTypes(fn) ? testsBefore(fn, (tested, truthy) => testOf(module, fn, tested, truthy)) : NO_TESTS));
  return tests;
}

const NO_TESTS: ReadonlyMap<BlockId, readonly Test[]> = new Map();

function asksTypes(fn: FunctionIR): boolean {
  return fn.params.length > 0 && fn.blocks.some((block) => block.ops.some(isTypeOf));
}

function isTypeOf(op: Op): op is Op & { readonly op: "unary" } {
  return op.op === "unary" && op.operator === "typeof";
}

/** `typeof p === "string"`. */
function testOf(module: ModuleIR, fn: FunctionIR, tested: Temp, truthy: boolean): Test | null {
  const index = functionIndex(fn);
  const compared = originOf(index, tested);
  if (compared?.op !== "binary" || !/^[!=]==?$/.test(compared.operator)) return null;
  const [left, right] = [originOf(index, compared.left), originOf(index, compared.right)];
  const [asked, said] = right?.op === "const" ? [left, right] : [right, left];
  const kinds = said?.op === "const" ? SAID.get(said.value) : undefined;
  const position = asked !== null && isTypeOf(asked) ? testedParameter(module, fn, asked.src) : null;
  if (position === null || kinds === undefined) return null;
  return { position, kinds: compared.operator.startsWith("=") === truthy ? kinds : ALL & ~kinds };
}
