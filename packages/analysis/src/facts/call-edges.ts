/**
 * Who runs when a function runs: the functions that each operation of a block may enter before the next operation. Calls by declaration, callbacks that
 * an API runs now, getters and setters, what gives an iterator to a loop, what a `using` variable is disposed of by, constructors with their field initialisers.
 *
 * Theory: may, flow-insensitive. A call of a value of a declared function type (`type Visit = ...`) may enter every function that is put into a
 * place of that very type (`functions-by-type.ts`); any other call that the tracer cannot resolve leads nowhere. Known misses: `toString` and `valueOf` by coercion,
 * iterators written by hand, proxies.
 */
import type { Fact } from "../fact.ts";
import { defineFact } from "../fact.ts";
import { callEffect } from "../knowledge/calls.ts";
import { runtimeEffect } from "../knowledge/runtime-api.ts";
import type { Program } from "../program.ts";
import type { BlockId, CallArg, ClassIR, FunctionIR, ModuleIR, Op, Temp } from "../source/ir.ts";
import { joined, union } from "../source/joined.ts";
import { kept, ProgramQuestion } from "../source/kept-facts.ts";
import { onceFor } from "../source/once-for.ts";
import { Answers } from "../source/reads.ts";
import type { Span } from "../source/span.ts";
import type { ApiKey, TracedType } from "../source/traced-type.ts";
import { Brands } from "./brands.ts";
import { disposersOf } from "./disposers.ts";
import { functionsOf, memberFunctions } from "./function-values.ts";
import { type FunctionsByType, functionsByType } from "./functions-by-type.ts";
import { settersOf } from "./setters.ts";

export interface CallEdge {
  readonly block: BlockId;
  readonly span: Span;
  readonly module: ModuleIR;
  readonly target: FunctionIR;
  /** `construct`: entered by `new`; `callback`: an API calls it; `accessor`: by reading or writing a property. */
  readonly how: "call" | "construct" | "callback" | "accessor";
  /** Arguments that the call passes; null when not known (a spread, a callback). */
  readonly argumentCount: number | null;
  /** They themselves, by position; null when not known. */
  readonly args: readonly Pick<CallArg, "temp">[] | null;
  /** Holds what the call gives; null for callbacks and setters. */
  readonly result: Temp | null;
}

export interface CallEdges {
  /** In the order of the program text; computed once a function. */
  of(module: ModuleIR, fn: FunctionIR): readonly CallEdge[];
  /** Those of the operation at a place. */
  at(module: ModuleIR, fn: FunctionIR, span: Span): readonly CallEdge[];
}

export const callEdges: Fact<CallEdges> = defineFact("call-edges", (program) => {
  const known = new Answers<FunctionIR, readonly CallEdge[]>();
  const lookUp: LookUp = { names: accessorNames(program.modules), brands: new Brands(program), byType: functionsByType(program) };
  const places = new Map<FunctionIR, ReadonlyMap<number, readonly CallEdge[]>>();
  const find = (module: ModuleIR, fn: FunctionIR): readonly CallEdge[] => known.add(fn, () => kept("call-edges", fn, () => edgesOf(program, lookUp, module, fn)));
  const of = (module: ModuleIR, fn: FunctionIR): readonly CallEdge[] => known.get(fn)?.value ?? find(module, fn);
  const at = (module: ModuleIR, fn: FunctionIR, { start, end }: Span): readonly CallEdge[] => {
    let starts = places.get(fn);
    if (starts === undefined) places.set(fn, (starts = groupByStart(of(module, fn))));
    return starts.get(start)?.filter((edge) => edge.span.end === end) ?? [];
  };
  return { of, at };
});

function groupByStart(edges: readonly CallEdge[]): ReadonlyMap<number, readonly CallEdge[]> {
  const starts = new Map<number, CallEdge[]>();
  for (const edge of edges) {
    const known = starts.get(edge.span.start);
    if (known === undefined) starts.set(edge.span.start, [edge]);
    else known.push(edge);
  }
  return starts;
}

/** Methods of arrays that call their first argument now: enough for a receiver that nobody can name. */
const ARRAY_CALLBACKS: ReadonlySet<string> = new Set([
  "forEach", "map", "filter", "some", "every", "find", "findIndex", "findLast", "findLastIndex", "reduce", "reduceRight", "flatMap", "sort", "toSorted", "traverse", "traverseVisible", "traverseAncestors",
]);

interface AccessorNames {
  readonly getters: ReadonlySet<string>;
  readonly setters: ReadonlySet<string>;
}

interface LookUp {
  readonly names: AccessorNames;
  readonly brands: Brands;
  readonly byType: FunctionsByType;
}

function edgesOf(program: Program, lookUp: LookUp, module: ModuleIR, fn: FunctionIR): readonly CallEdge[] {
  const edges: CallEdge[] = [];
  for (const block of fn.blocks) {
    const add: Add = (target, how, args, result, span) => {
      edges.push({ block: block.id, span, module: target.module, target: target.function, how, argumentCount: args?.length ?? null, args, result });
    };
    for (const op of block.ops) {
      if (op.op === "call") addCall(program, lookUp, module, fn, op, (target, how, args, result, span) => { if (how !== "call" || lookUp.brands.allows(fn, block.id, op.receiver, target)) add(target, how, args, result, span); });
      else if (op.op === "new") addNew(program, module, fn, op, add);
      else if (op.op === "super-call") for (const target of program.tracer.targets(module, fn, op.dst).functions) add(target, "construct", argsOf(op.args), null, op.span);
      else if (op.op === "dispose") for (const target of disposersOf(program, module, op)) add(target, "call", NO_ARGS, null, op.span);
      else if (op.op === "iterate" && op.form === "of") for (const target of memberFunctions(program, program.tracer.typeOf(module, fn, op.src), "@@iterator")) add(target, "call", NO_ARGS, null, op.span);
      else if (op.op === "get" && op.key !== null && isGetter.of(lookUp.names, op.key)) {
        for (const target of program.tracer.targets(module, fn, op.dst).functions) if (target.function.kind === "getter") add(target, "accessor", NO_ARGS, op.dst, op.keySpan);
      } else if (op.op === "set" && op.key !== null && isSetter.of(lookUp.names, op.key)) {
        for (const target of settersOf(program, program.tracer.typeOf(module, fn, op.object), op.key)) add(target, "accessor", [{ temp: op.src }], null, op.keySpan);
      }
    }
  }
  return edges;
}

