/**
 * What a member of a new instance holds at first: `new StepEvent("step")` has the `type` "step" when the class above says `this.type = type`.
 *
 * Theory: the last to set it counts: a class's own constructor, else its own field, else the class above. What is set on some way counts as set.
 * Known misses: default values of parameters, spread arguments, `Object.assign`, members that a method of the constructor's sets.
 */
import type { Program } from "../program.ts";
import { functionIndex } from "../source/function-index.ts";
import type { CallArg, ClassIR, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { moduleOps } from "../source/module-ops.ts";
import { testedParameter } from "./argument-truth.ts";
import { classChain } from "./call-edges.ts";

/** A value, and the function that has it. */
export interface HeldValue {
  readonly module: ModuleIR;
  readonly function: FunctionIR;
  readonly temp: Temp;
}

/** Arguments by position; null for one that is not known. */
type Given = readonly (HeldValue | null)[];

/** Null when that is not known. Cost: the constructors of the class and of those above it. */
export function madeWith(program: Program, module: ModuleIR, fn: FunctionIR, made: Op & { readonly op: "new" }, member: string): HeldValue | null {
  const type = program.tracer.typeOf(module, fn, made.dst);
  if (type.kind !== "instance") return null;
  const written = program.tracer.targets(module, fn, made.dst).functions[0]?.function;
  let given = argumentsOf(made.args, (temp) => ({ module, function: fn, temp }));
  for (const { module: at, class: class_ } of classChain(program, type.module, type.class)) {
    // What was a class before there were classes is its own constructor.
    const constructor = at.functions[class_.constructor_ ?? -1] ?? (written?.kind === "function" ? written : undefined);
    const set = constructor === undefined ? null : setIn(constructor, member);
    if (constructor !== undefined && set !== null) return behind(at, constructor, set, given);
    const field = fieldOf(at, class_, member);
    if (field !== null) return field;
    if (constructor === undefined) continue;
    const above = constructor.blocks.flatMap(({ ops }) => ops).find((op) => op.op === "super-call");
    if (above === undefined) return null;
    const before = given;
    given = argumentsOf(above.args, (temp) => behind(at, constructor, temp, before));
  }
  return null;
}

function argumentsOf(args: readonly CallArg[], held: (temp: Temp) => HeldValue | null): Given {
  const spreadAt = args.findIndex(({ spread }) => spread);
  return args.slice(0, spreadAt < 0 ? args.length : spreadAt).map(({ temp }) => held(temp));
}

/** What a constructor was given, where it has the value from there. */
function behind(module: ModuleIR, constructor: FunctionIR, temp: Temp, given: Given): HeldValue | null {
  const position = testedParameter(module, constructor, temp);
  return position === null ? { module, function: constructor, temp } : given[position] ?? null;
}

function setIn(constructor: FunctionIR, member: string): Temp | null {
  const index = functionIndex(constructor);
  const sets = constructor.blocks.flatMap(({ ops }) => ops.flatMap((op) => (op.op === "set" && op.key === member && index.operation(op.object)?.op === "this" ? [op.src] : [])));
  return sets.at(-1) ?? null;
}

function fieldOf(module: ModuleIR, class_: ClassIR, member: string): HeldValue | null {
  const declared = class_.members.find(({ kind, name, static: isStatic }) => kind === "field" && name === member && !isStatic);
  const initialiser = module.functions[declared?.function ?? -1];
  const found = initialiser === undefined ? undefined : moduleOps(module).fieldValues.find(({ fn }) => fn === initialiser);
  return found === undefined ? null : { module, function: found.fn, temp: found.value };
}
