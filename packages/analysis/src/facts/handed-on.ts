/**
 * The functions behind an argument that somebody else gave: `function every(step, ms) { setInterval(step, ms); }` hands on what its callers pass, each with the calls that it came through, and
 * what else these calls pass.
 *
 * Theory: may, upwards over the calls of a function by name, class and declared interface, through at most four. Followed are parameters, what is taken out of one (`{ tick }`, `options.tick`),
 * either way of a choice (`step ?? idle`), and what is bound; what lies in fields and containers is asked for by its declared type. Known misses: arguments that are spread, calls through
 * `apply`, parameters that are assigned anew.
 */
import type { Program } from "../program.ts";
import { functionIndex, isOperation } from "../source/function-index.ts";
import type { BlockId, FunctionIR, ModuleIR, Op, Temp, VariableId } from "../source/ir.ts";
import type { CallSite } from "../source/program-index.ts";
import type { Span } from "../source/span.ts";
import { functionsByType } from "./functions-by-type.ts";
import { functionsIn, functionsOf, type FunctionValue, memberFunctions } from "./function-values.ts";

/** A call, and the function that it enters. */
export interface PassedBy {
  readonly taker: FunctionIR;
  readonly site: CallSite;
}

export interface HandedValue extends FunctionValue {
  /** Innermost first; empty for what stands where it is handed over. */
  readonly through: readonly PassedBy[];
}

export interface Place {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
}

/** What is passed for a parameter. */
export interface Parameter {
  readonly module: ModuleIR;
  readonly taker: FunctionIR;
  readonly position: number;
}

const MAX_CALLS = 4;
const MAX_STEPS = 8;
/** Functions that are found for one argument at most, and names of methods that are called in more places are not looked into. */
const MAX_FOUND = 200;
const MAX_SITES = 400;

/** In order of the calls. Cost: the calls of the functions whose parameters it goes through. */
export function handedOn(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp): readonly HandedValue[] {
  const search = new Search(program);
  search.follow({ module, function: fn, temp }, null, []);
  return search.found;
}

/** The parameter that a value is as it came in, of this function or one around it; null for anything else. */
export function parameterAt(module: ModuleIR, fn: FunctionIR, temp: Temp): Parameter | null {
  const index = functionIndex(fn);
  const op = index.definitions(temp) === null ? index.operation(temp) : undefined;
  if (op?.op === "copy" || op?.op === "cast") return parameterAt(module, fn, op.src);
  return op?.op === "load" ? parameterOfVariable(module, op.variable) : null;
}

/** The same of a variable; null for one that is assigned anew. */
export function parameterOfVariable(module: ModuleIR, variable: VariableId): Parameter | null {
  return module.variables[variable]?.reassigned === true ? null : declaredParameter(module, variable);
}

/** What a variable is as it is declared. */
export function declaredParameter(module: ModuleIR, variable: VariableId): Parameter | null {
  const owner = module.variables[variable]?.owner;
  const taker = owner === undefined ? undefined : module.functions[owner];
  const position = taker?.params.findIndex((param) => param.variable === variable && !param.rest) ?? -1;
  return taker === undefined || position < 0 ? null : { module, taker, position };
}

/** What a call passes for a parameter, or else its default; null where neither is known. */
export function passedAt(parameter: Parameter, site: CallSite): Place | null {
  const { op } = site;
  const isCall = op.op === "call" && op.key === "call";
  if (op.op === "call" && (op.key === "apply" || op.key === "bind")) return null;
  const args = isCall ? op.args.slice(1) : op.args;
  if (args.slice(0, parameter.position + 1).some((arg) => arg.spread)) return null;
  const arg = args[parameter.position];
  if (arg !== undefined) return { module: site.module, function: site.function, temp: arg.temp };
  const preset = presetOf(parameter);
  return preset === null ? null : { module: parameter.module, function: parameter.taker, temp: preset };
}

/** The same of any value: what stands for it where the outermost call is that says so. */
export function passedThrough(place: Place, through: readonly PassedBy[]): Place {
  const parameter = parameterAt(place.module, place.function, place.temp);
  const at = parameter === null ? -1 : through.findIndex(({ taker }) => taker === parameter.taker);
  const by = through[at];
  const passed = parameter === null || by === undefined ? null : passedAt(parameter, by.site);
  return passed === null ? place : passedThrough(passed, through.slice(at + 1));
}

/** What a parameter is when it is left out. */
function presetOf({ taker, position }: Parameter): Temp | null {
  const variable = taker.params[position]?.variable;
  const index = functionIndex(taker);
  const src = variable === undefined ? undefined : index.initialValue(variable);
  for (const way of src === undefined ? [] : (index.definitions(src) ?? [])) {
    if (!isOperation(way) || way.op !== "copy") continue;
    const given = index.operation(way.src);
    if (given?.op !== "load" || given.variable !== variable) return way.src;
  }
  return null;
}

/** The calls of a function: those by its name, and of a method those that a declared type leads to it. */
export function callsOf(program: Program, fn: FunctionIR): readonly CallSite[] {
  const sites = program.tracer.callsOf(fn);
  if (fn.class === null || fn.kind === "constructor") return sites ?? [];
  const named = program.tracer.callsNamed(fn.name);
  if (named.length > MAX_SITES) return sites ?? [];
  return named.filter((site) => sites?.includes(site) === true || program.tracer.targets(site.module, site.function, site.op.dst).functions.some((target) => target.function === fn));
}

