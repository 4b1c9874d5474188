/** The functions that a value may be, as far as the tracer names them: a callback's body, through `bind`, unions and hooks that give back what they are given. */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { ClassIR, FunctionIR, ModuleIR, Temp } from "../source/ir.ts";
import type { ValueSite } from "../source/program-index.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";

export interface FunctionValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
}

const MAX_STEPS = 6;
const MAX_STORES = 4;
/** Give back their first argument, or something that calls it. */
const WRAPPERS: ReadonlySet<ApiKey> = new Set(["react:useCallback", "react:useEffectEvent", "react:memo"]);

/** In a fixed order; empty when none can be named. */
export function functionsOf(program: Program, module: ModuleIR, fn: FunctionIR, temp: Temp, steps = 0): readonly FunctionValue[] {
  const known = functionsIn(program.tracer.typeOf(module, fn, temp));
  if (known.length > 0 || steps > MAX_STEPS) return known;
  const definition = functionIndex(fn).definition(temp);
  if (definition === undefined || !("op" in definition)) return known;
  if (definition.op === "load") {
    const owner = module.functions[module.variables[definition.variable]?.owner ?? -1];
    // A declared type says less than what is stored.
    const stored = owner === undefined ? [] : functionIndex(owner).stores(definition.variable);
    return owner === undefined || stored.length > MAX_STORES ? known : distinct(stored.flatMap(({ op }) => functionsOf(program, module, owner, op.src, steps + 1)));
  }
  if (definition.op === "get" && definition.key !== null) return fieldFunctions(program, program.tracer.typeOf(module, fn, definition.object), definition.key, steps + 1);
  if (definition.op !== "call") return known;
  // `f.bind(x)` has no body of its own.
  if (definition.key === "bind" && definition.receiver !== null) return functionsOf(program, module, fn, definition.receiver, steps + 1);
  const first = definition.args[0];
  const wraps = first !== undefined && program.tracer.targets(module, fn, temp).apis.some((api) => WRAPPERS.has(api));
  return wraps ? functionsOf(program, module, fn, first.temp, steps + 1) : known;
}

/**
 * What a class, or the nearest that it extends, gives a field whose declared type says less: `readonly loop: FrameRequestCallback = (time) => {...}`, or in its constructor. Of an
 * interface, what those have that implement it.
 */
function fieldFunctions(program: Program, type: TracedType, key: string, steps: number): readonly FunctionValue[] {
  if (type.kind === "interface") return distinct(program.tracer.implementers(type, key).flatMap((each) => functionsIn(program.tracer.member(each, key))));
  if (type.kind !== "instance") return [];
  for (const { module, class: class_ } of [type, ...program.tracer.ancestors(type.module, type.class).filter((each) => each.kind === "instance")]) {
    const given = givenTo(module, class_, key);
    if (given.length > 0) return distinct(given.flatMap(({ function: fn, temp }) => functionsOf(program, module, fn, temp, steps)));
  }
  return [];
}

export function givenTo(module: ModuleIR, class_: ClassIR, key: string): readonly ValueSite[] {
  const member = class_.members.find((each) => each.kind === "field" && each.name === key && !each.static);
  const initial = member?.function == null ? undefined : module.functions[member.function];
  const constructor_ = class_.constructor_ === null ? undefined : module.functions[class_.constructor_];
  const returned = (initial?.blocks ?? []).flatMap(({ terminal }) => (terminal.kind === "return" && terminal.value !== null ? [terminal.value] : []));
  const set = (constructor_?.blocks ?? []).flatMap(({ ops }) => ops.flatMap((op) => (op.op === "set" && op.key === key && constructor_ !== undefined && functionIndex(constructor_).operation(op.object)?.op === "this" ? [op.src] : [])));
  const sitesOf = (fn: FunctionIR | undefined, temps: readonly Temp[]): readonly ValueSite[] => (fn === undefined ? [] : temps.map((temp) => ({ function: fn, temp })));
  return [...sitesOf(initial, returned), ...sitesOf(constructor_, set)];
}

function distinct(values: readonly FunctionValue[]): readonly FunctionValue[] {
  return values.filter((value, index) => values.findIndex((other) => other.function === value.function) === index);
}

/** The functions that a value of this type has under a name. */
export function memberFunctions(program: Program, type: TracedType, key: string): readonly FunctionValue[] {
  const known = functionsIn(program.tracer.member(type, key));
  return known.length > 0 ? known : fieldFunctions(program, type, key, 0);
}

/** The functions that a value of this type is. */
export function functionsIn(type: TracedType): readonly FunctionValue[] {
  if (type.kind === "function") return [{ module: type.module, function: type.function }];
  if (type.kind === "union") return type.members.flatMap(functionsIn);
  return [];
}