type Add = (target: { readonly module: ModuleIR; readonly function: FunctionIR }, how: CallEdge["how"], args: CallEdge["args"], result: Temp | null, span: Span) => void;

function addCall(program: Program, lookUp: LookUp, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "call" }, add: Add): void {
  const targets = program.tracer.targets(module, fn, op.dst);
  const args = argsOf(op.args);
  // The first that `call` is given is no argument, and of `apply` they stand in a list.
  const passed = op.key === "call" ? args?.slice(1) ?? null : op.key === "apply" ? null : args;
  for (const target of targets.functions) add(target, "call", passed, op.dst, op.calleeSpan);
  const callbacks = new Set<number>();
  for (const api of targets.apis) for (const position of callbacksNow(api, op.args.length)) callbacks.add(position);
  if (targets.functions.length === 0 && targets.apis.length === 0) {
    for (const target of lookUp.byType.calledAs(module, fn, op.callee)) add(target, "call", passed, op.dst, op.calleeSpan);
  }
  const unnamed = targets.functions.length === 0 && targets.apis.length === 0;
  if (unnamed && op.key !== null && ARRAY_CALLBACKS.has(op.key)) callbacks.add(0);
  for (const position of callbacks) {
    const arg = op.args[position];
    if (arg === undefined) continue;
    for (const target of functionsOf(program, module, fn, arg.temp)) add(target, "callback", null, null, op.calleeSpan);
  }
}

/** Positions of the arguments that a call of this API runs before it returns. */
function callbacksNow(api: ApiKey, argumentCount: number): readonly number[] {
  const effect = callEffect(api);
  if (effect?.kind === "now") return [effect.callback];
  if (effect?.kind === "from" && effect.callback !== undefined) return [effect.callback];
  const ours = runtimeEffect(api);
  if (ours?.kind === "call-now" || ours?.kind === "with-frame") return [ours.callback];
  if (effect !== undefined || ours !== undefined) return [];
  // Of an engine's tree walks and of array methods by another class the callback comes first as well.
  const member = /#(\w+)$/.exec(api)?.[1];
  return member !== undefined && ARRAY_CALLBACKS.has(member) && argumentCount > 0 ? [0] : [];
}

function addNew(program: Program, module: ModuleIR, fn: FunctionIR, op: Op & { readonly op: "new" }, add: Add): void {
  const targets = program.tracer.targets(module, fn, op.dst);
  for (const target of targets.functions) add(target, "construct", argsOf(op.args), null, op.calleeSpan);
  for (const field of fieldsOf(program, program.tracer.typeOf(module, fn, op.dst))) add(field, "construct", NO_ARGS, null, op.calleeSpan);
  if (!targets.apis.includes("global:Promise") || op.args[0] === undefined) return;
  for (const target of functionsOf(program, module, fn, op.args[0].temp)) add(target, "callback", null, null, op.calleeSpan);
}

/** The initialisers that `new` runs, inherited ones included. */
export function fieldsOf(program: Program, type: TracedType): readonly { readonly module: ModuleIR; readonly function: FunctionIR }[] {
  if (type.kind !== "instance") return [];
  return classChain(program, type.module, type.class).flatMap(({ module, class: class_ }) =>
    class_.members.flatMap((member) => {
      const initialiser = member.kind === "field" && !member.static && member.function !== null ? module.functions[member.function] : undefined;
      return initialiser === undefined ? [] : [{ module, function: initialiser }];
    }),
  );
}

/** The class and the loaded classes that it extends. */
export function classChain(program: Program, module: ModuleIR, class_: ClassIR): readonly { readonly module: ModuleIR; readonly class: ClassIR }[] {
  const chain = [{ module, class: class_ }];
  for (const type of program.tracer.ancestors(module, class_)) {
    if ((type.kind === "instance" || type.kind === "class") && !chain.some((known) => known.class === type.class)) chain.push({ module: type.module, class: type.class });
  }
  return chain;
}

const accessorsIn = onceFor(({ functions }: ModuleIR): Pick<AccessorNames, keyof AccessorNames> => {
  const namesOf = (kind: FunctionIR["kind"]): ReadonlySet<string> => new Set(functions.filter((fn) => fn.kind === kind).map(({ name }) => name));
  return { getters: namesOf("getter"), setters: namesOf("setter") };
});

const accessorNames = joined(accessorsIn, (parts): AccessorNames => ({ getters: union(parts.map(({ getters }) => getters)), setters: union(parts.map(({ setters }) => setters)) }));

const isGetter = new ProgramQuestion(({ modules }) => accessorNames(modules), ({ getters }: AccessorNames, name: string) => getters.has(name));
const isSetter = new ProgramQuestion(({ modules }) => accessorNames(modules), ({ setters }: AccessorNames, name: string) => setters.has(name));

const NO_ARGS: readonly CallArg[] = [];

function argsOf(args: readonly CallArg[]): CallEdge["args"] {
  return args.some((arg) => arg.spread) ? null : args;
}