class Search {
  readonly found: HandedValue[] = [];
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = program;
  }

  /** Of the value in a place, or of its member of this name. Gives whether anything was found. */
  follow(place: Place, key: string | null, through: readonly PassedBy[], steps = 0): boolean {
    if (steps > MAX_STEPS || this.found.length >= MAX_FOUND) return false;
    const { module, function: fn, temp } = place;
    const index = functionIndex(fn);
    const on = (next: Temp, member = key): boolean => this.follow({ ...place, temp: next }, member, through, steps + 1);
    const ways = index.definitions(temp)?.flatMap((way) => (isOperation(way) && way.op === "copy" ? [way.src] : [])) ?? [];
    if (ways.length > 0) return ways.map((way) => on(way)).includes(true);
    const op = index.operation(temp);
    if (op?.op === "copy" || op?.op === "cast") return on(op.src);
    if (op?.op === "get" && op.key !== null && key === null && isOfParameter(module, fn, op.object)) return on(op.object, op.key) || this.#take(place, key, through);
    if (op?.op === "call" && op.key === "bind" && op.receiver !== null && key === null) return on(op.receiver);
    if (op?.op === "object" && key !== null) {
      const part = op.parts.findLast((each) => each.key === key);
      return part === undefined ? this.#take(place, key, through) : on(part.value, null);
    }
    if (op?.op !== "load") return this.#take(place, key, through);
    return this.#ofVariable(place, op.variable, key, through, steps) || this.#take(place, key, through);
  }

  #ofVariable(place: Place, variable: VariableId, key: string | null, through: readonly PassedBy[], steps: number): boolean {
    const { module } = place;
    const parameter = parameterOfVariable(module, variable);
    if (parameter !== null) return this.#ofParameter(parameter, key, through);
    const declared = module.variables[variable];
    const owner = declared === undefined || declared.reassigned ? undefined : module.functions[declared.owner];
    const initial = owner === undefined ? undefined : functionIndex(owner).initialValue(variable);
    // What is imported, or declared by a type, is named better by the variable itself.
    return owner !== undefined && initial !== undefined && isOfParameter(module, owner, initial) && this.follow({ module, function: owner, temp: initial }, key, through, steps + 1);
  }

  #ofParameter(parameter: Parameter, key: string | null, through: readonly PassedBy[]): boolean {
    if (through.length >= MAX_CALLS) return false;
    let isFound = false;
    for (const site of callsOf(this.#program, parameter.taker)) {
      if (through.some((each) => each.site.op === site.op)) continue;
      const passed = passedAt(parameter, site);
      if (passed !== null && this.follow(passed, key, [...through, { taker: parameter.taker, site }])) isFound = true;
    }
    return isFound;
  }

  /** What can be named where it stands. */
  #take({ module, function: fn, temp }: Place, key: string | null, through: readonly PassedBy[]): boolean {
    const { tracer } = this.#program;
    const type = tracer.typeOf(module, fn, temp);
    const values = key === null ? functionsOf(this.#program, module, fn, temp) : memberFunctions(this.#program, type, key);
    const held = values.length > 0 || key !== null ? values : this.#held({ module, function: fn, temp });
    this.found.push(...held.map((value) => ({ ...value, through })));
    return held.length > 0;
  }

  /** What was put into the field or list that it comes from. Of a parameter that is what its callers pass, and of one whose type others have too nobody can tell. */
  #held({ module, function: fn, temp }: Place): readonly FunctionValue[] {
    const parameter = parameterAt(module, fn, temp);
    const type = this.#program.tracer.typeOf(module, fn, temp);
    if (parameter !== null && (type.kind !== "callable" || parameter.taker.params[parameter.position]?.type !== type.term)) return functionsIn(type);
    return functionsByType(this.#program).calledAs(module, fn, temp);
  }
}

/** Whether a value is a parameter, or is taken out of one. */
function isOfParameter(module: ModuleIR, fn: FunctionIR, temp: Temp, steps = 0): boolean {
  if (steps > MAX_STEPS) return false;
  if (parameterAt(module, fn, temp) !== null) return true;
  const index = functionIndex(fn);
  const ways = index.definitions(temp)?.flatMap((way) => (isOperation(way) && way.op === "copy" ? [way.src] : [])) ?? [];
  if (ways.length > 0) return ways.some((way) => isOfParameter(module, fn, way, steps + 1));
  const op = index.operation(temp);
  if (op?.op === "get") return isOfParameter(module, fn, op.object, steps + 1);
  if (op?.op === "copy" || op?.op === "cast") return isOfParameter(module, fn, op.src, steps + 1);
  const declared = op?.op === "load" ? module.variables[op.variable] : undefined;
  const owner = declared === undefined || declared.reassigned ? undefined : module.functions[declared.owner];
  const initial = owner === undefined || op?.op !== "load" ? undefined : functionIndex(owner).initialValue(op.variable);
  return owner !== undefined && initial !== undefined && isOfParameter(module, owner, initial, steps + 1);
}

/** Where the call is written. */
export function spanOf({ op }: CallSite): Span {
  return op.op === "super-call" ? op.span : op.calleeSpan;
}

/** The block of an operation. */
export function blockOf(fn: FunctionIR, op: Op): BlockId {
  return fn.blocks.find(({ ops }) => ops.includes(op))?.id ?? 0;
}
